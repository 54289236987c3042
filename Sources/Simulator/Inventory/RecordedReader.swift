internal import APIIndex
internal import JSON

/// Makes values of an answer out of a recorded one, as the index has their types.
///
/// It refuses nothing: a later release may have fields, words and forms that the index does not know. They are passed on
/// as they came.
enum RecordedReader {
    /// Reads a value.
    static func read(_ value: JSONValue, as type: APIType) -> DataValue {
        switch type {
        case .optional(let inner):
            return .optional(value == .null ? nil : read(value, as: inner))
        case .void: return .void
        case .double: return value.number.map { .double($0) } ?? .wire(value)
        case .secret: return value.string.map { .secret($0) } ?? .wire(value)
        case .blob: return value.string.map { .binary($0) } ?? .wire(value)
        case .list(let element), .set(let element):
            guard let elements = value.array else { return .wire(value) }
            return .list(elements.map { read($0, as: element) })
        case .map(let key, let element) where key != .integer:
            guard let pairs = pairs(value) else { return .wire(value) }
            return .map(pairs.map { ($0.name, read($0.value, as: element)) })
        case .structure(let name): return structure(value, name)
        default: break
        }
        switch value {
        case .string(let text): return .string(text)
        case .integer(let number): return .integer(number)
        case .boolean(let bool): return .boolean(bool)
        default: return .wire(value)
        }
    }

    /// The entries of a map, which is an object, or a list of `{key, value}`.
    private static func pairs(_ value: JSONValue) -> [JSONValue.Member]? {
        if let members = value.members { return members }
        return value.array?.compactMap { entry in
            guard let key = entry["key"]?.string, let value = entry["value"] else { return nil }
            return .init(key, value)
        }
    }

    private static func structure(_ value: JSONValue, _ name: String) -> DataValue {
        guard let facts = APIFacts.structure(name), let members = value.members else {
            return .wire(value)
        }
        var fields: [DataValue.Field] = []
        for field in facts.fields {
            let found = value.set(field.name)
            guard found != nil || !field.isRequired else { continue }
            fields.append(.init(field.name, read(found ?? .null, as: field.type)))
        }
        let known = Set(facts.fields.map(\.name))
        for member in members where !known.contains(member.name) && member.value != .null {
            fields.append(.init(member.name, .optional(.wire(member.value))))
        }
        return .structure(facts.wireName, fields)
    }
}

extension DataValue {
    /// A recorded answer with the fields of a live one in the places that the model knows: names of fields, and those
    /// inside of them after a dot.
    func taking(_ places: [String], from live: DataValue) -> DataValue {
        switch (self, live) {
        case (.optional(let own?), .optional(let other?)):
            return .optional(own.taking(places, from: other))
        case (.optional(let own?), _): return .optional(own.taking(places, from: live))
        case (_, .optional(let other?)): return taking(places, from: other)
        case (.structure(let name, let fields), .structure(_, let others)):
            return .structure(
                name,
                fields.map { field in
                    guard let other = others.first(where: { $0.name == field.name })?.value else {
                        return field
                    }
                    if places.contains(field.name) {
                        return .init(
                            field.name,
                            field.value.isSameTime(other) ? field.value : other
                        )
                    }
                    let below = places.filter { $0.hasPrefix(field.name + ".") }
                    guard !below.isEmpty else { return field }
                    let inner = below.map { String($0.dropFirst(field.name.utf8.count + 1)) }
                    return .init(field.name, field.value.taking(inner, from: other))
                }
            )
        default: return self
        }
    }

    /// Whether both are one moment: then the recorded spelling stays.
    private func isSameTime(_ other: DataValue) -> Bool {
        guard let own = text.flatMap(Instant.init), let other = other.text.flatMap(Instant.init)
        else { return false }
        return own == other
    }

    private var text: String? {
        switch self {
        case .string(let text): text
        case .optional(let inner): inner?.text
        default: nil
        }
    }
}
