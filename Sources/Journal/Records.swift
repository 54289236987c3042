/// One run of vmoon that changed something, or tried to.
public struct RunRecord: Sendable, Equatable {
    /// A UUID.
    public var identifier: String
    /// When it began, in milliseconds since 1970-01-01T00:00:00Z.
    public var started: Int64
    /// When it ended; nil for a run that is still going or was killed.
    public var ended: Int64?
    /// How it ended: an exit code, or `signal 15`.
    public var ending: String?
    /// The script, or `-e` and its like.
    public var script: String
    /// The script's arguments; what looks like a secret is `***`.
    public var arguments: [String]
    /// The machine.
    public var host: String
    /// The process.
    public var process: Int32

    /// Makes the record of a run that begins.
    public init(
        identifier: String,
        started: Int64,
        script: String,
        arguments: [String],
        host: String,
        process: Int32
    ) {
        self.identifier = identifier
        self.started = started
        self.script = script
        self.arguments = arguments
        self.host = host
        self.process = process
    }
}

/// One changing operation: what was about to be done, pinned before anything was sent, and what
/// is known of it since.
public struct OperationRecord: Sendable, Equatable {
    /// The ways in which an operation can end.
    public enum Outcome: String, Sendable, CaseIterable {
        /// It happened.
        case done
        /// The server refused it.
        case rejected
        /// It did not leave this machine.
        case notSent = "not_sent"
        /// Somebody else used its target; it did not happen.
        case conflict
        /// It was not seen for so long that it is taken to be lost.
        case notSeen = "not_seen"
        /// Nobody could tell when it was last looked at.
        case unknown
        /// Somebody said that it happened.
        case resolvedDone = "resolved_done"
        /// Somebody said that it did not.
        case resolvedNotApplied = "resolved_not_applied"

        /// Whether it still has to be settled.
        public var isOpen: Bool { self == .unknown }
    }

    /// A UUID; a roll-back and a check-in carry it in their message.
    public var identifier: String
    /// The run it belongs to.
    public var run: String
    /// The operation, as scripts know it.
    public var operation: String
    /// The vCenter, as `host` or `host:port`.
    public var vcenter: String
    /// The user who did it.
    public var user: String
    /// The item it is about; empty for an operation on something else.
    public var item: String = ""
    /// What it is about, for people: `item 5f3c, version 1`.
    public var subject: String = ""
    /// The version that is its target.
    public var version: String?
    /// The machine that is its target.
    public var vm: String?
    /// The name of the machine it makes.
    public var name: String?
    /// The machine that held the target before.
    public var holder: String?
    /// The machine that was checked out before.
    public var checkedOutBefore: String?
    /// The objects that had the new name before; nil where that was not looked at.
    public var namedBefore: [String]?
    /// The latest version before.
    public var latestBefore: String?
    /// The newest entry of the item's history before.
    public var newestBefore: String?
    /// The message, without the mark that is sent with it.
    public var message: String?
    /// The specification, as JSON.
    public var specification: String?
    /// When it was pinned, in milliseconds since 1970-01-01T00:00:00Z.
    public var intended: Int64
    /// When the time of its last request is over, on the same clock.
    public var deadline: Int64
    /// The server's clock at the last request, in milliseconds since 1970-01-01T00:00:00Z; nil where
    /// the server did not say.
    public var serverTime: Int64?
    /// How many requests were about to be sent.
    public var attempts = 0
    /// Its outcome; nil while it is under way, and after a run that was killed.
    public var outcome: Outcome?
    /// The version or machine it made.
    public var result: String?
    /// What is known about the outcome.
    public var detail: Detail?
    /// The last reply, where it left a doubt; safe to show.
    public var reply: String?
    /// When the outcome was known.
    public var settled: Int64?

    /// Makes the record of an operation that is about to begin.
    public init(
        identifier: String,
        run: String,
        operation: String,
        vcenter: String,
        user: String,
        intended: Int64,
        deadline: Int64
    ) {
        self.identifier = identifier
        self.run = run
        self.operation = operation
        self.vcenter = vcenter
        self.user = user
        self.intended = intended
        self.deadline = deadline
    }

    /// Whether it still has to be settled.
    public var isOpen: Bool { outcome?.isOpen ?? true }

    /// Takes over what is known about its end.
    public mutating func take(_ settlement: Settlement) {
        outcome = settlement.outcome
        result = settlement.result
        detail = settlement.detail
        reply = settlement.reply
        settled = settlement.time
    }
}

/// The end of an operation, as it is recorded.
public struct Settlement: Sendable, Equatable {
    /// The outcome.
    public var outcome: OperationRecord.Outcome
    /// The version or machine it made.
    public var result: String?
    /// What is known about it.
    public var detail: Detail?
    /// The last reply, where it left a doubt; safe to show.
    public var reply: String?
    /// When it was known, in milliseconds since 1970-01-01T00:00:00Z.
    public var time: Int64

    /// Makes a settlement.
    public init(
        _ outcome: OperationRecord.Outcome,
        result: String? = nil,
        detail: Detail? = nil,
        reply: String? = nil,
        time: Int64
    ) {
        self.outcome = outcome
        self.result = result
        self.detail = detail
        self.reply = reply
        self.time = time
    }
}
