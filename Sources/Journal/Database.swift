internal import CSQLite

/// A connection to a SQLite file: statements are prepared once, and every error names the
/// file.
///
/// One thread at a time uses it.
final class Database {
    private let path: String
    private let handle: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]

    /// A parameter of a statement.
    enum Value {
        case text(String?)
        case integer(Int64?)
    }

    /// A row in the result of a statement.
    struct Row: JournalRow {
        fileprivate let statement: OpaquePointer

        /// The text of a column; nil for NULL.
        func text(_ column: Int32) -> String? {
            guard let start = sqlite3_column_text(statement, column) else { return nil }
            // "The size must be taken after the text": sqlite3_column_bytes counts the converted bytes.
            let count = Int(sqlite3_column_bytes(statement, column))
            return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
        }

        /// The integer of a column; nil for NULL.
        func integer(_ column: Int32) -> Int64? {
            sqlite3_column_type(statement, column) == SQLITE_NULL
                ? nil : sqlite3_column_int64(statement, column)
        }
    }

    /// Opens a file; a missing one is created unless `isReadOnly`.
    init(_ path: String, isReadOnly: Bool) throws(JournalError) {
        var opened: OpaquePointer?
        let flags =
            (isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
            | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let error = JournalError(code, "open", path, opened)
            sqlite3_close(opened)
            throw error
        }
        self.path = path
        handle = opened
        sqlite3_busy_timeout(handle, 5000)
        try check(vm_sqlite_harden(handle), "open")
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close(handle)
    }

    /// Runs a statement and passes each row of its result to a closure.
    func run(
        _ sql: String,
        _ values: [Value] = [],
        row: (Row) -> Void = { _ in }
    ) throws(JournalError) {
        let statement = try prepare(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() {
            try check(bind(value, to: statement, at: Int32(index) + 1), "write")
        }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: row(Row(statement: statement))
            case SQLITE_DONE: return
            case let code: throw JournalError(code, "use", path, handle)
            }
        }
    }

    /// Runs several statements as one transaction: all or nothing.
    func transaction(_ body: () throws(JournalError) -> Void) throws(JournalError) {
        // Locks at once, not at the first write: a reader that becomes a writer cannot wait for its turn.
        try run("BEGIN IMMEDIATE")
        do throws(JournalError) {
            try body()
            try run("COMMIT")
        } catch {
            // "It is recommended that applications respond to the errors by explicitly issuing a
            // ROLLBACK", sqlite.org/lang_transaction.html; after some errors SQLite has already rolled back.
            try? run("ROLLBACK")
            throw error
        }
    }

    private func bind(_ value: Value, to statement: OpaquePointer, at index: Int32) -> Int32 {
        switch value {
        case .text(let text?): vm_sqlite_bind_text(statement, index, text, Int32(text.utf8.count))
        case .integer(let number?): sqlite3_bind_int64(statement, index, number)
        case .text(nil), .integer(nil): sqlite3_bind_null(statement, index)
        }
    }

    private func prepare(_ sql: String) throws(JournalError) -> OpaquePointer {
        if let known = statements[sql] { return known }
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v2(handle, sql, -1, &statement, nil), "use")
        guard let statement else { preconditionFailure("a statement without SQL") }
        statements[sql] = statement
        return statement
    }

    private func check(_ code: Int32, _ verb: String) throws(JournalError) {
        guard code != SQLITE_OK else { return }
        throw JournalError(code, verb, path, handle)
    }
}

extension JournalError {
    /// Makes an error from SQLite's last message.
    fileprivate init(_ code: Int32, _ verb: String, _ path: String, _ handle: OpaquePointer?) {
        let kind: Kind
        switch code & 0xFF {
        case SQLITE_FULL: kind = .full
        case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: kind = .notWritable
        case SQLITE_CORRUPT, SQLITE_NOTADB: kind = .corrupted
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: kind = .locked
        default: kind = .failed
        }
        var words = String(cString: sqlite3_errstr(code))
        if let handle {
            let said = String(cString: sqlite3_errmsg(handle))
            if said != words, said != "not an error" { words += " (\(said))" }
        }
        self.init(kind, "cannot \(verb) the journal \(path): \(words)", code: code)
    }
}
