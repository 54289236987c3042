/// The durable record of changing calls.
///
/// Two kinds: a file for real vCenters, and memory for runs that use only private simulators. A store
/// may be used from any thread.
public protocol JournalStore: AnyObject, Sendable {
    /// Writes all or nothing; a completed write survives a crash of the machine.
    /// - Parameter writes: The writes, in order.
    /// - Throws: Why nothing was written.
    func commit(_ writes: [JournalWrite]) throws(JournalError)

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

    /// The steps of a run, in the order in which they were recorded.
    func steps(ofRun run: String) throws(JournalError) -> [StepRecord]

    /// The operations of a run, oldest first.
    func operations(ofRun run: String) throws(JournalError) -> [OperationRecord]

    /// The operations whose identifier begins with a text.
    func operations(startingWith prefix: String) throws(JournalError) -> [OperationRecord]
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
    /// An operation is about to be sent.
    case intend(OperationRecord)
    /// It is about to be sent again: the number of requests including this one, the new deadline,
    /// and the server's clock.
    case attempt(operation: String, count: Int, deadline: Int64, serverTime: Int64?)
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
