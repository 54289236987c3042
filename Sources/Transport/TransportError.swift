/// Why no complete answer came.
public struct TransportError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Kind: Sendable, Equatable {
        /// Name look-up, connecting, a proxy, or a connection that ended during the handshake.
        case connect
        /// The handshake, the certificate or a pin failed.
        case tls
        /// A time limit was reached.
        case timeout
        /// The connection broke or the answer was cut short.
        case broken
        /// The answer is not HTTP, or larger than allowed.
        case protocolViolation
        /// The request itself cannot be sent: a bad URL, a header with a line break.
        case invalidRequest
        /// The transport cannot work: libcurl is missing or out of memory.
        case unavailable
        /// The answer does not fit into the memory limit of this run.
        case noMemory
    }

    /// The kind of failure.
    public let kind: Kind
    /// One line for a person, with libcurl's message if there is one; contains no header and no
    /// body.
    public let message: String
    /// libcurl's code (`CURLE_…`), or 0 if libcurl was not involved.
    public let code: Int
    /// Whether any byte of the request may have reached the server.
    ///
    /// False only if it is certain that no byte has: then even a changing call may be sent again.
    public let mayHaveBeenSent: Bool
    /// Advice on what to try, if the failure is specific enough.
    public let hint: String?

    /// The server's key and certificate, if the request was made to see them.
    public var shown: Shown?
    /// The HTTP status of a proxy that refused the tunnel; nil if none did.
    public var proxyStatus: Int?
    /// Whether the certificate is good and for another host.
    public var isOtherHost = false

    /// Makes an error.
    public init(
        _ kind: Kind,
        _ message: String,
        code: Int = 0,
        mayHaveBeenSent: Bool,
        hint: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.code = code
        self.mayHaveBeenSent = mayHaveBeenSent
        self.hint = hint
    }

    /// One line for a person.
    public var description: String { message }
}
