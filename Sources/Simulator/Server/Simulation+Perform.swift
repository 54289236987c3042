internal import JSON

extension Simulation {
    /// The result of a successful operation.
    struct Performance: Sendable {
        let value: DataValue
        let requester: Inventory.Requester
        var headers: [(name: String, value: String)] = []
    }

    /// Authenticates, authorises, and carries it out; the caller holds the lock.
    func perform(
        _ exchange: Exchange,
        _ route: Route,
        as settled: Inventory.Requester?,
        sessions: inout SessionTable,
        inventory: inout Inventory,
        stubs: inout StubTable,
        now: Instant
    ) throws(VAPIError) -> Performance {
        let credentials = Credentials(exchange)
        if exchange.effect == .expireSession, let session = credentials.session {
            sessions.close(session)
        }
        if case .session = route.body {
            return try performSession(
                exchange,
                route,
                credentials,
                sessions: &sessions,
                inventory,
                now: now
            )
        }
        var requester: Inventory.Requester
        if let settled {
            // The session may have ended since: operations under way finish.
            requester = Inventory.Requester(user: settled.user, time: now)
        } else {
            let user = try authenticate(credentials, sessions: &sessions, inventory, now: now).user
            try user.check(route, exchange.call)
            requester = Inventory.Requester(user: user.displayName, time: now)
        }
        var call = try exchange.call.get()
        call.requester = requester
        call.powerOnTime = settings.powerOnTime
        call.guestTimes = settings.guestTimes
        call.release = settings.release
        inventory.advance(to: now)
        if let stub = stubs.take(route) {
            return Performance(value: try stub.get(), requester: requester)
        }
        guard case .inventory(let body) = route.body else {
            throw .missing(service: route.service)
        }
        try inventory.refuseRecorded(route, call)
        // First, and by itself: as an argument it would change a copy, and all items would be copied.
        let plain = try body(call, &inventory)
        let value = try inventory.recorded(plain, route, call)
        if route.operation?.isCloning == true, case .string(let result) = value {
            inventory.record(
                service: route.service,
                operation: route.name,
                start: now - settings.cloneTime,
                result: result,
                by: requester
            )
        }
        return Performance(value: value, requester: requester)
    }

    /// Reads the arguments of an operation: before the lock, since a body may be large.
    func call(
        of request: WireRequest,
        _ target: RequestTarget,
        _ purpose: Exchange.Purpose
    ) -> Result<Call, VAPIError> {
        Result { () throws(VAPIError) in
            switch purpose {
            case .remote(let route, let remote): try remote.call(of: route)
            case .call(let route, let dialect, let parameters):
                try Call(
                    route,
                    dialect,
                    matched: parameters,
                    target: target,
                    body: request.body
                )
            case .refused: Call()
            }
        }
    }

    private func performSession(
        _ exchange: Exchange,
        _ route: Route,
        _ credentials: Credentials,
        sessions: inout SessionTable,
        _ inventory: Inventory,
        now: Instant
    ) throws(VAPIError) -> Performance {
        if route.operation == .createSession {
            _ = try exchange.call.get()
            let user = try logIn(credentials, inventory)
            let id = try sessions.open(for: user.name, at: now)
            var done = Performance(
                value: .secret(id),
                requester: .init(user: user.displayName, time: now)
            )
            if !credentials.wantsHeaderOnly, exchange.purpose.dialect != .rpc {
                let path = "/" + exchange.purpose.dialect.rawValue
                let secure = settings.isPlain ? "" : "; Secure"
                done.headers = [
                    ("set-cookie", "vmware-api-session-id=\(id); Path=\(path)\(secure); HttpOnly")
                ]
            }
            return done
        }
        let (user, session) = try authenticate(
            credentials,
            sessions: &sessions,
            inventory,
            now: now
        )
        _ = try exchange.call.get()
        let requester = Inventory.Requester(user: user.displayName, time: now)
        if route.operation == .deleteSession {
            sessions.close(credentials.session ?? "")
            return Performance(value: .void, requester: requester)
        }
        return Performance(
            value: .structure(
                "com.vmware.cis.session.info",
                [
                    .init("user", .string(user.displayName)),
                    .init("created_time", .time(session.created)),
                    .init("last_accessed_time", .time(session.lastAccessed)),
                ]
            ),
            requester: requester
        )
    }

    private func logIn(
        _ credentials: Credentials,
        _ inventory: Inventory
    ) throws(VAPIError) -> User {
        guard let (name, password) = credentials.basic,
            let user = inventory.user(User.canonical(name)),
            password == user.password ?? settings.password
        else { throw Self.unauthenticated }
        return user
    }

    private func authenticate(
        _ credentials: Credentials,
        sessions: inout SessionTable,
        _ inventory: Inventory,
        now: Instant
    ) throws(VAPIError) -> (user: User, session: SessionTable.Session) {
        // On a real server both together work once and then fail; here they fail at once.
        guard credentials.basic == nil, let id = credentials.session,
            let session = sessions.use(id, at: now), let user = inventory.user(session.user)
        else { throw Self.unauthenticated }
        return (user, session)
    }

    /// It never tells the reason.
    private static var unauthenticated: VAPIError {
        var error = VAPIError(
            .unauthenticated,
            known: "vapi.method.authentication.required",
            "This method requires authentication."
        )
        error.challenge = "Basic realm=\"vmoon-sim\""
        return error
    }
}
