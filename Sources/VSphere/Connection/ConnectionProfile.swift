public import Transport

/// Everything needed to open a session with one vCenter.
public struct ConnectionProfile: Sendable {
    /// The choice between vCenter's two dialects.
    public enum DialectChoice: String, Sendable, CaseIterable {
        /// `/rest`, and `/api` if a vCenter has no `/rest`, or lacks a route there; and vice versa.
        case automatic = "auto"
        case rest
        case api
        /// JSON-RPC for every operation; the log-in, and paths that a script spells out, as with `auto`.
        case jsonrpc

        /// Whether a session may be opened in either dialect.
        var takesEither: Bool { self == .automatic || self == .jsonrpc }

        /// The default.
        public static var usual: Self { .automatic }
    }

    /// The source of a password.
    ///
    /// It is called at most once, at log-in.
    /// - Returns: the password, or a sentence that says why there is none, with advice.
    public typealias PasswordSource = @Sendable () -> Result<Secret, PasswordFailure>

    /// Why there is no password.
    public struct PasswordFailure: Error, Sendable {
        /// The source of the password and the error; contains no part of a secret.
        public let message: String
        /// Advice on what to try.
        public let hint: String

        /// Makes a failure.
        public init(message: String, hint: String) {
            self.message = message
            self.hint = hint
        }
    }

    /// A proxy that the environment names.
    public struct Proxy: Sendable, Equatable {
        /// The variable.
        public let variable: String
        /// Host and port; no user and no password.
        public let address: String

        /// Makes one.
        public init(variable: String, address: String) {
            self.variable = variable
            self.address = address
        }

        /// Names it as what stands between.
        public var notice: String { "the way there is the proxy \(address) of \(variable)" }

        /// The advice where it lets no connection come about; `status` is its refusal.
        public func hint(to host: String, refusing status: Int?) -> String {
            status == 407
                ? "the proxy \(address) wants a user and a password: "
                    + "\(variable)=http://user:password@\(address)"
                : "\(notice); NO_PROXY=\(host) goes without it"
        }
    }

    /// The vCenter.
    public var endpoint: Endpoint
    /// The user's name, such as `administrator@vsphere.local`; empty if none was given.
    public var user: String
    /// Advice for an empty name.
    public var userHint = "--user or VMOON_USER names one"
    /// The source of the password.
    public var password: PasswordSource
    /// The password given for this session in particular, if any; called at most once.
    ///
    /// An open session is shared only with callers that have its password.
    public var givenPassword: PasswordSource?
    /// The proxy on the way there, for messages: libcurl finds it by itself.
    public var proxy: Proxy?
    /// How the vCenter proves who it is.
    public var trust: Trust
    /// How it is reached, for the journal; nil for https:// and the system's authorities.
    public var note: ConnectionNote?
    /// Which dialect is spoken.
    public var dialect = DialectChoice.usual
    /// Limit for one request that reads.
    public var timeout = Request.Usual.timeout
    /// Limit for connecting.
    public var connectTimeout = Request.Usual.connectTimeout
    /// Limit for one request that changes or clones.
    public var operationTimeout = usualOperationTimeout
    /// The largest answer accepted, in bytes.
    public var answerLimit = Request.Usual.answerLimit
    /// The most requests in flight to this vCenter.
    public var requestLimit = usualRequestLimit
    /// Whether somebody has chosen that number.
    public var hasRequestLimit = false

    /// The limit for a request that changes, where no other is given.
    public static var usualOperationTimeout: Duration { .seconds(3600) }
    /// The most requests in flight, where no other number is given.
    public static var usualRequestLimit: Int { 16 }

    /// Makes a profile with the default limits.
    public init(
        endpoint: Endpoint,
        user: String,
        password: @escaping PasswordSource,
        trust: Trust = Trust()
    ) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.trust = trust
    }
}
