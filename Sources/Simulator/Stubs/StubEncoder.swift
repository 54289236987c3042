internal import APIIndex
internal import JSON
internal import Text

/// Plain values in JSON-RPC's form, by their types.
struct StubEncoder {
    /// The value of a type; nothing stands for unset.
    func canonical(_ value: JSONValue?, as type: APIType) throws(StubError) -> JSONValue {
        let value = value == .null ? nil : value
        if case .optional(let type) = type {
            return [
                "OPTIONAL": try value.map { value throws(StubError) in
                    try canonical(value, as: type)
                } ?? .null
            ]
        }
        if type == .void {
            guard value == nil else { throw StubError("it has no result") }
            return .null
        }
        guard let value else { throw StubError("missing") }
        switch type {
        case .list(let element), .set(let element):
            guard let elements = value.array ?? empty(value) else { throw mismatch("a list") }
            var list: [JSONValue] = []
            for (index, found) in elements.enumerated() {
                do {
                    list.append(try canonical(found, as: element))
                } catch {
                    throw error.inside("\(index + 1)")
                }
            }
            return .array(list)
        case .map(let key, let element): return try map(value, from: key, to: element)
        case .structure(let name):
            guard let structure = APIFacts.structure(name) else { throw mismatch("a structure") }
            return try fields(of: value, as: structure)
        case .dynamic, .error:
            guard let name = value["@class"]?.string, let structure = APIFacts.structure(name)
            else {
                throw StubError("@class must name the structure")
            }
            return try fields(of: value, as: structure)
        default: return try scalar(value, as: type)
        }
    }

    private func scalar(_ value: JSONValue, as type: APIType) throws(StubError) -> JSONValue {
        switch (type, value) {
        case (.enumeration(let name), .string(let text)):
            guard APIFacts.enumeration(name)?.contains(text) == true else {
                throw StubError("\(text) is none of its values")
            }
            return value
        case (.time, .string(let text)) where Timestamp(parsing: text) == nil:
            throw mismatch("a time")
        case (.secret, .string): return ["SECRET": value]
        case (.blob, .string(let text)): return ["BINARY": .string(Base64.encode(Array(text.utf8)))]
        case (.string, .string), (.uri, .string), (.time, .string), (.identifier, .string),
            (.identifierTyped, .string), (.integer, .integer), (.boolean, .boolean),
            (.double, .double),
            (.opaque, _):
            return value
        case (.double, .integer(let number)): return .double(Double(number))
        default: throw mismatch("another type")
        }
    }

    private func map(
        _ value: JSONValue,
        from key: APIType,
        to element: APIType
    ) throws(StubError) -> JSONValue {
        guard value.members != nil || value.array?.isEmpty == true else {
            throw mismatch("a table")
        }
        var entries: [JSONValue] = []
        for member in value.members ?? [] {
            let isNumber = key == .integer
            let name =
                isNumber ? Int(member.name).map { JSONValue.integer($0) } : .string(member.name)
            guard let name else { throw mismatch("a number as key") }
            do {
                let pair: JSONValue = [
                    "key": try scalar(name, as: key),
                    "value": try canonical(member.value, as: element),
                ]
                entries.append(["STRUCTURE": ["map-entry": pair]])
            } catch {
                throw error.inside(member.name)
            }
        }
        return .array(entries)
    }

    private func fields(of value: JSONValue, as structure: APIStructure) throws(StubError)
        -> JSONValue
    {
        guard let members = value.members ?? (value.array?.isEmpty == true ? [] : nil) else {
            throw mismatch("a table")
        }
        if let other = members.first(where: { $0.name != "@class" && structure[$0.name] == nil }) {
            throw StubError("\(structure.name) has no field \(other.name)")
        }
        var fields: [JSONValue.Member] = []
        for field in structure.fields {
            do {
                fields.append(.init(field.name, try canonical(value[field.name], as: field.type)))
            } catch {
                throw error.inside(field.name)
            }
        }
        let named = JSONValue.object([.init(structure.wireName, .object(fields))])
        return structure.isError ? ["ERROR": named] : ["STRUCTURE": named]
    }

    /// Lua writes an empty list and an empty table alike.
    private func empty(_ value: JSONValue) -> [JSONValue]? {
        value.members?.isEmpty == true ? [] : nil
    }

    private func mismatch(_ wanted: String) -> StubError { StubError("\(wanted) is wanted") }
}
