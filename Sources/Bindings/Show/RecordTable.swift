internal import Buffers
internal import Text

/// A list of records as an aligned table that fits a width.
struct RecordTable {
    /// The least width of a narrowed column.
    private static let narrowest = 6

    private struct Column {
        let name: String
        var cells: [Leaf]
        var width: Int
        let isNumeric: Bool
    }

    private var columns: [Column]
    private let rowCount: Int
    private let hiddenRows: Int
    private var hiddenColumns: [String] = []

    /// Makes the table of a value; nil if it is not a list of records.
    init?(_ value: Value, in show: Show) {
        guard value.kind == .array, value.count > 0,
            value.elements.allSatisfy({ $0.kind == .record && $0.count > 0 })
        else { return nil }
        let rows = Array(value.elements.prefix(Show.itemLimit))
        rowCount = rows.count
        hiddenRows = value.count - rows.count
        var keys: [String: String] = [:]  // by the field's name as shown
        for row in rows {
            for (key, _) in row.fields { keys[key.string ?? ""] = show.key(key) }
        }
        columns = keys.sorted { FieldOrder.precedes($0.value, $1.value) }.map { name, label in
            let values = rows.map { $0[name] }
            let cells = values.map(show.cell)
            return Column(
                name: label,
                cells: cells,
                width: cells.reduce(DisplayWidth.of(label)) { max($0, DisplayWidth.of($1.text)) },
                isNumeric: values.allSatisfy { $0 == nil || $0?.number != nil }
            )
        }
        if let width = show.width { fit(width) }
    }

    /// Narrows the widest columns; if that is not enough, omits the last ones.
    private mutating func fit(_ limit: Int) {
        var total: Int { columns.reduce(-2) { $0 + $1.width + 2 } }
        while total > limit {
            guard let widest = columns.indices.max(by: { columns[$0].width < columns[$1].width })
            else { return }
            if columns[widest].width > Self.narrowest {
                columns[widest].width -= 1
            } else if columns.count > 1 {
                hiddenColumns.insert(columns.removeLast().name, at: 0)
            } else {
                return
            }
        }
    }

    /// The lines: the heading, the rows, and a note of what was omitted.
    func lines(colors: Bool) -> [String] {
        var lines = [
            line(columns.map { Leaf(text: $0.name, paint: .heading) }, colors: colors)
        ]
        for row in 0..<rowCount {
            lines.append(line(columns.map { $0.cells[row] }, colors: colors))
        }
        if hiddenRows > 0 { lines.append("… \(hiddenRows) more") }
        if !hiddenColumns.isEmpty {
            lines.append("(not shown: \(hiddenColumns.joined(separator: ", ")))")
        }
        return lines
    }

    private func line(_ cells: [Leaf], colors: Bool) -> String {
        var line = ""
        for (place, (cell, column)) in zip(cells, columns).enumerated() {
            let text = DisplayWidth.cut(cell.text, to: column.width)
            let padding = String(repeating: " ", count: column.width - DisplayWidth.of(text))
            let shown = Leaf(text: text, paint: cell.paint).shown(colors: colors)
            let isLast = place == columns.count - 1
            line += column.isNumeric ? padding + shown : shown + (isLast ? "" : padding)
            if !isLast { line += "  " }
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
