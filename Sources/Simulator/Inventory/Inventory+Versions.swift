extension Inventory {
    /// A live version of an item.
    func version(_ version: String, of id: String) throws(VAPIError) -> Item.Version {
        guard let found = try template(id).versions.first(where: { $0.id == version }) else {
            throw .notFound("version", version)
        }
        return found
    }

    /// Makes an earlier version's template the latest, under a new identifier.
    ///
    /// The former latest becomes the previous version. The entry that was rolled back to is gone:
    /// its template moved, and only one previous version is kept.
    /// - Throws: In this order: `not_found` (item), `invalid_argument` (no template),
    ///   `not_allowed_in_current_state` (checked out), `invalid_argument` (the latest), `not_found`.
    mutating func rollback(
        _ id: String,
        to version: String,
        message: String,
        by requester: Requester
    ) throws(VAPIError) -> String {
        let item = try template(id)
        guard item.checkOuts.isEmpty else {
            throw VAPIError(
                .notAllowedInCurrentState,
                "rollback.checked_out",
                "A virtual machine is checked out of the library item \(id).",
                [id]
            )
        }
        try refuseLatest(version, of: item)
        let target = try self.version(version, of: id)
        items[id]?.versions.removeAll { $0.id == version }
        return addVersion(of: id, template: target.template, message: message, by: requester)
    }

    /// Purges a version that is not the latest.
    mutating func deleteVersion(_ version: String, of id: String) throws(VAPIError) {
        try refuseLatest(version, of: try template(id))
        let target = try self.version(version, of: id)
        items[id]?.versions.removeAll { $0.id == version }
        machines[target.template] = nil
    }

    /// Appends a version with the next number, purges all but one older one, and extends the history.
    mutating func addVersion(
        of id: String,
        template: String,
        message: String?,
        by requester: Requester
    ) -> String {
        guard var item = items[id] else { preconditionFailure("a version needs its item") }
        let version = String(item.nextVersion)
        item.nextVersion += 1
        item.versions.append(Item.Version(id: version, template: template))
        while item.versions.count > 2 { machines[item.versions.removeFirst().template] = nil }
        item.changes.append(
            Item.Change(
                version: version,
                time: requester.time,
                user: requester.user,
                message: message
            )
        )
        item.modified = requester.time
        items[id] = item
        return version
    }

    private func refuseLatest(_ version: String, of item: Item) throws(VAPIError) {
        guard item.latest?.id == version else { return }
        throw .invalid(
            "version.latest",
            "The version \(version) is the latest version of the library item.",
            [version]
        )
    }
}
