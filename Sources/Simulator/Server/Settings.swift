internal import JSON

/// The options of the command line.
struct Settings: Sendable {
    /// The certificate that the server presents.
    enum Certificate: String, CaseIterable, Sendable {
        case valid
        /// For a host name that no client uses.
        case wrongHost = "wrong-host"
        case expired
    }

    /// The address and port to listen on; port 0 takes a free one.
    var host = "127.0.0.1"
    var port = 0
    /// Whether an address that is reachable from outside is intended.
    var listensAnywhere = false
    /// The address and port of a second listener, without TLS and for `/sim/` only.
    var adminHost: String?
    var adminPort = 0
    /// Whether TLS is off.
    var isPlain = false
    var certificate = Certificate.valid
    /// The user's own certificate chain and key, as PEM files.
    var certificateFile: String?
    var keyFile: String?
    /// The first user, who may do everything unless a role is given.
    var user = "operator@vsphere.local"
    /// The privileges of the first user; nil: all of them, or those of the inventory.
    var privileges: Set<String>?
    var password = "over-the-moon"
    var inventoryFile: String?
    /// Which vCenter this is, where the inventory has several.
    var vcenter: String?
    var stateFile: String?
    var statuses = Statuses.seed
    /// The supported dialects of REST: `rest`, `api`, or both.
    var hasRest = true
    var hasAPI = true
    var sessionIdle: Duration?
    var sessionMax: Duration?
    var maxSessions: Int?
    var latency = Duration.zero
    var cloneTime = Duration.zero
    /// How long after a deployment its machine is on, if it was asked to be.
    var powerOnTime = Duration.milliseconds(50)
    var guestTimes = GuestTimes()
    /// The release that the appliance claims to be.
    var release = ApplianceRelease()
    /// The text of each `--fault`.
    var faults: [String] = []
    var isQuiet = false
    /// The shell whose completion script is asked for, instead of a run.
    var completions: Completions.Shell?
    /// Whether to end when standard input ends.
    var endsWithParent = false

    /// Makes the default settings.
    init() {}

    var dialects: Set<Dialect> {
        var dialects: Set<Dialect> = []
        if hasRest { dialects.insert(.rest) }
        if hasAPI { dialects.insert(.api) }
        return dialects
    }
}

extension Settings {
    /// The default.
    var standardInventory: Inventory {
        let name = User.canonical(user)
        var inventory = Inventory.standard(user: name)
        if let privileges { inventory.setPrivileges(privileges, of: name) }
        return inventory
    }

    /// The inventory of a document, with the first user.
    func inventory(
        _ document: JSONValue,
        now: Instant,
        vcenter: String? = nil
    ) throws(InventoryError) -> Inventory {
        let name = User.canonical(user)
        let part = try InventoryReader.part(of: document, named: vcenter ?? self.vcenter)
        var inventory = try InventoryReader.read(part, user: name, now: now)
        // What the document says of that user holds.
        let isNamed = part.document["users"]?.array?.contains {
            $0["name"]?.string.map(User.canonical) == name
        }
        if let privileges, isNamed != true { inventory.setPrivileges(privileges, of: name) }
        return inventory
    }
}
