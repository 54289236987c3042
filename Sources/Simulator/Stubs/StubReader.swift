internal import APIIndex
internal import JSON
internal import Text

/// Makes values of an answer out of plain JSON, as the index has their types.
///
/// Plain: structures and maps are objects, blobs Base64, an unset field is left out or null. Types that have no form of
/// their own (`opaque`, structures of any kind) keep that of JSON-RPC.
enum StubReader {
    /// Reads a value.
    /// - Throws: `StubError` with the path to what does not fit; elements are counted from 1.
    static func read(
        _ value: JSONValue,
        as type: APIType,
        at path: String
    ) throws(StubError) -> DataValue {
        switch type {
        case .optional(let inner):
            return .optional(value == .null ? nil : try read(value, as: inner, at: path))
        case .void:
            guard isEmpty(value) else { throw wrong(path, "must be left out: there is no result") }
            return .void
        case .boolean:
            guard let bool = value.boolean else { throw wrong(path, "must be true or false") }
            return .boolean(bool)
        case .integer:
            guard let number = value.integer ?? value.number.flatMap(Int.init(exactly:)) else {
                throw wrong(path, "must be a whole number")
            }
            return .integer(number)
        case .double:
            guard let number = value.number else { throw wrong(path, "must be a number") }
            return .double(number)
        case .string, .secret, .blob, .time, .uri, .identifier, .identifierTyped, .enumeration:
            guard let text = value.string else { throw wrong(path, "must be a string") }
            return try read(text, as: type, at: path)
        case .list(let element): return .list(try elements(of: value, element, path))
        case .set(let element):
            let all = value.array ?? []
            for (index, one) in all.enumerated() where all[..<index].contains(one) {
                throw wrong("\(path)[\(index + 1)]", "stands twice in a set")
            }
            return .list(try elements(of: value, element, path))
        case .map(let key, let element): return try map(value, key, element, path)
        case .structure(let name): return try structure(value, name, path)
        case .dynamic: return try dynamic(value, path)
        case .opaque: return .wire(value)
        case .error:
            let error = try error(value, path)
            return .error(error.wireType, error.fields)
        }
    }

    /// Reads `{"error": kind, "message": text}`.
    static func error(_ value: JSONValue, _ path: String) throws(StubError) -> VAPIError {
        guard let name = value["error"]?.string else {
            throw wrong(path, "must be an error, such as {\"error\": \"not_found\"}")
        }
        guard let kind = VAPIError.Kind(rawValue: name) else {
            let guess = Suggestion.nearest(to: name, among: VAPIError.Kind.allCases.map(\.rawValue))
            throw wrong(path + ".error", "is no error of vapi.std.errors: \"\(name)\"", guess)
        }
        let message = value["message"] ?? .string("The simulator was told to answer so: \(name).")
        guard let text = message.string else { throw wrong(path + ".message", "must be a string") }
        return VAPIError(kind, "stub.\(name)", text)
    }

    /// The end of a message that has a guess.
    static func hint(_ guess: String?) -> String { guess.map { "; did you mean \($0)?" } ?? "" }

    private static func read(
        _ text: String,
        as type: APIType,
        at path: String
    ) throws(StubError) -> DataValue {
        switch type {
        case .secret: return .secret(text)
        case .blob:
            guard Base64.decode(text) != nil else { throw wrong(path, "must be Base64") }
            return .binary(text)
        case .time:
            guard Timestamp(parsing: text) != nil else {
                throw wrong(path, "must be a time such as 2026-11-21T10:11:12.345Z")
            }
        case .enumeration(let name):
            let values = APIFacts.enumeration(name) ?? []
            guard values.contains(text) else {
                let guess = Suggestion.nearest(to: text, among: values)
                throw wrong(path, "is no value of \(name): \"\(text)\"", guess)
            }
        default: break
        }
        return .string(text)
    }

    private static func elements(
        of value: JSONValue,
        _ type: APIType,
        _ path: String
    ) throws(StubError) -> [DataValue] {
        // An empty table of Lua's is written as an object.
        if isEmpty(value), value != .null { return [] }
        guard let elements = value.array else { throw wrong(path, "must be a list") }
        var values: [DataValue] = []
        for (index, element) in elements.enumerated() {
            values.append(try read(element, as: type, at: "\(path)[\(index + 1)]"))
        }
        return values
    }

