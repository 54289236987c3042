internal import Buffers
internal import JSON

/// Specifications: checked before they are sent, then written in the form of the dialect.
extension Shape {
    /// Checks a value that a caller wants to send: declared fields for their type, everything else for
    /// being valid JSON.
    func checkSpecification(_ value: Value, depth: Int = 0) throws(ShapeMismatch) {
        guard depth <= JSONParser.defaultDepth else {
            throw ShapeMismatch(problem: "nested too deeply")
        }
        let kind = value.kind
        switch self {
        case .any,
            .string where kind == .string,
            .identifier where kind == .string && value.count > 0,
            .integer where kind == .integer || value.wholeNumber != nil,
            .number where kind == .integer || kind == .double,
            .boolean where kind == .boolean,
            .list where kind == .array || value.isEmptyTable,
            .map where value.isTable,
            .record where value.isTable:
            try checkContents(value, depth: depth)
        default: throw ShapeMismatch(problem: "\(expectation) expected, got \(kind.phrase)")
        }
    }

    private func checkContents(_ value: Value, depth: Int) throws(ShapeMismatch) {
        switch value.kind {
        case .nil, .boolean, .null, .integer: break
        case .double where value.number?.isFinite == true: break
        case .string where value.isUTF8: break
        case .string: throw ShapeMismatch(problem: "the text is not valid UTF-8")
        case .array:
            for (index, element) in value.elements.enumerated() {
                do {
                    try elementShape.checkSpecification(element, depth: depth + 1)
                } catch {
                    throw error.inside("[\(index + 1)]")
                }
            }
        case .record:
            for (key, found) in value.fields {
                guard let name = key.string, key.isUTF8 else {
                    throw ShapeMismatch(problem: "every key must be text")
                }
                if found.kind == .null || found.kind == .nil { continue }
                do {
                    try shape(of: name).checkSpecification(found, depth: depth + 1)
                } catch {
                    throw error.inside(name)
                }
            }
        default: throw ShapeMismatch(problem: "\(value.kind.phrase) cannot be sent")
        }
        guard case .record(let fields) = self else { return }
        for field in fields where !field.isOptional {
            guard let found = value[field.name], found.kind != .null, found.kind != .nil else {
                throw ShapeMismatch(path: [field.name], problem: "missing")
            }
        }
    }

    /// Appends the JSON text of a checked value.
    func encode(
        _ value: Value,
        spelling maps: Dialect.MapSpelling,
        into out: ByteBuffer
    ) {
        switch (self, value.kind) {
        // An empty table of a script may arrive as array or record; the shape tells which is meant.
        case (.map, _) where value.isEmptyTable: out.append(maps == .pairs ? "[]" : "{}")
        case (.record, _) where value.isEmptyTable: out.append(literal: "{}")
        case (.list, _) where value.isEmptyTable: out.append(literal: "[]")
        // Lua's 2^30 is a floating-point number, which a vCenter does not take for an integer.
        case (.integer, .double): out.append(String(value.wholeNumber ?? 0))
        case (.record, .record), (.map, .record):
            encode(fieldsOf: value, spelling: maps, into: out)
        case (.list, .array):
            out.append(literal: "[")
            for (index, element) in value.elements.enumerated() {
                if index > 0 { out.append(literal: ",") }
                elementShape.encode(element, spelling: maps, into: out)
            }
            out.append(literal: "]")
        default: JSONEncoder().encode(value, into: out)
        }
    }

    private func encode(
        fieldsOf value: Value,
        spelling maps: Dialect.MapSpelling,
        into out: ByteBuffer
    ) {
        var isPairs = false
        if case .map = self { isPairs = maps == .pairs }
        out.append(literal: isPairs ? "[" : "{")
        var isFirst = true
        for (key, found) in value.fields where found.kind != .nil {
            if !isFirst { out.append(literal: ",") }
            isFirst = false
            if isPairs { out.append(literal: "{\"key\":") }
            JSONEncoder().encode(key, into: out)
            out.append(literal: isPairs ? ",\"value\":" : ":")
            shape(of: key.string ?? "").encode(found, spelling: maps, into: out)
            if isPairs { out.append(literal: "}") }
        }
        out.append(literal: isPairs ? "]" : "}")
    }

    /// The shape of the elements of an array.
    private var elementShape: Shape {
        if case .list(let shape) = self { shape } else { .any }
    }

    /// The shape of the value under a key.
    private func shape(of name: String) -> Shape {
        switch self {
        case .record(let fields): fields.first { $0.name == name }?.shape ?? .any
        case .map(let shape): shape
        default: .any
        }
    }
}

extension Value {
    /// Whether it can stand for an object: a record, or the empty table, which may be either.
    var isTable: Bool { kind == .record || isEmptyTable }

    /// Whether it is an empty table.
    var isEmptyTable: Bool { (kind == .array || kind == .record) && count == 0 }

    /// The number as an integer, where nothing is lost by that.
    var wholeNumber: Int? { number.flatMap { Int(exactly: $0) } }

    /// Whether its bytes are well-formed UTF-8.
    var isUTF8: Bool {
        isASCII || bytes.map { String(validating: $0, as: UTF8.self) != nil } ?? false
    }
}
