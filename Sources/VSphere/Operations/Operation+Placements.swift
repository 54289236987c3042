internal import Transport

/// Places for machines: the identifiers for placements.
extension Operation {
    /// Folders.
    ///
    /// Source: Folder, List.
    public static let listFolders = listing(
        "listFolders",
        "/folder",
        [.required("folder", .identifier), .required("type", .string)]
    )

    /// Resource pools.
    ///
    /// Source: Resource Pool, List.
    public static let listResourcePools = listing(
        "listResourcePools",
        "/resource-pool",
        [.required("resource_pool", .identifier)]
    )

    /// Clusters.
    ///
    /// Source: Cluster, List.
    public static let listClusters = listing(
        "listClusters",
        "/cluster",
        [.required("cluster", .identifier)]
    )

    /// Hosts.
    ///
    /// Source: Host, List.
    public static let listHosts = listing(
        "listHosts",
        "/host",
        [.required("host", .identifier), .required("connection_state", .string)]
    )

    /// Datastores; sizes are in bytes.
    ///
    /// Source: Datastore, List.
    public static let listDatastores = listing(
        "listDatastores",
        "/datastore",
        [
            .required("datastore", .identifier), .required("type", .string),
            .optional("free_space", .integer), .optional("capacity", .integer),
        ]
    )

    /// Data centres.
    ///
    /// Source: Datacenter, List.
    public static let listDatacenters = listing(
        "listDatacenters",
        "/datacenter",
        [.required("datacenter", .identifier)]
    )

    /// Networks.
    ///
    /// Source: Network, List.
    public static let listNetworks = listing(
        "listNetworks",
        "/network",
        [.required("network", .identifier), .required("type", .string)]
    )

    static let placements = [
        listFolders, listResourcePools, listClusters, listHosts, listDatastores, listDatacenters,
        listNetworks,
    ]

    private static func listing(
        _ name: String,
        _ path: String,
        _ fields: [Shape.Field]
    ) -> Operation {
        Operation(
            name,
            .get,
            path,
            in: .vcenter,
            as: .init("vcenter.\(path.dropFirst().replacing("-", with: "_")).list", "filter"),
            [.filter],
            returns: .list(.record([.required("name", .string)] + fields))
        )
    }
}
