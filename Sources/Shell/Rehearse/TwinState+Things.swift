internal import JSON
internal import Text

extension TwinState.Thing {
    /// The differences of two lists of objects: objects of one kind and name are the same one.
    static func differences(_ own: [Self], from others: [Self]) -> [TwinState.Difference] {
        struct Name: Hashable { let kind, name: String }
        func grouped(_ things: [Self]) -> [Name: [Self]] {
            Dictionary(grouping: things) { Name(kind: $0.kind, name: $0.name) }
        }
        let (own, others) = (grouped(own), grouped(others))
        let names = Set(own.keys).union(others.keys)
            .sorted { ($0.kind, $0.name) < ($1.kind, $1.name) }
        return names.compactMap { name in
            // What is the same in both lists is no difference, in whatever order it stands.
            var (mine, rest) = (own[name] ?? [], others[name] ?? [])
            let more = mine.count - rest.count
            mine.removeAll { thing in
                guard let place = rest.firstIndex(of: thing) else { return false }
                rest.remove(at: place)
                return true
            }
            let what = "the \(name.kind) \(name.name)"
            if more != 0 {
                let word = more > 0 ? "left" : "missing"
                return .init(text: "\(what) is \(word)", count: abs(more), isMore: more > 0)
            }
            guard let first = mine.first, let other = rest.first else { return nil }
            return TwinState.otherFacts(first.facts, other.facts)
                .map { .init(text: "\(what) has other \($0)") }
        }
    }
}

extension TwinState {
    /// The names of the facts that differ; nil for none.
    static func otherFacts(_ own: [String: JSONValue], _ others: [String: JSONValue]) -> String? {
        let names = Set(own.keys).union(others.keys).filter { own[$0] != others[$0] }.sorted()
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }
}

/// The facts of a document without what differs from run to run: times, marks, and identifiers of what is new.
struct PlainFacts {
    /// All texts of the document before anything ran: they stay as they are.
    private let known: Set<String>
    /// How many items of the beginning have a path.
    private var paths: [String: Int] = [:]
    /// The objects that new identifiers stand for.
    private var names: [String: String] = [:]

    /// Members that are no facts: what an object is called, and what only counts.
    private static let besides: Set<String> = [
        "id", "vm", "name", "on_since", "powers_on", "shuts_down",
    ]

    /// - Parameters:
    ///   - document: What `/sim/state` answers.
    ///   - base: The same before anything ran.
    init(_ document: JSONValue, base: JSONValue) {
        known = Set(base.texts)
        let libraries = document["libraries"]?.array ?? []
        let lists = [
            libraries, libraries.flatMap { $0["items"]?.array ?? [] },
            document["machines"]?.array ?? [], document["tag_categories"]?.array ?? [],
            document["tags"]?.array ?? [],
        ]
        for library in base["libraries"]?.array ?? [] {
            for entry in library["items"]?.array ?? [] {
                paths[Self.path(of: entry, in: library), default: 0] += 1
            }
        }
        for entry in lists.joined() {
            guard let id = Self.id(of: entry), !known.contains(id) else { continue }
            names[id] = name(of: entry)
        }
    }

    private static func id(of entry: JSONValue) -> String? {
        entry["id"]?.string ?? entry["vm"]?.string
    }

    private static func path(of entry: JSONValue, in library: JSONValue) -> String {
        "\(library["name"]?.string ?? "")/\(entry["name"]?.string ?? "")"
    }

    /// Whether an item had the path of another one at the beginning.
    func isAmbiguous(_ entry: JSONValue, in library: JSONValue) -> Bool {
        Self.id(of: entry).map(known.contains) == true
            && paths[Self.path(of: entry, in: library), default: 0] > 1
    }

    /// The name of an object: of a new one without what differs from run to run.
    func name(of entry: JSONValue) -> String {
        let name = entry["name"]?.string ?? ""
        let isOld = Self.id(of: entry).map(known.contains) ?? true
        return isOld ? name : TwinState.withoutDigits(name)
    }

    /// The members of an object.
    func facts(_ entry: JSONValue, besides: Set<String> = []) -> [String: JSONValue] {
        var facts: [String: JSONValue] = [:]
        for member in entry.members ?? [] {
            let isTime = member.name == "time" || member.name.hasSuffix("_time")
            guard !isTime, !besides.contains(member.name), !Self.besides.contains(member.name)
            else { continue }
            facts[member.name] = plain(member.value)
        }
        return facts
    }

    /// Whatever a document has besides libraries, machines and users: no script changes a user.
    func others(_ document: JSONValue, prefix: String) -> [TwinState.Thing] {
        var things: [TwinState.Thing] = []
        for list in document.members ?? [] {
            guard !["libraries", "machines", "users"].contains(list.name) else { continue }
            for entry in list.value.array ?? [] {
                let name = entry["name"] == nil ? Self.id(of: entry) ?? "" : name(of: entry)
                let kind = Self.kinds[list.name] ?? list.name
                let facts = facts(entry, besides: ["objects"])
                things.append(.init(kind: kind, name: prefix + name, facts: facts))
            }
        }
        return things
    }

    private static let kinds = [
        "tag_categories": "category", "tags": "tag", "placements": "place", "tasks": "task",
    ]

    private func plain(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text):
            if known.contains(text) { return value }
            if let name = names[text] { return .string(name) }
            if Timestamp(parsing: text) != nil { return "{time}" }
            return .string(TwinState.withoutDigits(TwinState.unmarked(text)))
        case .array(let elements): return .array(elements.map(plain))
        case .object(let members):
            return .object(members.map { .init($0.name, plain($0.value)) })
        default: return value
        }
    }
}
