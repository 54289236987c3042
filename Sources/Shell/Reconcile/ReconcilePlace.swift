internal import Journal
internal import VSphere

/// A vCenter in which operations are looked up.
struct ReconcilePlace: Equatable {
    let vcenter: String
    /// The user who made all of them; empty if there were several.
    let user: String
    /// How the last of them reached it; nil for https:// and the system's authorities.
    let note: ConnectionNote?
    /// Its operations, oldest first.
    let records: [OperationRecord]

    /// The vCenters of operations, in the order of their first ones.
    /// - Parameter open: The operations.
    /// - Returns: A place for each.
    static func all(of open: [OperationRecord]) -> [ReconcilePlace] {
        var names: [String] = []
        for record in open where !names.contains(record.vcenter) { names.append(record.vcenter) }
        return names.map { name in
            let records = open.filter { $0.vcenter == name }
            let users = Set(records.map(\.user))
            let user = users.count == 1 ? users.first ?? "" : ""
            let note = records.last?.connection.flatMap(ConnectionNote.init)
            return ReconcilePlace(vcenter: name, user: user, note: note, records: records)
        }
    }
}
