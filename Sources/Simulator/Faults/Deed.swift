/// The deed of somebody else at the moment in which a request comes.
enum Deed: String, CaseIterable, Sendable {
    /// Checks the item out that the request is about.
    case checkOut = "check_out"
    /// Checks it out and in: it has a new latest version.
    case checkIn = "check_in"
    /// Rolls it back to its previous version.
    case rollBack = "roll_back"
    /// Deletes the item.
    case deleteItem = "delete_item"
    /// Takes all privileges but those to read from the user who asks.
    case losePrivileges = "lose_privileges"
}

extension Inventory {
    /// Lets somebody do something to an item; an item that does not allow it stays as it is.
    /// - Returns: Whether it was done.
    mutating func suffer(_ deed: Deed, _ id: String, by requester: Requester) -> Bool {
        do throws(VAPIError) {
            switch deed {
            case .checkOut: _ = try takeOut(id, by: requester)
            case .checkIn:
                let vm = try takeOut(id, by: requester)
                _ = try checkIn(vm, to: id, message: "by somebody else", by: requester)
            case .rollBack:
                guard let previous = try template(id).versions.dropLast().last else { return false }
                _ = try rollback(id, to: previous.id, message: "by somebody else", by: requester)
            case .deleteItem:
                // Its check-outs stay, as machines.
                removeItem(try template(id))
            case .losePrivileges: return false
            }
            return true
        } catch {
            return false
        }
    }

    /// Checks an item out, to where its template is.
    private mutating func takeOut(
        _ id: String,
        by requester: Requester
    ) throws(VAPIError) -> String {
        let item = try template(id)
        guard item.checkOuts.isEmpty else {
            throw VAPIError(.unableToAllocateResource, "check_out.limit", "It is checked out.", [])
        }
        try refuseSubscribed(item)
        guard var machine = item.latest.flatMap({ machines[$0.template] }) else {
            throw .notFound("template", id)
        }
        machine.end(.off)
        machine.isTemplate = false
        machine.item = id
        machine.name = "\(item.name) of \(requester.user) \(nextMachine)"
        let vm = add(copy: machine)
        items[id]?.checkOuts.append(
            Item.CheckOut(vm: vm, time: requester.time, user: requester.user)
        )
        return vm
    }
}

extension Simulation {
    /// Lets happen what a fault wants before the request is carried out; the caller holds the lock.
    /// - Returns: Whether something has happened that depends on the request.
    func meet(_ exchange: Exchange, _ state: inout State, _ now: Instant) -> Bool {
        let session = Credentials(exchange).session
        switch exchange.effect {
        case .expireSession: return session.map { state.sessions.has($0) } ?? false
        case .meanwhile(.losePrivileges, _, _):
            guard let name = session.flatMap({ state.sessions.use($0, at: now)?.user }) else {
                return false
            }
            state.inventory.setPrivileges([Privileges.least], of: name)
            return true
        case .meanwhile(let deed, let given, let user):
            guard let call = try? exchange.call.get() else { return false }
            let own = call.parameters + [call.spec.text("source_vm")].compactMap { $0 }
            let named = given.map { [$0] } ?? own
            let found = named.compactMap { name in
                state.inventory.items[name]?.id ?? state.inventory.machines[name]?.item
            }
            guard let item = found.first else { return false }
            return state.inventory.suffer(
                deed,
                item,
                by: .init(user: User(name: user).displayName, time: now)
            )
        default: return false
        }
    }
}
