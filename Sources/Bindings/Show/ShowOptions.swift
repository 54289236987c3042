internal import Buffers
internal import JSON
internal import Posix
internal import Text
internal import VSphere

/// The form in which a value is to be shown: the table behind it in `show(value, {…})`.
struct ShowOptions {
    /// The forms.
    enum Format: String, CaseIterable {
        case table, csv, json, markdown, html
    }

    static let names = ["columns", "sort", "format", "file"]

    var columns: [String]?
    /// The fields to sort by, the first counts most; with a dash in front the largest comes first.
    var order: [(field: String, isDescending: Bool)] = []
    var format = Format.table
    var file: String?
    /// Whether the output is for a file or another program: then nothing is left out.
    private(set) var isWhole = false

    /// Reads the options.
    /// - Throws: kind `usage`.
    init(_ options: Value, _ arguments: Arguments) throws(VSphereError) {
        columns = try arguments.columns(options)
        if let value = options["sort"], !value.isAbsent {
            let fields = value.string.map { [$0] } ?? value.elements.compactMap(\.string)
            guard !fields.isEmpty, value.string != nil || fields.count == value.count else {
                throw arguments.misuse("sort must be the name of a field, or a list of them")
            }
            order = fields.map { name in
                name.hasPrefix("-") ? (String(name.dropFirst()), true) : (name, false)
            }
        }
        if let value = options["file"], !value.isAbsent {
            guard let bytes = value.bytes, !bytes.isEmpty, !bytes.contains(0) else {
                throw arguments.misuse("file must be the name of a file")
            }
            file = SystemText.text(bytes)
            isWhole = true
            format = Self.format(of: file ?? "")
        }
        guard let value = options["format"], !value.isAbsent else { return }
        let known = Format.allCases.map(\.rawValue)
        guard let chosen = value.string.flatMap(Format.init) else {
            let near = Suggestion.nearest(to: value.string ?? "", among: known)
            throw arguments.misuse(
                "format must be one of \(known.joined(separator: ", "))",
                hint: near.map { "did you mean \($0)?" }
            )
        }
        (format, isWhole) = (chosen, true)
    }

    /// The options in the arguments of `show`; nil where there are none.
    ///
    /// Two values may be shown one after the other: the second has options only if all its fields are, or one is and
    /// another one nearly.
    static func find(_ arguments: Arguments) throws(VSphereError) -> ShowOptions? {
        guard arguments.count == 2, let last = arguments[1], last.kind == .record, last.count > 0
        else { return nil }
        let given = last.fields.map { $0.key.string ?? "" }
        let strange = given.filter { !names.contains($0) }
        guard strange.count < given.count else { return nil }
        if !strange.isEmpty { _ = try arguments.options(1, known: names) }
        return try ShowOptions(last, arguments)
    }

    /// The form that the end of a file's name stands for.
    private static func format(of file: String) -> Format {
        switch file.split(separator: ".").last {
        case "csv": .csv
        case "json": .json
        case "md": .markdown
        case "html", "htm": .html
        default: .table
        }
    }

    /// The rows of a list, in the wanted order; values that are missing come last.
    func sorted(_ rows: [Value]) -> [Value] {
        guard !order.isEmpty else { return rows }
        let keyed = rows.enumerated().map { place, row in
            (row: row, keys: order.map { SortKey(row[$0.field]) }, place: place)
        }
        return keyed.sorted { left, right in
            for (place, (one, other)) in zip(left.keys, right.keys).enumerated() where one != other
            {
                if one.isMissing || other.isMissing { return other.isMissing }
                return order[place].isDescending ? other < one : one < other
            }
            return left.place < right.place
        }.map(\.row)
    }
}

/// The key of one value in the order: numbers come before texts.
private struct SortKey: Comparable {
    private let number: Double?
    private let text: [UInt8]?

    init(_ value: Value?) {
        number = value?.number ?? value?.boolean.map { $0 ? 1 : 0 }
        text = value?.bytes
    }

    var isMissing: Bool { number == nil && text == nil }

    static func < (left: SortKey, right: SortKey) -> Bool {
        if let one = left.number, let other = right.number { return one < other }
        if left.number != nil || right.number != nil { return left.number != nil }
        return (left.text ?? []).lexicographicallyPrecedes(right.text ?? [])
    }
}
