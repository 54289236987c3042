internal import Text

/// Columns of text that fit a width.
struct TextTable {
    /// One column.
    struct Column {
        let title: String
        /// The width below which it is not cut; longer cells are, where the room does not suffice.
        let least: Int
        /// The order in which columns are left out, from 1; 0 for one that stays.
        let leaves: Int

        init(_ title: String, least: Int = .max, leaves: Int = 0) {
            (self.title, self.least, self.leaves) = (title, least, leaves)
        }
    }

    private let columns: [Column]
    private let rows: [[String]]

    /// Makes a table; the cells are safe to show.
    init(_ columns: [Column], _ rows: [[String]]) { (self.columns, self.rows) = (columns, rows) }

    /// The lines: titles, rows, and the names of columns that were left out.
    ///
    /// The parameter has the columns of the terminal.
    func text(width: Int) -> String {
        let lines = [columns.map(\.title)] + rows
        let whole = columns.indices.map { place in
            lines.map { DisplayWidth.of($0[place]) }.max() ?? 0
        }
        var shown = Array(columns.indices)
        var widths = Self.fit(whole, columns, shown, width)
        while widths == nil,
            let next = shown.filter({ columns[$0].leaves > 0 })
                .min(by: { columns[$0].leaves < columns[$1].leaves })
        {
            shown.removeAll { $0 == next }
            widths = Self.fit(whole, columns, shown, width)
        }
        let room = widths ?? shown.map { min(whole[$0], columns[$0].least) }
        var text = lines.map { line in Self.line(shown.map { line[$0] }, room) + "\n" }.joined()
        let hidden = columns.indices.filter { !shown.contains($0) && whole[$0] > 0 }
        if !hidden.isEmpty {
            text += "(not shown: \(hidden.map { columns[$0].title }.joined(separator: ", ")))\n"
        }
        return text
    }

    /// The widths of the columns that are shown; nil if they do not fit.
    ///
    /// What is too wide is cut, the widest first.
    static func fit(
        _ whole: [Int],
        _ columns: [Column],
        _ shown: [Int],
        _ width: Int
    ) -> [Int]? {
        var widths = shown.map { whole[$0] }
        while widths.reduce(2 * (shown.count - 1), +) > width {
            let wide = shown.indices.filter { widths[$0] > columns[shown[$0]].least }
            guard let widest = wide.max(by: { widths[$0] < widths[$1] }) else { return nil }
            widths[widest] -= 1
        }
        return widths
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (cell, width) in zip(cells, widths) {
            let text = DisplayWidth.cut(cell, to: width)
            line += text + String(repeating: " ", count: width - DisplayWidth.of(text) + 2)
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
