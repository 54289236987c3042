extension Inventory {
    /// The arguments of a new template.
    struct TemplateRequest: Sendable {
        let source: String
        let name: String
        let library: String
        var description = ""
        var placement: [Placement.Kind: String] = [:]
    }

    /// Clones a machine into a new item of a local library.
    mutating func createTemplate(
        _ request: TemplateRequest,
        by requester: Requester
    ) throws(VAPIError) -> String {
        let source = try machine(request.source)
        let library = try library(request.library)
        guard library.kind == .local else {
            throw .invalid(
                "library.subscribed",
                "The library \(library.id) is a subscribed one.",
                [library.id]
            )
        }
        guard !request.name.isEmpty else {
            throw .invalid("spec.name_missing", "The name must not be empty.")
        }
        let place = try resolve(request.placement)
        guard source.item == nil else {
            throw VAPIError(
                .notAllowedInCurrentState,
                "template.source_checked_out",
                "The virtual machine \(source.id) is checked out of a library item.",
                [source.id]
            )
        }
        let isTaken = (itemsByName[request.name.lowercased()] ?? [])
            .contains { items[$0]?.libraryID == library.id }
        if isTaken {
            throw VAPIError(
                .alreadyExists,
                "item.name_taken",
                "The library already has an item named \(request.name).",
                [request.name]
            )
        }
        let template = addMachine { id, serial in
            var machine = Machine(
                id: id,
                serial: serial,
                name: request.name,
                isTemplate: true,
                cpuCount: source.cpuCount,
                memoryMiB: source.memoryMiB,
                guestOS: source.guestOS
            )
            machine.placement = place
            return machine
        }
        var item = Item(
            id: newIdentifier(),
            libraryID: library.id,
            name: request.name,
            created: requester.time,
            modified: requester.time
        )
        item.description = request.description
        add(item)
        _ = addVersion(of: item.id, template: template, message: nil, by: requester)
        return item.id
    }

    /// Items whose fields equal the given values, in the order they were made.
    func findItems(
        name: String?,
        library: String?,
        type: String?,
        sourceID: String?,
        isCached: Bool?
    ) -> [String] {
        // No item here has a source, and the content of every item is cached.
        guard sourceID == nil, isCached != false else { return [] }
        let candidates: [String]
        if let name {
            candidates = itemsByName[name.lowercased()] ?? []
        } else if let library {
            candidates = libraries[library]?.itemIDs ?? []
        } else {
            candidates = libraryOrder.flatMap { libraries[$0]?.itemIDs ?? [] }
        }
        return candidates.filter { id in
            guard let item = items[id] else { return false }
            return (library == nil || item.libraryID == library)
                && (type == nil || item.type == type?.lowercased())
        }
    }

    /// Deletes an item with its versions.
    mutating func deleteItem(_ id: String) throws(VAPIError) {
        let item = try item(id)
        guard try library(item.libraryID).kind == .local else {
            throw VAPIError(
                .invalidElementType,
                "library.not_local",
                "The library item \(id) is not in a local library.",
                [id]
            )
        }
        try refuseCheckedOut(item)
        removeItem(item)
    }

    /// Deletes a local library with its items.
    mutating func deleteLibrary(_ id: String) throws(VAPIError) {
        let library = try localLibrary(id)
        for item in library.itemIDs.compactMap({ items[$0] }) { try refuseCheckedOut(item) }
        removeLibrary(id)
    }

    func localLibrary(_ id: String) throws(VAPIError) -> Library {
        let library = try library(id)
        guard library.kind == .local else {
            throw VAPIError(
                .invalidElementType,
                "library.not_local",
                "The library \(id) is not a local one.",
                [id]
            )
        }
        return library
    }

    private func refuseCheckedOut(_ item: Item) throws(VAPIError) {
        guard !item.checkOuts.isEmpty else { return }
        throw VAPIError(
            .notAllowedInCurrentState,
            "item.checked_out",
            "A virtual machine is checked out of the library item \(item.id).",
            [item.id]
        )
    }
}
