internal import Changes
internal import Journal
internal import Text

/// One run with its operations, for a person.
struct RunSheet {
    private let row: RunRow
    private let operations: [OperationRecord]
    private let chain: [RunRecord]

    /// Makes the sheet.
    /// - Parameters:
    ///   - row: The run.
    ///   - operations: Its operations, oldest first.
    ///   - chain: The runs that continue one another, the oldest first.
    init(_ row: RunRow, _ operations: [OperationRecord], of chain: [RunRecord]) {
        (self.row, self.operations, self.chain) = (row, operations, chain)
    }

    /// A line for each fact, and one for each operation.
    var text: String {
        let run = row.run
        let facts = [
            ("run", run.identifier), ("script", row.script), ("began", row.began),
            ("took", row.took.map { SpanText.length(seconds: $0 / .seconds(1)) } ?? ""),
            ("ended", row.end.text), ("on", "\(Display.escape(run.host)), pid \(run.process)"),
            ("vCenter", row.vcenters.map { Display.escape($0) }.joined(separator: " ")),
            ("changes", changes), ("continues", run.continues.map(RecordName.short) ?? ""),
            ("next", next ?? ""),
        ]
        var text = ""
        for (name, fact) in facts where !fact.isEmpty {
            text += name + String(repeating: " ", count: 11 - name.count) + fact + "\n"
        }
        return text + operations.map { "  " + $0.line + "\n" }.joined()
    }

    private var changes: String {
        let counts = row.changes
        let parts = [
            (counts.done, "done"), (counts.refused, "refused"), (counts.unknown, "unknown"),
        ]
        return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    /// The command that goes on with it, if any is left to do and no process is at work on it.
    private var next: String? {
        switch row.wayOn(chain) {
        case .resume: return "vmoon resume \(row.short) goes on"
        case .lacksArgument:
            return "cannot be resumed: an argument looked like a secret, and was not kept"
        case nil:
            let isOpen = row.end != .runs && row.changes.unknown > 0
            return isOpen ? "vmoon reconcile settles what is unknown" : nil
        }
    }
}
