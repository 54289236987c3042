internal import Buffers
internal import Text

/// A list of records as an aligned table that fits a width.
struct RecordTable {
    /// The least width of a narrowed column.
    private static let narrowest = 6
    /// Longer words are cut like any text.
    private static let widestWord = 16

    private struct Column {
        let name: String
        var cells: [Leaf]
        /// The width at which nothing is cut.
        let whole: Int
        var width: Int
        let isNumeric: Bool
        /// Not made narrower than this while another column can give way: what tells one thing from another
        /// is cut last.
        let floor: Int
        let isKey: Bool
        /// Whether texts that differ would look the same if their ends were cut off.
        var differsAtEnds: Bool {
            let texts = Set(cells.map(\.text))
            return Set(texts.map { DisplayWidth.cut($0, to: width) }).count < texts.count
        }
    }

    private var columns: [Column]
    private let rowCount: Int
    private let hiddenRows: Int
    private let width: Int?
    private var hiddenColumns: [String] = []

    /// Makes the table of a value; nil if it is not a list of records.
    init?(_ value: Value, in show: Show) {
        guard value.kind == .array, value.count > 0,
            value.elements.allSatisfy({ $0.kind == .record && $0.count > 0 })
        else { return nil }
        self.init(Array(value.elements), in: show)
    }

    /// Makes the table of records.
    /// - Parameters:
    ///   - all: The records.
    ///   - wanted: The fields that are wanted, in their order; nil for all.
    ///   - isWhole: Whether no row is left out.
    ///   - show: How values are shown.
    init(_ all: [Value], columns wanted: [String]? = nil, isWhole: Bool = false, in show: Show) {
        width = show.width
        let rows = isWhole ? all : Array(all.prefix(Show.itemLimit))
        rowCount = rows.count
        hiddenRows = all.count - rows.count
        var keys: [String: String] = [:]  // by the field's name as shown
        for row in rows {
            for (key, _) in row.fields { keys[key.string ?? ""] = show.key(key) }
        }
        // Without an identifier it is the name that tells one row from another.
        let hasIdentifier = keys.keys.contains(where: Self.isIdentifier)
        let fields =
            wanted.map { names in names.map { ($0, keys[$0] ?? Display.escape($0)) } }
            ?? keys.sorted { FieldOrder.precedes($0.value, $1.value) }.map { ($0.key, $0.value) }
        columns = fields.map { name, label in
            let values = rows.map { $0[name] }
            let cells = values.map(show.cell)
            let whole = cells.reduce(DisplayWidth.of(label)) { max($0, DisplayWidth.of($1.text)) }
            return Column(
                name: label,
                cells: cells,
                whole: whole,
                width: whole,
                isNumeric: values.allSatisfy { $0 == nil || $0?.number != nil },
                floor: Self.floor(of: cells, named: name, values, hasIdentifier),
                isKey: Self.isIdentifier(name) || name == "name" && !hasIdentifier
            )
        }
        if let width = show.width { fit(width) }
    }

    /// The columns of a whole line.
    private var total: Int { columns.reduce(-2) { $0 + $1.width + 2 } }

    /// Makes the columns fit.
    ///
    /// The widest are narrowed down to their floors, then the last ones are left out that are no identifiers;
    /// only then are identifiers cut. The room of what was left out goes to the narrowest columns.
    private mutating func fit(_ limit: Int) {
        defer { widen(limit) }
        while total > limit {
            if narrow({ $0.floor }) { continue }
            if columns.count > 2, let last = columns.indices.last(where: { !columns[$0].isKey }),
                last > 0
            {
                hiddenColumns.insert(columns.remove(at: last).name, at: 0)
            } else if narrow({ _ in Self.narrowest }) {
                continue
            } else if columns.count > 1 {
                hiddenColumns.insert(columns.removeLast().name, at: 0)
            } else {
                return
            }
        }
    }

    private mutating func widen(_ limit: Int) {
        while total < limit {
            let cut = columns.indices.filter { columns[$0].width < columns[$0].whole }
            guard let narrowest = cut.min(by: { columns[$0].width < columns[$1].width })
            else { return }
            columns[narrowest].width += 1
        }
    }

    /// Takes a column off the widest of those that are wider than they must be.
    private mutating func narrow(_ floor: (Column) -> Int) -> Bool {
        let wide = columns.indices.filter { columns[$0].width > floor(columns[$0]) }
        guard let widest = wide.max(by: { columns[$0].width < columns[$1].width }) else {
            return false
        }
        columns[widest].width -= 1
        return true
    }

    private static func isIdentifier(_ name: String) -> Bool {
        ["id", "vm", "version", "item", "library"].contains(name) || name.hasSuffix("_id")
    }

    /// The width of a column below which others are left out.
    private static func floor(
        of cells: [Leaf],
        named name: String,
        _ values: [Value?],
        _ hasIdentifier: Bool
    ) -> Int {
        let texts = cells.map(\.text)
        let widest = texts.reduce(1) { max($0, DisplayWidth.of($1)) }
        if values.allSatisfy({ $0 == nil || $0?.number != nil }) {
            // Of the name something is to be seen.
            return max(widest, min(DisplayWidth.of(name), 3))
        }
        if name == "name", !hasIdentifier { return min(max(widest, narrowest), widestWord) }
        if isIdentifier(name) { return max(widest, narrowest) }
        // The age behind a time goes first.
        let bare = values.compactMap { $0?.string }.filter { Timestamp(parsing: $0) != nil }
        if !bare.isEmpty { return bare.reduce(narrowest) { max($0, DisplayWidth.of($1)) } }
        let areWords = texts.allSatisfy {
            $0.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" }
        }
        // Words of vCenter's: POWERED_ON and POWERED_OFF differ at their ends.
        return areWords ? min(max(widest, narrowest), widestWord) : narrowest
    }

    /// The lines: the names, the rows, and what was left out.
    func lines(colors: Bool) -> [String] {
        var lines = [
            line(
                columns.map { Leaf(text: $0.name, paint: .heading) },
                columns.map { _ in false },
                colors: colors
            )
        ]
        let middleCut = columns.map { $0.differsAtEnds }
        for row in 0..<rowCount {
            lines.append(line(columns.map { $0.cells[row] }, middleCut, colors: colors))
        }
        if hiddenRows > 0 { lines.append("… \(hiddenRows) more") }
        if !hiddenColumns.isEmpty {
            let text = "(not shown: \(hiddenColumns.joined(separator: ", ")))"
            lines += width.map { WordWrap.lines(text, width: $0, hang: 1) } ?? [text]
        }
        return lines
    }

    private func line(_ cells: [Leaf], _ middleCut: [Bool], colors: Bool) -> String {
        var line = ""
        for (place, (cell, column)) in zip(cells, columns).enumerated() {
            let isBare = DisplayWidth.of(cell.text) > column.width
            let whole = isBare ? cell.bare ?? cell.text : cell.text
            let text =
                middleCut[place]
                ? DisplayWidth.cutMiddle(whole, to: column.width)
                : DisplayWidth.cut(whole, to: column.width)
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
