public import Transport

/// Everything needed to open a session with one vCenter.
public struct ConnectionProfile: Sendable {
    /// Which of vCenter's two dialects is spoken.
    public enum DialectChoice: String, Sendable, CaseIterable {
        /// `/rest`, and `/api` where a vCenter has no `/rest`, or lacks a route there; and the other way round.
        case automatic = "auto"
        case rest
        case api
    }

    /// Where a password comes from.
    ///
    /// It is asked for at most once, at log-in.
    /// - Returns: the password, or a sentence that says why there is none and what to try.
    public typealias PasswordSource = @Sendable () -> Result<Secret, PasswordFailure>

    /// Why a password could not be had.
    public struct PasswordFailure: Error, Sendable {
        /// What was tried and what failed; holds no part of a secret.
        public let message: String
        /// What to try.
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
    }

    /// The vCenter.
    public var endpoint: Endpoint
    /// The user's name, such as `administrator@vsphere.local`; empty when none was given.
    public var user: String
    /// What to try where the name is empty.
    public var userHint = "--user or VMOON_USER names one"
    /// Where the password comes from.
    public var password: PasswordSource
    /// The password that was given for this session in particular, where one was; asked for at most once.
    ///
    /// A session that is shared is shared with whoever has its password.
    public var givenPassword: PasswordSource?
    /// The proxy on the way there, for messages: libcurl finds it by itself.
    public var proxy: Proxy?
    /// How the vCenter proves who it is.
    public var trust: Trust
    /// Which dialect is spoken.
    public var dialect: DialectChoice = .automatic
    /// Limit for one request that reads.
    public var timeout: Duration = .seconds(60)
    /// Limit for connecting.
    public var connectTimeout: Duration = .seconds(10)
    /// Limit for one request that changes or clones.
    public var operationTimeout: Duration = .seconds(3600)
    /// The largest answer accepted, in bytes.
    public var answerLimit: Int = 64 << 20
    /// The most requests in flight to this vCenter.
    public var requestLimit: Int = 16

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
