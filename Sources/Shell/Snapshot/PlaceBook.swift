internal import JSON
internal import VSphere

/// A kind of place: how it is listed, and by which filters its places are told apart.
struct PlaceKind {
    /// Its word in an inventory, which is the field of its identifier too.
    let name: String
    let operation: VSphere.Operation
    /// The filters of its list that name a container, by the kind of the container.
    let containers: [(kind: String, filter: String)]

    static let all: [PlaceKind] = [
        .init(name: "datacenter", operation: .listDatacenters, containers: [("folder", "folders")]),
        .init(
            name: "folder",
            operation: .listFolders,
            containers: [("datacenter", "datacenters"), ("folder", "parent_folders")]
        ),
        .init(
            name: "cluster",
            operation: .listClusters,
            containers: [("datacenter", "datacenters"), ("folder", "folders")]
        ),
        .init(
            name: "host",
            operation: .listHosts,
            containers: [
                ("datacenter", "datacenters"), ("folder", "folders"), ("cluster", "clusters"),
            ]
        ),
        .init(
            name: "resource_pool",
            operation: .listResourcePools,
            containers: [
                ("datacenter", "datacenters"), ("cluster", "clusters"), ("host", "hosts"),
                ("resource_pool", "parent_resource_pools"),
            ]
        ),
        .init(
            name: "datastore",
            operation: .listDatastores,
            containers: [("datacenter", "datacenters"), ("folder", "folders")]
        ),
        .init(
            name: "network",
            operation: .listNetworks,
            containers: [("datacenter", "datacenters"), ("folder", "folders")]
        ),
    ]

    /// The type of the folders that have places of this kind in them; nil for any.
    var folderType: String? {
        switch name {
        case "datacenter": "DATACENTER"
        case "cluster", "host": "HOST"
        case "datastore": "DATASTORE"
        case "network": "NETWORK"
        default: nil
        }
    }
}

/// The places of a vCenter, and what contains them.
struct PlaceBook {
    /// One place.
    struct Place {
        let id: String
        let answer: JSONValue
        /// The containers that list it, by kind.
        var claims: [String: [String]] = [:]
    }

    private var places: [String: [Place]] = [:]
    private var indices: [String: [String: Int]] = [:]

    /// The identifiers of a kind, in order.
    func ids(_ kind: String) -> [String] { places[kind, default: []].map(\.id) }

    /// The folders that have something of a type in them.
    func folders(for type: String) -> [String] {
        places["folder", default: []].filter { $0.answer.text("type") == type }.map(\.id)
    }

    /// Takes what a list of a kind had; a list that was taken in parts is put in the order of identifiers.
    mutating func take(_ kind: String, _ elements: [JSONValue], inParts: Bool) {
        var seen: Set<String> = []
        var found = elements.compactMap { element in
            element.text(kind).flatMap { id in
                seen.insert(id).inserted ? Place(id: id, answer: element) : nil
            }
        }
        if inParts { found.sort { $0.id.isBefore($1.id) } }
        places[kind] = found
        indices[kind] = Dictionary(uniqueKeysWithValues: found.enumerated().map { ($1.id, $0) })
    }

    /// Notes that a place was listed for a container.
    mutating func claim(_ kind: String, _ id: String, by container: String, _ name: String) {
        guard let index = indices[kind]?[id] else { return }
        places[kind]?[index].claims[container, default: []].append(name)
    }

    /// The container of a place: the innermost one of those that list it.
    func parent(_ place: Place, _ container: String) -> String? {
        innermost(container, place.claims[container] ?? [])
    }

    /// The one of several containers that itself has the most of them around it.
    func innermost(_ kind: String, _ ids: [String]) -> String? {
        guard ids.count > 1 else { return ids.first }
        return ids.max { depth(kind, $0) < depth(kind, $1) }
    }

    private func depth(_ kind: String, _ id: String) -> Int {
        indices[kind]?[id].flatMap { places[kind]?[$0].claims[kind]?.count } ?? 0
    }

    /// The data stores by what files are named after: their name, unless another one has it too, or their identifier.
    var datastoresByName: [String: String] {
        var found: [String: [String]] = [:]
        for place in places["datastore", default: []] {
            found[place.answer.text("name") ?? "", default: []].append(place.id)
        }
        let named = found.compactMapValues { $0.count == 1 ? $0[0] : nil }
        return named.merging(ids("datastore").map { ($0, $0) }) { named, _ in named }
    }

    /// All of them, as an inventory has them.
    var documents: [JSONValue] {
        PlaceKind.all.flatMap { kind in
            places[kind.name, default: []].map { place in
                let parents = kind.containers.compactMap { container in
                    parent(place, container.kind).map { (container.kind, JSONValue.string($0)) }
                }
                return .members([
                    ("kind", .string(kind.name)), ("id", .string(place.id)),
                    ("name", place.answer["name"]), ("type", place.answer["type"]),
                    ("parents", parents.isEmpty ? Optional.none : .members(parents)),
                    ("free_space", place.answer.number("free_space")),
                    ("capacity", place.answer.number("capacity")),
                    ("answers", .members([(kind.operation.name, place.answer.recorded)])),
                ])
            }
        }
    }
}

extension String {
    /// Whether an identifier such as `vm-9` comes before another such as `vm-10`.
    func isBefore(_ other: String) -> Bool {
        let (own, others) = (numbered, other.numbered)
        return own.prefix == others.prefix && own.number != others.number
            ? own.number < others.number : self < other
    }

    private var numbered: (prefix: Substring, number: Int) {
        let head = prefix { !($0.isASCII && $0.isNumber) }
        let digits = dropFirst(head.count).prefix { $0.isASCII && $0.isNumber }
        return (head, Int(digits) ?? -1)
    }
}
