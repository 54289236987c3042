internal import APIIndex
internal import Buffers
internal import Text

/// Values of JSON-RPC in their canonical form, checked against a type and written as scripts see them.
///
/// Keeps fields that the index does not have: canonical values tell their form themselves.
struct APIDecoder {
    private let out: ValueBuffer
    /// The texts that are secrets: not to be shown.
    private(set) var secrets: [String] = []

    /// Whether a structure whose type does not tell its kind gets the field `@class`.
    private let namesStructures: Bool

    init(into out: ValueBuffer, namesStructures: Bool = true) {
        self.out = out
        self.namesStructures = namesStructures
    }

    /// Appends a value of a type; nil for an unset one.
    /// - Throws: The place and the reason where it is not of that type.
    mutating func write(_ value: Value?, as type: APIType) throws(ShapeMismatch) {
        try write(content: value.flatMap(Self.content), as: type)
    }

    private mutating func write(content value: Value?, as type: APIType) throws(ShapeMismatch) {
        if case .optional(let type) = type {
            guard let value else { return out.putNil() }
            return try write(content: value, as: type)
        }
        if case .void = type {
            guard value == nil else { throw Self.mismatch(value, type) }
            return out.putNil()
        }
        guard let value else {
            if case .opaque = type { return out.putNull() }
            throw ShapeMismatch(problem: "\(type.expectation) is promised, none is there")
        }
        switch type {
        case .string, .uri, .time, .identifier, .identifierTyped, .enumeration:
            guard value.kind == .string else { throw Self.mismatch(value, type) }
            out.put(value)
        case .integer:
            guard value.kind == .integer else { throw Self.mismatch(value, type) }
            out.put(value)
        case .double:
            guard let number = value.number else { throw Self.mismatch(value, type) }
            out.put(number)
        case .boolean:
            guard value.kind == .boolean else { throw Self.mismatch(value, type) }
            out.put(value)
        case .secret:
            guard let text = (Self.only("SECRET", in: value) ?? value).string else {
                throw Self.mismatch(value, type)
            }
            secrets.append(text)
            out.put(text)
        case .blob:
            guard let text = (Self.only("BINARY", in: value) ?? value).string,
                let bytes = Base64.decode(text)
            else { throw Self.mismatch(value, type) }
            out.put(bytes: bytes)
        case .list(let element), .set(let element):
            try list(value, of: element, as: type)
        case .map(let key, let element): try map(value, from: key, to: element, as: type)
        case .structure(let name):
            guard let structure = APIFacts.structure(name), let named = Self.structure(in: value)
            else { throw Self.mismatch(value, type) }
            try record(named.fields, as: structure)
        case .dynamic, .error:
            guard Self.structure(in: value) != nil else { throw Self.mismatch(value, type) }
            try any(value)
        case .opaque: try any(value)
        case .optional, .void: break
        }
    }

    private mutating func list(
        _ value: Value,
        of element: APIType,
        as type: APIType
    ) throws(ShapeMismatch) {
        guard value.kind == .array else { throw Self.mismatch(value, type) }
        try out.putArray { () throws(ShapeMismatch) in
            for (index, found) in value.elements.enumerated() {
                if putUnset(found, as: element) { continue }
                do throws(ShapeMismatch) { try write(found, as: element) } catch {
                    throw error.inside("[\(index + 1)]")
                }
            }
            return value.count
        }
    }

    private mutating func map(
        _ value: Value,
        from key: APIType,
        to element: APIType,
        as type: APIType
    ) throws(ShapeMismatch) {
        guard value.kind == .array else { throw Self.mismatch(value, type) }
        var seen: Set<String> = []
        try out.putRecord { () throws(ShapeMismatch) in
            for (index, entry) in value.elements.enumerated() {
                guard let fields = Self.structure(in: entry)?.fields,
                    let name = fields["key"].flatMap(Self.content)?.keyText
                else {
                    throw ShapeMismatch(
                        path: ["[\(index + 1)]"],
                        problem: "a key and a value are promised"
                    )
                }
                guard seen.insert(name).inserted else {
                    throw ShapeMismatch(path: [name], problem: "the key stands twice in one map")
                }
                out.put(name)
                if let found = fields["value"], putUnset(found, as: element) { continue }
                do throws(ShapeMismatch) { try write(fields["value"], as: element) } catch {
                    throw error.inside(name)
                }
            }
            return value.count
        }
    }

