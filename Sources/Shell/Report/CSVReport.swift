internal import Journal
internal import Text

/// A report as comma-separated values: a line for each change, and one for each run without any.
struct CSVReport {
    /// The first line of every such file.
    static let beginning = names.joined(separator: ",") + "\n"

    private static let names = [
        "run_id", "run_began", "run_ended", "run_end", "script", "host", "pid", "continues",
        "op_id", "operation", "step", "vcenter", "user", "item", "item_id", "made", "from_version",
        "to_version", "purged", "message", "outcome", "in_doubt", "explanation", "attempts",
        "began",
        "settled", "waited_for", "waited_until",
    ]

    let report: Report

    /// Writes the lines.
    func write(to file: inout ReportOutput) {
        file.put(Self.beginning)
        for run in report.runs {
            let record = run.row.run
            let about = [
                record.identifier, run.row.began, record.ended.map(Timestamp.text) ?? "",
                run.row.end.text, run.row.script, record.host, "\(record.process)",
                record.continues ?? "",
            ]
            if run.changes.isEmpty {
                let rest = Array(repeating: "", count: Self.names.count - about.count)
                Self.write(about + rest, to: &file)
            }
            for change in run.changes { Self.write(about + Self.fields(change), to: &file) }
        }
    }

    private static func fields(_ change: ReportChange) -> [String] {
        [
            change.identifier, change.operation, change.step ?? "", change.vcenter, change.user,
            change.thing, change.item, change.made ?? "", change.before ?? "", change.after ?? "",
            change.purged.joined(separator: " "), change.message ?? "", change.outcome,
            change.isInDoubt ? "yes" : "no", change.explanation ?? "", "\(change.attempts)",
            Timestamp.text(change.began), change.settled.map(Timestamp.text) ?? "",
            change.wait?.change ?? "", change.wait.map { Timestamp.text($0.until) } ?? "",
        ]
    }

    private static func write(_ fields: [String], to file: inout ReportOutput) {
        for (place, field) in fields.enumerated() {
            if place > 0 { file.put(",") }
            guard let first = field.utf8.first else { continue }
            let isPlain = Self.isPlain(field)
            if !isPlain { file.put("\"") }
            // A spreadsheet would compute what begins so.
            if "=+-@".utf8.contains(first) { file.put("'") }
            file.put(field, .csv)
            if !isPlain { file.put("\"") }
        }
        file.put("\n")
    }

    /// Tells whether a field needs no quotation marks.
    private static func isPlain(_ field: String) -> Bool {
        for byte in field.utf8 where byte == 0x22 || byte == 0x2C { return false }
        return true
    }
}
