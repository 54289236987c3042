internal import JSON

/// Reads an inventory in the format of `--inventory`, `--state` and `/sim/state`.
///
/// Nearly everything is optional: names are enough for a library, an item and its versions.
struct InventoryReader {
    var inventory = Inventory()
    private let now: Instant
    /// The machines that are a version's template, or are checked out.
    private var taken: Set<String> = []

    /// Reads a document.
    ///
    /// The user, named in the canonical form, may do everything and is added if missing; objects without
    /// a time stamp get the present time.
    static func read(
        _ document: JSONValue,
        user: String,
        now: Instant
    ) throws(InventoryError) -> Inventory {
        var reader = InventoryReader(now: now)
        return try reader.read(document, user: user)
    }

    private init(now: Instant) { self.now = now }

    private mutating func read(
        _ document: JSONValue,
        user: String
    ) throws(InventoryError) -> Inventory {
        let root = Node(document, at: "")
        guard let members = document.members else {
            throw InventoryError("the document is no object")
        }
        guard !members.isEmpty else {
            throw InventoryError(
                "the document is empty; an inventory without libraries is {\"libraries\": []}"
            )
        }
        try root.check(
            "users",
            "libraries",
            "machines",
            "placements",
            "tag_categories",
            "tags",
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
        for node in try root.nodes("machines") {
            let machine = try machine(node)
            guard inventory.machines.updateValue(machine, forKey: machine.id) == nil else {
                throw node.wrong("vm", "stands twice")
            }
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
        try node.check("kind", "id", "name", "type", "parents", "free_space", "capacity")
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
            "nics"
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
        var place = MachinePlacement()
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

    private mutating func library(_ node: Node) throws(InventoryError) {
        try node.check(
            "id",
            "name",
            "type",
            "description",
            "creation_time",
            "published",
            "source",
            "last_sync_time",
            "items"
        )
        let kind = try node.text("type") ?? Library.Kind.local.rawValue
        guard let kind = Library.Kind(rawValue: kind) else {
            throw node.wrong("type", "must be LOCAL or SUBSCRIBED")
        }
        var library = Library(
            id: try node.text("id") ?? inventory.newIdentifier(),
            name: try node.required("name"),
            created: try node.time("creation_time") ?? now
        )
        library.kind = kind
        library.description = try node.text("description") ?? ""
        library.isPublished = try node.boolean("published") ?? false
        library.source = try node.text("source")
        library.lastSync = try node.time("last_sync_time")
        guard inventory.libraries[library.id] == nil else { throw node.wrong("id", "stands twice") }
        inventory.add(library)
        for child in try node.nodes("items") { try item(child, in: library.id) }
    }

    private mutating func item(_ node: Node, in library: String) throws(InventoryError) {
        try node.check(
            "id",
            "name",
            "type",
            "description",
            "creation_time",
            "last_modified_time",
            "published",
            "source",
            "next_version",
            "versions",
            "check_outs",
            "changes"
        )
        let created = try node.time("creation_time") ?? now
        var item = Item(
            id: try node.text("id") ?? inventory.newIdentifier(),
            libraryID: library,
            name: try node.required("name"),
            created: created,
            modified: try node.time("last_modified_time") ?? created
        )
        item.type = try node.text("type") ?? Item.templateType
        item.description = try node.text("description") ?? ""
        item.published = try node.text("published")
        item.source = try node.text("source")
        guard inventory.items[item.id] == nil else { throw node.wrong("id", "stands twice") }
        for node in try node.nodes("versions") {
            let version = try self.version(node, of: item)
            guard !item.versions.contains(where: { $0.id == version.id }) else {
                throw node.wrong("version", "stands twice in the item")
            }
            try take(version.template, as: "vm_template", of: node)
            item.versions.append(version)
        }
        guard !item.isTemplate || node.value["versions"] == nil || !item.versions.isEmpty else {
            throw node.wrong("versions", "is empty; a template has one version at least")
        }
        if item.isTemplate, item.versions.isEmpty {
            item.versions = [Item.Version(id: "1", template: template(for: item, nil))]
        }
        guard item.versions.count <= 2 else {
            throw node.wrong("versions", "may hold two at most: the latest and one previous")
        }
        let numbers = item.versions.compactMap { Int($0.id) }
        guard zip(numbers, numbers.dropFirst()).allSatisfy(<) else {
            throw node.wrong("versions", "must be in order, the latest last")
        }
        item.nextVersion = max(try node.integer("next_version") ?? 1, (numbers.max() ?? 0) + 1)
        for entry in try node.nodes("check_outs") {
            let checkOut = try checkOut(entry, of: item)
            try take(checkOut.vm, as: "vm", of: entry)
            guard item.checkOuts.isEmpty else {
                throw node.wrong("check_outs", "may hold one at most")
            }
            item.checkOuts.append(checkOut)
        }
        for entry in try node.nodes("changes") {
            try entry.check("version", "time", "user", "message")
            item.changes.append(
                Item.Change(
                    version: try entry.required("version"),
                    time: try entry.time("time") ?? created,
                    user: try entry.text("user"),
                    message: try entry.text("message")
                )
            )
        }
        inventory.add(item)
    }

    /// Records that a machine belongs to a version or is checked out: only one of these is possible.
    private mutating func take(
        _ machine: String,
        as member: String,
        of node: Node
    ) throws(InventoryError) {
        guard taken.insert(machine).inserted else {
            let what = "is a template or checked out already: \(machine) stands twice"
            throw node.wrong(member, what)
        }
    }

    private mutating func version(
        _ node: Node,
        of item: Item
    ) throws(InventoryError) -> Item.Version {
        // A version may be just its identifier.
        if let id = node.value.string { return .init(id: id, template: template(for: item, nil)) }
        try node.check("version", "vm_template")
        return .init(
            id: try node.required("version"),
            template: template(for: item, try node.text("vm_template"))
        )
    }

    /// The machine of a version; a new one if the document has none.
    private mutating func template(for item: Item, _ id: String?) -> String {
        guard let id else {
            return inventory.addMachine {
                Machine(id: $0, serial: $1, name: item.name, isTemplate: true)
            }
        }
        if inventory.machines[id] == nil {
            let serial = Int(id.split(separator: "-").last ?? "") ?? 0
            inventory.nextMachine = max(inventory.nextMachine, serial + 1)
            inventory.machines[id] = Machine(id: id, serial: serial, name: item.name)
        }
        inventory.machines[id]?.isTemplate = true
        return id
    }

    private mutating func checkOut(
        _ node: Node,
        of item: Item
    ) throws(InventoryError) -> Item.CheckOut {
        try node.check("vm", "time", "user")
        let vm: String
        if let named = try node.text("vm") {
            vm = named
            let serial = Int(named.split(separator: "-").last ?? "") ?? 0
            inventory.nextMachine = max(inventory.nextMachine, serial + 1)
            if inventory.machines[named] == nil {
                inventory.machines[named] = Machine(
                    id: named,
                    serial: serial,
                    name: item.name + "-checked-out"
                )
            }
        } else {
            vm = inventory.addMachine {
                Machine(id: $0, serial: $1, name: item.name + "-checked-out")
            }
        }
        inventory.machines[vm]?.item = item.id
        return Item.CheckOut(
            vm: vm,
            time: try node.time("time") ?? now,
            user: try node.text("user") ?? "VSPHERE.LOCAL\\Administrator"
        )
    }
}
