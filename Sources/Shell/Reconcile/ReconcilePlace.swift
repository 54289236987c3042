internal import VSphere
internal import Journal
internal import Text

/// The vCenter that is asked what became of operations: the one that the settings name, else the one that
/// all of them are of.
struct ReconcilePlace: Equatable {
    let vcenter: String
    /// The user that all of them were made by; empty where they were several.
    let user: String
    /// Whether the settings name it.
    let isNamed: Bool
    /// Its operations.
    let records: [OperationRecord]
    /// Those of others.
    let elsewhere: [OperationRecord]

    /// Chooses it; nil where there is nothing to be asked.
    /// - Parameters:
    ///   - open: The operations.
    ///   - name: What the settings name; nil for nothing.
    /// - Throws: That somebody has to choose.
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
