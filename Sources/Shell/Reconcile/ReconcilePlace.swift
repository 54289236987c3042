internal import VSphere
internal import Journal
internal import Text

/// The vCenter in which operations are looked up: the one that the settings name, else the only one
/// in which they were made.
struct ReconcilePlace: Equatable {
    let vcenter: String
    /// The user who made all of them; empty if there were several.
    let user: String
    /// Whether the settings name it.
    let isNamed: Bool
    /// Its operations.
    let records: [OperationRecord]
    /// The operations of other vCenters.
    let elsewhere: [OperationRecord]

    /// Chooses the vCenter; nil if there is nothing to look up.
    /// - Parameters:
    ///   - open: The operations.
    ///   - name: The vCenter named by the settings; nil for none.
    /// - Throws: If the user has to choose.
    init?(of open: [OperationRecord], named name: String?) throws(SettingsError) {
        guard let first = open.first else { return nil }
        let names = Set(open.map(\.vcenter)).sorted()
        guard name != nil || names.count == 1 else {
            throw SettingsError(
                "operations of \(names.count) vCenters are open: "
                    + names.map { Display.escape($0) }.joined(separator: ", "),
                hint: "name one of them with --vcenter or --profile",
                exitCode: .usage
            )
        }
        let chosen = name ?? first.vcenter
        vcenter = chosen
        isNamed = name != nil
        records = open.filter { $0.vcenter == chosen }
        elsewhere = open.filter { $0.vcenter != chosen }
        let users = Set(records.map(\.user))
        user = users.count == 1 ? users.first ?? "" : ""
    }
}
