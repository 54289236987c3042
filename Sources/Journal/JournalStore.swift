/// The durable record of changing calls.
///
/// Three kinds: a file for real vCenters, a database that hosts share, and memory for runs that use only private
/// simulators. A store may be used from any thread.
public protocol JournalStore: AnyObject, Sendable {
    /// Writes all or nothing; a completed write survives a crash of the machine.
    /// - Parameter writes: The writes, in order.
    /// - Throws: Why nothing was written.
    func commit(_ writes: [JournalWrite]) throws(JournalError)

    /// Writes several groups at once, each of them all or nothing.
    /// - Parameter groups: The groups, in order.
    /// - Returns: For each group why it alone was not written; nil where it was.
    /// - Throws: Why no group was written.
    func commit(groups: [[JournalWrite]]) throws(JournalError) -> [JournalError?]

    /// The operations of one item that are still open, oldest first.
    func openOperations(vcenter: String, item: String) throws(JournalError) -> [OperationRecord]

    /// The operations of one vCenter that are still open, oldest first.
    func openOperations(vcenter: String) throws(JournalError) -> [OperationRecord]

    /// All operations that are still open, oldest first.
    func openOperations() throws(JournalError) -> [OperationRecord]

    /// The runs whose identifier begins with a text, newest first; all runs for an empty text.
    func runs(startingWith prefix: String, limit: Int) throws(JournalError) -> [RunRecord]

    /// The runs that continue one another, from the first on; empty if there is no such run.
    /// - Parameter run: The identifier of the first.
    /// - Returns: The runs, in the order in which they were begun.
    /// - Throws: Why the journal cannot be read.
    func runs(since run: String) throws(JournalError) -> [RunRecord]

    /// The runs of a choice with what became of their changes, newest first.
    func summaries(_ query: RunQuery) throws(JournalError) -> [RunSummary]

    /// The runs that have not ended, newest first: each is at work, or was killed.
    func unendedRuns() throws(JournalError) -> [RunRecord]

    /// The runs that were held to a plan, by its SHA-256, the oldest first.
    func runs(heldTo plan: String) throws(JournalError) -> [RunRecord]

    /// The steps of a run, in the order in which they were recorded.
    func steps(ofRun run: String) throws(JournalError) -> [StepRecord]

    /// The operations of a run, oldest first.
    func operations(ofRun run: String) throws(JournalError) -> [OperationRecord]

    /// The operations whose identifier begins with a text.
    func operations(startingWith prefix: String) throws(JournalError) -> [OperationRecord]
}

extension JournalStore {
    /// Writes several groups as one, all or nothing: where no group depends on a claim, none is refused alone.
    public func commit(groups: [[JournalWrite]]) throws(JournalError) -> [JournalError?] {
        try commit(groups.flatMap { $0 })
        return groups.map { _ in nil }
    }
}

/// A claim of somebody's, as the journal can check it.
public struct HeldClaim: Sendable, Equatable {
    /// Who has claimed it: a UUID.
    public var owner: String
    /// The key of the claimed thing.
    public var key: String
    /// The number of the claim: whoever claims it later has a higher one.
    public var epoch: Int64

    /// Makes one.
    public init(owner: String, key: String, epoch: Int64) {
        (self.owner, self.key, self.epoch) = (owner, key, epoch)
    }
}

/// The length of the history.
public enum Retention {
    /// The number of newest runs that are always kept; their times tell how old the others are.
    public static var runs: Int { 100 }
    /// How long the others are kept.
    public static var age: Duration { .seconds(90 * 86_400) }
    /// How much longer those are kept that have not ended: one may be alive.
    public static var unended: Duration { .seconds(7 * 86_400) }
}

/// One write to the journal.
public enum JournalWrite: Sendable, Equatable {
    /// A run begins; writing it a second time has no effect.
    case begin(RunRecord)
    /// Records how to start a run again, as JSON.
    case recipe(run: String, String)
    /// A step, as it is now.
    case step(StepRecord)
    /// An operation is about to be sent; it is not written if the claim has gone to somebody else.
    case intend(OperationRecord, under: HeldClaim? = nil)
    /// It is about to be sent again: the number of requests including this one, the new deadline,
    /// and the server's clock; it is not written if the claim has gone to somebody else.
    case attempt(
        operation: String,
        count: Int,
        deadline: Int64,
        serverTime: Int64?,
        under: HeldClaim? = nil
    )
    /// Records the outcome of an operation.
    ///
    /// `ifOpen` is for settling an operation of another run: an outcome that its own run has recorded is kept.
    case settle(operation: String, Settlement, ifOpen: Bool = false)
    /// A run ended.
    case end(run: String, ending: String, time: Int64)
    /// Deletes runs that began before a time, in milliseconds since 1970-01-01T00:00:00Z, unless
    /// an operation is open in one of those that continue one another.
    case forget(before: Int64)
    /// Deletes runs older than this number of milliseconds by the journal's own clock, unless one of their
    /// operations is open.
    ///
    /// A run with a wrong clock must not delete the history: a run counts as old only by the start times of all the
    /// last hundred runs, and these are always kept.
    case retire(after: Int64)
}

extension JournalWrite {
    /// The claim it depends on; nil for none.
    var claim: HeldClaim? {
        switch self {
        case .intend(_, let claim),
            .attempt(operation: _, count: _, deadline: _, serverTime: _, let claim):
            claim
        default: nil
        }
    }

    /// Whether it tells how something ended, and may be written later: nothing is sent because of it.
    var isClosing: Bool {
        switch self {
        case .settle, .end, .step: true
        case .intend(let operation, _): !operation.isOpen
        default: false
        }
    }
}
