internal import JSON

extension InventoryReader {
    mutating func library(_ node: Node) throws(InventoryError) {
        try node.check(
            "id",
            "name",
            "type",
            "description",
            "creation_time",
            "published",
            "source",
            "last_sync_time",
            "items",
            "answers"
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
        library.recorded = try node.answers(of: .getLibrary, .listSubscriptions)
        guard inventory.libraries[library.id] == nil else { throw node.wrong("id", "stands twice") }
        inventory.add(library)
        for child in try node.nodes("items") { try item(child, in: library.id) }
    }

    mutating func item(_ node: Node, in library: String) throws(InventoryError) {
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
            "changes",
            "answers"
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
        item.recorded = try node.answers(of: .getItem)
        let model = item.recorded[.getItem]
        item.contentVersion = model?["content_version"]?.string ?? item.contentVersion
        item.isCached = model?["cached"]?.boolean ?? true
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
            // One that an account could not list has the version that its model names.
            let version = item.contentVersion
            item.versions = [Item.Version(id: version, template: template(for: item, nil))]
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
            try entry.check("version", "time", "user", "message", "short_message")
            item.changes.append(
                Item.Change(
                    version: try entry.required("version"),
                    time: try entry.time("time") ?? created,
                    user: try entry.text("user"),
                    message: try entry.text("message"),
                    cutMessage: try entry.text("short_message")
                )
            )
        }
        inventory.add(item)
    }

    /// Records that a machine belongs to a version or is checked out: only one of these is possible.
    mutating func take(
        _ machine: String,
        as member: String,
        of node: Node
    ) throws(InventoryError) {
        guard taken.insert(machine).inserted else {
            let what = "is a template or checked out already: \(machine) stands twice"
            throw node.wrong(member, what)
        }
    }

    mutating func version(
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
    mutating func template(for item: Item, _ id: String?) -> String {
        guard let id else {
            let id = inventory.addMachine { Machine(id: $0, serial: $1, name: item.name) }
            inventory.machines[id]?.isTemplate = true
            inventory.machines[id]?.settle(at: inventory.usualPlacement)
            return id
        }
        if inventory.machines[id] == nil {
            inventory.place(machine(id, named: item.name))
        }
        inventory.machines[id]?.isTemplate = true
        return id
    }

    /// A machine of which a document says nothing but its identifier.
    mutating func machine(_ id: String, named name: String) -> Machine {
        let serial = Int(id.split(separator: "-").last ?? "") ?? 0
        inventory.nextMachine = max(inventory.nextMachine, serial + 1)
        var machine = Machine(id: id, serial: serial, name: name)
        machine.settle(at: inventory.usualPlacement)
        return machine
    }

    mutating func checkOut(
        _ node: Node,
        of item: Item
    ) throws(InventoryError) -> Item.CheckOut {
        try node.check("vm", "time", "user")
        let vm: String
        if let named = try node.text("vm") {
            vm = named
            if inventory.machines[named] == nil {
                inventory.place(machine(named, named: item.name + "-checked-out"))
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
