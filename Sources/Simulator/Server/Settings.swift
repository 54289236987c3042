/// What the options of the command line say.
public struct Settings: Sendable {
    /// Which certificate the server shows.
    public enum Certificate: String, CaseIterable, Sendable {
        case valid
        /// For a name nobody connects to.
        case wrongHost = "wrong-host"
        case expired
    }

    /// The address and port to listen on; port 0 takes a free one.
    public var host = "127.0.0.1"
    public var port = 0
    /// Whether an address that others reach is meant.
    public var listensAnywhere = false
    /// Whether TLS is off.
    public var isPlain = false
    public var certificate = Certificate.valid
    /// A certificate chain and a key of the user's own, as PEM files.
    public var certificateFile: String?
    public var keyFile: String?
    /// The user who may do everything.
    public var user = "operator@vsphere.local"
    public var password = "over-the-moon"
    public var inventoryFile: String?
    public var stateFile: String?
    public var statuses = Statuses.seed
    /// The dialects of REST there are: `rest`, `api`, or both.
    public var hasRest = true
    public var hasAPI = true
    public var sessionIdle: Duration?
    public var sessionMax: Duration?
    public var maxSessions: Int?
    public var latency = Duration.zero
    public var cloneTime = Duration.zero
    /// The text of each `--fault`.
    public var faults: [String] = []
    public var isQuiet = false
    /// Whether to end when standard input ends.
    public var endsWithParent = false

    /// Makes the default settings.
    public init() {}

    var dialects: Set<Dialect> {
        var dialects: Set<Dialect> = []
        if hasRest { dialects.insert(.rest) }
        if hasAPI { dialects.insert(.api) }
        return dialects
    }
}
