internal import APIIndex
internal import JSON

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
        /// Whether its requests may have a body.
        var hasBody: Bool { ["POST", "PUT", "PATCH"].contains(method) }
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
        /// Whether the body of `/api` has its parameters by name, as that of `/rest` always has.
        var hasNamedBody = false
        /// Whether its arguments are those of the index.
        var isIndexed = false
    }

    /// Whether its arguments are those of the index, and not of a table of the simulator's.
    var isIndexed: Bool { traits.isIndexed }

    /// Makes an operation whose paths differ only in their prefix.
    ///
    /// The path is the part after `/rest/` and `/api/`; `{name}` marks a parameter. An older service
    /// is one that is under `com/vmware` on `/rest`, with `id:` before identifiers and `~action`.
    convenience init(
        _ operation: Operation,
        _ service: String,
        _ name: String,
        _ method: String,
        _ path: String,
        action: String? = nil,
        takes members: [Member] = [],
        isIndexed: Bool = false,
        body: @escaping @Sendable (Call, inout Inventory) throws(VAPIError) -> DataValue
    ) {
        // The history of changes came later, and is as all others.
        let older = ["content.", "cis.tagging.", "vcenter.ovf."].map { APIOperation.prefix + $0 }
        let isOlder =
            older.contains(where: service.hasPrefix) && !service.hasSuffix(".changes")
        let prefix = isOlder ? "/rest/com/vmware/" : "/rest/"
        let restPath = isOlder ? path.replacing("{", with: "id:{") : path
        self.init(
            operation,
            service,
            name,
            rest: Endpoint(
                method: method,
                path: prefix + restPath,
                action: action,
                actionParameter: isOlder ? "~action" : "action"
            ),
            api: Endpoint(method: method, path: "/api/" + path, action: action),
            takes: members,
            traits: Traits(isIndexed: isIndexed),
            body: .inventory(body)
        )
    }

    /// Makes an operation whose arguments and answer are as the index has them: the answer is plain JSON.
    ///
    /// The path is the part after `/rest/` and `/api/`; its parameters have the names of the index.
    convenience init(
        indexed operation: Operation,
        _ name: String,
        _ method: String,
        _ path: String,
        action: String? = nil,
        body: @escaping @Sendable (Call, inout Inventory) throws(VAPIError) -> JSONValue
    ) {
        guard let facts = APIFacts.operation(name) else {
            preconditionFailure("the index has no \(name)")
        }
        let input = Structure(inputOf: facts)
        self.init(
            operation,
            facts.wireService,
            facts.name,
            method,
            path,
            action: action,
            takes: input.members.filter { !path.contains("{\($0.name)}") }.map(\.expanded),
            isIndexed: true
        ) { call, inventory throws(VAPIError) in
            let answer = try body(call, &inventory)
            do throws(StubError) {
                return try StubReader.read(answer, as: facts.result, at: "answer")
            } catch {
                throw VAPIError(.internalServerError, "answer.malformed", error.description)
            }
        }
    }

    /// Makes an operation with a different form in each dialect.
    init(
        _ operation: Operation,
        _ service: String,
        _ name: String,
        rest: Endpoint,
        api: Endpoint,
        takes members: [Member] = [],
        traits: Traits = Traits(),
        body: Body
    ) {
        self.operation = operation
        facts = APIFacts.operation(service.dropFirst(APIOperation.prefix.count) + "." + name)
        indexName = facts?.fullName
        self.service = service
        self.name = name
        self.traits = traits
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

    /// Where an argument stands: `/rest` has all that are not in the path in the body, `/api` one structure, or
    /// those that it names there.
    func place(of member: Member, _ endpoint: Endpoint) -> Place {
        if parameters.contains(member.name) { return .path }
        guard endpoint.hasBody else { return .query }
        if traits.hasNamedBody || endpoint.path.hasPrefix("/rest/") { return .body }
        guard case .structure = member.type else { return .query }
        return .body
    }

    /// Whether the body is one argument, without its name.
    func isBodyBare(_ endpoint: Endpoint) -> Bool {
        endpoint.path.hasPrefix("/api/") && !traits.hasNamedBody
            && members(of: .body, endpoint).count == 1
    }

    /// The arguments that stand in one place.
    func members(of place: Place, _ endpoint: Endpoint) -> [Member] {
        input.members.filter { self.place(of: $0, endpoint) == place }
    }

    /// A copy that answers 201 on `/api`.
    func creating() -> Route { with { $0.isCreating = true } }

    /// A copy whose body on `/api` has its parameters by name.
    func withNamedBody() -> Route { with { $0.hasNamedBody = true } }

    private func with(_ change: (inout Traits) -> Void) -> Route {
        var traits = traits
        change(&traits)
        return Route(self, traits)
    }
}
