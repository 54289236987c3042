internal import JSON

/// A VMware JSON-RPC request, as the SDKs send it to `POST /api`.
struct RemoteCall: Sendable {
    /// The identifier, as JSON text, for the answer.
    let id: String
    let service: String
    let operation: String
    /// The fields of the input, without JSON-RPC's type marks.
    let input: JSONValue
    /// The complete security context: the password or the session identifier.
    let security: JSONValue
    /// The request without its security context, for the request log.
    let redacted: String

    /// Reads a body.
    /// - Returns: Nil if it is not such a request.
    init?(_ body: [UInt8]) {
        guard var document = try? JSONParser().decode(body), var parameters = document["params"],
            document["jsonrpc"]?.string == "2.0", document["method"]?.string == "invoke",
            let service = parameters["serviceId"]?.string,
            let operation = parameters["operationId"]?.string,
            var context = parameters["ctx"],
            let input = parameters["input"]?["STRUCTURE"]?["operation-input"]
        else { return nil }
        id = JSONEncoder().encode(document["id"] ?? .null)
        self.service = service
        self.operation = operation
        self.input = Self.plain(input)
        security = context["securityCtx"] ?? .null
        if context["securityCtx"] != nil { context["securityCtx"] = "***" }
        parameters["ctx"] = context
        parameters["input"] = Self.masked(parameters["input"] ?? .null)
        document["params"] = parameters
        redacted = JSONEncoder().encode(document)
    }

    /// The call of a route.
    func call(of route: Route) throws(VAPIError) -> Call {
        try Call(route, input, mapsAreArrays: true)
    }

    /// The arguments of a logged request, for people: maps are objects, and what is unset is left out.
    static func arguments(of body: [UInt8]) -> JSONValue? {
        RemoteCall(body).map { legible($0.input) }
    }

    private static func legible(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements):
            let entries = elements.compactMap { element -> JSONValue.Member? in
                guard element.members?.map(\.name) == ["key", "value"] else { return nil }
                return element["key"]?.string.map { .init($0, legible(element["value"] ?? .null)) }
            }
            let isMap = !elements.isEmpty && entries.count == elements.count
            return isMap ? .object(entries) : .array(elements.map(legible))
        case .object(let members):
            return .object(
                members.filter { $0.value != .null }.map { .init($0.name, legible($0.value)) }
            )
        default: return value
        }
    }

    /// Hides the text of every secret.
    private static func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(masked))
        case .object(let members):
            return .object(
                members.map { member in
                    .init(member.name, member.name == "SECRET" ? "***" : masked(member.value))
                }
            )
        default: return value
        }
    }

    /// Removes the type marks, such as `{"OPTIONAL": v}` and `{"STRUCTURE": {name: fields}}`.
    private static func plain(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(plain))
        case .object(let members):
            guard members.count == 1, let only = members.first else {
                return .object(members.map { .init($0.name, plain($0.value)) })
            }
            switch only.name {
            case "OPTIONAL", "SECRET", "BINARY": return plain(only.value)
            case "STRUCTURE", "ERROR":
                guard let fields = only.value.members?.first?.value.members else { return .null }
                return .object(fields.map { .init($0.name, plain($0.value)) })
            default: return .object([.init(only.name, plain(only.value))])
            }
        default: return value
        }
    }
}
