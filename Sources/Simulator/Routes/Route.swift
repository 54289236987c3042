/// One operation: its routes in the three wire forms, and its code.
///
/// A class, since every request carries a reference to one and copies would cost more than the work.
final class Route: Sendable {
    /// A method and a path pattern of one dialect.
    ///
    /// A segment `{name}` takes any value; `id:{name}` takes it with or without `id:` in front.
    struct Endpoint: Sendable {
        let method: String
        let path: String
        /// The value of the `action` parameter, if one identifies the operation.
        var action: String?
        /// The name of that parameter: `action`, or `~action` under `/rest/com/vmware`.
        var actionParameter = "action"
    }

    /// The code that carries it out.
    enum Body: Sendable {
        /// Session operations work on the sessions, not on the inventory.
        case session
        case inventory(@Sendable (Call, inout Inventory) throws(VAPIError) -> DataValue)
    }

    let operation: Operation
    /// The SDK's names of the service and the operation.
    let service: String
    let name: String
    let endpoints: [Dialect: Endpoint]
    /// The names of the path parameters, in order; the SDK uses the same names.
    let parameters: [String]
    let traits: Traits
    let body: Body

    /// Properties with defaults, which some operations change.
    struct Traits: Sendable {
        /// Query parameters that stand for path parameters, after these in order.
        var queryParameters: [String] = []
        /// The name of the filter: on `/rest` its query parameters begin with this and a dot.
        var filter = "filter"
        /// The required privilege.
        var privilege = "System.Read"
        /// Whether the status of a success is 201 on `/api`.
        var isCreating = false
    }

    /// Makes an operation whose paths differ only in their prefix.
    ///
    /// The path is the part after `/rest/` and `/api/`; `{name}` marks a parameter. A content service
    /// is one that is under `com/vmware` on `/rest`, with `id:` before identifiers and `~action`.
    convenience init(
        _ operation: Operation,
        _ service: String,
        _ name: String,
        _ method: String,
        _ path: String,
        action: String? = nil,
        isContentService: Bool = false,
        body: @escaping @Sendable (Call, inout Inventory) throws(VAPIError) -> DataValue
    ) {
        let prefix = isContentService ? "/rest/com/vmware/" : "/rest/"
        let restPath = isContentService ? path.replacing("{", with: "id:{") : path
        self.init(
            operation,
            service,
            name,
            rest: Endpoint(
                method: method,
                path: prefix + restPath,
                action: action,
                actionParameter: isContentService ? "~action" : "action"
            ),
            api: Endpoint(method: method, path: "/api/" + path, action: action),
            body: .inventory(body)
        )
    }

    /// Makes an operation with a different form in each dialect.
    init(
        _ operation: Operation,
        _ service: String,
        _ name: String,
        rest: Endpoint,
        api: Endpoint,
        traits: Traits = Traits(),
        body: Body
    ) {
        self.operation = operation
        self.service = service
        self.name = name
        self.traits = traits
        self.body = body
        endpoints = [.rest: rest, .api: api]
        parameters = api.path.split(separator: "/").compactMap { segment in
            segment.first == "{" ? String(segment.dropFirst().dropLast()) : nil
        }
    }

    private init(_ other: Route, _ traits: Traits) {
        operation = other.operation
        service = other.service
        name = other.name
        endpoints = other.endpoints
        parameters = other.parameters
        body = other.body
        self.traits = traits
    }

    /// A copy that requires another privilege than `System.Read`.
    func requiring(_ privilege: String) -> Route { with { $0.privilege = privilege } }

    /// A copy that answers 201 on `/api`.
    func creating() -> Route { with { $0.isCreating = true } }

    /// A copy that takes further parameters from the query.
    func taking(query parameters: [String]) -> Route { with { $0.queryParameters = parameters } }

    /// A copy whose filter has another name.
    func filtered(by name: String) -> Route { with { $0.filter = name } }

    private func with(_ change: (inout Traits) -> Void) -> Route {
        var traits = traits
        change(&traits)
        return Route(self, traits)
    }
}
