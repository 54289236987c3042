import Foundation
import Journal
import Support
import Testing

/// The journal of a state folder, as tests see it who look behind vmoon's back: a file, or a database if
/// `VMOON_TEST_JOURNAL` is `postgresql`.
struct StoredJournal {
    /// Why a test that is about the file is skipped over a database.
    static let aboutTheFile: Comment = "is about the journal's file"

    /// The state folder.
    let state: String

    private var database: String? {
        get throws { try PostgreSQLServer.journal(state: state) }
    }

    /// The journal, to write to it without vmoon.
    func store() throws -> any JournalStore {
        guard let database = try database else { return try SQLiteStore(folder: state) }
        return try PostgreSQLStore(JournalAddress(database))
    }

    /// Carries out statements on it, as another version of vmoon, or an accident, would.
    func carryOut(_ statements: [String]) throws {
        let words = statements.map { "'\($0.replacing("'", with: "'\\''"))'" }
        let program =
            "import sqlite3, sys; d = sqlite3.connect(sys.argv[1], isolation_level=None); "
            + "[d.execute(s) for s in sys.argv[2:]]"
        let line =
            if let database = try database {
                "export PGOPTIONS='-c search_path=vmoon -c session_replication_role=replica'; exec psql -q -v ON_ERROR_STOP=1 '\(database)' "
                    + words.map { "-c \($0)" }.joined(separator: " ")
            } else {
                "exec python3 -c \"\(program)\" '\(state)/journal.db' \(words.joined(separator: " "))"
            }
        let run = try ProgramRun.shell(line)
        try #require(run.status == 0, "\(run.error)")
    }

    /// Makes it look as a later version of vmoon would leave it.
    func becomeNewer() throws {
        let isFile = try database == nil
        try carryOut([isFile ? "PRAGMA user_version = 99" : "UPDATE schema SET steps = 99"])
    }

    /// Everything that is stored in it.
    func text() throws -> String {
        let line = try database.map { "exec pg_dump '\($0)'" } ?? "cat '\(state)'/journal.db*"
        let run = try ProgramRun.shell(line)
        try #require(run.status == 0 && !run.output.isEmpty, "\(run.error)")
        return run.output
    }
}
