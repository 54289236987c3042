internal import Glibc
internal import Synchronization

/// The journal in a file: SQLite, with a write-ahead log that reaches the disk at every commit.
public final class SQLiteStore: JournalStore {
    private let writer: Mutex<Database?>
    /// A connection of its own, so that readers do not wait for a commit in progress.
    let reader: Mutex<Database>
    /// The file.
    public let path: String

    /// Opens the journal in a folder; creates it if missing.
    /// - Parameters:
    ///   - folder: A folder that is owned by the user and closed to others; the caller has checked that.
    ///   - isReadOnly: Whether nothing may be written.
    /// - Throws: Why it cannot be used.
    public convenience init(folder: String, isReadOnly: Bool = false) throws(JournalError) {
        let file = folder + "/journal.db"
        if isReadOnly { Self.keepPrivate(file, isMade: false) }
        try self.init(file: file, isReadOnly: isReadOnly)
    }

    /// Opens a journal by the name of its file; creates it if missing.
    /// - Parameters:
    ///   - file: The file, in a folder as above.
    ///   - isReadOnly: Whether nothing may be written.
    /// - Throws: Why it cannot be used.
    public init(file: String, isReadOnly: Bool = false) throws(JournalError) {
        path = file
        // A file that is only read may be anybody's: its permissions are not ours.
        if !isReadOnly { Self.keepPrivate(path, isMade: true) }
        if isReadOnly {
            writer = Mutex(nil)
        } else {
            let database = try Database(path, isReadOnly: false)
            try database.run("PRAGMA journal_mode = WAL")
            try database.run("PRAGMA synchronous = FULL")
            try database.run("PRAGMA foreign_keys = ON")
            // A statement with a trigger keeps what would undo it: in a file it costs more than the statement.
            try database.run("PRAGMA temp_store = MEMORY")
            try Schema.update(database, path)
            writer = Mutex(database)
        }
        let database = try Database(path, isReadOnly: true)
        _ = try Schema.version(of: database, path)
        reader = Mutex(database)
    }

    /// Whether the file has the tables of a journal, and is not empty or another program's.
    public func isJournal() throws(JournalError) -> Bool {
        try reader.withLock { (database) throws(JournalError) in
            var count: Int64 = 0
            try database.run(
                "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('run', 'operation')"
            ) { count = $0.integer(0) ?? 0 }
            return count == 2
        }
    }

    /// Makes the file, and the files that SQLite keeps beside it, readable by their owner only: a new file
    /// before anything is written to it, older ones too.
    ///
    /// By name: opening and closing a SQLite file would drop its locks (sqlite.org/howtocorrupt.html, §2.2).
    ///
    /// A failure is not reported here: SQLite then fails at the same file, and says so.
    static func keepPrivate(_ path: String, isMade: Bool) {
        let made =
            !isMade ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        if made >= 0 { close(made) }
        for name in [path, path + "-wal", path + "-shm"] {
            var raw = stat()
            let isFile = lstat(name, &raw) == 0 && raw.st_mode & S_IFMT == S_IFREG
            if isFile, raw.st_mode & 0o077 != 0 { chmod(name, 0o600) }
        }
    }

    /// Writes all or nothing, and waits for the disk.
    /// - Parameter writes: The writes, in order.
    /// - Throws: Why nothing was written.
    public func commit(_ writes: [JournalWrite]) throws(JournalError) {
        try writer.withLock { (database) throws(JournalError) in
            guard let database else {
                throw JournalError(.notWritable, "the journal \(path) is open for reading only")
            }
            try database.transaction { () throws(JournalError) in
                for write in writes { try database.write(write) }
            }
        }
    }

    /// The operations of one item that are still open, oldest first.
    public func openOperations(
        vcenter: String,
        item: String
    ) throws(JournalError) -> [OperationRecord] {
        try operations(
            "WHERE vcenter = ? AND item = ? AND (outcome IS NULL OR outcome = 'unknown')",
            [.text(vcenter), .text(item)]
        )
    }

    /// The operations of one vCenter that are still open, oldest first.
    public func openOperations(vcenter: String) throws(JournalError) -> [OperationRecord] {
        try operations(
            "WHERE vcenter = ? AND (outcome IS NULL OR outcome = 'unknown')",
            [.text(vcenter)]
        )
    }

    /// All operations that are still open, oldest first.
    public func openOperations() throws(JournalError) -> [OperationRecord] {
        try operations("WHERE outcome IS NULL OR outcome = 'unknown'", [])
    }

    /// The operations of a run, oldest first.
    public func operations(ofRun run: String) throws(JournalError) -> [OperationRecord] {
        try operations("WHERE run = ?", [.text(run)])
    }

    /// The operations whose identifier begins with a text.
    public func operations(startingWith prefix: String) throws(JournalError) -> [OperationRecord] {
        try operations("WHERE substr(id, 1, length(?1)) = ?1", [.text(prefix)])
    }

    /// The steps of a run, in the order in which they were recorded.
    public func steps(ofRun run: String) throws(JournalError) -> [StepRecord] {
        try read { (database, steps) throws(JournalError) in
            guard steps >= 4 else { return [] }
            var found: [StepRecord] = []
            try database.run(
                "SELECT \(StepRecord.columns) FROM step WHERE run = ? ORDER BY number",
                [.text(run)]
            ) { found.append(StepRecord($0)) }
            return found
        }
    }

    private func operations(
        _ condition: String,
        _ values: [Database.Value]
    ) throws(JournalError) -> [OperationRecord] {
        try read { (database, steps) throws(JournalError) in
            var found: [OperationRecord] = []
            try database.run(
                "SELECT \(OperationRecord.columns(after: steps)) FROM operation \(condition) ORDER BY number",
                values
            ) { found.append(OperationRecord($0)) }
            return found
        }
    }

    /// Reads from a file with the steps that its schema has taken.
    func read<Record>(
        _ body: (Database, Int) throws(JournalError) -> [Record]
    ) throws(JournalError) -> [Record] {
        try reader.withLock { (database) throws(JournalError) in
            // Another process may be about to create the tables.
            let steps = try Schema.version(of: database, path)
            return steps > 0 ? try body(database, steps) : []
        }
    }
}
