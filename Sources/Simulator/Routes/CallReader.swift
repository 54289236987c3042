internal import JSON

extension Call {
    /// Reads a call of `/rest` or `/api` whose path parameters the route table has found.
    init(
        _ route: Route,
        _ dialect: Dialect,
        matched: [String],
        target: RequestTarget,
        body: [UInt8]
    ) throws(VAPIError) {
        parameters = matched
        mapsAreArrays = dialect == .rest
        if !target.query.isEmpty {
            let query = target.parameters
            filter = Self.filter(
                of: query,
                prefix: dialect == .rest ? route.traits.filter + "." : ""
            )
            for name in route.traits.queryParameters {
                if let value = query.first(where: { $0.name == name })?.value {
                    parameters.append(value)
                }
            }
        }
        guard parameters.count == route.parameters.count + route.traits.queryParameters.count else {
            throw .invalid(
                "parameter.missing",
                "A required parameter is missing: "
                    + route.traits.queryParameters.joined(separator: ", "),
                route.traits.queryParameters
            )
        }
        guard !body.isEmpty else { return }
        let document: JSONValue
        do {
            document = try JSONParser().decode(body)
        } catch {
            throw VAPIError(
                .invalidRequest,
                "body.malformed",
                "The body is no acceptable JSON: \(error)."
            )
        }
        spec = dialect == .rest ? document["spec"] : document
    }

    /// The members of a filter in JSON-RPC or in a body.
    static func filter(of value: JSONValue) -> [String: [String]] {
        var filter: [String: [String]] = [:]
        for member in value.members ?? [] {
            if let text = member.value.string { filter[member.name] = [text] }
            if let bool = member.value.boolean { filter[member.name] = [bool ? "true" : "false"] }
            if let list = member.value.array { filter[member.name] = list.compactMap(\.string) }
        }
        return filter
    }

    /// Reads `filter.names=a&filter.names=b` and `filter.names.1=a` of `/rest`, `names=a` of `/api`.
    private static func filter(
        of query: [(name: String, value: String)],
        prefix: String
    ) -> [String: [String]] {
        var filter: [String: [String]] = [:]
        for (name, value) in query where name.hasPrefix(prefix) {
            let field = name.dropFirst(prefix.count).split(separator: ".").first
            guard let field, field != "action", field != "~action" else { continue }
            filter[String(field), default: []].append(value)
        }
        return filter
    }
}
