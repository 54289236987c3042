internal import JSON

extension Inventory {
    /// Makes a library of its own, or one that follows another.
    /// - Parameters:
    ///   - spec: The model of the new library.
    ///   - kind: Which of both.
    ///   - now: The time.
    /// - Returns: The identifier of the new library.
    /// - Throws: `invalid_argument` for what it lacks, or names and is not there.
    mutating func createLibrary(
        _ spec: Spec,
        _ kind: Library.Kind,
        at now: Instant
    ) throws(VAPIError) -> String {
        guard let name = spec.text("name"), !name.isEmpty else {
            throw .invalid("library.no_name", "The name must not be empty.", ["name"])
        }
        guard spec.text("type") ?? kind.rawValue == kind.rawValue else {
            throw .invalid(
                "library.type",
                "This service makes libraries of the type \(kind.rawValue)."
            )
        }
        let backings = spec.structures("storage_backings")
        guard !backings.isEmpty else {
            throw .invalid("library.no_storage", "A library needs a storage backing.")
        }
        for store in backings.compactMap({ $0.text("datastore_id") }) {
            _ = try known(.datastore, store, else: .invalidArgument)
        }
        var library = Library(id: newIdentifier(), name: name, created: now)
        library.kind = kind
        library.description = spec.text("description") ?? ""
        if kind == .subscribed {
            let url = spec.structure("subscription_info")?.text("subscription_url") ?? ""
            let source = libraryOrder.compactMap { libraries[$0] }
                .first { $0.isPublished && $0.publication == url }
            guard let source else {
                throw .invalid("library.no_source", "Nothing is published at \(url).", [url])
            }
            library.source = source.id
        } else {
            library.isPublished = spec.structure("publish_info")?.boolean("published") ?? false
        }
        add(library)
        return library.id
    }

    /// Deletes a subscribed library with its copies.
    mutating func deleteSubscribedLibrary(_ id: String) throws(VAPIError) {
        _ = try subscribedLibrary(id)
        removeLibrary(id)
    }

    func subscribedLibrary(_ id: String) throws(VAPIError) -> Library {
        let library = try library(id)
        guard library.kind == .subscribed else {
            throw VAPIError(
                .invalidElementType,
                "library.not_subscribed",
                "The library \(id) is not a subscribed one.",
                [id]
            )
        }
        return library
    }

    /// The libraries that follow one.
    func followers(of id: String) throws(VAPIError) -> [Library] {
        let library = try localLibrary(id)
        return libraryOrder.compactMap { libraries[$0] }.filter { $0.source == library.id }
    }

    /// The subscriptions that a vCenter told of: their libraries may be elsewhere.
    func recordedSubscriptions(of id: String) throws(VAPIError) -> [JSONValue] {
        try library(id).recorded[.listSubscriptions]?.array ?? []
    }

    /// The identifier of the subscription of a library.
    static func subscription(of follower: Library) -> String { "subscription-" + follower.id }

    /// Publishes the items of a library, or one of them: followers may then get their latest versions.
    mutating func publish(
        _ library: String,
        only item: String? = nil,
        to subscriptions: [String]
    ) throws(VAPIError) {
        let library = try localLibrary(library)
        guard library.isPublished else {
            throw VAPIError(
                .notAllowedInCurrentState,
                "library.not_published",
                "The library \(library.id) is not published.",
                [library.id]
            )
        }
        let known =
            try followers(of: library.id).map(Self.subscription)
            + recordedSubscriptions(of: library.id).compactMap { $0["subscription"]?.string }
        for named in subscriptions where !known.contains(named) {
            throw .invalid("library.no_subscription", "There is no subscription \(named).", [named])
        }
        for id in item.map({ [$0] }) ?? library.itemIDs {
            let version = items[id]?.latest?.id ?? "1"
            items[id]?.published = version
        }
    }

    /// Brings a subscribed library, or one of its items, up to what is published.
    mutating func sync(
        _ id: String,
        only item: String? = nil,
        at now: Instant
    ) throws(VAPIError) {
        let library = try subscribedLibrary(id)
        let sources = library.source.flatMap { libraries[$0] }?.itemIDs ?? []
        for copy in library.itemIDs.compactMap({ items[$0] })
        where item == nil && !sources.contains(copy.source ?? "") {
            removeItem(copy)
        }
        for source in sources.compactMap({ items[$0] }) {
            let copy = library.itemIDs.compactMap { items[$0] }.first { $0.source == source.id }
            guard item == nil || copy?.id == item, let version = source.published else { continue }
            take(version, of: source, into: copy, of: id, at: now)
        }
        changeLibrary(id) { $0.lastSync = now }
    }

    /// Makes a follower's item a copy of a published version.
    private mutating func take(
        _ version: String,
        of source: Item,
        into copy: Item?,
        of library: String,
        at now: Instant
    ) {
        guard copy?.published != version || copy?.name != source.name else { return }
        if let copy { removeItem(copy) }
        var item = Item(
            id: copy?.id ?? newIdentifier(),
            libraryID: library,
            name: source.name,
            type: source.type,
            created: copy?.created ?? now,
            modified: now
        )
        item.description = source.description
        item.source = source.id
        item.published = version
        let kept = source.versions.first { $0.id == version } ?? source.latest
        if let template = kept.flatMap({ machines[$0.template] }) {
            let machine = add(copy: template)
            item.versions = [Item.Version(id: version, template: machine)]
            item.nextVersion = (Int(version) ?? 0) + 1
        }
        add(item)
    }

    /// Changes name and description of an item.
    mutating func updateItem(_ id: String, _ spec: Spec, at now: Instant) throws(VAPIError) {
        let item = try item(id)
        _ = try localLibrary(item.libraryID)
        for member in spec.plain.members ?? []
        where !["name", "description"].contains(member.name) && member.value != .null {
            throw .invalid(
                "item.fixed",
                "The field \(member.name) of an item cannot be changed.",
                [member.name]
            )
        }
        if let name = spec.text("name") {
            guard !name.isEmpty else {
                throw .invalid("item.no_name", "The name must not be empty.", ["name"])
            }
            let isTaken = (itemsByName[name.lowercased()] ?? [])
                .contains { $0 != id && items[$0]?.libraryID == item.libraryID }
            guard !isTaken else {
                throw VAPIError(
                    .alreadyExists,
                    "item.name_taken",
                    "The library already has an item named \(name).",
                    [name]
                )
            }
            rename(id, to: name)
        }
        if let text = spec.text("description") { items[id]?.description = text }
        items[id]?.modified = now
    }
}
