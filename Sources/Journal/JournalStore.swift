/// The durable record of changing calls.
///
/// Two kinds: a file for real vCenters, and memory for runs that talk to private simulators only. It
/// may be used from any thread.
public protocol JournalStore: AnyObject, Sendable {
    /// Writes all or nothing; what was written survives a crash of the machine.
    /// - Parameter writes: What to write, in order.
    /// - Throws: Why nothing was written.
    func commit(_ writes: [JournalWrite]) throws(JournalError)

    /// The operations of one item that still have to be settled, oldest first.
    func openOperations(vcenter: String, item: String) throws(JournalError) -> [OperationRecord]

    /// The operations of one vCenter that still have to be settled, oldest first.
    func openOperations(vcenter: String) throws(JournalError) -> [OperationRecord]

    /// All operations that still have to be settled, oldest first.
    func openOperations() throws(JournalError) -> [OperationRecord]

    /// The runs whose identifier begins with a text, newest first; all for an empty text.
    func runs(startingWith prefix: String, limit: Int) throws(JournalError) -> [RunRecord]

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
}

/// One thing to be written.
public enum JournalWrite: Sendable, Equatable {
    /// A run begins; writing it again does nothing.
    case begin(RunRecord)
    /// An operation is about to be sent.
    case intend(OperationRecord)
    /// It is about to be sent again: how many requests that makes, when the last one's time is over,
    /// and the server's clock.
    case attempt(operation: String, count: Int, deadline: Int64, serverTime: Int64?)
    /// Records the outcome of an operation.
    ///
    /// `ifOpen` is for looking at somebody else's operation: an outcome that its own run has recorded stays.
    case settle(operation: String, Settlement, ifOpen: Bool = false)
    /// A run ended.
    case end(run: String, ending: String, time: Int64)
    /// Forget runs that began before a time, in milliseconds since 1970-01-01T00:00:00Z, unless
    /// one of their operations is open.
    case forget(before: Int64)
    /// Forget runs that are older than so many milliseconds by the journal's own clock, unless one of their
    /// operations is open.
    ///
    /// One run with a wrong clock must not take the history with it: a run is old only by the starts of all of the
    /// last hundred runs, and these are kept in any case.
    case retire(after: Int64)
}
