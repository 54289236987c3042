internal import Buffers
internal import Text
internal import Transport

/// The requests to the session service.
extension VCenter {
    /// A log-out must not delay a program that is ending.
    private static var logOutTimeout: Duration { .seconds(10) }

    /// Sends a log-in: the only request with a password, and without a session identifier.
    func logIn(_ dialect: Dialect) {
        let credentials: HeaderList
        do throws(Failure) {
            credentials = try logInHeaders()
        } catch {
            return logInFailed(error)
        }
        // The time starts when the password is known: a person may have had to type it.
        let sentAt = clock()
        let (began, attempts) = logInProgress ?? (sentAt, 0)
        logInProgress = (began, attempts + 1)
        let left = max(profile.timeout - (sentAt - began), min(profile.timeout, .seconds(1)))
        let (method, path) = dialect.session(.create)
        let request = request(method, sessionURL(path), headers: credentials, timeout: left)
        _ = wire.start(request) { [self] result in
            trace?(event(VSphereError.login, method, request.url, result, sentAt, attempts + 1))
            do throws(Failure) {
                try takeSession(from: result, in: dialect)
                logInProgress = nil
                isOut = false
                advance(session.loggedIn())
            } catch {
                logInFailed(error, challenges: error.challenges(of: result))
            }
        }
    }

    /// Looks at what a server shows that was not trusted: who decides about that needs to see it.
    ///
    /// The request only looks; it is never sent.
    private func look(_ failure: Failure) {
        guard let fields = try? HeaderList([]) else { return logInFailed(failure) }
        let limit = min(profile.timeout, .seconds(5))
        var request = request(.get, sessionURL("/"), headers: fields, timeout: limit)
        request.trust = Trust(.looking)
        _ = wire.start(request) { [self] result in
            var failure = failure
            failure.isAboutProof = false
            if case .failure(let error) = result, let shown = error.shown {
                failure.add(shown, isPinned: !profile.trust.pins.isEmpty)
            }
            logInFailed(failure)
        }
    }

    /// Says what to try, and does what the session's rules say; `challenges` is how the server wants to be
    /// talked to.
    private func logInFailed(_ failure: Failure, challenges: [String] = []) {
        guard !failure.isAboutProof else { return look(failure) }
        var failure = redaction.cleaned(failure)
        failure.error.operation = VSphereError.login
        if !profile.user.isEmpty {
            failure.error.subject = "user \(Display.escape(profile.user))"
        }
        failure.error.vcenter = name
        failure.name(profile.proxy, to: profile.endpoint.host)
        failure.addLogInAdvice(password?.source, challenges: challenges)
        failure.error.addHint(for: nil, speaking: profile.dialect)
        let elapsed = logInProgress.map { clock() - $0.began } ?? .zero
        let limit = profile.timeout
        let next = session.logInFailed(
            failure,
            elapsed: elapsed,
            limit: limit,
            random: random()
        )
        if case .logInLater = next { tellOutage(failure) }
        advance(next)
    }

    /// The header fields of a log-in; the password is asked for only the first time.
    private func logInHeaders() throws(Failure) -> HeaderList {
        func refusal(_ kind: ErrorKind, _ message: String, hint: String) -> Failure {
            Failure(VSphereError(kind, message, hint: hint), evidence: .notSent)
        }
        guard !profile.user.isEmpty else {
            throw refusal(.usage, "no user is named", hint: profile.userHint)
        }
        guard !profile.user.utf8.contains(UInt8(ascii: ":")) else {
            // RFC 7617 §2: a user-id containing a colon character is invalid.
            let hint = "write the domain as DOMAIN\\user or user@domain"
            throw refusal(.usage, "the user's name holds a colon", hint: hint)
        }
        let known: Secret
        if let password {
            known = password
        } else {
            switch profile.password() {
            case .success(let secret): known = secret
            case .failure(let problem):
                let message = Display.escape(problem.message)
                throw refusal(.unauthenticated, message, hint: problem.hint)
            }
        }
        password = known
        redaction.hide(known, of: profile.user)
        return try headerList(Self.logInFields(user: profile.user, password: known))
    }

    /// Makes the header fields of later requests from the session identifier in the answer to a log-in.
    private func takeSession(
        from result: Result<Response, TransportError>,
        in dialect: Dialect
    ) throws(Failure) {
        let response: Response
        switch result {
        case .success(let answer): response = answer
        case .failure(let error): throw Failure(error)
        }
        let answer = ValueBuffer()
        do {
            try reader.read(response, as: .identifier, in: dialect, into: answer)
        } catch {
            throw error.withoutAnswer(response)
        }
        note(dateOf: response)
        let identifier = answer.root?.string ?? ""
        redaction.hide(Secret(identifier))
        remoteEnding = RemoteCall.ending(of: Secret(identifier))
        headers = try headerList(Self.sessionFields(identifier))
        bodilessHeaders = try headerList(Self.bodilessFields(identifier), hasBody: false)
        let (method, path) = dialect.session(.delete)
        onSession?(
            LogOutPlan(
                method: method,
                url: profile.endpoint.url + path,
                session: Secret(identifier),
                trust: profile.trust
            )
        )
    }

    /// The header fields of a log-in.
    static func logInFields(user: String, password: Secret) -> [(String, String)] {
        let pair = "\(user):\(password.reveal())"
        return [("Authorization", "Basic " + Base64.encode(Array(pair.utf8)))] + commonFields
    }

