internal import Synchronization

/// The simulated vCenter behind the sockets: its data, and its answers.
///
/// All data is protected by one lock, held for microseconds. Nothing here waits or uses a socket: the
/// server's threads call the steps of an exchange one by one.
final class Simulation: Sendable {
    /// The state that the lock protects.
    struct State: Sendable {
        var inventory: Inventory
        /// The inventory of the beginning, for `reset`.
        var base: Inventory
        var sessions: SessionTable
        var delays = Delays()
        var faults = FaultTable()
        var stubs = StubTable()
        var log = RequestLog()
        /// How far the clock was moved forward.
        var clockOffset = Duration.zero
        /// Counts the changes of the inventory, so that an older state never overwrites a newer file.
        var generation = 0
    }

    let settings: Settings
    let routes: RouteTable
    /// Whether there is a fault to check before a request is complete.
    let hasEarlyFaults = Atomic(false)
    /// How many connections there have been.
    let connectionCount = Atomic(0)
    private let state: Mutex<State>
    private let stateFile: StateFile?
    /// The inventory at the start.
    let firstInventory: Inventory
    let wallClock: @Sendable () -> Instant

    /// Makes a simulation whose clock is ahead of a wall clock.
    init(
        _ settings: Settings,
        inventory: Inventory,
        stateFile: StateFile? = nil,
        wallClock: @escaping @Sendable () -> Instant = { .wallClock }
    ) {
        self.settings = settings
        self.stateFile = stateFile
        self.wallClock = wallClock
        firstInventory = inventory
        routes = RouteTable(dialects: settings.dialects)
        state = Mutex(
            State(
                inventory: inventory,
                base: inventory,
                sessions: SessionTable(
                    limits: .init(
                        idle: settings.sessionIdle,
                        absolute: settings.sessionMax,
                        count: settings.maxSessions
                    )
                )
            )
        )
    }

    func withState<T: Sendable>(_ body: (inout State) -> T) -> T {
        state.withLock { state in body(&state) }
    }

    var now: Instant { withState { wallClock() + $0.clockOffset } }

    /// Takes a complete request: finds its route and its fault, and logs it.
    ///
    /// Nearly every request needs no waiting; it is answered immediately, under one lock.
    /// - Returns: The exchange, and the reply if there is one already.
    func accept(_ request: WireRequest) -> (exchange: Exchange, reply: Reply?) {
        let target = RequestTarget(request.target)
        let purpose = purpose(of: request, target)
        let call = call(of: request, target, purpose)
        let route = purpose.route
        let isImmediate =
            settings.latency == .zero
            && (settings.cloneTime == .zero || route?.operation?.isCloning != true)
        var body: [UInt8]? = request.body.isEmpty ? nil : request.body
        if case .remote(_, let call) = purpose {
            body = Array(call.redacted.utf8)
        } else if target.path == "/api", let call = RemoteCall(request.body) {
            // A refused call has its session in the body too.
            body = Array(call.redacted.utf8)
        }
        var entry = RequestLog.Entry(request, operation: route?.label, body: body)
        entry.isChanging = route?.isChanging ?? false
        var exchange = Exchange(request: request, target: target, purpose: purpose, call: call)
        let outcome = withState { state -> Outcome? in
            exchange.number = state.log.append(entry)
            exchange.effect = state.faults.take(
                operation: route?.label,
                indexName: route?.indexName,
                method: request.method,
                path: target.path,
                isEarly: false
            )
            if let effect = exchange.effect, !effect.mayMiss {
                state.log.note(effect.name, of: exchange.number)
            }
            guard isImmediate, exchange.effect == nil, let route else { return nil }
            return apply(exchange, route, as: nil, to: &state)
        }
        guard let outcome, let route else { return (exchange, nil) }
        return (exchange, conclude(exchange, route, outcome))
    }

