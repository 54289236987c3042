internal import APIIndex
internal import Buffers
internal import Text
internal import Transport

/// Sending calls and reading their answers.
extension VCenter {
    /// Sends queued calls, up to the limit.
    func pump() {
        while session.isOpen, !isClosing, inFlight < profile.requestLimit,
            let pending = queue.next()
        {
            send(pending)
        }
    }

    func send(_ pending: PendingCall) {
        guard let headers, let bodilessHeaders, let dialect else {
            preconditionFailure("a call without a session")
        }
        let now = clock()
        let operation = pending.call.operation
        if operation.isChanging, let error = mayChange?() { return finish(pending, error) }
        let url: ByteBuffer
        do throws(ShapeMismatch) {
            url =
                if let known = pending.url { known } else { try firstURL(of: pending, in: dialect) }
        } catch {
            return finish(pending, VSphereError(.usage, error.message, hint: error.advice))
        }
        // libcurl gives a POST without a body the content type of a form, unless another one is set.
        let isBare = pending.body == nil && [.get, .delete, .head].contains(operation.method)
        var request = request(
            pending.remote == nil ? operation.method : .post,
            url,
            headers: pending.remote.flatMap { remoteHeaders($0.facts) }
                ?? (isBare ? bodilessHeaders : headers),
            timeout: profile.operationTimeout
        )
        request.body = pending.body
        if operation.isChanging {
            // On a new connection libcurl sends a request once: one attempt is then one request.
            request.connection = .fresh
            request.sendingDeadline = changesEnd?()
        } else {
            // The limit is for the read as a whole, retries included. But a script may have
            // computed in the meantime, and the last attempt must have a chance.
            let elapsed = pending.startedAt.map { now - $0 } ?? .zero
            request.timeout = max(profile.timeout - elapsed, min(profile.timeout, .seconds(1)))
            if pending.isAside { request.timeout = min(profile.timeout, Self.asideTimeout) }
        }
        pending.startedAt = pending.startedAt ?? now
        pending.sentAt = now
        pending.attempts += 1
        pending.generation = Int32(truncatingIfNeeded: session.generation)
        inFlight += 1
        if operation.isChanging {
            changesInFlight += 1
            keepSessionAlive()
        }
        if pending.place < 0 {
            pending.place = Int32(underWay.count)
            underWay.append(pending)
        }
        pending.state = .sent(
            // A closure that captures one object needs no allocation.
            wire.start(request) { result in pending.vcenter.answered(pending, result) }
        )
    }

    /// An explanation of an error is not waited for much longer than the error.
    private static var asideTimeout: Duration { .seconds(5) }

    /// Encodes a call; every attempt to send it repeats these bytes.
    private func firstURL(
        of pending: PendingCall,
        in dialect: Dialect
    ) throws(ShapeMismatch) -> ByteBuffer {
        var dialect = pending.dialect ?? dialect
        if !pending.hasTurned, !routes.isEmpty {
            dialect = routes[ObjectIdentifier(pending.call.operation)] ?? dialect
        }
        pending.dialect = dialect
        if profile.dialect == .jsonrpc || pending.call.operation.facts != nil {
            pending.remote = try pending.call.remote()
        }
        if let remote = pending.remote {
            guard let remoteEnding else { preconditionFailure("a call without a session") }
            pending.url = remoteURL
            pending.body = RemoteCall.body(remote, ending: remoteEnding)
            return remoteURL
        }
        let url = ByteBuffer()
        url.append(baseURL)
        pending.call.appendPath(in: dialect, to: url)
        pending.url = url
        pending.body = pending.call.body(in: dialect)
        return url
    }

    /// The header fields of an operation of the whole API, made once.
    private func remoteHeaders(_ facts: APIOperation) -> HeaderList? {
        let key = ObjectIdentifier(facts)
        if let known = remoteFields[key] { return known }
        remoteFields[key] = try? HeaderList(RemoteCall.fields(facts))
        return remoteFields[key]
    }

