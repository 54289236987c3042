/// One operation that has its verdict, with all its attempts, for logs and metrics.
public struct OperationEvent: Sendable, Equatable {
    /// The journal's identifier of a change; nil for a read, and for what was never recorded.
    public var identifier: String?
    /// The operation as scripts know it.
    public var operation: String
    /// The vCenter, as `host` or `host:port`.
    public var vcenter: String
    /// The item it was about, where it was about one; raw.
    public var item: String?
    /// How many requests it took; 0 where none was sent.
    public var attempts: Int
    /// What became of it: `done`, `failed` for a read, for a change as the journal has it.
    public var outcome: String
    /// What went wrong.
    public var kind: String?
    /// The HTTP status of the last answer.
    public var status: Int?
    /// The time from the call to the verdict.
    public var duration: Duration
    /// Whether it changes something.
    public var isChanging: Bool
    /// What went wrong, on one line; safe to show.
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

    /// Notes what went wrong.
    public mutating func fail(_ error: VSphereError) {
        // Of a doubt, what caused it tells more than that it is one.
        kind = (error.kind == .unknownOutcome ? error.cause ?? error.kind : error.kind).rawValue
        status = error.status ?? status
        problem = error.description
    }
}
