/// Lists of what a machine can be placed in.
enum PlacementRoutes {
    static let routes: [Route] = [
        list(.listFolders, .folder, "folder", "com.vmware.vcenter.folder.summary") { place in
            [.init("folder", .string(place.id)), .init("name", .string(place.name)), type(place)]
        },
        list(
            .listResourcePools,
            .resourcePool,
            "resource-pool",
            "com.vmware.vcenter.resource_pool.summary"
        ) { place in
            [.init("resource_pool", .string(place.id)), .init("name", .string(place.name))]
        },
        list(.listClusters, .cluster, "cluster", "com.vmware.vcenter.cluster.summary") { place in
            [
                .init("cluster", .string(place.id)), .init("name", .string(place.name)),
                .init("ha_enabled", .boolean(true)), .init("drs_enabled", .boolean(true)),
            ]
        },
        list(.listHosts, .host, "host", "com.vmware.vcenter.host.summary") { place in
            [
                .init("host", .string(place.id)), .init("name", .string(place.name)),
                .init("connection_state", .string("CONNECTED")),
                .init("power_state", .optional(.string("POWERED_ON"))),
            ]
        },
        list(.listDatastores, .datastore, "datastore", "com.vmware.vcenter.datastore.summary") {
            place in
            [
                .init("datastore", .string(place.id)), .init("name", .string(place.name)),
                type(place),
                .init("free_space", .optional(place.freeSpace.map { .integer($0) })),
                .init("capacity", .optional(place.capacity.map { .integer($0) })),
            ]
        },
        list(.listDatacenters, .datacenter, "datacenter", "com.vmware.vcenter.datacenter.summary") {
            [.init("datacenter", .string($0.id)), .init("name", .string($0.name))]
        },
        list(.listNetworks, .network, "network", "com.vmware.vcenter.network.summary") { place in
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
        _ structure: StaticString,
        fields: @escaping @Sendable (Placement) -> [DataValue.Field]
    ) -> Route {
        Route(operation, "com.vmware.vcenter.\(kind.rawValue)", "list", "GET", "vcenter/\(path)") {
            call,
            inventory throws(VAPIError) in
            .list(
                inventory.placements.filter { $0.kind == kind && admits($0, call) }
                    .map { .structure(structure, fields($0)) }
            )
        }
    }

    private static func type(_ place: Placement) -> DataValue.Field {
        .init("type", .string(place.type ?? "VIRTUAL_MACHINE"))
    }

    /// The filters of the six lists are alike: own identifiers, names, types, and what is around.
    private static func admits(_ place: Placement, _ call: Call) -> Bool {
        if call.filter.isEmpty { return true }
        let own = place.kind.rawValue
        guard call.admits(own + "s", place.id), call.admits("names", place.name),
            call.admits("type", place.type), call.admits("types", place.type),
            call.admits("parent_\(own)s", place.parents[place.kind])
        else { return false }
        return Placement.Kind.allCases.filter { $0 != place.kind }.allSatisfy {
            call.admits($0.rawValue + "s", place.parents[$0])
        }
    }
}