    /// The header fields of the requests in a session.
    ///
    /// Basic is never sent together with a session identifier: vCenter accepts that once and then fails.
    static func sessionFields(_ identifier: String) -> [(String, String)] {
        [("vmware-api-session-id", identifier)] + commonFields
    }

    /// The header fields of the requests in a session that have no body.
    static func bodilessFields(_ identifier: String) -> [(String, String)] {
        [("vmware-api-session-id", identifier), ("Accept", "application/json")]
    }

    /// The header fields of every request.
    ///
    /// `vmware-use-header-authn` keeps vCenter from setting a cookie: a cookie sent later
    /// would have precedence over the header.
    private static var commonFields: [(String, String)] {
        [
            ("vmware-use-header-authn", "true"), ("Accept", "application/json"),
            ("Content-Type", "application/json"),
        ]
    }

    private func headerList(
        _ fields: [(String, String)],
        hasBody: Bool = true
    ) throws(Failure) -> HeaderList {
        do throws(TransportError) {
            return try HeaderList(fields, hasBody: hasBody)
        } catch {
            // Without the transport's message: it might show the value.
            let error = VSphereError(.protocolViolation, "the session identifier is not usable")
            throw Failure(error, evidence: .unclear)
        }
    }

    /// Sends the log-out; after a temporary failure again, after a missing route in the other dialect.
    ///
    /// If that fails too, the server ends the session when it has been idle long enough.
    func logOut(_ dialect: Dialect, attempt: Int = 1) {
        guard let headers else { preconditionFailure("an open session without its header") }
        let (method, path) = dialect.session(.delete)
        let timeout = min(profile.timeout, Self.logOutTimeout)
        let request = request(method, sessionURL(path), headers: headers, timeout: timeout)
        let sentAt = clock()
        _ = wire.start(request) { [self] result in
            trace?(event("logout", request.method, request.url, result, sentAt, attempt))
            let failure = logOutFailure(result, in: dialect)
            if let failure, attempt < Self.mostLogOuts, failure.mayPass {
                let isMissing = failure.error.kind == .noSuchRoute
                let next = isMissing && profile.dialect.takesEither ? dialect.other : dialect
                _ = wire.after(.milliseconds(300 * attempt)) { [self] in
                    logOut(next, attempt: attempt + 1)
                }
                return
            }
            guard case .finish = session.loggedOut() else { return }
            finishClosing(failure?.settled(isChanging: false))
        }
    }

    private static var mostLogOuts: Int { 3 }

    /// Why the session may still be open.
    private func logOutFailure(
        _ result: Result<Response, TransportError>,
        in dialect: Dialect
    ) -> Failure? {
        var failure: Failure
        switch result {
        case .failure(let error): failure = Failure(error)
        case .success(let response):
            do {
                try reader.read(response, as: .void, in: dialect, into: ValueBuffer())
                return nil
            } catch {
                failure = error
            }
        }
        // The session has already ended.
        guard failure.error.kind != .unauthenticated else { return nil }
        failure = redaction.cleaned(failure)
        failure.error.operation = "logout"
        failure.error.vcenter = name
        return failure
    }

    /// Uses the session from time to time while changes are under way: it would expire
    /// during an hour-long clone, and the next call would have to renew it.
    func keepSessionAlive() {
        guard keepAlive == nil else { return }
        keepAlive = wire.after(keepAliveInterval) { [self] in
            keepAlive = nil
            guard changesInFlight > 0, session.isOpen, let headers, let dialect else { return }
            let (method, path) = dialect.session(.get)
            let request = request(
                method,
                sessionURL(path),
                headers: headers,
                timeout: profile.timeout
            )
            let sentAt = clock()
            _ = wire.start(request) { [self] result in
                // An expired session is renewed by the next call that needs it.
                trace?(event("keepalive", request.method, request.url, result, sentAt, 1))
            }
            keepSessionAlive()
        }
    }

    private func sessionURL(_ path: String) -> ByteBuffer {
        let url = ByteBuffer()
        url.append(baseURL)
        url.append(path)
        return url
    }
}

extension Failure {
    /// Whether the same request may succeed a moment later.
    fileprivate var mayPass: Bool {
        error.kind == .noSuchRoute || (error.status ?? 0) >= 500
            || isTransient && error.kind != .timeout
    }

    /// The schemes of authentication that an answer names, in its header and in its body.
    fileprivate func challenges(of result: Result<Response, TransportError>) -> [String] {
        let fields = (try? result.get())?.headers ?? []
        return fields.filter { $0.name.lowercased() == "www-authenticate" }.map(\.value)
            + (error.challenge.map { [$0] } ?? [])
    }

    /// The failure of a log-in whose answer may hold a session identifier: it is not shown, unless it is a
    /// web page.
    fileprivate func withoutAnswer(_ response: Response) -> Failure {
        guard error.kind == .protocolViolation, (200..<300).contains(response.status) else {
            return self
        }
        var failure = self
        failure.error.message = "the answer holds no session identifier"
        failure.error.hint = VSphereError.addressHint
        if response.body.firstVisible == UInt8(ascii: "<") {
            failure.error.message += ": it is \(Display.excerpt(response.body.bytes))"
        }
        return failure
    }
}
