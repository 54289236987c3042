/// A file in the state folder with writes that the database could not take: they are handed over later.
///
/// Several processes may use it; one at a time hands over.
final class KeptWrites {
    private let database: Database
    private let journal: String
    /// The file.
    let path: String

    /// Opens the file; makes it if it is missing.
    /// - Parameters:
    ///   - folder: The state folder.
    ///   - journal: The address of the journal that the writes are for, without a password.
    /// - Throws: Why it cannot be used.
    init(folder: String, journal: String) throws(JournalError) {
        path = Self.path(in: folder)
        self.journal = journal
        SQLiteStore.keepPrivate(path, isMade: true)
        database = try Database(path, isReadOnly: false)
        try database.run("PRAGMA journal_mode = WAL")
        try database.run("PRAGMA synchronous = FULL")
        try database.run(
            """
            CREATE TABLE IF NOT EXISTS kept (
                number INTEGER PRIMARY KEY,
                journal TEXT NOT NULL,
                document TEXT NOT NULL
            ) STRICT
            """
        )
    }

    /// Opens the file if it is there, to look.
    init?(existingIn folder: String, journal: String) throws(JournalError) {
        path = Self.path(in: folder)
        self.journal = journal
        guard let found = try? Database(path, isReadOnly: true) else { return nil }
        database = found
    }

    /// The file in a state folder.
    static func path(in folder: String) -> String { "\(folder)/handover.db" }

    /// How many groups of writes there are.
    func count() throws(JournalError) -> Int {
        var count = 0
        try database.run("SELECT count(*) FROM kept WHERE journal = ?", [.text(journal)]) {
            count = Int($0.integer(0) ?? 0)
        }
        return count
    }

    /// Keeps groups of writes, all or nothing.
    func keep(_ documents: [String]) throws(JournalError) {
        try database.transaction { () throws(JournalError) in
            for document in documents {
                try database.run(
                    "INSERT INTO kept (journal, document) VALUES (?, ?)",
                    [.text(journal), .text(document)]
                )
            }
        }
    }

    /// Passes what is kept to a closure, the oldest first, and forgets it if that does not throw.
    /// - Returns: How many groups of writes that were.
    func handOver(_ write: ([String]) throws(JournalError) -> Void) throws(JournalError) -> Int {
        var count = 0
        try database.transaction { () throws(JournalError) in
            var documents: [String] = []
            try database.run(
                "SELECT document FROM kept WHERE journal = ? ORDER BY number",
                [.text(journal)]
            ) { documents.append($0.text(0) ?? "[]") }
            count = documents.count
            guard count > 0 else { return }
            try write(documents)
            try database.run("DELETE FROM kept WHERE journal = ?", [.text(journal)])
        }
        return count
    }
}
