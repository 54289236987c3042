extension Inventory {
    /// Clones a machine into a new item of a local library.
    mutating func createTemplate(
        of vm: String,
        in libraryID: String,
        description: String,
        _ request: CopyRequest,
        by requester: Requester
    ) throws(VAPIError) -> String {
        var source = try machine(vm)
        let library = try library(libraryID)
        guard library.kind == .local else {
            throw .invalid(
                "library.subscribed",
                "The library \(library.id) is a subscribed one.",
                [library.id]
            )
        }
        // Files and disks go where the library is, unless the request says otherwise.
        let store = usualPlacement.datastore
        source.placement.datastore = store
        for index in source.disks.indices { source.disks[index].datastore = store }
        let copy = try copy(of: source, request, else: .invalidArgument)
        let name = request.name ?? ""
        guard source.item == nil else {
            throw VAPIError(
                .notAllowedInCurrentState,
                "template.source_checked_out",
                "The virtual machine \(source.id) is checked out of a library item.",
                [source.id]
            )
        }
        let isTaken = (itemsByName[name.lowercased()] ?? [])
            .contains { items[$0]?.libraryID == library.id }
        if isTaken {
            throw VAPIError(
                .alreadyExists,
                "item.name_taken",
                "The library already has an item named \(name).",
                [name]
            )
        }
        try refuseTaken(copy.name, in: copy.placement.folder)
        let template = add(copy: copy) { $0.isTemplate = true }
        var item = Item(
            id: newIdentifier(),
            libraryID: library.id,
            name: name,
            created: requester.time,
            modified: requester.time
        )
        item.description = description
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
                && (sourceID == nil || item.source == sourceID)
                && (type == nil || item.type == type?.lowercased())
                && (isCached == nil || item.isCached == isCached)
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
