public import APIIndex
internal import VSphere

/// Operations of the whole API as functions: help, completion and the checker need no other description.
extension FunctionSpec {
    /// The function of an operation.
    /// - Parameter path: Its name, with or without `api.` before it.
    /// - Returns: Its description, made of facts alone; nil if there is no such operation.
    public static func api(_ path: String) -> FunctionSpec? {
        let name = path.hasPrefix("api.") ? String(path.dropFirst(4)) : path
        return APIFacts.operation(name).map { FunctionSpec($0) }
    }

    private convenience init(_ facts: APIOperation) {
        let name = "api." + facts.fullName
        let fields = LuaType.fields(facts.parameters)
        let isNeeded = facts.parameters.contains(where: \.isRequired)
        let result = LuaType(facts.result)
        self.init(
            name,
            facts.sentence,
            fields.isEmpty
                ? []
                : [
                    Parameter(
                        "parameters",
                        .record(fields, isOpen: false),
                        facts.explanation,
                        isOptional: !isNeeded
                    )
                ],
            returns: Result(result, result == .nil ? "nothing" : facts.result.summary),
            errors: facts.errors,
            example: facts.example,
            since: facts.since.map { "vSphere API \($0)" } ?? "a release that is not documented",
            isChanging: !facts.isReading,
            waits: true,
            body: nil
        )
    }
}

extension APIOperation {
    /// Says in words made from its name whether it reads or changes: no sentence of others is kept.
    fileprivate var sentence: String {
        let words = name.prefix { $0 != "$" }.split(separator: "_").joined(separator: " ")
        let task =
            tasking == .only || name.hasSuffix("$task")
            ? "; the result is one of vCenter's tasks" : ""
        return "\(isReading ? "Reads" : "Changes something"): \(words) of \(service)\(task)."
    }

    /// Lists the objects that its parameters name, and the documented privileges.
    fileprivate var explanation: String {
        var parts: [String] = []
        for parameter in parameters {
            if case .identifier(let types) = parameter.type.unwrapped, !types.isEmpty {
                parts.append("\(parameter.name): of \(types.joined(separator: " or "))")
            }
        }
        for need in needs {
            let place = need.place.map { " on \($0)" } ?? ""
            parts.append("needs \(need.privileges.joined(separator: " and "))\(place)")
        }
        if needs.isEmpty { parts.append("no privilege is documented") }
        return parts.joined(separator: "; ")
    }

    /// A call with everything that is needed.
    fileprivate var example: String {
        let needed = parameters.filter(\.isRequired).map { "\($0.name) = \($0.type.sample(4))" }
        let list = needed.isEmpty ? "()" : "{ \(needed.joined(separator: ", ")) }"
        return "api.\(fullName)\(list)"
    }
}

extension APIType {
    /// Its meaning beyond the type in Lua; never empty.
    fileprivate var summary: String {
        switch self {
        case .identifier(let types) where !types.isEmpty:
            "the identifier of \(types.joined(separator: " or "))"
        case .optional(let type): "nil where it is not set; " + type.summary
        case .list(let type): "a list; each \(type.summary)"
        case .set(let type): "a list without repetition; each \(type.summary)"
        case .map: "by key"
        case .structure(let name): name
        case .dynamic, .error: "a structure; the field \"@class\" names its kind"
        case .secret: "a secret"
        case .time: "a time"
        default: "a value"
        }
    }

    /// A value as a script writes it.
    fileprivate func sample(_ depth: Int) -> String {
        switch self {
        case .optional(let type): return type.sample(depth)
        case .integer, .double: return "1"
        case .boolean: return "true"
        case .list, .set, .map: return "{}"
        case .enumeration(let name): return "\"\(APIFacts.enumeration(name)?.first ?? "")\""
        case .structure(let name) where depth > 0:
            let fields = APIFacts.structure(name)?.fields.filter(\.isRequired) ?? []
            let list = fields.map { "\($0.name) = \($0.type.sample(depth - 1))" }
            return list.isEmpty ? "{}" : "{ \(list.joined(separator: ", ")) }"
        case .dynamic(let names): return "{ [\"@class\"] = \"\(names.first ?? "")\" }"
        case .structure, .error, .opaque, .void: return "{}"
        case .time: return "\"2026-11-21T10:11:12.345Z\""
        default: return "\"…\""
        }
    }
}

extension LuaType {
    /// The fields of parameters, to be given.
    static func fields(_ parameters: [APIField]) -> [Field] {
        APITypes(isResult: false).fields(parameters, depth: APITypes.depth)
    }

    /// The Lua type of a result of the API.
    public init(_ type: APIType) {
        self = APITypes(isResult: true).type(type, depth: APITypes.depth)
    }
}

/// The Lua types of values of the API.
private struct APITypes {
    /// The deepest structure that is spelt out: some contain themselves.
    static var depth: Int { 4 }

    /// Whether they are results: these may have more fields, and secrets are texts there.
    let isResult: Bool

    func fields(_ fields: [APIField], depth: Int) -> [LuaType.Field] {
        fields.map { field in
            let type = type(field.type.unwrapped, depth: depth)
            return LuaType.Field(field.name, field.isRequired ? type : .optional(type))
        }
    }

    func type(_ type: APIType, depth: Int) -> LuaType {
        switch type {
        case .void: .nil
        case .string, .blob, .time, .uri, .identifier, .identifierTyped: .string
        case .secret: isResult ? .string : .union([.object(.secret), .string])
        case .integer: .integer
        case .double: .number
        case .boolean: .boolean
        case .opaque: .any
        case .optional(let type): .optional(self.type(type, depth: depth))
        case .list(let element), .set(let element): .list(self.type(element, depth: depth))
        case .map(_, let value): .map(.string, self.type(value, depth: depth))
        // A later release may return values that the index does not have.
        case .enumeration(let name):
            isResult
                ? .string : .union((APIFacts.enumeration(name) ?? []).map(LuaType.literal))
        case .structure(let name) where depth > 0:
            .record(
                fields(APIFacts.structure(name)?.fields ?? [], depth: depth - 1),
                isOpen: isResult
            )
        case .structure, .dynamic, .error: .table
        }
    }
}