    private static func map(
        _ value: JSONValue,
        _ keyType: APIType,
        _ type: APIType,
        _ path: String
    ) throws(StubError) -> DataValue {
        guard let members = isEmpty(value) && value != .null ? [] : value.members else {
            throw wrong(path, "must be a map, as an object")
        }
        var entries: [(key: DataValue, value: DataValue)] = []
        for member in members {
            let place = "\(path).\(member.name)"
            let number = keyType == .integer ? Int(member.name) : nil
            let key = number.map(JSONValue.integer)
            entries.append(
                (
                    try read(key ?? .string(member.name), as: keyType, at: "the key \(place)"),
                    try read(member.value, as: type, at: place)
                )
            )
        }
        guard keyType == .integer else {
            return .map(zip(members, entries).map { ($0.name, $1.value) })
        }
        return .list(
            entries.map {
                .structure("map-entry", [.init("key", $0.key), .init("value", $0.value)])
            }
        )
    }

    private static func structure(
        _ value: JSONValue,
        _ name: String,
        _ path: String
    ) throws(StubError) -> DataValue {
        guard let facts = APIFacts.structure(name) else { return .wire(value) }
        guard let members = isEmpty(value) && value != .null ? [] : value.members else {
            throw wrong(path, "must be the structure \(name)")
        }
        for member in members where facts[member.name] == nil {
            let guess = Suggestion.nearest(to: member.name, among: facts.fields.map(\.name))
            throw wrong("\(path).\(member.name)", "is no field of \(name)", guess)
        }
        try check(facts.unions, of: value, path)
        var fields: [DataValue.Field] = []
        for field in facts.fields {
            let place = "\(path).\(field.name)"
            guard !field.isRequired || value.set(field.name) != nil else {
                throw wrong(place, "is missing, and \(name) needs it")
            }
            fields.append(
                .init(field.name, try read(value[field.name] ?? .null, as: field.type, at: place))
            )
        }
        return facts.isError ? .error(facts.wireName, fields) : .structure(facts.wireName, fields)
    }

    /// Refuses a member that does not go with its tag, or is missing there.
    private static func check(
        _ unions: [APIUnion],
        of value: JSONValue,
        _ path: String
    ) throws(StubError) {
        for union in unions {
            guard let tag = value.set(union.discriminant)?.string else { continue }
            let fitting = union.cases[tag] ?? []
            for member in fitting where member.isRequired && value.set(member.name) == nil {
                throw wrong("\(path).\(member.name)", "is missing, and \(tag) needs it")
            }
            let others = Set(union.cases.values.joined().map(\.name))
                .subtracting(fitting.map(\.name))
            if let extra = others.sorted().first(where: { value.set($0) != nil }) {
                throw wrong("\(path).\(extra)", "does not go with \(union.discriminant) \(tag)")
            }
        }
    }

    /// Reads `{"STRUCTURE": {name: fields}}`; the fields of one that the index has are plain.
    private static func dynamic(_ value: JSONValue, _ path: String) throws(StubError) -> DataValue {
        guard value.members?.count == 1, let named = value["STRUCTURE"]?.members, named.count == 1
        else {
            throw wrong(path, "must be {\"STRUCTURE\": {name: fields}}: any structure may be here")
        }
        let isFull = named[0].name.hasPrefix(APIOperation.prefix)
        let name = String(named[0].name.dropFirst(isFull ? APIOperation.prefix.count : 0))
        guard APIFacts.structure(name) != nil else { return .wire(value) }
        return try structure(named[0].value, name, "\(path).STRUCTURE.\(named[0].name)")
    }

    private static func isEmpty(_ value: JSONValue) -> Bool {
        value == .null || value == [] || value == [:]
    }

    private static func wrong(_ path: String, _ what: String, _ guess: String? = nil) -> StubError {
        StubError(description: "\(path) \(what)" + hint(guess))
    }
}
