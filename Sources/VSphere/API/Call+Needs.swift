public import APIIndex
internal import Buffers
internal import Transport

extension Call {
    /// The privileges that the documentation names for a call.
    public struct Needs {
        /// The operation as scripts call it, such as `checkOut` or `api.vcenter.network.list`.
        public let operation: String
        /// Method and path of `request{…}`, with its query; nil for an operation.
        public let path: String?
        /// Its name in the API, such as `vcenter.network.list`; nil for a path that the index does not have.
        public let api: String?
        /// Whether it changes something.
        public let isChanging: Bool
        /// The privileges, for the call itself and for each object that it names; empty where nothing is documented.
        public let needs: [APIOperation.Need]
    }

    /// Looks up the privileges in the index of the API; an object that the call does not name needs none.
    public var needs: Needs {
        var named: Set<String> = []
        let facts: APIOperation?
        if let (known, arguments) = terms() {
            facts = known
            if let root = arguments.root { Self.collect(root, known.parameters, "", into: &named) }
        } else {
            facts = requested
            facts.map { collect($0, into: &named) }
        }
        return Needs(
            operation: operation.name,
            path: requestedPath.map { "\(operation.method.rawValue) \($0)" },
            api: facts?.fullName,
            isChanging: operation.isChanging,
            needs: facts?.needs.filter { $0.place.map(named.contains) ?? true } ?? []
        )
    }

    /// The path of `request{…}`, without the prefix of a dialect.
    private var requestedPath: String? {
        guard operation.isLiteral, operation.facts == nil,
            case .text(let path)? = operation.path(in: .rest).first
        else { return nil }
        return String(path.dropFirst("/rest".utf8.count))
    }

    /// The operation that `request{…}` is, where the index can tell.
    private var requested: APIOperation? {
        requestedPath.flatMap { APIFacts.operation(method: operation.method.rawValue, path: $0) }
    }

    /// Collects what a request names: what the operation cannot do without, and the fields of the body.
    private func collect(_ facts: APIOperation, into named: inout Set<String>) {
        for parameter in facts.parameters {
            if parameter.isRequired { named.insert(parameter.name) }
            guard case .structure = parameter.type.unwrapped, let body = argument(1) else {
                continue
            }
            named.insert(parameter.name)
            Self.collect(body, parameter.type, into: &named)
        }
    }

    /// Collects which fields name something: `parameter`, or `structure.field`.
    private static func collect(
        _ value: Value,
        _ fields: [APIField],
        _ owner: String,
        into named: inout Set<String>
    ) {
        for field in fields {
            guard let found = value[field.name], !found.isAbsent else { continue }
            named.insert(owner + field.name)
            collect(found, field.type, into: &named)
        }
    }

    private static func collect(_ value: Value, _ type: APIType, into named: inout Set<String>) {
        switch type {
        case .optional(let inner): collect(value, inner, into: &named)
        case .list(let element), .set(let element):
            for found in value.elements { collect(found, element, into: &named) }
        case .map(_, let element):
            for (_, found) in value.fields { collect(found, element, into: &named) }
        case .structure(let name):
            guard let structure = APIFacts.structure(name) else { return }
            collect(value, structure.fields, name + ".", into: &named)
        default: break
        }
    }
}
