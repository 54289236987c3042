/// A virtual machine, or the template of a version.
struct Machine: Sendable {
    enum Power: String, Sendable {
        case on = "POWERED_ON"
        case off = "POWERED_OFF"
        case suspended = "SUSPENDED"
    }

    let id: String
    /// The number in its identifier: lists are in this order.
    let serial: Int
    var name: String
    var power = Power.off
    var isTemplate = false
    var cpuCount = 2
    var memoryMiB = 4096
    var guestOS = "UBUNTU_64"
    /// The item it is checked out of.
    var item: String?
    var placement = MachinePlacement()
}

/// Where a machine lies: identifiers of placements.
struct MachinePlacement: Sendable, Equatable {
    var folder = "group-v3"
    var resourcePool = "resgroup-8"
    var host = "host-10"
    var cluster = "domain-c7"
    var datastore = "datastore-11"
}

/// A folder, resource pool, cluster, host, datastore or data centre.
struct Placement: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case folder
        case resourcePool = "resource_pool"
        case cluster
        case host
        case datastore
        case datacenter
        case network
    }

    let kind: Kind
    let id: String
    var name: String
    /// The type of a folder or datastore.
    var type: String?
    /// The identifiers of what contains it, by kind.
    var parents: [Kind: String] = [:]
    var freeSpace: Int?
    var capacity: Int?
}

/// Somebody who may log in.
struct User: Sendable {
    /// The canonical form: `name@domain`, lower case.
    let name: String
    /// As vCenter shows users: `VSPHERE.LOCAL\alice`.
    let displayName: String
    /// Nil: the simulator's own password.
    let password: String?
    /// Nil: all of them.
    let privileges: Set<String>?

    init(name: String, password: String? = nil, privileges: Set<String>? = nil) {
        self.name = name
        self.password = password
        self.privileges = privileges
        let parts = name.split(separator: "@", maxSplits: 1)
        displayName = parts.count == 2 ? "\(parts[1].uppercased())\\\(parts[0])" : name
    }

    func may(_ privilege: String) -> Bool { privileges?.contains(privilege) ?? true }

    /// `alice`, `alice@vsphere.local` and `VSPHERE.LOCAL\alice` are one user.
    static func canonical(_ name: String) -> String {
        let name = name.lowercased()
        if let slash = name.firstIndex(of: "\\") {
            return "\(name[name.index(after: slash)...])@\(name[..<slash])"
        }
        return name.contains("@") ? name : name + "@vsphere.local"
    }
}

/// A finished task: each cloning operation leaves one.
struct TaskRecord: Sendable {
    let id: String
    let service: String
    let operation: String
    let user: String
    let start: Instant
    let end: Instant
    let result: String

    /// How many are kept.
    static let limit = 1000
}
