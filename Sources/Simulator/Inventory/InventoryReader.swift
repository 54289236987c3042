internal import JSON

/// Reads an inventory in the format of `--inventory`, `--state` and `/sim/state`.
///
/// Nearly everything is optional: names are enough for a library, an item and its versions.
struct InventoryReader {
    var inventory = Inventory()
    let now: Instant
    /// The machines that are a version's template, or are checked out.
    var taken: Set<String> = []

    /// Reads a document.
    ///
    /// The user, named in the canonical form, may do everything and is added if missing; objects without
    /// a time stamp get the present time.
    static func read(
        _ document: JSONValue,
        user: String,
        now: Instant
    ) throws(InventoryError) -> Inventory {
        try read((document, ""), user: user, now: now)
    }

    /// Reads one vCenter's part of a document.
    static func read(
        _ part: (document: JSONValue, place: String),
        user: String,
        now: Instant
    ) throws(InventoryError) -> Inventory {
        var reader = InventoryReader(now: now)
        return try reader.read(part.document, user: user, at: part.place)
    }

    private init(now: Instant) { self.now = now }

    private mutating func read(
        _ document: JSONValue,
        user: String,
        at place: String
    ) throws(InventoryError) -> Inventory {
        let root = Node(document, at: place)
        guard let members = document.members else {
            throw InventoryError("the document is no object")
        }
        guard !members.isEmpty else {
            throw InventoryError(
                "the document is empty; an inventory without libraries is {\"libraries\": []}"
            )
        }
        try root.check(
            "made_by",
            "users",
            "libraries",
            "machines",
            "placements",
            "tag_categories",
            "tags",
            "tasks",
            "answers",
            "refused",
            "next_machine",
            "next_identifier"
        )
        for node in try root.nodes("users") {
            let user = try self.user(node)
            guard inventory.user(user.name) == nil else { throw node.wrong("name", "stands twice") }
            inventory.users.append(user)
        }
        if inventory.user(user) == nil { inventory.users.append(User(name: user)) }
        for node in try root.nodes("placements") {
            let placement = try placement(node)
            guard !inventory.placements.contains(where: { $0.id == placement.id }) else {
                throw node.wrong("id", "stands twice")
            }
            inventory.placements.append(placement)
        }
        if document["placements"] == nil {
            inventory.placements = Inventory.standard(user: user).placements
        }
        inventory.choosePlacement()
        try readWhole(root)
        for node in try root.nodes("machines") {
            let machine = try machine(node)
            guard inventory.machines[machine.id] == nil else {
                throw node.wrong("vm", "stands twice")
            }
            inventory.place(machine)
            if machine.powersOn != nil { inventory.starting.append(machine.id) }
            if machine.shutsDown != nil { inventory.stopping.append(machine.id) }
        }
        let libraries = try root.nodes("libraries")
        let serials = inventory.machines.values.map(\.serial) + namedSerials(in: libraries)
        inventory.nextMachine = max(
            try root.integer("next_machine") ?? 1,
            (serials.max() ?? 0) + 1
        )
        inventory.nextIdentifier = try root.integer("next_identifier") ?? 1
        inventory.reserve(
            items: libraries.reduce(0) { $0 + ($1.value["items"]?.array?.count ?? 0) }
        )
        for node in libraries { try library(node) }
        try readTags(root)
        if document["tag_categories"] == nil, document["tags"] == nil {
            let standard = Inventory.standard(user: user)
            (inventory.tagCategories, inventory.tags) = (standard.tagCategories, standard.tags)
        }
        return inventory
    }

    /// The numbers of the machines that versions and check-outs name: no other machine gets one of them.
    private func namedSerials(in libraries: [Node]) -> [Int] {
        var names: [String] = []
        for item in libraries.flatMap({ $0.value["items"]?.array ?? [] }) {
            names += (item["versions"]?.array ?? []).compactMap { $0["vm_template"]?.string }
            names += (item["check_outs"]?.array ?? []).compactMap { $0["vm"]?.string }
        }
        return names.compactMap { Int($0.split(separator: "-").last ?? "") }
    }

    private func user(_ node: Node) throws(InventoryError) -> User {
        try node.check("name", "password", "privileges")
        return User(
            name: User.canonical(try node.required("name")),
            password: try node.text("password"),
            privileges: try node.role()
        )
    }

