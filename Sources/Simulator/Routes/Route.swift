/// One operation: where it is in the three wire forms, and what it does.
struct Route: Sendable {
    /// A method and a path pattern of one dialect.
    ///
    /// A segment `{name}` takes any value; `id:{name}` takes it with or without `id:` in front.
    struct Endpoint: Sendable {
        let method: String
        let path: String
        /// The value of the `action` parameter, if the operation is told by one.
        var action: String?
        /// What the parameter is called: `action`, or `~action` under `/rest/com/vmware`.
        var actionParameter = "action"
    }

    /// What it does.
    enum Body: Sendable {
        /// Session operations work on the sessions, not on the inventory.
        case session
        case inventory(@Sendable (Call, inout Inventory) throws(VAPIError) -> DataValue)
    }

    let operation: Operation
    /// The SDK's name of the service and the operation.
    let service: String
    let name: String
    let endpoints: [Dialect: Endpoint]
    /// The names of the path parameters, in order; the SDK calls them so too.
    let parameters: [String]
    /// Query parameters that stand for path parameters, behind these in order.
    var queryParameters: [String] = []
    /// What a filter is called: on `/rest` its query parameters begin with this and a dot.
    var filter = "filter"
    /// The privilege one needs.
    var privilege = "System.Read"
    /// The status of a success on `/api`, where that is neither 200 nor 204.
    var isCreating = false
    let body: Body

    /// An operation whose paths differ only by their prefix.
    ///
    /// The path is what comes behind `/rest/` and `/api/`; `{name}` marks a parameter. A content service
    /// is one that `/rest` has under `com/vmware`, with `id:` before identifiers and `~action`.
    init(
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

    /// An operation whose two dialects have each their own form.
    init(
        _ operation: Operation,
        _ service: String,
        _ name: String,
        rest: Endpoint,
        api: Endpoint,
        body: Body
    ) {
        self.operation = operation
        self.service = service
        self.name = name
        endpoints = [.rest: rest, .api: api]
        parameters = api.path.split(separator: "/").compactMap { segment in
            segment.first == "{" ? String(segment.dropFirst().dropLast()) : nil
        }
        self.body = body
    }

    /// A copy that needs another privilege than `System.Read`.
    func requiring(_ privilege: String) -> Route {
        var copy = self
        copy.privilege = privilege
        return copy
    }

    /// A copy that answers 201 on `/api`.
    func creating() -> Route {
        var copy = self
        copy.isCreating = true
        return copy
    }

    /// A copy that takes further parameters from the query.
    func taking(query parameters: [String]) -> Route {
        var copy = self
        copy.queryParameters = parameters
        return copy
    }

    /// A copy whose filter has another name.
    func filtered(by name: String) -> Route {
        var copy = self
        copy.filter = name
        return copy
    }
}
