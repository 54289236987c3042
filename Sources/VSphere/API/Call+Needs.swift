public import APIIndex
internal import Buffers

extension Call {
    /// The privileges that the documentation names for a call.
    public struct Needs {
        /// The operation as scripts call it, such as `checkOut` or `api.vcenter.network.list`.
        public let operation: String
        /// Its name in the API, such as `vcenter.network.list`; nil for a path.
        public let api: String?
        /// Whether it changes something.
        public let isChanging: Bool
        /// The privileges, for the call itself and for each object that it names; empty where nothing is documented.
        public let needs: [APIOperation.Need]
    }

    /// Looks up the privileges in the index of the API; an object that the call does not name needs none.
    public var needs: Needs {
        let terms = terms()
        var named: Set<String> = []
        if let (facts, arguments) = terms, let root = arguments.root {
            Self.collect(root, facts.parameters, "", into: &named)
        }
        return Needs(
            operation: operation.name,
            api: terms?.0.fullName,
            isChanging: operation.isChanging,
            needs: terms?.0.needs.filter { $0.place.map(named.contains) ?? true } ?? []
        )
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
