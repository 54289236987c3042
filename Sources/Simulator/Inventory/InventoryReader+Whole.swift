internal import JSON

extension InventoryReader {
    /// The part of a document that is one vCenter's inventory.
    ///
    /// `{"vcenters": {"vc1.example.com": {…}}}` has several; any other document is the inventory of whichever is asked
    /// for.
    static func part(
        of document: JSONValue,
        named name: String?
    ) throws(InventoryError) -> (document: JSONValue, place: String) {
        guard let found = document["vcenters"] else { return (document, "") }
        guard let parts = found.members, !parts.isEmpty, document.members?.count == 1 else {
            throw InventoryError(
                "vcenters: must be an object with an inventory for each vCenter, and nothing beside it"
            )
        }
        let names = parts.map(\.name).joined(separator: ", ")
        guard let name else {
            guard parts.count == 1 else {
                throw InventoryError("vcenters: has \(names); one of them must be named")
            }
            return (parts[0].value, "vcenters.\(parts[0].name)")
        }
        guard let part = parts.first(where: { address($0.name) == address(name) }) else {
            throw InventoryError("vcenters: has no \(name); there are \(names)")
        }
        return (part.value, "vcenters.\(part.name)")
    }

    /// A vCenter's address without what does not distinguish it: the scheme, a user, the usual port, a path.
    private static func address(_ name: String) -> String {
        var rest = name.lowercased()[...]
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        rest = rest.prefix { $0 != "/" }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        return rest.hasSuffix(":443") ? String(rest.dropLast(4)) : String(rest)
    }

    /// Reads what is about the vCenter as a whole: its release, its tasks, and what it refused.
    mutating func readWhole(_ root: Node) throws(InventoryError) {
        inventory.recorded = try root.answers(of: .getRelease)
        for node in try root.nodes("refused") {
            try node.check("operation", "kind", "message", "of")
            inventory.refusals.add(
                try node.required("operation"),
                of: try node.texts("of"),
                .init(kind: try node.required("kind"), message: try node.text("message") ?? "")
            )
        }
        for node in try root.nodes("tasks") {
            try node.check("task", "answers")
            let id = try node.required("task")
            let recorded = try node.answers(of: .getTask)
            let answer = recorded[.getTask]
            guard let state = answer?["status"]?.string.flatMap(TaskRecord.Status.init) else {
                throw node.wrong("answers", "must have getTask, with a status of the API")
            }
            let start = answer?["start_time"]?.string.flatMap(Instant.init) ?? now
            inventory.tasks.append(
                TaskRecord(
                    id: id,
                    service: answer?["service"]?.string ?? "",
                    operation: answer?["operation"]?.string ?? "",
                    user: answer?["user"]?.string ?? "",
                    start: start,
                    end: answer?["end_time"]?.string.flatMap(Instant.init) ?? start,
                    result: answer?["result"]?.string ?? "",
                    fixed: state,
                    recorded: recorded
                )
            )
        }
    }
}

extension Inventory {
    /// Chooses the places of machines about which a document says nothing: those of the standard inventory where they
    /// are there, else the first that fit together.
    mutating func choosePlacement() {
        func first(_ kind: Placement.Kind, _ usual: String, _ fits: (Placement) -> Bool) -> String {
            let all = placements.filter { $0.kind == kind }
            return (all.first { $0.id == usual } ?? all.first(where: fits) ?? all.first)?.id
                ?? usual
        }
        let usual = MachinePlacement()
        var place = usual
        place.folder = first(.folder, usual.folder) { $0.type == "VIRTUAL_MACHINE" }
        place.cluster = first(.cluster, usual.cluster) { _ in true }
        let cluster = place.cluster
        place.host = first(.host, usual.host) { $0.parents[.cluster] == cluster }
        place.resourcePool = first(.resourcePool, usual.resourcePool) {
            $0.parents[.cluster] == cluster
        }
        place.datastore = first(.datastore, usual.datastore) { _ in true }
        usualPlacement = place
    }
}

extension Machine {
    /// Puts it, and its disks, somewhere.
    mutating func settle(at place: MachinePlacement) {
        placement = place
        for index in disks.indices { disks[index].datastore = place.datastore }
    }
}
