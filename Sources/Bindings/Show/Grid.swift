internal import Buffers
internal import JSON
internal import Text
internal import VSphere

/// Rows and columns of a value: what all forms of a table are made of.
struct Grid {
    /// The names of the columns; empty for rows that are lists.
    var columns: [String]
    /// The values of each row, by column.
    private let rows: [[Value?]]
    /// Whether the caller named the columns, in this order.
    private let isOrdered: Bool
    private let describe: (Value) -> String

    /// Lays records, or lists of values, out in rows.
    /// - Parameters:
    ///   - rows: The records.
    ///   - wanted: The fields that are wanted, in their order; nil for all.
    ///   - describe: The text of a value that is no data.
    ///   - arguments: Of the function that asks.
    /// - Throws: kind `usage` for a column that no row has, where another name is near.
    init(
        _ rows: [Value],
        columns wanted: [String]?,
        describe: @escaping (Value) -> String,
        _ arguments: Arguments
    ) throws(VSphereError) {
        self.describe = describe
        var names: Set<String> = []
        let length = wanted == nil ? Self.length(ofLists: rows) : nil
        if let length {
            (columns, isOrdered) = ([], false)
            self.rows = rows.map { row in (0..<length).map { Self.element($0, of: row) } }
            return
        }
        for row in rows { for (key, _) in row.fields { names.insert(key.string ?? "") } }
        for column in wanted ?? [] where !names.contains(column) {
            guard let near = Suggestion.nearest(to: column, among: Array(names)) else { continue }
            throw arguments.misuse(
                "no row has a field \"\(Display.name(column))\"",
                hint: "did you mean \(Display.name(near))?"
            )
        }
        let columns = wanted ?? names.sorted(by: FieldOrder.precedes)
        self.columns = columns
        isOrdered = wanted != nil
        self.rows = rows.map { row in
            row.kind == .array ? row.elements.map { $0 } : columns.map { row[$0] }
        }
    }

    /// Measures the longest of some lists; nil where one of the rows is no list.
    ///
    /// A list with gaps comes as a record by its places.
    private static func length(ofLists rows: [Value]) -> Int? {
        var longest = 0
        for row in rows {
            if row.kind == .array || row.count == 0 {
                longest = max(longest, row.count)
                continue
            }
            for (key, _) in row.fields {
                guard let place = Self.place(key), place <= 16384 else { return nil }
                longest = max(longest, place)
            }
        }
        return rows.isEmpty || longest == 0 ? nil : longest
    }

    /// The place that a key names, from 1; nil for any other key.
    private static func place(_ key: Value) -> Int? {
        guard let text = key.string, text.hasPrefix("["), text.hasSuffix("]"),
            let place = Int(text.dropFirst().dropLast()), place > 0
        else { return nil }
        return place
    }

    private static func element(_ index: Int, of row: Value) -> Value? {
        guard row.kind == .array else { return row["[\(index + 1)]"] }
        return index < row.count ? row.elements.dropFirst(index).first { _ in true } : nil
    }

    /// The text of a cell: of tables JSON, of what is missing nothing.
    private func cell(_ value: Value?) -> [UInt8] {
        guard let value else { return [] }
        switch value.kind {
        case .nil, .null: return []
        case .string: return value.bytes ?? []
        case .boolean: return Array((value.boolean == true ? "true" : "false").utf8)
        case .integer: return Array("\(value.integer ?? 0)".utf8)
        case .double: return Array(ScriptOptions.Entry.text(value.number ?? 0).utf8)
        case .object: return Array(describe(value).utf8)
        case .array, .record: return Array(JSONEncoder().encode(Self.tree(value, describe)).utf8)
        }
    }

    /// A value as JSON has it; objects as their texts.
    static func tree(_ value: Value, _ describe: (Value) -> String) -> JSONValue {
        let tree = JSONValue(value) { .string(describe($0)) }
        return tree.finite.sorted
    }

    /// The rows as JSON has them, with the fields that are wanted.
    var tree: JSONValue {
        .array(
            rows.map { row in
                let values = row.map { $0.map { Self.tree($0, describe) } }
                guard !columns.isEmpty else { return .array(values.map { $0 ?? .null }) }
                let members = zip(columns, values).compactMap { name, value in
                    value.map { JSONValue.Member(name, $0) }
                }
                return isOrdered ? .object(members) : JSONValue.object(members).sorted
            }
        )
    }

    // MARK: Forms

    /// Comma-separated values.
    func csv(
        separator: UInt8 = UInt8(ascii: ","),
        hasHeader: Bool = true,
        ending: [UInt8] = [CSVText.back, CSVText.feed]
    ) -> [UInt8] {
        var out: [UInt8] = []
        func add(_ fields: [[UInt8]]) {
            CSVText.encode(fields, separator: separator, ending: ending, into: &out)
        }
        if hasHeader, !columns.isEmpty { add(columns.map { Array($0.utf8) }) }
        for row in rows { add(row.map(cell)) }
        return out
    }

    /// A table in Markdown; without a line break at the end.
    var markdown: String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        func text(_ bytes: [UInt8]) -> String {
            Display.escapeLines(String(decoding: bytes, as: UTF8.self))
                .replacing("\\", with: "\\\\").replacing("|", with: "\\|")
                .replacing("<", with: "&lt;").replacing("\n", with: "<br>").replacing(
                    "\t",
                    with: " "
                )
        }
        let heads = heads
        var lines = [line(heads.map { text(Array($0.utf8)) })]
        lines.append(line(heads.indices.map { isNumeric($0) ? "---:" : "---" }))
        lines += rows.map { row in line(row.map { text(cell($0)) }) }
        return lines.joined(separator: "\n")
    }

    /// A table in HTML, alone; without a line break at the end.
    var html: String {
        func text(_ bytes: [UInt8]) -> String {
            Display.escapeLines(String(decoding: bytes, as: UTF8.self))
                .replacing("&", with: "&amp;").replacing("<", with: "&lt;")
                .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
                .replacing("\n", with: "<br>")
        }
        let numeric = heads.indices.map(isNumeric)
        let head = heads.map { "<th>\(text(Array($0.utf8)))</th>" }.joined()
        let body = rows.map { row in
            let cells = row.enumerated().map { place, value in
                let isNumber = numeric.indices.contains(place) && numeric[place]
                return
                    "<td\(isNumber ? " style=\"text-align:right\"" : "")>\(text(cell(value)))</td>"
            }
            return "<tr>\(cells.joined())</tr>"
        }
        return
            (["<table>", "<thead><tr>\(head)</tr></thead>", "<tbody>"] + body
            + ["</tbody>", "</table>"]).joined(separator: "\n")
    }

    /// The names of the columns, numbers where they have none.
    private var heads: [String] {
        columns.isEmpty ? (0..<(rows.map(\.count).max() ?? 0)).map { "\($0 + 1)" } : columns
    }

    private func isNumeric(_ column: Int) -> Bool {
        let values = rows.compactMap { $0.indices.contains(column) ? $0[column] : nil }
            .filter { !$0.isAbsent }
        return !values.isEmpty && values.allSatisfy { $0.number != nil }
    }
}

extension JSONValue {
    /// The value with what JSON has no number for as texts.
    fileprivate var finite: JSONValue {
        switch self {
        case .double(let number) where !number.isFinite: .string("\(number)")
        case .array(let elements): .array(elements.map(\.finite))
        case .object(let members): .object(members.map { Member($0.name, $0.value.finite) })
        default: self
        }
    }
}
