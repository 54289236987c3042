internal import Synchronization

/// The journal in a PostgreSQL database, which the runs of several hosts share.
public final class PostgreSQLStore: JournalStore {
    private let writer: Mutex<PostgreSQLConnection?>
    /// A connection of its own, so that readers do not wait for a commit in progress.
    private let reader: Mutex<PostgreSQLConnection>
    /// The database.
    public let address: JournalAddress

    /// Opens the journal; makes its tables if they are missing.
    /// - Parameters:
    ///   - address: The database.
    ///   - isReadOnly: Whether nothing may be written.
    ///   - onWait: Called where the database does not answer for a second, and is waited for.
    /// - Throws: Why it cannot be used.
    public init(
        _ address: JournalAddress,
        isReadOnly: Bool = false,
        onWait: (@Sendable () -> Void)? = nil
    ) throws(JournalError) {
        self.address = address
        if isReadOnly {
            writer = Mutex(nil)
        } else {
            let connection = PostgreSQLConnection(address) { database throws(JournalError) in
                try PostgreSQLSchema.update(database)
            }
            try connection.connect()
            writer = Mutex(connection)
        }
        let connection = PostgreSQLConnection(
            address,
            prepare: { database throws(JournalError) in
                _ = try PostgreSQLSchema.version(of: database)
            },
            onWait: onWait
        )
        try connection.connect()
        reader = Mutex(connection)
    }

    /// Writes all or nothing, and waits for the database's disk.
    /// - Parameter writes: The writes, in order.
    /// - Throws: Why nothing was written.
    public func commit(_ writes: [JournalWrite]) throws(JournalError) {
        if let error = try commit(groups: [writes])[0] { throw error }
    }

    /// Writes several groups as one transaction; one whose claim has gone to somebody else is left out alone.
    ///
    /// A broken connection is made anew for some seconds, and the groups are written again: it is not known whether
    /// the first time counted, and a second time changes nothing.
    /// - Parameter groups: The groups, in order.
    /// - Returns: For each group why it alone was not written; nil where it was.
    /// - Throws: Why no group was written.
    public func commit(groups: [[JournalWrite]]) throws(JournalError) -> [JournalError?] {
        let refused = try commit(documents: [WriteDocument.groups(groups)])
        return groups.indices.map { place in
            refused.contains(place)
                ? JournalError(
                    .lost,
                    "nothing was recorded: another run has taken over, since this one did not say in time that it lives"
                ) : nil
        }
    }

    /// Writes documents of groups, each as one transaction.
    /// - Parameter documents: What `WriteDocument.groups` makes.
    /// - Returns: The places of the groups that were left out, of the last document.
    /// - Throws: Why the rest was not written.
    func commit(documents: [String]) throws(JournalError) -> Set<Int> {
        try writer.withLock { (database) throws(JournalError) in
            guard let database else {
                throw JournalError(.notWritable, "the journal \(address) is open for reading only")
            }
            var refused: Set<Int> = []
            for document in documents { refused = try database.commit(document) }
            return refused
        }
    }

    /// Reads with a connection that nobody else uses meanwhile.
    func read<Record>(
        _ body: (PostgreSQLConnection) throws(JournalError) -> [Record]
    ) throws(JournalError) -> [Record] {
        try reader.withLock { (database) throws(JournalError) in try body(database) }
    }

    /// The operations of one item that are still open, oldest first.
    public func openOperations(
        vcenter: String,
        item: String
    ) throws(JournalError) -> [OperationRecord] {
        let values: [Database.Value] = [.text(vcenter), .text(item)]
        let found = try read { (database) throws(JournalError) in
            try database.rows("SELECT vmoon.has_open($1, $2)", values) { $0.text(0) == "t" }
        }
        guard found.contains(true) else { return [] }
        return try operations("vcenter = $1 AND item = $2 AND \(Self.isOpen)", values)
    }

    /// The operations of one vCenter that are still open, oldest first.
    public func openOperations(vcenter: String) throws(JournalError) -> [OperationRecord] {
        try operations("vcenter = $1 AND \(Self.isOpen)", [.text(vcenter)])
    }

    /// All operations that are still open, oldest first.
    public func openOperations() throws(JournalError) -> [OperationRecord] {
        try operations(Self.isOpen, [])
    }

    /// The operations of a run, oldest first.
    public func operations(ofRun run: String) throws(JournalError) -> [OperationRecord] {
        try operations("run = $1", [.text(run)])
    }

    /// The operations whose identifier begins with a text.
    public func operations(startingWith prefix: String) throws(JournalError) -> [OperationRecord] {
        // A whole identifier is found by the index.
        try operations(
            prefix.utf8.count == 36 ? "id = $1" : "starts_with(id, $1)",
            [.text(prefix)]
        )
    }

    private static let isOpen = "(outcome IS NULL OR outcome = 'unknown')"

    private func operations(
        _ condition: String,
        _ values: [Database.Value]
    ) throws(JournalError) -> [OperationRecord] {
        try read { (database) throws(JournalError) in
            try database.rows(
                "SELECT \(OperationRecord.columns) FROM vmoon.operation WHERE \(condition) ORDER BY number",
                values
            ) { OperationRecord($0) }
        }
    }

    /// The steps of a run, in the order in which they were recorded.
    public func steps(ofRun run: String) throws(JournalError) -> [StepRecord] {
        try read { (database) throws(JournalError) in
            try database.rows(
                "SELECT \(StepRecord.columns) FROM vmoon.step WHERE run = $1 ORDER BY number",
                [.text(run)]
            ) { StepRecord($0) }
        }
    }
}

extension PostgreSQLConnection {
    /// Reads; a connection that broke since the last time is made anew once.
    func rows<Record>(
        _ sql: String,
        _ values: [Database.Value] = [],
        row make: (Row) -> Record
    ) throws(JournalError) -> [Record] {
        var found: [Record] = []
        do throws(JournalError) {
            try run(sql, values) { found.append(make($0)) }
        } catch {
            // Another process may be about to make the tables.
            if error.state == "42P01" || error.state == "3F000" { return [] }
            guard error.kind == .away else { throw error }
            found = []
            try run(sql, values) { found.append(make($0)) }
        }
        return found
    }

    /// The waits before a broken connection is made anew, in milliseconds: together longer than a restart takes.
    private static let waits: [UInt32] = [0, 50, 100, 250, 500, 1000, 1500, 2000, 2000, 2000]

    /// Carries out a document of groups of writes; tries again for some seconds where the connection broke.
    /// - Returns: The places of the groups that were left out.
    fileprivate func commit(_ document: String) throws(JournalError) -> Set<Int> {
        for wait in isAway ? [] : Self.waits {
            do throws(JournalError) {
                return try commitOnce(document)
            } catch {
                // Two transactions that wait for each other, or a connection that broke.
                guard error.kind == .away || error.kind == .locked else { throw error }
                Pause.milliseconds(wait)
            }
        }
        isAway = true
        let refused = try commitOnce(document)
        isAway = false
        return refused
    }

    private func commitOnce(_ document: String) throws(JournalError) -> Set<Int> {
        var refused: Set<Int> = []
        try run(
            "SELECT vmoon.commit($1::integer, $2::jsonb)",
            [.integer(Int64(PostgreSQLSchema.migrations.count)), .text(document)],
            areEncoded: true
        ) { row in
            refused = Set((row.text(0) ?? "").split(separator: " ").compactMap { Int($0) })
        }
        return refused
    }
}
