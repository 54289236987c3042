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
        var arguments = zip(route.parameters, matched).map { JSONValue.Member($0, .string($1)) }
        guard let endpoint = route.endpoints[dialect] else {
            preconditionFailure("a route is found by its endpoint")
        }
        if !target.query.isEmpty {
            let reader = QueryReader(dialect: dialect, members: route.members(of: .query, endpoint))
            arguments += try reader.read(try Self.query(of: target, endpoint))
        }
        // A body where none belongs says nothing: some clients send one with every request.
        if !body.isEmpty, endpoint.hasBody {
            arguments += try Self.members(
                of: body,
                route.members(of: .body, endpoint),
                isBare: route.isBodyBare(endpoint)
            )
        }
        try self.init(route, .object(arguments), mapsAreArrays: dialect == .rest)
    }

    /// The parameters of a query, without the one that tells the operation.
    private static func query(
        of target: RequestTarget,
        _ endpoint: Route.Endpoint
    ) throws(VAPIError) -> [(name: String, value: String)] {
        let query = target.parameters
        guard query.count == target.query.split(separator: "&").count else {
            throw VAPIError(.invalidRequest, "query.malformed", "The query cannot be decoded.")
        }
        return query.filter { endpoint.action == nil || $0.name != endpoint.actionParameter }
    }

    /// The parameters in a body: an object by their names, or the only one there is, bare.
    private static func members(
        of body: [UInt8],
        _ declared: [Member],
        isBare: Bool
    ) throws(VAPIError) -> [JSONValue.Member] {
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
        if isBare { return [.init(declared[0].name, document)] }
        guard let members = document.members else {
            throw VAPIError(.invalidArgument, [.mismatch("STRUCTURE", document)])
        }
        let unknown = members.map(\.name).filter { name in !declared.contains { $0.name == name } }
        guard unknown.isEmpty else {
            throw VAPIError(.unexpectedInput, [.unexpected(unknown, "operation-input")])
        }
        return members
    }
}
