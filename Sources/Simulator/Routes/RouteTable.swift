internal import APIIndex

/// Finds the route of a request: a tree of path segments, built once.
struct RouteTable: Sendable {
    /// The result of looking up a path and a method.
    enum Match: Sendable {
        case route(Route, dialect: Dialect, parameters: [String])
        /// There is no such path: 404.
        case unknownPath
        /// The path exists with these methods only: 405.
        case wrongMethod(allowed: [String])
    }

    /// A segment of paths; it has few children, so comparing them is faster than hashing.
    private struct Node: Sendable {
        var children: [(name: [UInt8], node: Int)] = []
        var parameter: Int?
        var ends: [End] = []
    }

    /// An operation at the end of a path.
    private final class End: Sendable {
        let route: Route
        let dialect: Dialect
        let endpoint: Route.Endpoint
        /// Whether `id:` may precede its first parameter.
        let stripsPrefix: Bool

        init(_ route: Route, _ dialect: Dialect, _ endpoint: Route.Endpoint) {
            self.route = route
            self.dialect = dialect
            self.endpoint = endpoint
            stripsPrefix = endpoint.path.contains("id:{")
        }
    }

    private var nodes: [Node] = [Node()]
    private var byName: [String: Route] = [:]

    static let everything: [Route] =
        SessionRoutes.routes + CheckOutRoutes.routes + VersionRoutes.routes
        + TemplateRoutes.routes + LibraryRoutes.routes + ItemRoutes.routes + MachineRoutes.routes
        + PowerRoutes.routes + GuestRoutes.routes + HardwareRoutes.routes
        + PlacementRoutes.routes + TagRoutes.routes + PublicationRoutes.routes
        + PackageRoutes.routes
        + TaskRoutes.routes
        + ApplianceRoutes.routes

    init(_ routes: [Route] = everything, dialects: Set<Dialect>) {
        for route in routes {
            byName[route.service + "/" + route.name] = route
            for (dialect, endpoint) in route.endpoints where dialects.contains(dialect) {
                add(End(route, dialect, endpoint))
            }
        }
    }

    /// The route of an operation by its SDK name: one of the simulator's own, else one of the index.
    func route(service: String, operation: String) -> Route? {
        if let own = byName[service + "/" + operation] { return own }
        guard service.hasPrefix(APIOperation.prefix) else { return nil }
        let name = service.dropFirst(APIOperation.prefix.count) + "." + operation
        guard let facts = APIFacts.operation(name), facts.name == operation else { return nil }
        return Route(facts)
    }

    /// Finds the route of a path, which begins with a slash and is still percent-encoded.
    func match(method: String, target: RequestTarget) -> Match {
        let found = target.path.utf8.withContiguousStorageIfAvailable { walk($0) }
        guard let (node, parameters) = found ?? nil else { return .unknownPath }
        return match(nodes[node].ends, method, target, parameters)
    }

    /// Follows the segments of a path through the tree.
    private func walk(_ path: UnsafeBufferPointer<UInt8>) -> (node: Int, parameters: [String])? {
        let slash = UInt8(ascii: "/")
        guard path.first == slash else { return nil }
        var node = 0
        var parameters: [String] = []
        var start = 1
        while true {
            let end = path[start...].firstIndex(of: slash) ?? path.count
            let segment = path[start..<end]
            if let next = child(of: node, named: segment) {
                node = next
            } else if let next = nodes[node].parameter, !segment.isEmpty {
                guard let text = PercentCoding.decode(segment) else { return nil }
                parameters.append(text)
                node = next
            } else {
                return nil
            }
            guard end < path.count else { return (node, parameters) }
            start = end + 1
        }
    }

    private func child(of node: Int, named name: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        for child in nodes[node].children
        where child.name.count == name.count && child.name.elementsEqual(name) {
            return child.node
        }
        return nil
    }

    private func match(
        _ ends: [End],
        _ method: String,
        _ target: RequestTarget,
        _ parameters: [String]
    ) -> Match {
        var found: End?
        for end in ends where end.endpoint.method == method {
            guard let action = end.endpoint.action else {
                found = found ?? end
                continue
            }
            if target.queryValue(of: end.endpoint.actionParameter) == action {
                found = end
                break
            }
        }
        guard let found else {
            let methods = Set(ends.map(\.endpoint.method))
            return methods.isEmpty || methods.contains(method)
                ? .unknownPath : .wrongMethod(allowed: methods.sorted())
        }
        guard found.stripsPrefix, parameters[0].hasPrefix("id:") else {
            return .route(found.route, dialect: found.dialect, parameters: parameters)
        }
        let bare = [String(parameters[0].dropFirst(3))] + parameters.dropFirst()
        return .route(found.route, dialect: found.dialect, parameters: bare)
    }

    private mutating func add(_ end: End) {
        var node = 0
        for segment in end.endpoint.path.split(separator: "/") {
            let next: Int
            if segment.contains("{") {
                next = nodes[node].parameter ?? appendNode()
                nodes[node].parameter = next
            } else {
                let name = Array(segment.utf8)
                let known = nodes[node].children.first { $0.name == name }
                next = known?.node ?? appendNode()
                if known == nil { nodes[node].children.append((name, next)) }
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
