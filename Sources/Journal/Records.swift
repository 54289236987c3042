/// One run of vmoon that changed something, or tried to.
public struct RunRecord: Sendable, Equatable {
    /// A UUID.
    public var identifier: String
    /// The start time, in milliseconds since 1970-01-01T00:00:00Z.
    public var started: Int64
    /// The end time; nil for a run that is still running or was killed.
    public var ended: Int64?
    /// The exit code, or `signal 15`.
    public var ending: String?
    /// The script, or an option such as `-e`.
    public var script: String
    /// The script's arguments; those that look like a secret are `***`.
    public var arguments: [String]
    /// The name of the computer.
    public var host: String
    /// The process identifier.
    public var process: Int32
    /// The run that it continues; nil for one that was started by itself.
    public var continues: String?
    /// The first run of those that continue one another; nil where that is this one.
    public var origin: String?
    /// Script, arguments and options to start it again with, as JSON; nil for a run without steps.
    public var recipe: String?
    /// The SHA-256 of the plan that it is held to; nil for none.
    public var plan: String?

    /// The first run of those that continue one another.
    public var first: String { origin ?? identifier }

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

/// One changing operation: the intent, pinned before anything was sent, and the facts that
/// are known since.
public struct OperationRecord: Sendable, Equatable {
    /// The outcomes of an operation.
    public enum Outcome: String, Sendable, CaseIterable {
        /// It happened.
        case done
        /// The server refused it.
        case rejected
        /// It did not leave this computer.
        case notSent = "not_sent"
        /// Somebody else used its target; it did not happen.
        case conflict
        /// It was not seen for so long that it counts as lost.
        case notSeen = "not_seen"
        /// The outcome was unknown at the last look.
        case unknown
        /// A person confirmed that it happened.
        case resolvedDone = "resolved_done"
        /// A person confirmed that it did not happen.
        case resolvedNotApplied = "resolved_not_applied"

        /// Whether it is still to be settled.
        public var isOpen: Bool { self == .unknown }
    }

    /// A UUID; a roll-back and a check-in carry it in their message.
    public var identifier: String
    /// The run it belongs to.
    public var run: String
    /// The function's name in Lua.
    public var operation: String
    /// The vCenter, as `host` or `host:port`.
    public var vcenter: String
    /// The user of the session.
    public var user: String
    /// How the vCenter was reached, as JSON without secrets; nil for https:// and the system's authorities.
    public var connection: String?
    /// The item it is about; empty for an operation on something else.
    public var item: String = ""
    /// The item's name, `library/name` or only the name; nil where it was not known.
    public var itemName: String?
    /// Its object, for people: `item 5f3c, version 1`.
    public var subject: String = ""
    /// The version that is its target.
    public var version: String?
    /// The machine that is its target.
    public var vm: String?
    /// The name of the machine or item that it makes.
    public var name: String?
    /// The machine that held the target before.
    public var holder: String?
    /// The machine that was checked out before.
    public var checkedOutBefore: String?
    /// The objects that had the new name before; nil if not read.
    public var namedBefore: [String]?
    /// The latest version before.
    public var latestBefore: String?
    /// The newest entry of the item's history before.
    public var newestBefore: String?
    /// The versions that are lost for good if it happens; nil if not read.
    public var purges: [String]?
    /// The message, without the mark.
    public var message: String?
    /// The specification, as JSON.
    public var specification: String?
    /// The time when it was pinned, in milliseconds since 1970-01-01T00:00:00Z.
    public var intended: Int64
    /// The deadline of its last request, on the same clock.
    public var deadline: Int64
    /// The server's clock at the last request, in milliseconds since 1970-01-01T00:00:00Z; nil if
    /// the server did not report it.
    public var serverTime: Int64?
    /// The number of requests that were about to be sent.
    public var attempts = 0
    /// Its outcome; nil while it is under way, and forever if its run was killed.
    public var outcome: Outcome?
    /// The version or machine it made.
    public var result: String?
    /// The sentence about the outcome, as a key with facts.
    public var detail: Detail?
    /// The last reply, where it left a doubt; safe to show.
    public var reply: String?
    /// The time when the outcome became known.
    public var settled: Int64?
    /// The step of the script that asked for it; nil for one outside of all steps.
    public var step: String?
    /// Its place among the changes of the step, from 1.
    public var place: Int?
    /// The error that the script got, as JSON; nil for none.
    public var error: String?

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

    /// Whether it is still to be settled.
    public var isOpen: Bool { outcome?.isOpen ?? true }

    /// Copies the fields of a settlement.
    public mutating func take(_ settlement: Settlement) {
        outcome = settlement.outcome
        result = settlement.result
        detail = settlement.detail
        reply = settlement.reply
        error = settlement.error
        settled = settlement.time
    }
}

/// The settlement of an operation, as it is recorded.
public struct Settlement: Sendable, Equatable {
    /// The outcome.
    public var outcome: OperationRecord.Outcome
    /// The version or machine it made.
    public var result: String?
    /// The sentence about it, as a key with facts.
    public var detail: Detail?
    /// The last reply, where it left a doubt; safe to show.
    public var reply: String?
    /// The error that the script got, as JSON; nil for none.
    public var error: String?
    /// The time when it became known, in milliseconds since 1970-01-01T00:00:00Z.
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
