extension Inventory {
    /// A copy of a machine as a request wants it, before it has a number.
    ///
    /// An object that a request names and that does not exist is an error of the given kind.
    func copy(
        of source: Machine,
        _ request: CopyRequest,
        else missing: VAPIError.Kind
    ) throws(VAPIError) -> Machine {
        if let unset = request.unset { throw unset }
        guard let name = request.name, !name.isEmpty else {
            throw .invalid("spec.field_missing", "The name must not be empty.", ["name"])
        }
        var machine = source
        machine.name = Self.stored(name)
        machine.end(.off)
        machine.customization = request.customization
        machine.item = nil
        machine.isTemplate = false
        // A clone has labels, files and addresses of its own.
        machine.recorded = Recorded()
        machine.placement = try place(
            request.placement ?? [:],
            besides: source.placement,
            else: missing
        )
        try store(&machine, request.storage, else: missing)
        try equip(&machine, request.hardware, else: missing)
        try refuseFull(machine)
        if let spec = request.customization {
            _ = try known(.customizationSpec, spec, else: missing)
        }
        _ = try tags(named: request, else: missing)
        return machine
    }

    /// A name as the inventory keeps it: a slash would look like a path.
    static func stored(_ name: String) -> String { name.replacing("/", with: "%2f") }

    /// Refuses a name that a machine of the folder has.
    func refuseTaken(_ name: String, in folder: String) throws(VAPIError) {
        let isTaken = machines.values.contains {
            !$0.isTemplate && $0.name == name && $0.placement.folder == folder
        }
        guard isTaken else { return }
        throw VAPIError(
            .alreadyExists,
            "machine.name_taken",
            "The folder already has a virtual machine named \(name).",
            [name]
        )
    }

    /// Adds a copy under a new number.
    mutating func add(copy: Machine, _ change: (inout Machine) -> Void = { _ in }) -> String {
        addMachine { id, serial in
            var machine = copy.numbered(id, serial)
            change(&machine)
            return machine
        }
    }

    private func store(
        _ machine: inout Machine,
        _ storage: Storage,
        else missing: VAPIError.Kind
    ) throws(VAPIError) {
        for policy in storage.policies { _ = try known(.storagePolicy, policy, else: missing) }
        for disk in storage.overrides.keys.sorted() {
            _ = try index(of: disk, in: machine, else: missing)
        }
        let named = [storage.home, storage.disks] + storage.overrides.values.map { $0 }
        for datastore in named.compactMap({ $0 }).sorted() {
            _ = try known(.datastore, datastore, else: missing)
        }
        machine.placement.datastore = storage.home ?? machine.placement.datastore
        for index in machine.disks.indices {
            let override = storage.overrides[machine.disks[index].id] ?? nil
            machine.disks[index].datastore =
                override ?? storage.disks ?? machine.disks[index].datastore
        }
        for datastore in [machine.placement.datastore] + machine.disks.map(\.datastore) {
            var place = machine.placement
            place.datastore = datastore
            try refuseDisjoint([.folder, .host, .datastore], of: place)
        }
    }

    private func equip(
        _ machine: inout Machine,
        _ hardware: Hardware,
        else missing: VAPIError.Kind
    ) throws(VAPIError) {
        for (nic, update) in hardware.nics.sorted(by: { $0.key < $1.key }) {
            guard let index = machine.nics.firstIndex(where: { $0.id == nic }) else {
                throw Self.noDevice("Ethernet adapter", nic, missing)
            }
            if let subnet = update.subnet {
                // No subnet is known here; it would come before the network.
                throw VAPIError(
                    missing,
                    "spec.subnet_unknown",
                    "There is no subnet \(subnet).",
                    [subnet]
                )
            }
            guard let network = update.network else { continue }
            machine.nics[index].network = try known(.network, network, else: missing).id
        }
        for (disk, capacity) in hardware.capacities.sorted(by: { $0.key < $1.key }) {
            let index = try index(of: disk, in: machine, else: missing)
            guard capacity > machine.disks[index].capacity else {
                throw .invalid(
                    "spec.disk_not_larger",
                    "The capacity of the disk \(disk) must be larger than \(machine.disks[index].capacity) bytes.",
                    [disk, String(capacity)]
                )
            }
            guard !hardware.removedDisks.contains(disk) else {
                throw .invalid("spec.disk_removed", "The disk \(disk) is to be removed.", [disk])
            }
            machine.disks[index].capacity = capacity
        }
        for disk in hardware.removedDisks.sorted() {
            machine.disks.remove(at: try index(of: disk, in: machine, else: missing))
        }
        machine.cpuCount = hardware.cpuCount ?? machine.cpuCount
        machine.coresPerSocket = hardware.coresPerSocket ?? machine.coresPerSocket
        machine.memoryMiB = hardware.memoryMiB ?? machine.memoryMiB
        let (cores, count) = (machine.coresPerSocket, machine.cpuCount)
        guard count > 0, cores > 0, count.isMultiple(of: cores) else {
            throw .invalid(
                "spec.cpu",
                "\(count) processors cannot be on sockets of \(cores) cores.",
                [String(count), String(cores)]
            )
        }
        guard machine.memoryMiB > 0 else {
            throw .invalid("spec.memory", "The memory must be more than nothing.")
        }
    }

    private func index(
        of disk: String,
        in machine: Machine,
        else missing: VAPIError.Kind
    ) throws(VAPIError) -> Int {
        guard let index = machine.disks.firstIndex(where: { $0.id == disk }) else {
            throw Self.noDevice("disk", disk, missing)
        }
        return index
    }

    /// Disks must find room on their data stores.
    private func refuseFull(_ machine: Machine) throws(VAPIError) {
        for store in placements where store.kind == .datastore {
            let needed = machine.disks.filter { $0.datastore == store.id }.map(\.capacity)
            guard let free = store.freeSpace, needed.contains(where: { $0 > free }) else {
                continue
            }
            throw VAPIError(
                .unableToAllocateResource,
                "datastore.full",
                "The datastore \(store.id) has \(free) bytes free.",
                [store.id]
            )
        }
    }

    private static func noDevice(
        _ what: String,
        _ id: String,
        _ missing: VAPIError.Kind
    ) -> VAPIError {
        VAPIError(missing, "spec.device_unknown", "The source has no \(what) \(id).", [id])
    }
}
