extension Inventory {
    /// The arguments of a check-out or a deployment.
    struct CloneRequest: Sendable {
        var name: String?
        /// Identifiers by kind; nil if the field is missing.
        var placement: [Placement.Kind: String]?
        var isPoweredOn = false
    }

    /// The user of a request, and its time.
    struct Requester: Sendable {
        let user: String
        let time: Instant
    }

    /// Clones the latest template into an ordinary machine that refers to its item.
    /// - Throws: In this order: `not_found`, `invalid_argument` (no template, a subscribed library,
    ///   the request), `unable_to_allocate_resource` (checked out already), `already_exists` (name).
    mutating func checkOut(
        _ id: String,
        _ request: CloneRequest,
        by requester: Requester
    ) throws(VAPIError) -> String {
        let item = try template(id)
        try refuseSubscribed(item)
        guard let placement = request.placement, !placement.isEmpty else {
            throw .invalid("spec.placement_missing", "The placement is currently required.")
        }
        let place = try validate(request)
        guard item.checkOuts.isEmpty else {
            throw VAPIError(
                .unableToAllocateResource,
                "check_out.limit",
                "The library item \(id) already has its one check-out.",
                [id]
            )
        }
        let vm = try clone(item, as: request, to: place, checkedOutOf: id)
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
    }

    /// Makes a machine of an item's latest template, without a check-out.
    mutating func deploy(_ id: String, _ request: CloneRequest) throws(VAPIError) -> String {
        let item = try template(id)
        let place = try validate(request)
        return try clone(item, as: request, to: place, checkedOutOf: nil)
    }

    func refuseSubscribed(_ item: Item) throws(VAPIError) {
        guard try library(item.libraryID).kind == .subscribed else { return }
        throw .invalid(
            "library.subscribed",
            "The library item \(item.id) is in a subscribed library.",
            [item.id]
        )
    }

    private func validate(_ request: CloneRequest) throws(VAPIError) -> MachinePlacement {
        guard let name = request.name, !name.isEmpty else {
            throw .invalid("spec.name_missing", "The name is currently required.")
        }
        return try resolve(request.placement ?? [:])
    }

    /// Checks that the named placements exist.
    func resolve(_ named: [Placement.Kind: String]) throws(VAPIError) -> MachinePlacement {
        for (kind, id) in named
        where !placements.contains(where: { $0.kind == kind && $0.id == id }) {
            let what = kind.rawValue.replacing("_", with: " ")
            throw .invalid(
                "spec.placement_unknown",
                "There is no \(what) with the identifier \(id).",
                [id]
            )
        }
        var place = MachinePlacement()
        place.folder = named[.folder] ?? place.folder
        place.resourcePool = named[.resourcePool] ?? place.resourcePool
        place.host = named[.host] ?? place.host
        place.cluster = named[.cluster] ?? place.cluster
        place.datastore = named[.datastore] ?? place.datastore
        return place
    }

    private mutating func clone(
        _ item: Item,
        as request: CloneRequest,
        to place: MachinePlacement,
        checkedOutOf origin: String?
    ) throws(VAPIError) -> String {
        let name = request.name ?? item.name
        let isTaken = machines.values.contains {
            !$0.isTemplate && $0.name == name && $0.placement.folder == place.folder
        }
        if isTaken {
            throw VAPIError(
                .alreadyExists,
                "machine.name_taken",
                "The folder already has a virtual machine named \(name).",
                [name]
            )
        }
        let source = item.latest.flatMap { machines[$0.template] }
        return addMachine { id, serial in
            var machine = source ?? Machine(id: id, serial: serial, name: name)
            machine = Machine(
                id: id,
                serial: serial,
                name: name,
                power: request.isPoweredOn ? .on : .off,
                cpuCount: machine.cpuCount,
                memoryMiB: machine.memoryMiB,
                guestOS: machine.guestOS
            )
            machine.item = origin
            machine.placement = place
            return machine
        }
    }
}
