internal import JSON
internal import Synchronization

/// The answers under `/sim/`, which need no session.
struct AdminService {
    let simulation: Simulation

    func answer(_ request: WireRequest) -> Reply {
        let target = RequestTarget(request.target)
        do {
            switch (request.method, target.path) {
            case ("GET", "/sim/requests"):
                return requests(hasHeaders: target.query != "headers=false")
            case ("DELETE", "/sim/requests"):
                simulation.withState { $0.log.removeAll() }
                return Reply(status: 204)
            case ("GET", "/sim/state"): return state()
            case ("PUT", "/sim/state"): return try replaceState(request.body, target)
            case ("GET", "/sim/sessions"):
                let count = simulation.withState { $0.sessions.count }
                return json(["open": .integer(count)])
            case ("POST", "/sim/faults"): return try addFaults(request.body)
            case ("DELETE", "/sim/faults"): return clearFaults()
            case ("POST", "/sim/stubs"): return try addStubs(request.body)
            case ("DELETE", "/sim/stubs"):
                simulation.withState { $0.stubs.removeAll() }
                return Reply(status: 204)
            case ("POST", "/sim/users"): return try changeUser(request.body)
            case ("GET", "/sim/clock"): return clock()
            case ("POST", "/sim/clock"): return try advanceClock(request.body)
            case ("POST", "/sim/reset"):
                simulation.reset()
                return Reply(status: 204)
            default: return refusal(target.path)
            }
        } catch {
            return json(["error": .string("\(error)")], status: 400)
        }
    }

    private func refusal(_ path: Substring) -> Reply {
        let known = ["requests", "state", "faults", "stubs", "users", "clock", "sessions", "reset"]
        return Reply(status: known.contains { path == "/sim/" + $0 } ? 405 : 404)
    }

    private func requests(hasHeaders: Bool) -> Reply {
        let (entries, dropped) = simulation.withState { ($0.log.entries, $0.log.dropped) }
        // Entry by entry: a full log as one tree would take gigabytes.
        var body = WireBytes(#"{"dropped":\#(dropped),"requests":["#.utf8)
        let encoder = JSONEncoder()
        for (index, entry) in entries.enumerated() {
            if index > 0 { body.append(",\n") }
            body.append(encoder.encode(entry.document(hasHeaders: hasHeaders)))
        }
        body.append("]}\n")
        return Reply(status: 200, contentType: "application/json", body: body)
    }

    private func state() -> Reply {
        let now = simulation.now
        let inventory = simulation.withState { state in
            state.inventory.advance(to: now)
            return state.inventory
        }
        return json(InventoryWriter(inventory: inventory).document)
    }

    /// Replaces the inventory; an empty body brings back the one it started with.
    private func replaceState(_ body: [UInt8], _ target: RequestTarget) throws -> Reply {
        let inventory =
            body.isEmpty
            ? simulation.firstInventory
            : try simulation.settings.inventory(
                try JSONParser().decode(body),
                now: simulation.now,
                vcenter: target.queryValue(of: "vcenter")
            )
        simulation.changeInventory { $0 = inventory }
        simulation.withState { $0.base = inventory }
        return Reply(status: 204)
    }

    private func addFaults(_ body: [UInt8]) throws -> Reply {
        let document = try JSONParser().decode(body)
        let faults = try (document.array ?? [document]).map { try Fault($0) }
        simulation.add(faults)
        return Reply(status: 204)
    }

    private func clearFaults() -> Reply {
        simulation.withState { $0.faults.removeAll() }
        simulation.hasEarlyFaults.store(false, ordering: .relaxed)
        return Reply(status: 204)
    }

    private func addStubs(_ body: [UInt8]) throws -> Reply {
        let document = try JSONParser().decode(body)
        let stubs = try (document.array ?? [document]).map { try Stub($0) }
        simulation.withState { state in for stub in stubs { state.stubs.set(stub) } }
        return Reply(status: 204)
    }

    /// Gives a user a role; one that is not there is added.
    private func changeUser(_ body: [UInt8]) throws -> Reply {
        let document = try JSONParser().decode(body)
        guard document.members != nil else { throw InventoryError("a user is an object") }
        let root = InventoryReader.Node(document, at: "")
        try root.check("name", "privileges")
        let name = User.canonical(try root.text("name") ?? simulation.settings.user)
        let privileges = try root.role()
        simulation.changeInventory { $0.setPrivileges(privileges, of: name) }
        return Reply(status: 204)
    }

    private func advanceClock(_ body: [UInt8]) throws -> Reply {
        guard let seconds = try JSONParser().decode(body)["advance_s"]?.number, seconds >= 0,
            seconds <= 1e10
        else { throw FaultError(description: "advance_s must be a number, not negative") }
        simulation.advance(by: .seconds(seconds))
        return clock()
    }

    /// The time, how many requests wait for it and for nothing else, and in how many seconds something happens by
    /// itself.
    private func clock() -> Reply {
        let now = simulation.now
        let (held, next, ahead) = simulation.withState {
            ($0.delays.held, $0.delays.nextDue, $0.clockOffset)
        }
        let rest = next.map {
            JSONValue.double(Double(max(0, $0.milliseconds - now.milliseconds)) / 1000)
        }
        return json([
            "now": .string(now.text), "ahead_s": .double(ahead / .seconds(1)),
            "held": .integer(held), "next_s": rest ?? .null,
        ])
    }

    private func json(_ value: JSONValue, status: Int = 200) -> Reply {
        .text(status, JSONEncoder().encode(value) + "\n")
    }
}

extension Simulation {
    /// Adds faults after those that are set.
    func add(_ faults: [Fault]) {
        withState { state in for fault in faults { state.faults.add(fault) } }
        if faults.contains(where: { $0.effect == .resetBeforeRequest }) {
            hasEarlyFaults.store(true, ordering: .relaxed)
        }
    }
}
