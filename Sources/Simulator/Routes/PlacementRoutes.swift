internal import APIIndex
internal import JSON

/// Lists of the places for machines.
enum PlacementRoutes {
    static let routes: [Route] = [
        list(
            .listFolders,
            .folder,
            "folder",
            .filter(
                "folder",
                ["folders", "parent_folders", "datacenters"],
                [.optional("type", .enumeration(.folderType))]
            ),
            "com.vmware.vcenter.folder.summary"
        ) { place in
            [.init("folder", .string(place.id)), .init("name", .string(place.name)), type(place)]
        },
        list(
            .listResourcePools,
            .resourcePool,
            "resource-pool",
            .filter(
                "resource_pool",
                ["resource_pools", "parent_resource_pools", "datacenters", "hosts", "clusters"]
            ),
            "com.vmware.vcenter.resource_pool.summary"
        ) { place in
            [.init("resource_pool", .string(place.id)), .init("name", .string(place.name))]
        },
        list(
            .listClusters,
            .cluster,
            "cluster",
            .filter("cluster", ["clusters", "folders", "datacenters"]),
            "com.vmware.vcenter.cluster.summary"
        ) { place in
            [
                .init("cluster", .string(place.id)), .init("name", .string(place.name)),
                .init("ha_enabled", .boolean(true)), .init("drs_enabled", .boolean(true)),
            ]
        },
        list(
            .listHosts,
            .host,
            "host",
            .filter(
                "host",
                ["hosts", "folders", "datacenters", "clusters"],
                [
                    .optional("host_uuids", .set(.string)), .optional("standalone", .boolean),
                    .optional("connection_states", .set(.enumeration(.connectionState))),
                ]
            ),
            "com.vmware.vcenter.host.summary"
        ) { place in
            [
                .init("host", .string(place.id)), .init("name", .string(place.name)),
                .init("connection_state", .string("CONNECTED")),
                .init("power_state", .optional(.string("POWERED_ON"))),
            ]
        },
        list(
            .listDatastores,
            .datastore,
            "datastore",
            .filter(
                "datastore",
                ["datastores", "folders", "datacenters"],
                [.optional("types", .set(.enumeration(.datastoreType)))]
            ),
            "com.vmware.vcenter.datastore.summary"
        ) { place in
            [
                .init("datastore", .string(place.id)), .init("name", .string(place.name)),
                type(place),
                .init("free_space", .optional(place.freeSpace.map { .integer($0) })),
                .init("capacity", .optional(place.capacity.map { .integer($0) })),
            ]
        },
        list(
            .listDatacenters,
            .datacenter,
            "datacenter",
            .filter("datacenter", ["datacenters", "folders"]),
            "com.vmware.vcenter.datacenter.summary"
        ) {
            [.init("datacenter", .string($0.id)), .init("name", .string($0.name))]
        },
        Route(
            indexed: .listStoragePolicies,
            "vcenter.storage.policies.list",
            "GET",
            "vcenter/storage/policies"
        ) { call, inventory in
            .array(
                inventory.placements.filter {
                    $0.kind == .storagePolicy && call.admits("policies", $0.id)
                }.map {
                    [
                        "policy": .string($0.id), "name": .string($0.name),
                        "description": $0.recorded[.listStoragePolicies]?["description"] ?? "",
                    ]
                }
            )
        },
        list(
            .listNetworks,
            .network,
            "network",
            .filter(
                "network",
                ["networks", "folders", "datacenters"],
                [.optional("types", .set(.enumeration(.networkType)))]
            ),
            "com.vmware.vcenter.network.summary"
        ) { place in
            [
                .init("network", .string(place.id)), .init("name", .string(place.name)),
                .init("type", .string(place.type ?? "STANDARD_PORTGROUP")),
            ]
        },
    ]

    private static func list(
        _ operation: Operation,
        _ kind: Placement.Kind,
        _ path: String,
        _ filter: Structure,
        _ structure: String,
        fields: @escaping @Sendable (Placement) -> [DataValue.Field]
    ) -> Route {
        let facts = APIFacts.operation("vcenter.\(kind.rawValue).list")
        return Route(
            operation,
            "com.vmware.vcenter.\(kind.rawValue)",
            "list",
            "GET",
            "vcenter/\(path)",
            takes: [.optional("filter", .structure(filter))]
        ) { call, inventory throws(VAPIError) in
            let found = inventory.placements.filter { $0.kind == kind && admits($0, call) }
            guard found.count <= most(kind) else {
                throw VAPIError(
                    .unableToAllocateResource,
                    "placement.too_many",
                    "Too many of these match. Add more filter criteria to reduce the number.",
                    [String(most(kind))]
                )
            }
            return .list(
                found
                    .map { $0.element(.structure(structure, fields($0)), in: facts, of: operation) }
            )
        }
    }

    /// The most that a list of a kind has: a longer one fails.
    ///
    /// Source: the list of each service, in VMware's Python SDK.
    private static func most(_ kind: Placement.Kind) -> Int {
        kind == .host || kind == .datastore ? 2500 : 1000
    }

    private static func type(_ place: Placement) -> DataValue.Field {
        .init("type", .string(place.type ?? "VIRTUAL_MACHINE"))
    }

    /// Applies the filters, which the lists have in common: identifiers, names, types, and containers.
    private static func admits(_ place: Placement, _ call: Call) -> Bool {
        if call.filter.isEmpty { return true }
        let own = place.kind.rawValue
        guard call.admits(own + "s", place.id), call.admits("names", place.name),
            call.admits("type", place.type), call.admits("types", place.type),
            call.admits("parent_\(own)s", place.parents[place.kind]),
            call.admits(
                "connection_states",
                call.filter["connection_states"] == nil
                    ? nil : place.recorded[.listHosts]?["connection_state"]?.string ?? "CONNECTED"
            ),
            call.admits("host_uuids", nil),
            call.admits("standalone", place.parents[.cluster] == nil ? "true" : "false")
        else { return false }
        return Placement.Kind.allCases.filter { $0 != place.kind }.allSatisfy {
            call.admits($0.rawValue + "s", place.parents[$0])
        }
    }
}