    private func placement(_ node: Node) throws(InventoryError) -> Placement {
        try node.check(
            "kind",
            "id",
            "name",
            "type",
            "parents",
            "free_space",
            "capacity",
            "answers"
        )
        guard let kind = Placement.Kind(rawValue: try node.required("kind")) else {
            throw node.wrong("kind", "is none that is known")
        }
        var placement = Placement(
            kind: kind,
            id: try node.required("id"),
            name: try node.required("name"),
            type: try node.text("type")
        )
        for member in node.value["parents"]?.members ?? [] {
            guard let kind = Placement.Kind(rawValue: member.name), let id = member.value.string
            else { throw node.wrong("parents", "must hold identifiers by kind") }
            placement.parents[kind] = id
        }
        placement.freeSpace = try node.integer("free_space")
        placement.capacity = try node.integer("capacity")
        placement.recorded = try node.answers(
            of: .listFolders,
            .listResourcePools,
            .listClusters,
            .listHosts,
            .listDatastores,
            .listDatacenters,
            .listNetworks,
            .listStoragePolicies,
            .listCustomizationSpecs,
            .getCustomizationSpec
        )
        return placement
    }

    private func machine(_ node: Node) throws(InventoryError) -> Machine {
        try node.check(
            "vm",
            "name",
            "power_state",
            "powers_on",
            "on_since",
            "shuts_down",
            "customization",
            "hot_add",
            "template",
            "cpu_count",
            "cores_per_socket",
            "memory_size_MiB",
            "guest_OS",
            "library_item",
            "folder",
            "resource_pool",
            "host",
            "cluster",
            "datastore",
            "disks",
            "nics",
            "hidden",
            "answers"
        )
        let id = try node.required("vm")
        let serial = Int(id.split(separator: "-").last ?? "") ?? 0
        var machine = Machine(id: id, serial: serial, name: try node.text("name") ?? id)
        if let power = try node.text("power_state") {
            guard let state = Machine.Power(rawValue: power) else {
                throw node.wrong("power_state", "is none that is known")
            }
            machine.power = state
        }
        machine.powersOn = try node.time("powers_on")
        machine.onSince = try node.time("on_since")
        machine.shutsDown = try node.time("shuts_down")
        machine.customization = try node.text("customization")
        let hotAdd = try node.texts("hot_add")
        machine.hotAdd = Machine.HotAdd(
            addsCPU: hotAdd.contains("cpu"),
            removesCPU: hotAdd.contains("cpu_removal"),
            addsMemory: hotAdd.contains("memory")
        )
        machine.isTemplate = try node.boolean("template") ?? false
        machine.coresPerSocket = try node.integer("cores_per_socket") ?? machine.coresPerSocket
        machine.cpuCount = try node.integer("cpu_count") ?? machine.cpuCount
        machine.memoryMiB = try node.integer("memory_size_MiB") ?? machine.memoryMiB
        machine.guestOS = try node.text("guest_OS") ?? machine.guestOS
        machine.item = try node.text("library_item")
        machine.isHidden = try node.boolean("hidden") ?? false
        machine.recorded = try node.answers(
            of: .getVM,
            .getPower,
            .getTools,
            .getGuest,
            .getTemplate
        )
        var place = inventory.usualPlacement
        place.folder = try node.text("folder") ?? place.folder
        place.resourcePool = try node.text("resource_pool") ?? place.resourcePool
        place.host = try node.text("host") ?? place.host
        place.cluster = try node.text("cluster") ?? place.cluster
        place.datastore = try node.text("datastore") ?? place.datastore
        machine.placement = place
        try devices(of: &machine, node)
        return machine
    }

    private func devices(of machine: inout Machine, _ node: Node) throws(InventoryError) {
        for index in machine.disks.indices {
            machine.disks[index].datastore = machine.placement.datastore
        }
        if node.value["disks"] != nil { machine.disks = [] }
        for disk in try node.nodes("disks") {
            try disk.check("id", "capacity", "datastore")
            var made = Machine.Disk(
                id: try disk.required("id"),
                datastore: try disk.text("datastore") ?? machine.placement.datastore
            )
            made.capacity = try disk.integer("capacity") ?? made.capacity
            machine.disks.append(made)
        }
        if node.value["nics"] != nil { machine.nics = [] }
        for nic in try node.nodes("nics") {
            try nic.check("id", "network")
            machine.nics.append(
                .init(id: try nic.required("id"), network: try nic.text("network"))
            )
        }
    }
}
