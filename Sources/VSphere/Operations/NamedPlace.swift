public import Buffers

/// Something that a specification names, and the read that tells whether it is there.
public struct NamedPlace: Sendable {
    /// Where it stands in the specification; `*` for every key of a map, and every element of a list.
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
        machine, library,
        .init("placement.folder", .listFolders, "folders", "folder"),
        .init("placement.resource_pool", .listResourcePools, "resource_pools", "resource pool"),
        .init("placement.cluster", .listClusters, "clusters", "cluster"),
        .init("placement.host", .listHosts, "hosts", "host"),
        .init("vm_home_storage.datastore", .listDatastores, "datastores", "datastore"),
        .init("disk_storage.datastore", .listDatastores, "datastores", "datastore"),
        .init("disk_storage_overrides.*.datastore", .listDatastores, "datastores", "datastore"),
        .init("hardware_customization.nics.*.network", .listNetworks, "networks", "network"),
        .init("guest_customization.name", .listCustomizationSpecs, "names", customization),
        .init("target.resource_pool_id", .listResourcePools, "resource_pools", "resource pool"),
        .init("target.folder_id", .listFolders, "folders", "folder"),
        .init("target.host_id", .listHosts, "hosts", "host"),
        .init("deployment_spec.default_datastore_id", .listDatastores, "datastores", "datastore"),
        .init("deployment_spec.network_mappings.*", .listNetworks, "networks", "network"),
        .init("storage_backings.*.datastore_id", .listDatastores, "datastores", "datastore"),
    ]

    /// The object of a tag.
    /// - Parameter specification: The type of the object, and its identifier.
    /// - Returns: Nil for a type that no look-up here is about.
    public static func tagged(by specification: Value?) -> NamedPlace? {
        let path = "object_id.id"
        switch specification?["object_id"]?["type"]?.string {
        case "VirtualMachine": return .init(path, .getVM, nil, "machine")
        case "com.vmware.content.Library": return .init(path, .getLibrary, nil, "library")
        case "com.vmware.content.library.Item": return .init(path, .getItem, nil, "item")
        case "Folder": return .init(path, .listFolders, "folders", "folder")
        case "ResourcePool":
            return .init(path, .listResourcePools, "resource_pools", "resource pool")
        case "ClusterComputeResource": return .init(path, .listClusters, "clusters", "cluster")
        case "HostSystem": return .init(path, .listHosts, "hosts", "host")
        case "Datastore": return .init(path, .listDatastores, "datastores", "datastore")
        case "Datacenter": return .init(path, .listDatacenters, "datacenters", "datacenter")
        case "Network", "DistributedVirtualPortgroup":
            return .init(path, .listNetworks, "networks", "network")
        default: return nil
        }
    }

    /// The name that a specification gives to what it makes.
    public static func name(in specification: Value?) -> String? {
        specification?["name"]?.string ?? specification?["deployment_spec"]?["name"]?.string
    }

    /// The folder that a specification puts a machine in.
    public static func folder(in specification: Value?) -> String? {
        specification?["placement"]?["folder"]?.string
            ?? specification?["target"]?["folder_id"]?.string
    }

    /// A machine, by its identifier.
    public static let machine = NamedPlace("source_vm", .getVM, nil, "machine")
    /// A library, by its identifier.
    public static let library = NamedPlace("library", .getLibrary, nil, "library")
    /// An item, by its identifier.
    public static let item = NamedPlace("item", .getItem, nil, "item")

    /// The customization of a machine.
    public static let customizationSpec = NamedPlace(
        "name",
        .listCustomizationSpecs,
        "names",
        customization
    )

    private static let customization = "customization specification"

    /// The identifiers that a specification has there.
    public func identifiers(in specification: Value) -> [String] {
        var found = [specification]
        for step in path {
            found = found.flatMap { value in
                guard step == "*" else { return value[step].map { [$0] } ?? [] }
                return value.kind == .array
                    ? Array(value.elements) : value.fields.map(\.value)
            }
        }
        return found.compactMap(\.string)
    }
}