    /// In lists and maps a value that is not set keeps its place: it is `json.null`.
    private func putUnset(_ value: Value, as type: APIType) -> Bool {
        guard type.isOptional, Self.content(value) == nil else { return false }
        out.putNull()
        return true
    }

    /// A record: declared fields by their type, others as they tell themselves, none that is unset.
    private mutating func record(
        _ fields: Value,
        as structure: APIStructure?,
        named className: String? = nil
    ) throws(ShapeMismatch) {
        var required = 0
        try out.putRecord { () throws(ShapeMismatch) in
            var count = 0
            if let className {
                out.put(APIEncoder.className)
                out.put(className)
                count += 1
            }
            for (key, found) in fields.fields {
                guard let found = Self.content(found) else { continue }
                count += 1
                out.put(key)
                do throws(ShapeMismatch) {
                    if let field = structure?.fields.first(where: { key.isText($0.name) }) {
                        if field.isRequired { required += 1 }
                        try write(content: found, as: field.type)
                    } else {
                        try any(found)
                    }
                } catch {
                    throw error.inside(key.string ?? "")
                }
            }
            return count
        }
        guard let structure, required < structure.requiredCount else { return }
        for field in structure.fields where field.isRequired {
            guard fields[field.name].flatMap(Self.content) == nil else { continue }
            let problem = "\(field.type.expectation) is promised, none is there"
            throw ShapeMismatch(path: [field.name], problem: problem)
        }
    }

    /// A value whose type is not known: canonical values tell it.
    private mutating func any(_ value: Value) throws(ShapeMismatch) {
        guard let value = Self.content(value) else { return out.putNull() }
        if Self.only("SECRET", in: value) != nil {
            return try write(value, as: .secret)
        }
        if Self.only("BINARY", in: value) != nil { return try write(value, as: .blob) }
        if let named = Self.structure(in: value) {
            let prefix = APIOperation.prefix
            let wireName = named.name.string ?? ""
            let isOurs = wireName.hasPrefix(prefix)
            let name = isOurs ? String(wireName.dropFirst(prefix.count)) : wireName
            // Where two structures share a name, neither is relied on.
            let isShared = APIFacts.structure(name + "~2") != nil
            let structure = isShared ? nil : APIFacts.structure(name)
            return try record(
                named.fields,
                as: structure,
                named: namesStructures ? name : nil
            )
        }
        guard value.kind == .array else { return out.put(value) }
        let isMap =
            value.count > 0
            && value.elements.allSatisfy {
                Self.structure(in: $0)?.name.isString("map-entry") == true
            }
        guard !isMap else { return try map(value, from: .string, to: .opaque, as: .opaque) }
        try list(value, of: .opaque, as: .opaque)
    }

    // MARK: - Canonical forms

    /// The value without `OPTIONAL`; nil for none.
    private static func content(_ value: Value) -> Value? {
        var value = value
        while let inner = only("OPTIONAL", in: value) { value = inner }
        return value.isAbsent ? nil : value
    }

    /// The value under the only key of a record.
    static func only(_ key: StaticString, in value: Value) -> Value? {
        guard value.kind == .record, value.count == 1 else { return nil }
        for (found, inner) in value.fields { return found.isString(key) ? inner : nil }
        return nil
    }

    /// The name and the fields of a structure or an error.
    static func structure(in value: Value) -> (name: Value, fields: Value)? {
        guard let named = only("STRUCTURE", in: value) ?? only("ERROR", in: value),
            named.kind == .record, named.count == 1
        else { return nil }
        for (name, fields) in named.fields where fields.kind == .record {
            return (name, fields)
        }
        return nil
    }

    private static func mismatch(_ value: Value?, _ type: APIType) -> ShapeMismatch {
        let found = value.map(\.kind.phrase) ?? "nothing"
        return ShapeMismatch(problem: "\(type.expectation) is promised, \(found) is there")
    }
}

extension Value {
    /// A key of a map as text.
    fileprivate var keyText: String? { string ?? integer.map { String($0) } }
}
