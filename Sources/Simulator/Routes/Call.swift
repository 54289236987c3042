internal import JSON

/// The arguments of an operation, checked, and who calls it.
struct Call: Sendable {
    /// The values of the path's parameters, and of other single identifiers behind them, in order.
    var parameters: [String] = []
    /// All of them, by name.
    var arguments = Spec()
    /// The values of the filter by name; absent names do not filter.
    var filter: [String: [String]] = [:]
    /// The refusal of an argument that is left out though the server currently requires it.
    ///
    /// Only the operation can say when: it looks at its objects first.
    var unset: VAPIError?
    /// How long after a deployment its machine is on.
    var powerOnTime = Duration.zero
    /// How long what runs in a machine takes.
    var guestTimes = GuestTimes()
    /// The release that the appliance claims to be.
    var release = ApplianceRelease()
    /// How maps came in.
    var mapsAreArrays: Bool { arguments.mapsAreArrays }
    var requester = Inventory.Requester(user: "", time: Instant(milliseconds: 0))

    /// The arguments as they came.
    var plainArguments: JSONValue { arguments.value }

    /// The members of `spec`, which most operations that change something take.
    var spec: Spec { arguments.structure("spec") ?? Spec() }

    /// Whether a filter admits a value.
    func admits(_ name: String, _ value: String?) -> Bool {
        guard let allowed = filter[name] else { return true }
        return value.map { allowed.contains($0) } ?? false
    }

    /// The text of a field of the spec that must not be empty.
    func required(_ name: String) throws(VAPIError) -> String {
        if let unset { throw unset }
        guard let text = spec.text(name), !text.isEmpty else {
            throw .invalid("spec.field_missing", "The field \(name) must not be empty.", [name])
        }
        return text
    }
}

/// The fields of a structure that was checked.
struct Spec: Sendable {
    fileprivate var value = JSONValue.null
    fileprivate var mapsAreArrays = true

    /// Whether no field is set.
    var isEmpty: Bool { value.members?.allSatisfy { $0.value == .null } ?? true }

    /// The fields as they came.
    var plain: JSONValue { value }

    func text(_ name: String) -> String? { value[name]?.string }
    func integer(_ name: String) -> Int? { value[name]?.integer }
    func boolean(_ name: String) -> Bool? { value[name]?.boolean }
    func texts(_ name: String) -> [String] { value[name]?.array?.compactMap(\.string) ?? [] }

    func structure(_ name: String) -> Spec? {
        value.set(name).map { Spec(value: $0, mapsAreArrays: mapsAreArrays) }
    }

    func structures(_ name: String) -> [Spec] {
        value[name]?.array?.map { Spec(value: $0, mapsAreArrays: mapsAreArrays) } ?? []
    }

    /// The keys of a map.
    func keys(_ name: String) -> [String] {
        let entries = value.set(name).flatMap {
            InputChecker(mapsAreArrays: mapsAreArrays).entries(of: $0)
        }
        return entries?.map(\.key) ?? []
    }

    /// The structures of a map, in the order in which they came.
    func map(_ name: String) -> [(key: String, value: Spec)] {
        let entries = value.set(name).flatMap {
            InputChecker(mapsAreArrays: mapsAreArrays).entries(of: $0)
        }
        return entries?.map { ($0.key, Spec(value: $0.value, mapsAreArrays: mapsAreArrays)) } ?? []
    }

    /// A `placement`: identifiers by kind; nil where it is missing.
    func placement() -> [Placement.Kind: String]? {
        guard let place = structure("placement") else { return nil }
        var named: [Placement.Kind: String] = [:]
        for kind in [Placement.Kind.folder, .resourcePool, .host, .cluster] {
            named[kind] = place.text(kind.rawValue)
        }
        return named
    }
}

extension Call {
    /// Takes the arguments of a route, by their names, if they are as they should be.
    init(_ route: Route, _ arguments: JSONValue, mapsAreArrays: Bool) throws(VAPIError) {
        let checker = InputChecker(mapsAreArrays: mapsAreArrays)
        try checker.check(arguments, as: route.input)
        unset = checker.unset(in: arguments, .structure(route.input))
        self.arguments = Spec(value: arguments, mapsAreArrays: mapsAreArrays)
        for member in route.input.members {
            guard let value = arguments.set(member.name) else { continue }
            if let text = value.string { parameters.append(text) }
            if member.name.hasPrefix("filter") { filter = Self.filter(of: value) }
        }
    }

    private static func filter(of value: JSONValue) -> [String: [String]] {
        var filter: [String: [String]] = [:]
        for member in value.members ?? [] {
            if let text = member.value.string { filter[member.name] = [text] }
            if let bool = member.value.boolean { filter[member.name] = [bool ? "true" : "false"] }
            // "If unset or empty": of every list in the reference's filters.
            if let list = member.value.array, !list.isEmpty {
                filter[member.name] = list.compactMap(\.string)
            }
        }
        return filter
    }
}
