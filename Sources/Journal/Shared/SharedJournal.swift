internal import Synchronization

/// A journal in a database, as one process uses it: what is read and written, and what is claimed.
///
/// Nothing is opened before it is needed.
public final class SharedJournal: Sendable {
    /// The database.
    public let address: JournalAddress
    private let folder: String?
    private let owner: Leases.Owner
    /// How long a claim lasts after this process was heard of last.
    public let lease: Duration
    private let clock: @Sendable () -> Duration
    /// One that this process has used before, with other settings: what it has claimed is given back with the rest.
    private let earlier: SharedJournal?

    private struct Opened: ~Copyable {
        var writing: HandoverStore?
        var leases: Leases?
        var run: String?
    }
    private let opened: Mutex<Opened>

    /// Makes one; nothing is opened yet.
    /// - Parameters:
    ///   - address: The database.
    ///   - folder: The state folder of this machine; nil for none.
    ///   - host: The name of the machine.
    ///   - process: The process.
    ///   - length: How long a claim lasts after this process was heard of last.
    ///   - earlier: The one that this process has used so far.
    ///   - clock: A clock that goes on while the process is stopped.
    public init(
        _ address: JournalAddress,
        folder: String?,
        host: String,
        process: Int32,
        length: Duration,
        earlier: SharedJournal? = nil,
        clock: @escaping @Sendable () -> Duration
    ) {
        self.address = address
        self.earlier = earlier
        self.folder = folder
        lease = length
        self.clock = clock
        owner = Leases.Owner(run: "", host: host, process: process)
        opened = Mutex(Opened())
    }

    /// How long a claim lasts, where nobody says.
    public static let usualLease: Duration = .seconds(15)

    /// The journal for reading.
    /// - Parameter onWait: Called where the database does not answer for a second, and is waited for.
    /// - Returns: The journal.
    /// - Throws: Why it cannot be read.
    public func reading(
        onWait: (@Sendable () -> Void)? = nil
    ) throws(JournalError) -> PostgreSQLStore {
        try PostgreSQLStore(address, isReadOnly: true, onWait: onWait)
    }

    /// The journal for writing; what was kept on this machine is handed over.
    /// - Throws: Why nothing can be written.
    public func writing() throws(JournalError) -> any JournalStore {
        try opened.withLock { (opened) throws(JournalError) in
            if let known = opened.writing { return known }
            let made = HandoverStore(try PostgreSQLStore(address), folder: folder)
            try made.handOver()
            opened.writing = made
            return made
        }
    }

    /// How many groups of writes wait on this machine to be handed over; 0 where that cannot be told.
    public func keptCount() -> Int {
        guard let folder, let kept = try? KeptWrites(existingIn: folder, journal: "\(address)")
        else { return 0 }
        return (try? kept.count()) ?? 0
    }

    /// Names the run that claims things, for people.
    public func name(run: String) { opened.withLock { $0.run = run } }

    /// The claims of this process.
    /// - Throws: When the system has no thread or descriptor for it.
    public func leases() throws(JournalError) -> Leases {
        try opened.withLock { (opened) throws(JournalError) in
            if let known = opened.leases { return known }
            var owner = owner
            owner.run = opened.run ?? ""
            let made = try Leases(address, owner, length: lease, clock: clock)
            opened.leases = made
            return made
        }
    }

    /// Which of some keys are claimed by somebody who lives, by the clock of the database.
    public func claimed(_ keys: [String]) throws(JournalError) -> Set<String> {
        let store = try reading()
        return try store.claimed(keys)
    }

    /// Gives everything back.
    public func end() {
        earlier?.end()
        let leases = opened.withLock { opened in
            defer { opened.leases = nil }
            return opened.leases
        }
        leases?.end()
    }

    /// The key of the lock of `--lock`.
    public static func key(lock name: String) -> String { "lock \(name)" }
    /// The key that a run claims while it is at work or being continued: the first of those that continue one another.
    public static func key(run: String) -> String { "run \(run)" }
    /// The key of a change of an item.
    public static func key(vcenter: String, item: String) -> String { "item \(vcenter) \(item)" }
    /// The key of the use of a plan.
    public static func key(plan: String) -> String { "plan \(plan)" }
}

extension PostgreSQLStore {
    /// The names of the locks of `--lock` that are held, in order.
    public func locks() throws(JournalError) -> [String] {
        try read { (database) throws(JournalError) in
            try database.rows(
                "SELECT substr(key, 6) FROM vmoon.claim WHERE starts_with(key, 'lock ') ORDER BY key"
            ) { $0.text(0) ?? "" }
        }
    }

    /// Which of some keys are claimed by somebody who lives.
    func claimed(_ keys: [String]) throws(JournalError) -> Set<String> {
        let found = try read { (database) throws(JournalError) in
            try database.rows(
                """
                SELECT k.key FROM vmoon.claim k JOIN vmoon.owner o ON o.id = k.owner
                WHERE k.key = ANY ($1::text[]) AND o.expires > clock_timestamp()
                """,
                [.text(LeaseWorker.list(keys))]
            ) { $0.text(0) ?? "" }
        }
        return Set(found)
    }
}
