/// A virtual machine, or the template of a version.
struct Machine: Sendable {
    enum Power: String, Sendable {
        case on = "POWERED_ON"
        case off = "POWERED_OFF"
        case suspended = "SUSPENDED"
    }

    private(set) var id: String
    /// The number in its identifier.
    private(set) var serial: Int
    /// Its place among all machines: lists are in this order.
    private(set) var order = 0
    var name: String
    var power = Power.off
    /// When it will be on by itself: it was deployed so.
    var powersOn: Instant?
    /// When it was last switched on, or its system began anew; nil: long ago.
    var onSince: Instant?
    /// When it will be off: its system is shutting down.
    var shutsDown: Instant?
    /// The specification that it is customized with when it is next switched on.
    var customization: String?
    var isTemplate = false
    var cpuCount = 2
    var coresPerSocket = 1
    var memoryMiB = 4096
    /// The hardware that can be changed while it runs.
    var hotAdd = HotAdd()
    var guestOS = "UBUNTU_64"
    /// The item it is checked out of.
    var item: String?
    var placement = MachinePlacement()
    var disks = [Disk(id: "2000")]
    var nics = [NIC(id: "4000")]
    /// Whether no list has it: the account that took the inventory did not see it.
    var isHidden = false
    /// The answers of a vCenter about it.
    var recorded = Recorded()

    /// The same at another place among all machines.
    func ordered(_ order: Int) -> Machine {
        var machine = self
        machine.order = order
        return machine
    }

    /// The recorded answers about what runs in it are not true any more.
    mutating func forgetGuest() { recorded.forget(.getPower, .getTools, .getGuest) }

    /// The same under another number.
    func numbered(_ id: String, _ serial: Int) -> Machine {
        var machine = self
        machine.id = id
        machine.serial = serial
        return machine
    }

    /// Which hardware can be added or removed while a machine runs.
    struct HotAdd: Sendable {
        var addsCPU = false
        var removesCPU = false
        var addsMemory = false
    }

    /// A virtual disk.
    struct Disk: Sendable {
        let id: String
        /// In bytes.
        var capacity = 16 << 30
        var datastore = MachinePlacement().datastore
    }

    /// A virtual Ethernet adapter.
    struct NIC: Sendable {
        let id: String
        var network: String? = "network-14"
    }
}

/// The placement of a machine: identifiers of placements.
struct MachinePlacement: Sendable, Equatable {
    var folder = "group-v3"
    var resourcePool = "resgroup-8"
    var host = "host-10"
    var cluster = "domain-c7"
    var datastore = "datastore-11"
}

/// Something that specs name: a folder, resource pool, cluster, host, datastore, data centre, network, storage
/// policy or customization spec.
struct Placement: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case folder
        case resourcePool = "resource_pool"
        case cluster
        case host
        case datastore
        case datacenter
        case network
        case storagePolicy = "storage_policy"
        /// Its identifier is its name.
        case customizationSpec = "customization_spec"
    }

    let kind: Kind
    let id: String
    var name: String
    /// The type of a folder, datastore or network.
    var type: String?
    /// The identifiers of its containers, by kind.
    var parents: [Kind: String] = [:]
    var freeSpace: Int?
    var capacity: Int?
    /// The answers of a vCenter about it.
    var recorded = Recorded()
}

/// A user who may log in.
struct User: Sendable {
    /// The canonical form: `name@domain`, lower case.
    let name: String
    /// The form in which vCenter shows users: `VSPHERE.LOCAL\alice`.
    let displayName: String
    /// The password; nil: the simulator's own.
    let password: String?
    /// The privileges; nil: all.
    let privileges: Set<String>?

    init(name: String, password: String? = nil, privileges: Set<String>? = nil) {
        self.name = name
        self.password = password
        self.privileges = privileges
        let parts = name.split(separator: "@", maxSplits: 1)
        displayName = parts.count == 2 ? "\(parts[1].uppercased())\\\(parts[0])" : name
    }

    /// The canonical form: `alice`, `alice@vsphere.local` and `VSPHERE.LOCAL\alice` are one user.
    static func canonical(_ name: String) -> String {
        let name = name.lowercased()
        if let slash = name.firstIndex(of: "\\") {
            return "\(name[name.index(after: slash)...])@\(name[..<slash])"
        }
        return name.contains("@") ? name : name + "@vsphere.local"
    }
}

/// A task: each cloning operation makes one, which is finished, and what a machine does by itself afterwards one that
/// runs until it is done.
struct TaskRecord: Sendable {
    enum Status: String, Sendable {
        case pending = "PENDING"
        case running = "RUNNING"
        case blocked = "BLOCKED"
        case succeeded = "SUCCEEDED"
        case failed = "FAILED"
    }

    let id: String
    let service: String
    let operation: String
    let user: String
    let start: Instant
    var end: Instant
    let result: String
    /// The machine that it switches on.
    var machine: String?
    var isCanceled = false
    /// The state of one that a vCenter told of: nothing moves it.
    var fixed: Status?
    /// The answers of a vCenter about it.
    var recorded = Recorded()

    func status(at now: Instant) -> Status {
        if let fixed { return fixed }
        return isCanceled ? .failed : now < end ? .running : .succeeded
    }

    /// The number of tasks that are kept.
    static let limit = 1000
}
