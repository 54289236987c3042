public import Transport

/// One request that has ended, with or without an answer, for logs.
///
/// It never contains a header or a body.
public struct TraceEvent: Sendable {
    /// The operation; `login`, `logout` and `keepalive` for the session.
    public let operation: String
    /// The vCenter, as `host` or `host:port`.
    public let vcenter: String
    /// The method.
    public let method: Transport.Method
    /// The path with its query, percent-encoded.
    public let path: String
    /// The HTTP status; nil without a complete answer.
    public let status: Int?
    /// The transport's message, without a complete answer.
    public let problem: String?
    /// The time from sending to the verdict.
    public let duration: Duration
    /// The number of the attempt, from 1.
    public let attempt: Int
    /// The operation it belongs to in the trace; nil in a run that is not traced, and for the session.
    public let span: Span.Place?
}