    /// Checks the head of a request: whether a fault resets the connection now.
    func resetsEarly(_ request: WireRequest) -> Bool {
        let target = RequestTarget(request.target)
        let route = purpose(of: request, target).route
        return withState { state in
            let effect = state.faults.take(
                operation: route?.label,
                indexName: route?.indexName,
                method: request.method,
                path: target.path,
                isEarly: true
            )
            guard let effect else { return false }
            var entry = RequestLog.Entry(request, operation: route?.label, body: nil)
            entry.isChanging = route?.isChanging ?? false
            let number = state.log.append(entry)
            state.log.note(effect.name, of: number)
            return true
        }
    }

    /// Answers without carrying anything out.
    func refuse(_ exchange: Exchange, with reply: Reply) -> Reply {
        withState { $0.log.finish(exchange.number, status: reply.status, isApplied: false) }
        return reply
    }

    /// Carries out a request, and answers.
    ///
    /// A rehearsal may have determined the user before.
    func run(_ exchange: Exchange, as requester: Inventory.Requester? = nil) -> Reply {
        guard let route = exchange.purpose.route else {
            guard case .refused(let reply) = exchange.purpose else { return Reply(status: 500) }
            return refuse(exchange, with: reply)
        }
        let outcome = withState { apply(exchange, route, as: requester, to: &$0) }
        return conclude(exchange, route, outcome)
    }

    /// The result of a request, and the state to save for it.
    private struct Outcome: Sendable {
        let result: Result<Performance, VAPIError>
        var snapshot: (inventory: Inventory, generation: Int)?
    }

    /// The part of an exchange that needs the lock; the caller holds it.
    private func apply(
        _ exchange: Exchange,
        _ route: Route,
        as requester: Inventory.Requester?,
        to state: inout State
    ) -> Outcome {
        let now = wallClock() + state.clockOffset
        if meet(exchange, &state, now) {
            state.log.note(exchange.effect?.name ?? "", of: exchange.number)
        }
        let result = Result { () throws(VAPIError) in
            try perform(
                exchange,
                route,
                as: requester,
                sessions: &state.sessions,
                inventory: &state.inventory,
                stubs: &state.stubs,
                now: now
            )
        }
        var isApplied = false
        if case .success = result { isApplied = route.isChanging }
        state.log.finish(
            exchange.number,
            status: exchange.isAnswered ? status(of: result, exchange, route) : nil,
            isApplied: isApplied
        )
        guard isApplied, stateFile != nil else { return Outcome(result: result) }
        state.generation += 1
        return Outcome(result: result, snapshot: (state.inventory, state.generation))
    }

    /// Saves the change, and makes the answer.
    private func conclude(_ exchange: Exchange, _ route: Route, _ outcome: Outcome) -> Reply {
        if let (inventory, generation) = outcome.snapshot {
            stateFile?.save(inventory, generation: generation)
        }
        return reply(to: exchange, route, outcome.result)
    }

    /// Tries a request on a copy of everything, to learn whether it would be refused at once.
    /// - Returns: The user, or the refusal.
    func rehearse(_ exchange: Exchange, _ route: Route) -> Result<Inventory.Requester, Refusal> {
        let result = withState { state -> Result<Performance, VAPIError> in
            var inventory = state.inventory
            var stubs = state.stubs
            let now = wallClock() + state.clockOffset
            return Result { () throws(VAPIError) in
                try perform(
                    exchange,
                    route,
                    as: nil,
                    sessions: &state.sessions,
                    inventory: &inventory,
                    stubs: &stubs,
                    now: now
                )
            }
        }
        switch result {
        case .success(let done): return .success(done.requester)
        case .failure:
            return .failure(
                Refusal(reply: refuse(exchange, with: reply(to: exchange, route, result)))
            )
        }
    }

    /// Changes the inventory; the sessions are kept.
    func changeInventory(_ change: (inout Inventory) -> Void) {
        let (inventory, generation) = withState { state in
            change(&state.inventory)
            state.generation += 1
            return (state.inventory, state.generation)
        }
        save(inventory, generation)
    }

    /// Writes an inventory to the state file, if there is one.
    func save(_ inventory: Inventory, _ generation: Int) {
        stateFile?.save(inventory, generation: generation)
    }

    /// The answer of a request that a rehearsal refused.
    struct Refusal: Error { let reply: Reply }
}
