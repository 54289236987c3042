internal import Buffers

/// Answers: checked against their shape, then written in the one form that scripts see.
extension Shape {
    /// Checks a value of an answer, then appends it to a buffer, in the same form for both dialects and
    /// all releases: maps are records, an optional field that is null is absent, a field has one name.
    ///
    /// Most answers need no conversion, and are copied as a whole after the check.
    func write(
        _ value: Value,
        spelling maps: Dialect.MapSpelling,
        into out: ValueBuffer
    ) throws(ShapeMismatch) {
        if try check(value, spelling: maps) { out.put(value) } else { rewrite(value, into: out) }
    }

    /// - Returns: Whether the value can be copied unchanged.
    private func check(
        _ value: Value,
        spelling maps: Dialect.MapSpelling
    ) throws(ShapeMismatch) -> Bool {
        let kind = value.kind
        switch self {
        case .any, .void: return true
        case .string where kind == .string: return true
        case .identifier where kind == .string && value.count > 0: return true
        case .integer where kind == .integer: return true
        case .number where kind == .integer || kind == .double: return true
        case .boolean where kind == .boolean: return true
        case .record(let fields) where kind == .record:
            return try Self.check(fields, of: value, spelling: maps)
        case .list(let shape) where kind == .array:
            return try Self.check(value.elements, each: shape, spelling: maps)
        case .map(let shape):
            return try Self.check(map: value, each: shape, spelling: maps)
        default: throw mismatch(with: value)
        }
    }

    private static func check(
        _ fields: [Field],
        of value: Value,
        spelling maps: Dialect.MapSpelling
    ) throws(ShapeMismatch) -> Bool {
        var isVerbatim = true
        for field in fields {
            guard
                let found = value[field.name]
                    ?? field.under(otherNameIn: value, isVerbatim: &isVerbatim),
                found.kind != .null
            else {
                guard field.isOptional else {
                    let problem = "\(field.shape.expectation) is promised, none is there"
                    throw ShapeMismatch(path: [field.name], problem: problem)
                }
                continue
            }
            do {
                if try !field.shape.check(found, spelling: maps) { isVerbatim = false }
            } catch {
                throw error.inside(field.name)
            }
        }
        // Null means absent, also in fields that the shape does not name: the other dialect leaves them out.
        return isVerbatim && !value.fields.contains { $0.value.kind == .null }
    }

    private static func check(
        _ elements: Value.Elements,
        each shape: Shape,
        spelling maps: Dialect.MapSpelling
    ) throws(ShapeMismatch) -> Bool {
        var isVerbatim = true
        var index = 0
        for element in elements {
            index += 1
            do {
                if try !shape.check(element, spelling: maps) { isVerbatim = false }
            } catch {
                throw error.inside("[\(index)]")
            }
        }
        return isVerbatim
    }

    private static func check(
        map value: Value,
        each shape: Shape,
        spelling maps: Dialect.MapSpelling
    ) throws(ShapeMismatch) -> Bool {
        guard maps == .pairs, value.kind == .array else {
            guard value.kind == .record else { throw Shape.map(shape).mismatch(with: value) }
            var isVerbatim = true
            for (key, found) in value.fields {
                do {
                    if try !shape.check(found, spelling: maps) { isVerbatim = false }
                } catch {
                    throw error.inside(key.string ?? "")
                }
            }
            return isVerbatim
        }
        var seen: Set<String> = []
        for (index, pair) in value.elements.enumerated() {
            guard let key = pair["key"]?.string, let found = pair["value"] else {
                let problem = "an object with key and value is promised"
                throw ShapeMismatch(path: ["[\(index + 1)]"], problem: problem)
            }
            guard seen.insert(key).inserted else {
                throw ShapeMismatch(path: [key], problem: "the key stands twice in one map")
            }
            do { _ = try shape.check(found, spelling: maps) } catch { throw error.inside(key) }
        }
        return false
    }

    /// Appends a checked value.
    ///
    /// An array in place of a map is an array of pairs.
    private func rewrite(_ value: Value, into out: ValueBuffer) {
        switch self {
        case .record(let fields):
            out.putRecord {
                var count = 0
                for (key, found) in value.fields where found.kind != .null {
                    count += 1
                    let field = fields.first { key.isText($0.name) }
                    if field == nil, let field = fields.first(where: { $0.isOther(key, in: value) })
                    {
                        out.put(field.name)
                        field.shape.rewrite(found, into: out)
                    } else {
                        out.put(key)
                        (field?.shape ?? .any).rewrite(found, into: out)
                    }
                }
                return count
            }
        case .list(let shape):
            out.putArray {
                for element in value.elements { shape.rewrite(element, into: out) }
                return value.count
            }
        case .map(let shape):
            out.putRecord {
                for (key, found) in value.fields {
                    out.put(key)
                    shape.rewrite(found, into: out)
                }
                for pair in value.elements {
                    guard let key = pair["key"], let found = pair["value"] else { continue }
                    out.put(key)
                    shape.rewrite(found, into: out)
                }
                return value.count
            }
        default: out.put(value)
        }
    }

    private func mismatch(with value: Value) -> ShapeMismatch {
        let isEmpty = value.kind == .string && value.count == 0
        let found = isEmpty ? "an empty one" : value.kind.phrase
        return ShapeMismatch(problem: "\(expectation) is promised, \(found) is there")
    }
}

extension Shape.Field {
    /// Its value under the name used by other releases.
    fileprivate func under(otherNameIn value: Value, isVerbatim: inout Bool) -> Value? {
        guard let otherName, let found = value[otherName] else { return nil }
        isVerbatim = false
        return found
    }

    /// Tells whether a key is the name used by other releases, and its own name is missing.
    fileprivate func isOther(_ key: Value, in value: Value) -> Bool {
        otherName.map { key.isText($0) && value[name] == nil } ?? false
    }
}

extension Value.Kind {
    /// Its name in a message: "a string".
    var phrase: String {
        switch self {
        case .nil: "nil"
        case .boolean: "a boolean"
        case .null: "null"
        case .integer: "an integer"
        case .double: "a number"
        case .string: "a string"
        case .array: "a list"
        case .record: "an object"
        case .object: "a host object"
        }
    }
}
