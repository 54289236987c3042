internal import APIIndex
internal import JSON
internal import Text

/// The privileges that a call needs, as the index documents them, on whatever object.
struct Privileges {
    let facts: APIOperation?

    /// The privilege for every operation for which nothing is documented.
    static let least = "System.Read"

    /// All privileges that the index names, and those that every account has.
    static let known: [String] = {
        var names: Set<String> = [least, "System.View", "System.Anonymous"]
        for name in APIFacts.operationNames {
            for need in APIFacts.operation(name)?.needs ?? [] { names.formUnion(need.privileges) }
        }
        return names.sorted()
    }()

    /// Says what is wrong with the name of a privilege; nil for nothing.
    ///
    /// A vCenter has more of them than the index names: only one that is spelled much like one of these is refused.
    static func problem(_ name: String) -> String? {
        guard !known.contains(name), let guess = Suggestion.nearest(to: name, among: known) else {
            return nil
        }
        return "there is no privilege \"\(name)\"; did you mean \(guess)?"
    }

    /// The privileges for a call, each once, in the order of the index.
    ///
    /// An object that the call does not name needs none. Where the arguments are refused (nil), those count that
    /// cannot be left out.
    func needed(for call: Call?) -> [String] {
        guard let facts, !facts.needs.isEmpty else { return [Self.least] }
        var places: Set<String> = []
        if let call { add(call.plainArguments, facts.parameters, "", call, to: &places) }
        for field in facts.parameters where field.isRequired { places.insert(field.name) }
        var names: [String] = []
        for need in facts.needs where need.place.map(places.contains) ?? true {
            names += need.privileges.filter { !names.contains($0) }
        }
        return names
    }

    /// Collects which fields name something: `parameter`, or `structure.field`.
    private func add(
        _ value: JSONValue,
        _ fields: [APIField],
        _ owner: String,
        _ call: Call,
        to places: inout Set<String>
    ) {
        for field in fields {
            guard let found = value.set(field.name), found != [], found != [:] else { continue }
            places.insert(owner + field.name)
            add(found, field.type, call, to: &places)
        }
    }

    private func add(
        _ value: JSONValue,
        _ type: APIType,
        _ call: Call,
        to places: inout Set<String>
    ) {
        switch type {
        case .optional(let inner): add(value, inner, call, to: &places)
        case .list(let element), .set(let element):
            for found in value.array ?? [] { add(found, element, call, to: &places) }
        case .map(_, let element):
            let checker = InputChecker(mapsAreArrays: call.mapsAreArrays)
            for entry in checker.entries(of: value) ?? [] {
                add(entry.value, element, call, to: &places)
            }
        case .structure(let name):
            guard let structure = APIFacts.structure(name) else { return }
            add(value, structure.fields, name + ".", call, to: &places)
        default: break
        }
    }
}

extension User {
    /// Whether the role has a privilege; what everybody may see comes with `System.Read`.
    func may(_ privilege: String) -> Bool {
        guard let privileges, privilege != "System.Anonymous" else { return true }
        return privileges.contains(privilege)
            || (privilege == "System.View" && privileges.contains(Privileges.least))
    }

    /// Whether all that the role has is what every read needs.
    private var mayOnlyRead: Bool {
        privileges?.allSatisfy { ["System.Read", "System.View", "System.Anonymous"].contains($0) }
            ?? false
    }

    /// Refuses a call for which the role is too small.
    ///
    /// What changes something and has no documented privilege is refused to a user who may only read: a real server
    /// asks for some privilege there too.
    /// - Throws: `unauthorized`, before anything is said about the arguments.
    func check(_ route: Route, _ call: Result<Call, VAPIError>) throws(VAPIError) {
        guard privileges != nil else { return }
        let needed = Privileges(facts: route.facts).needed(for: try? call.get())
        let missing = needed.filter { !may($0) }
        guard !missing.isEmpty else {
            guard mayOnlyRead, route.isChanging, route.facts?.needs.isEmpty != false else { return }
            throw VAPIError(
                .unauthorized,
                "privilege.read_only",
                "The user \(displayName) may only read.",
                [displayName]
            )
        }
        let what = missing.count == 1 ? "the privilege" : "the privileges"
        throw VAPIError(
            .unauthorized,
            "privilege.missing",
            "The user \(displayName) lacks \(what) \(missing.joined(separator: ", ")).",
            [displayName] + missing
        )
    }
}
