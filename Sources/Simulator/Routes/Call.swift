internal import JSON

/// The arguments of an operation, and its user.
struct Call: Sendable {
    /// The values of the route's parameters, decoded, in order.
    var parameters: [String] = []
    /// The body; on `/rest` the object inside `spec`.
    var spec: JSONValue?
    /// The values of the filter by name; absent names do not filter.
    var filter: [String: [String]] = [:]
    /// Whether maps are arrays of `{key, value}`, or else objects.
    var mapsAreArrays = true
    var requester = Inventory.Requester(user: "", time: Instant(milliseconds: 0))

    /// The fields of the body, which is required; unknown names are refused.
    func spec(_ fields: Set<String>) throws(VAPIError) -> Spec {
        guard let spec, spec != .null else {
            throw .invalid("spec.missing", "The spec is currently required.")
        }
        return try Spec(spec, fields: fields)
    }

    /// Whether a filter admits a value.
    func admits(_ name: String, _ value: String?) -> Bool {
        guard let allowed = filter[name] else { return true }
        return value.map { allowed.contains($0) } ?? false
    }
}

/// The fields of a body, checked as they are read.
struct Spec: Sendable {
    private let value: JSONValue

    init(_ value: JSONValue, fields: Set<String>) throws(VAPIError) {
        guard let members = value.members else {
            throw .invalid("spec.no_structure", "The spec must be an object.")
        }
        for member in members where !fields.contains(member.name) {
            throw VAPIError(
                .unexpectedInput,
                "spec.unknown_field",
                "There is no field named \(member.name).",
                [member.name]
            )
        }
        self.value = value
    }

    /// Whether no field is set.
    var isEmpty: Bool { value.members?.allSatisfy { $0.value == .null } ?? true }

    func text(_ name: String) throws(VAPIError) -> String? {
        guard let found = field(name) else { return nil }
        guard let text = found.string else { throw wrongType(name, "a string") }
        return text
    }

    func required(_ name: String) throws(VAPIError) -> String {
        guard let text = try text(name), !text.isEmpty else {
            throw .invalid("spec.field_missing", "The field \(name) is required.", [name])
        }
        return text
    }

    func boolean(_ name: String) throws(VAPIError) -> Bool? {
        guard let found = field(name) else { return nil }
        guard let bool = found.boolean else { throw wrongType(name, "a boolean") }
        return bool
    }

    func structure(_ name: String, _ fields: Set<String>) throws(VAPIError) -> Spec? {
        guard let found = field(name) else { return nil }
        guard found.members != nil else { throw wrongType(name, "an object") }
        return try Spec(found, fields: fields)
    }

    /// The keys of a map, in the form of the dialect.
    func keys(ofMap name: String, isArray: Bool) throws(VAPIError) -> [String]? {
        guard let found = field(name) else { return nil }
        guard isArray else {
            guard let members = found.members else { throw wrongType(name, "an object") }
            return members.map(\.name)
        }
        guard let entries = found.array else { throw wrongType(name, "an array of key and value") }
        var keys: [String] = []
        for entry in entries {
            guard let key = entry["key"]?.string, entry["value"] != nil else {
                throw wrongType(name, "an array of key and value")
            }
            keys.append(key)
        }
        return keys
    }

    /// A `placement`: identifiers by kind; nil if it is missing.
    func placement() throws(VAPIError) -> [Placement.Kind: String]? {
        let kinds: [Placement.Kind] = [.folder, .resourcePool, .host, .cluster]
        guard let place = try structure("placement", Set(kinds.map(\.rawValue))) else { return nil }
        var named: [Placement.Kind: String] = [:]
        for kind in kinds { named[kind] = try place.text(kind.rawValue) }
        return named
    }

    private func field(_ name: String) -> JSONValue? {
        guard let found = value[name], found != .null else { return nil }
        return found
    }

    private func wrongType(_ name: String, _ type: String) -> VAPIError {
        .invalid("spec.wrong_type", "The field \(name) must be \(type).", [name])
    }
}
