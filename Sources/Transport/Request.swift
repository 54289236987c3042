public import Buffers

/// An HTTP method, as spelled on the wire.
public enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case head = "HEAD"
}

/// One HTTP request, ready to be sent.
public struct Request {
    /// The kinds of connection for a request.
    public enum Connection: Sendable, Equatable {
        /// Any open connection, HTTP/2 if the server offers it.
        ///
        /// For requests that may be repeated.
        case shared
        /// A new one, HTTP/1.1, closed afterwards. libcurl then never sends the request a
        /// second time by itself, as it does when a reused connection turns out to be dead.
        case fresh
    }

    /// The method.
    public var method: Method
    /// The absolute URL, percent-encoded by the caller; it is sent unchanged, dot segments too.
    public var url: ByteBuffer
    /// The header fields; shared by the requests of a session.
    public var headers: HeaderList
    /// The body; nil sends none (a POST then has `Content-Length: 0`).
    public var body: ByteBuffer?
    /// How the server's identity is checked.
    public var trust: Trust
    /// The kind of connection.
    public var connection: Connection = .shared
    /// Limit for the whole transfer; nil for none.
    public var timeout: Duration?
    /// Limit for name look-up, connecting and the TLS handshake.
    public var connectTimeout = Usual.connectTimeout
    /// The largest answer accepted, in bytes.
    public var answerLimit = Usual.answerLimit
    /// Until when it may be sent, by `BootClock`; nil for any time.
    ///
    /// It is looked at when the connection is there, its TLS handshake included, and just before the request is written to
    /// it. With libcurl before 7.80 it has no effect.
    public var sendingDeadline: Duration?

    /// The limits that hold where no others are given.
    public enum Usual {
        /// For a whole transfer that reads.
        public static var timeout: Duration { .seconds(60) }
        /// For name look-up, connecting and the TLS handshake.
        public static var connectTimeout: Duration { .seconds(10) }
        /// The largest answer, in bytes.
        public static var answerLimit: Int { 64 << 20 }
    }

    /// Makes a request with the default limits.
    public init(
        _ method: Method,
        _ url: ByteBuffer,
        headers: HeaderList,
        body: ByteBuffer? = nil,
        trust: Trust
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.trust = trust
    }
}
