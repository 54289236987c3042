/// Finds the route of a request: a tree of path segments, built once.
struct RouteTable: Sendable {
    /// What a path and method lead to.
    enum Match: Sendable {
        case route(Int, dialect: Dialect, parameters: [String])
        /// There is no such path: 404.
        case unknownPath
        /// The path exists with these methods only: 405.
        case wrongMethod(allowed: [String])
    }

    private struct Node: Sendable {
        var children: [Substring: Int] = [:]
        var parameter: Int?
        var ends: [End] = []
    }

    private struct End: Sendable {
        let route: Int
        let dialect: Dialect
        let endpoint: Route.Endpoint
    }

    let routes: [Route]
    private var nodes: [Node] = [Node()]
    private var byName: [String: Int] = [:]

    static let everything: [Route] =
        SessionRoutes.routes + CheckOutRoutes.routes + VersionRoutes.routes
        + TemplateRoutes.routes + LibraryRoutes.routes + ItemRoutes.routes + MachineRoutes.routes
        + PowerRoutes.routes + PlacementRoutes.routes + TaskRoutes.routes

    init(_ routes: [Route] = everything, dialects: Set<Dialect>) {
        self.routes = routes
        for (index, route) in routes.enumerated() {
            byName[route.service + "/" + route.name] = index
            for (dialect, endpoint) in route.endpoints where dialects.contains(dialect) {
                add(End(route: index, dialect: dialect, endpoint: endpoint))
            }
        }
    }

    /// The route of an operation as the SDK names it.
    func route(service: String, operation: String) -> Int? {
        // Power is in 9.1 what it was in 6.7; the data-centre services differ in nothing but a dash.
        byName[service + "/" + operation.replacing("-", with: "_")]
    }

    /// Finds the route of a path, which begins with a slash and still has its percent signs.
    func match(method: String, target: RequestTarget) -> Match {
        var node = 0
        var parameters: [String] = []
        for segment in target.path.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        ) {
            let segment = Substring(segment)
            if let next = nodes[node].children[segment] {
                node = next
            } else if let next = nodes[node].parameter, !segment.isEmpty {
                guard let text = PercentCoding.decode(segment) else { return .unknownPath }
                parameters.append(text)
                node = next
            } else {
                return .unknownPath
            }
        }
        let ends = nodes[node].ends
        if ends.isEmpty { return .unknownPath }
        let candidates = ends.filter { $0.endpoint.method == method }
        if candidates.isEmpty {
            return .wrongMethod(allowed: Set(ends.map(\.endpoint.method)).sorted())
        }
        let found =
            candidates.first { end in
                end.endpoint.action.map {
                    target.queryValue(of: end.endpoint.actionParameter) == $0
                } ?? false
            } ?? candidates.first { $0.endpoint.action == nil }
        guard let found else { return .unknownPath }
        if found.endpoint.path.contains("id:{"), parameters[0].hasPrefix("id:") {
            parameters[0].removeFirst(3)
        }
        return .route(found.route, dialect: found.dialect, parameters: parameters)
    }

    private mutating func add(_ end: End) {
        var node = 0
        for segment in end.endpoint.path.split(separator: "/") {
            let next: Int
            if segment.contains("{") {
                next = nodes[node].parameter ?? appendNode()
                nodes[node].parameter = next
            } else {
                next = nodes[node].children[segment] ?? appendNode()
                nodes[node].children[segment] = next
            }
            node = next
        }
        nodes[node].ends.append(end)
    }

    private mutating func appendNode() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }
}
