internal import APIIndex

/// One operation: its routes in the three wire forms, its facts in the index, and its code.
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
        /// As a vCenter without that service: only stubs answer it.
        case missing
    }

    /// Its own name; nil for one that the simulator knows from the index alone.
    let operation: Operation?
    /// Its entry in the index.
    let facts: APIOperation?
    /// Its name there, such as `vcenter.network.list`.
    let indexName: String?
    /// The SDK's names of the service and the operation.
    let service: String
    let name: String
    let endpoints: [Dialect: Endpoint]
    /// The names of the path parameters, in order; the SDK uses the same names.
    let parameters: [String]
    /// Everything it is called with: the path's parameters, then the others.
    let input: Structure
    let traits: Traits
    let body: Body

    /// Its name in `/sim/requests` and in faults.
    var label: String { operation?.rawValue ?? indexName ?? name }

    /// Whether a success changes something.
    var isChanging: Bool { operation?.isChanging ?? (facts?.isReading == false) }

    /// Properties with defaults, which some operations change.
    struct Traits: Sendable {
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
        takes members: [Member] = [],
        body: @escaping @Sendable (Call, inout Inventory) throws(VAPIError) -> DataValue
    ) {
        // The history of changes came later, and is as all others.
        let isContentService =
            service.hasPrefix("com.vmware.content.") && !service.hasSuffix(".changes")
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
            takes: members,
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
        takes members: [Member] = [],
        body: Body
    ) {
        self.operation = operation
        facts = APIFacts.operation(service.dropFirst(APIOperation.prefix.count) + "." + name)
        indexName = facts?.fullName
        self.service = service
        self.name = name
        traits = Traits()
        self.body = body
        endpoints = [.rest: rest, .api: api]
        parameters = api.path.split(separator: "/").compactMap { segment in
            segment.first == "{" ? String(segment.dropFirst().dropLast()) : nil
        }
        input = Structure(
            "operation-input",
            parameters.map { .required($0, .identifier) } + members
        )
    }

    /// Makes an operation that only the index has.
    init(_ facts: APIOperation) {
        operation = nil
        self.facts = facts
        indexName = facts.fullName
        service = facts.wireService
        name = facts.name
        endpoints = [:]
        parameters = []
        input = Structure(inputOf: facts)
        traits = Traits()
        body = .missing
    }

    private init(_ other: Route, _ traits: Traits) {
        operation = other.operation
        facts = other.facts
        indexName = other.indexName
        service = other.service
        name = other.name
        endpoints = other.endpoints
        parameters = other.parameters
        input = other.input
        body = other.body
        self.traits = traits
    }

    /// Where arguments stand in a request.
    enum Place: String, Sendable { case path, query, body }

    /// Where an argument stands: structures are a body, unless there is none.
    func place(of member: Member, _ endpoint: Endpoint) -> Place {
        if parameters.contains(member.name) { return .path }
        guard case .structure = member.type, endpoint.method == "POST" else { return .query }
        return .body
    }

    /// The arguments that stand in one place.
    func members(of place: Place, _ endpoint: Endpoint) -> [Member] {
        input.members.filter { self.place(of: $0, endpoint) == place }
    }

    /// A copy that answers 201 on `/api`.
    func creating() -> Route { with { $0.isCreating = true } }

    private func with(_ change: (inout Traits) -> Void) -> Route {
        var traits = traits
        change(&traits)
        return Route(self, traits)
    }
}
