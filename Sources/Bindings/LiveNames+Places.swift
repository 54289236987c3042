internal import Buffers
internal import VSphere

extension LiveNames {
    /// The kinds of places that `find` and `placement` know, by the names of the functions.
    public enum PlaceKind: String, Sendable, CaseIterable {
        case vm, folder, resourcePool, host, cluster, datastore, network, datacenter, library

        /// The kind of a function of `find`, or of a field of `placement`.
        public init?(named name: String) {
            if name == "resource_pool" { self = .resourcePool } else { self.init(rawValue: name) }
        }
    }

    /// The places read so far, by kind.
    struct Places {
        /// The objects of each kind.
        var entries: [PlaceKind: [Entry]] = [:]
        /// The holder of an object, by its identifier: the name, and the identifier if that may be held itself.
        var holders: [String: (name: String, id: String?)] = [:]
        /// When they were asked for.
        var fetchedAt: Duration?
        /// How many answers are still to come: before, a path would lack its beginning.
        var missing = 0
    }

    private static let listLimit = 100

    /// The places of a kind, by the path that names each as far as it is known; they are asked for now, if they were not,
    /// and `onChange` is called when they arrive.
    public func entries(of kind: PlaceKind) -> [Entry] {
        switch kind {
        case .vm: return machines
        case .library: return libraries
        default: break
        }
        refreshPlaces()
        guard places.missing == 0 else { return [] }
        return (places.entries[kind] ?? []).map { entry in
            var path = entry.name
            var at = entry.id
            for _ in 0..<20 {
                guard let holder = places.holders[at] else { break }
                path = "\(holder.name)/\(path)"
                guard let next = holder.id else { break }
                at = next
            }
            return Entry(id: path, name: entry.name, detail: entry.id)
        }
    }

    private func refreshPlaces() {
        guard isOutdated(places.fetchedAt), places.missing == 0 else { return }
        let open = openVCenters
        guard !open.isEmpty else { return }
        places = Places(fetchedAt: time)
        for vcenter in open {
            list(vcenter, .listDatastores, "datastore", .datastore)
            list(vcenter, .listNetworks, "network", .network)
            list(vcenter, .listDatacenters, "datacenter", .datacenter) { [self] centers in
                for center in centers {
                    holding(vcenter, .listFolders, "folder", by: "datacenters", center, false)
                }
            }
            list(vcenter, .listFolders, "folder", .folder) { [self] folders in
                for folder in folders.prefix(Self.listLimit) {
                    holding(vcenter, .listFolders, "folder", by: "parent_folders", folder, true)
                }
            }
            list(vcenter, .listResourcePools, "resource_pool", .resourcePool)
            list(vcenter, .listHosts, "host", .host)
            list(vcenter, .listClusters, "cluster", .cluster) { [self] clusters in
                for cluster in clusters.prefix(Self.listLimit) {
                    for (operation, field) in [
                        (VSphere.Operation.listResourcePools, "resource_pool"),
                        (.listHosts, "host"),
                    ] {
                        holding(vcenter, operation, field, by: "clusters", cluster, false)
                    }
                }
            }
        }
    }

    private func list(
        _ vcenter: VCenter,
        _ operation: VSphere.Operation,
        _ field: String,
        _ kind: PlaceKind,
        then next: @escaping ([Entry]) -> Void = { _ in }
    ) {
        places.missing += 1
        ask(vcenter, operation, with: []) { [self] rows in
            defer { places.missing -= 1 }
            let found = Self.entries(rows, field)
            places.entries[kind, default: []] += found
            next(found)
        }
    }

    /// Notes what a container holds; of several the nearest counts, which is asked for last.
    private func holding(
        _ vcenter: VCenter,
        _ operation: VSphere.Operation,
        _ field: String,
        by filter: String,
        _ holder: Entry,
        _ isNearest: Bool
    ) {
        let values = ValueBuffer.values { out in
            out.putRecord {
                out.put(filter)
                out.putArray {
                    out.put(holder.id)
                    return 1
                }
                return 1
            }
        }
        places.missing += 1
        ask(vcenter, operation, with: values) { [self] rows in
            defer { places.missing -= 1 }
            for entry in Self.entries(rows, field)
            where isNearest || places.holders[entry.id] == nil {
                places.holders[entry.id] = (holder.name, isNearest ? holder.id : nil)
            }
        }
    }

    private static func entries(_ rows: Value?, _ field: String) -> [Entry] {
        (rows?.elements.map { $0 } ?? []).compactMap { row in
            guard let id = row[field]?.string, let name = row["name"]?.string else { return nil }
            return Entry(id: id, name: name, detail: "")
        }
    }
}