    /// A request with the limits and the trust of the profile.
    func request(
        _ method: Transport.Method,
        _ url: ByteBuffer,
        headers: HeaderList,
        timeout: Duration
    ) -> Request {
        var request = Request(method, url, headers: headers, trust: profile.trust)
        request.timeout = timeout
        request.connectTimeout = profile.connectTimeout
        request.answerLimit = profile.answerLimit
        return request
    }

    private func answered(_ pending: PendingCall, _ result: Result<Response, TransportError>) {
        guard case .sent = pending.state, let dialect = pending.dialect else { return }
        landed(pending)
        if case .success(let response) = result { pending.status = response.status }
        tellTrace(pending, result)
        do throws(Failure) {
            let response: Response
            switch result {
            case .success(let answer): response = answer
            case .failure(let error): throw Failure(error)
            }
            try reader.read(
                response,
                of: pending.call.operation,
                by: pending.remote?.facts,
                in: dialect,
                into: pending.result
            )
            for secret in reader.takeSecrets() { redaction.hide(Secret(secret)) }
            isOut = false
            names.note(pending.call, pending.result.root)
            if pending.hasTurned { routes[ObjectIdentifier(pending.call.operation)] = dialect }
            if pending.tellsTime { note(dateOf: response) }
            finish(pending, nil)
        } catch {
            var failure = error
            failure.name(
                profile.proxy,
                to: profile.endpoint.host,
                isChanging: pending.call.operation.isChanging
            )
            failed(pending, redaction.cleaned(failure))
        }
        if isClosing { endIfIdle() } else { pump() }
    }

    private func failed(_ pending: PendingCall, _ failure: Failure) {
        let operation = pending.call.operation
        if failure.evidence == .answered { isOut = isOut && failure.isBusy }
        guard isClosing || !turn(pending, after: failure) else { return }
        if !failure.isBusy { pending.unanswered += 1 }
        let circumstances = RetryPolicy.Circumstances(
            isChanging: operation.isChanging,
            attempts: Int(pending.attempts),
            unanswered: Int(pending.unanswered),
            hasRenewed: pending.hasRenewed,
            elapsed: clock() - (pending.startedAt ?? .zero),
            limit: profile.timeout
        )
        let decision =
            isClosing || pending.isAside
            ? .giveUp : policy.decide(failure, circumstances, random: random())
        switch decision {
        case .giveUp:
            finish(pending, failure.settled(isChanging: operation.isChanging))
        case .renewSession:
            pending.hasRenewed = true
            pending.startedAt = nil
            if pending.remote != nil {
                // Its body names the session.
                pending.url = nil
                pending.body = nil
            }
            requeue(pending)
            advance(session.expired(in: Int(pending.generation)))
        case .retry(let delay):
            tellOutage(failure)
            pending.state = .waiting(
                cancel: wire.after(delay) { [self] in
                    requeue(pending)
                    advance(session.need())
                }
            )
        }
    }

    /// Sends a call in the other dialect if this one has no such route: then nothing was done, not even by a
    /// change.
    ///
    /// A call in doubt is not sent again.
    /// - Returns: Whether it was sent.
    private func turn(_ pending: PendingCall, after failure: Failure) -> Bool {
        let operation = pending.call.operation
        guard profile.dialect == .automatic, !operation.isLiteral, let dialect = pending.dialect
        else { return false }
        let isPlain = !operation.isChanging || failure.error.status == 404
        guard failure.error.kind == .noSuchRoute, isPlain,
            !failure.isDoubtful(isChanging: operation.isChanging)
        else {
            if pending.hasTurned, failure.evidence == .answered {
                routes[ObjectIdentifier(operation)] = dialect
            }
            return false
        }
        guard !pending.hasTurned else { return false }
        pending.hasTurned = true
        pending.dialect = dialect.other
        pending.url = nil
        pending.body = nil
        requeue(pending)
        advance(session.need())
        return true
    }

