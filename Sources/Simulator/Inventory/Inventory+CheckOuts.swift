extension Inventory {
    /// The user who asks, and the time.
    struct Requester: Sendable {
        let user: String
        let time: Instant
    }

    /// Clones the latest template into an ordinary machine that refers to its item.
    /// - Throws: In this order: `not_found`, `invalid_argument` (no template, a subscribed library,
    ///   the request), `unable_to_allocate_resource` (checked out already), `already_exists` (name).
    mutating func checkOut(
        _ id: String,
        _ request: CopyRequest,
        by requester: Requester
    ) throws(VAPIError) -> String {
        let item = try template(id)
        try refuseSubscribed(item)
        var machine = try copy(of: source(of: item), request, else: .invalidArgument)
        guard item.checkOuts.isEmpty else {
            throw VAPIError(
                .unableToAllocateResource,
                "check_out.limit",
                "The library item \(id) already has its one check-out.",
                [id]
            )
        }
        try refuseTaken(machine.name, in: machine.placement.folder)
        machine.item = id
        if request.isPoweredOn { machine.begin(at: requester.time) }
        let vm = add(copy: machine)
        items[id]?.checkOuts.append(
            Item.CheckOut(vm: vm, time: requester.time, user: requester.user)
        )
        return vm
    }

    /// The check-out of one machine.
    /// - Throws: `not_found` for the item or the machine, `invalid_argument` if the machine is not
    ///   checked out of the item.
    func checkOut(of vm: String, from id: String) throws(VAPIError) -> Item.CheckOut {
        let item = try template(id)
        if let found = item.checkOuts.first(where: { $0.vm == vm }) { return found }
        guard machines[vm] != nil else { throw .notFound("virtual machine", vm) }
        throw .invalid(
            "check_out.other_machine",
            "The virtual machine \(vm) is not checked out of the library item \(id).",
            [vm, id]
        )
    }

    /// Makes the machine the latest template; the former latest becomes the previous one, the version
    /// before that is purged.
    mutating func checkIn(
        _ vm: String,
        to id: String,
        message: String,
        by requester: Requester
    ) throws(VAPIError) -> String {
        _ = try checkOut(of: vm, from: id)
        guard machines[vm]?.power == .off else {
            throw VAPIError(
                .notAllowedInCurrentState,
                "check_in.powered_on",
                "The virtual machine \(vm) is not powered off.",
                [vm]
            )
        }
        machines[vm]?.isTemplate = true
        machines[vm]?.item = nil
        items[id]?.checkOuts.removeAll { $0.vm == vm }
        return addVersion(of: id, template: vm, message: message, by: requester)
    }

    /// Ends a check-out and deletes its machine.
    mutating func deleteCheckOut(of vm: String, from id: String) throws(VAPIError) {
        _ = try checkOut(of: vm, from: id)
        guard machines[vm]?.power == .off else {
            throw VAPIError(
                .notAllowedInCurrentState,
                "check_out.powered_on",
                "The virtual machine \(vm) is not powered off.",
                [vm]
            )
        }
        items[id]?.checkOuts.removeAll { $0.vm == vm }
        machines[vm] = nil
        untag(vm)
    }

    /// Makes a machine of an item's latest template, without a check-out.
    ///
    /// It is off when the call returns; the server switches it on by itself, later.
    mutating func deploy(
        _ id: String,
        _ request: CopyRequest,
        poweringOn moment: Instant
    ) throws(VAPIError) -> String {
        let machine = try copy(of: source(of: try template(id)), request, else: .notFound)
        try refuseTaken(machine.name, in: machine.placement.folder)
        let vm = add(copy: machine) { $0.powersOn = request.isPoweredOn ? moment : nil }
        for tag in try tags(named: request, else: .notFound) {
            attach(tag, to: TaggedObject(type: "VirtualMachine", id: vm))
        }
        if request.isPoweredOn { starting.append(vm) }
        return vm
    }

    /// The machine that is the latest version of an item.
    private func source(of item: Item) -> Machine {
        item.latest.flatMap { machines[$0.template] } ?? Machine(id: "", serial: 0, name: item.name)
    }

    func refuseSubscribed(_ item: Item) throws(VAPIError) {
        guard try library(item.libraryID).kind == .subscribed else { return }
        throw .invalid(
            "library.subscribed",
            "The library item \(item.id) is in a subscribed library.",
            [item.id]
        )
    }
}
