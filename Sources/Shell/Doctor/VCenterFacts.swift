internal import Transport
internal import VSphere

/// The findings about one vCenter.
struct VCenterFacts {
    /// One read and its answer.
    struct Reading {
        let probe: Probe
        /// Whether it asked for an object that nobody has: then only the route was looked for.
        var isMadeUp = false
        /// When the answer came, in milliseconds since 1970-01-01T00:00:00Z by this machine.
        var received: Int64 = 0
    }

    /// A log-in that was made.
    struct LogIn {
        let dialect: Dialect
        let duration: Duration
    }

    /// A library with the number of its items; nil if they were not listed.
    struct Library {
        let name: String
        let items: Int?
    }

    /// The address; nil if none could be made out.
    var endpoint: Endpoint?
    /// The profiles that there are, where the address was named as one could be.
    var profiles: [String] = []
    var user = ""
    /// Why the settings lead to no vCenter.
    var problem: SettingsError?
    var warnings: [String] = []
    var proxy: ConnectionProfile.Proxy?
    var trust = Trust()
    var choice = ConnectionProfile.DialectChoice.usual
    /// Whether the answers come from a recording.
    var isReplayed = false
    /// The time of day, in milliseconds since 1970-01-01T00:00:00Z.
    var now: Int64 = 0
    var knock: Knock?
    /// The source of the password, or why there is none; nil if it was not asked for.
    var password: Result<Secret.Source?, ConnectionProfile.PasswordFailure>?
    var logIn: Result<LogIn, VSphereError>?
    var readings: [Reading] = []
    var libraries: [Library] = []
    /// How many items were looked at, and how many of them are VM templates.
    var items = 0
    var templates = 0
    /// How long it may take at most, if that was reached.
    var limit: Duration?
    /// Why the session may still be open.
    var logOutProblem: VSphereError?
}

extension VCenterFacts {
    /// Everything that was read of an operation, by dialect.
    func readings(of operation: String, in dialect: Dialect) -> [Reading] {
        readings.filter { $0.probe.operation == operation && $0.probe.dialect == dialect }
    }

    /// Whether a vCenter has a route; nil if that is not known.
    func hasRoute(_ operation: String, in dialect: Dialect) -> Bool? {
        let probes = readings(of: operation, in: dialect).map(\.probe)
        if probes.contains(where: { $0.error?.kind == .noSuchRoute }) { return false }
        return probes.contains { $0.status != nil } ? true : nil
    }
}
