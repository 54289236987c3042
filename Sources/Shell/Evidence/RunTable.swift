internal import Journal
internal import Text

/// Runs as `vmoon runs` lists them.
struct RunTable {
    private let rows: [RunRow]
    /// The year of now: the days of others are shown with their year.
    private let year: Substring

    /// Makes the table.
    /// - Parameters:
    ///   - rows: The runs, newest first.
    ///   - now: The time in milliseconds since 1970-01-01T00:00:00Z.
    init(_ rows: [RunRow], now: Int64) {
        self.rows = rows
        year = Timestamp.text(now).prefix(4)
    }

    /// The lines; none without runs.
    func text(width: Int) -> String {
        guard !rows.isEmpty else { return "" }
        let table = TextTable(
            [
                .init("run"), .init("began (UTC)", leaves: 3), .init("took", leaves: 2),
                .init("ended"), .init("changes"), .init("vCenter", least: 8, leaves: 1),
                .init("script", least: 6),
            ],
            rows.map { row in
                [
                    row.short, day(row),
                    row.took.map { SpanText.length(seconds: $0 / .seconds(1)) } ?? "",
                    row.end.text, changes(row),
                    row.vcenters.map { Display.escape($0) }.joined(separator: " "), row.script,
                ]
            }
        )
        return table.text(width: width) + "changes: done/refused/unknown\n"
    }

    /// `11-21 10:11`, or `2025-11-21`.
    private func day(_ row: RunRow) -> String {
        let text = row.began
        guard text.hasPrefix(year) else { return String(text.prefix { $0 != "T" }) }
        return String(text.dropFirst(5).prefix(11)).replacing("T", with: " ")
    }

    private func changes(_ row: RunRow) -> String {
        row.changes.total == 0
            ? "" : "\(row.changes.done)/\(row.changes.refused)/\(row.changes.unknown)"
    }
}
