public import Buffers

/// Something that a specification names, and the read that tells whether it is there.
public struct NamedPlace: Sendable {
    /// Where it stands in the specification; `*` for every key of a map.
    let path: [String]
    /// The read.
    public let operation: Operation
    /// The field of its filter that takes the identifier; nil where the identifier is its argument.
    public let filter: String?
    /// The word for it in a message.
    public let noun: String

    private init(_ path: String, _ operation: Operation, _ filter: String?, _ noun: String) {
        self.path = path.split(separator: ".").map(String.init)
        self.operation = operation
        self.filter = filter
        self.noun = noun
    }

    /// All that the specifications of changes may name.
    public static let all: [NamedPlace] = [
        .init("source_vm", .getVM, nil, "machine"),
        .init("library", .getLibrary, nil, "library"),
        .init("placement.folder", .listFolders, "folders", "folder"),
        .init("placement.resource_pool", .listResourcePools, "resource_pools", "resource pool"),
        .init("placement.cluster", .listClusters, "clusters", "cluster"),
        .init("placement.host", .listHosts, "hosts", "host"),
        .init("vm_home_storage.datastore", .listDatastores, "datastores", "datastore"),
        .init("disk_storage.datastore", .listDatastores, "datastores", "datastore"),
        .init("disk_storage_overrides.*.datastore", .listDatastores, "datastores", "datastore"),
        .init("hardware_customization.nics.*.network", .listNetworks, "networks", "network"),
    ]

    /// The identifiers that a specification has there.
    public func identifiers(in specification: Value) -> [String] {
        var found = [specification]
        for step in path {
            found = found.flatMap { value in
                step == "*" ? value.fields.map(\.value) : value[step].map { [$0] } ?? []
            }
        }
        return found.compactMap(\.string)
    }
}