    /// Reports, once, that requests to the vCenter are repeated until it can answer.
    func tellOutage(_ failure: Failure) {
        guard failure.isBusy, !isOut else { return }
        isOut = true
        let error = failure.error
        let status = error.status.map { " (HTTP \($0))" } ?? ""
        notice?(
            "\(name) cannot answer for now: \(error.kind)\(status): \(error.message); "
                + "reads are asked again until their --timeout"
        )
    }

    /// Puts a call that was sent before back in front of the queue.
    private func requeue(_ pending: PendingCall) {
        forget(pending)
        pending.state = .queued
        queue.prepend(pending)
    }

    /// Handles the end or the cancellation of a transfer.
    func landed(_ pending: PendingCall) {
        inFlight -= 1
        guard pending.call.operation.isChanging else { return }
        changesInFlight -= 1
        if changesInFlight == 0 {
            keepAlive?()
            keepAlive = nil
        }
    }

    /// Gives a call its verdict, and adds to the error the objects it was about.
    func finish(_ pending: PendingCall, _ error: VSphereError?) {
        guard let completion = pending.completion else { return }
        pending.completion = nil
        pending.state = .finished
        forget(pending)
        if let observe, !pending.call.operation.isChanging, !pending.isAside {
            observe(event(pending, error))
        }
        guard var error else { return completion(nil) }
        if error.operation.isEmpty {
            error.operation = pending.call.operation.name
            error.subject = names.naming(pending.call.subject, item: pending.call.item)
            error.vcenter = name
            error.addHint(for: pending.call.operation, speaking: profile.dialect)
        }
        completion(error)
    }

    /// Removes a call from the list of those under way; the last one takes its index.
    private func forget(_ pending: PendingCall) {
        let place = pending.place
        guard place >= 0 else { return }
        pending.place = -1
        let last = underWay.removeLast()
        guard last !== pending else { return }
        underWay[Int(place)] = last
        last.place = place
    }

    /// The event for a read.
    private func event(_ pending: PendingCall, _ error: VSphereError?) -> OperationEvent {
        var event = OperationEvent(
            operation: pending.call.operation.name,
            vcenter: name,
            item: pending.call.item,
            attempts: Int(pending.attempts),
            outcome: error == nil ? "done" : "failed",
            duration: pending.startedAt.map { clock() - $0 } ?? .zero,
            isChanging: false
        )
        event.itemName = event.item.flatMap { names.path(ofItem: $0) }
        event.status = pending.status
        event.span = pending.span?.place
        guard var error else { return event }
        if error.operation.isEmpty {
            error.operation = pending.call.operation.name
            error.subject = names.naming(pending.call.subject, item: pending.call.item)
            error.vcenter = name
        }
        event.fail(error)
        return event
    }

    /// Tells the trace of a request that is over.
    func tellTrace(_ pending: PendingCall, _ result: Result<Response, TransportError>) {
        guard let trace, let url = pending.url else { return }
        trace(
            event(
                pending.call.operation.name,
                pending.call.operation.method,
                url,
                result,
                pending.sentAt,
                Int(pending.attempts),
                pending.span?.place
            )
        )
    }

    /// The trace event for a request.
    func event(
        _ operation: String,
        _ method: Transport.Method,
        _ url: ByteBuffer,
        _ result: Result<Response, TransportError>,
        _ sentAt: Duration,
        _ attempt: Int,
        _ span: Span.Place? = nil
    ) -> TraceEvent {
        var status: Int?
        var problem: String?
        switch result {
        case .success(let response): status = response.status
        case .failure(let error): problem = Display.escape(redaction.cleaned(error.message))
        }
        var path = String(decoding: url.bytes.dropFirst(baseURL.count), as: UTF8.self)
        if path.contains("?") { path = redaction.cleaned(SecretNames.withoutParameters(path)) }
        return TraceEvent(
            operation: operation,
            vcenter: name,
            method: method,
            path: path,
            status: status,
            problem: problem,
            duration: clock() - sentAt,
            attempt: attempt,
            span: span
        )
    }
}
