/// One operation that has its verdict, with all its attempts, for logs and metrics.
public struct OperationEvent: Sendable, Equatable {
    /// The journal's identifier of a change; nil for a read, and for a change that was never recorded.
    public var identifier: String?
    /// The operation's name in Lua.
    public var operation: String
    /// The vCenter, as `host` or `host:port`.
    public var vcenter: String
    /// The item it was about, if any; raw.
    public var item: String?
    /// The item's name, `library/name` where the library is known; nil where no answer has told it.
    public var itemName: String?
    /// The number of requests; 0 if none was sent.
    public var attempts: Int
    /// The outcome: `done` or `failed` for a read, for a change the journal's word.
    public var outcome: String
    /// The kind of the error.
    public var kind: String?
    /// The HTTP status of the last answer.
    public var status: Int?
    /// The time from the call to the verdict.
    public var duration: Duration
    /// Whether it changes something.
    public var isChanging: Bool
    /// The error, on one line; safe to show.
    public var problem: String?

    /// Makes an event.
    public init(
        operation: String,
        vcenter: String,
        item: String?,
        attempts: Int,
        outcome: String,
        duration: Duration,
        isChanging: Bool
    ) {
        self.operation = operation
        self.vcenter = vcenter
        self.item = item
        self.attempts = attempts
        self.outcome = outcome
        self.duration = duration
        self.isChanging = isChanging
    }

    /// Records an error.
    public mutating func fail(_ error: VSphereError) {
        // For a doubt, its cause tells more than the kind `unknown_outcome`.
        kind = (error.kind == .unknownOutcome ? error.cause ?? error.kind : error.kind).rawValue
        status = error.status ?? status
        problem = error.description
    }
}
