internal import CPostgreSQL

/// A connection to a PostgreSQL database.
///
/// It is made when it is first needed, and made again after it broke.
///
/// One thread at a time uses it. No message of it holds a password.
final class PostgreSQLConnection {
    /// A row in the answer of a statement.
    struct Row: JournalRow {
        fileprivate let result: OpaquePointer
        fileprivate let number: Int32

        /// How many columns there are.
        var count: Int32 { vm_pg_columns(result) }

        func text(_ column: Int32) -> String? {
            guard let start = vm_pg_text(result, number, column) else { return nil }
            let count = Int(vm_pg_length(result, number, column))
            let bytes = UnsafeRawBufferPointer(start: start, count: count)
            return StoredText.decoded(String(decoding: bytes, as: UTF8.self))
        }

        func integer(_ column: Int32) -> Int64? {
            vm_pg_text(result, number, column).flatMap { Int64(String(cString: $0)) }
        }
    }

    let address: JournalAddress
    private var handle: OpaquePointer?
    /// Prepares each new connection, before anything else.
    private let prepare: (PostgreSQLConnection) throws(JournalError) -> Void
    /// Whether the database was away for longer than anybody waits: then it is tried once, until it is there again.
    var isAway = false
    /// Whether `prepare` is at work.
    private var isPreparing = false

    /// How long a connection, and a statement, may take, in milliseconds.
    private let limit: Int32
    /// Told where connecting takes longer than a second.
    private let onWait: (() -> Void)?

    /// Makes one; it is not connected yet.
    /// - Parameters:
    ///   - address: The database.
    ///   - limit: How long a connection, and a statement, may take, in milliseconds.
    ///   - prepare: Called with each new connection before it is used.
    ///   - onWait: Called where connecting takes longer than a second.
    init(
        _ address: JournalAddress,
        limit: Int32 = 10_000,
        prepare: @escaping (PostgreSQLConnection) throws(JournalError) -> Void = {
            _ throws(JournalError) in
        },
        onWait: (() -> Void)? = nil
    ) {
        self.address = address
        self.limit = limit
        self.onWait = onWait
        self.prepare = prepare
    }

    deinit { close() }

    /// Ends the connection.
    func close() {
        if let handle { vm_pg_close(handle) }
        handle = nil
    }

    /// Connects, unless that is done.
    func connect() throws(JournalError) {
        if let handle, vm_pg_is_alive(handle) { return }
        close()
        if let problem = vm_pg_open() {
            throw JournalError(
                .notWritable,
                "the journal \(address) needs PostgreSQL's client library: \(String(cString: problem))",
                hint: "install the package libpq5 (Debian, Ubuntu) or libpq (Fedora, Red Hat)"
            )
        }
        guard let made = open() else {
            throw JournalError(.failed, "no memory is left for the journal \(address)")
        }
        handle = made
        guard vm_pg_is_alive(made) else {
            let error = lost("cannot be reached")
            close()
            throw error
        }
        guard vm_pg_version(made) >= 120_000 else {
            close()
            throw JournalError(
                .failed,
                "the journal \(address) is in a PostgreSQL before version 12",
                hint: "use version 12 or newer"
            )
        }
        isPreparing = true
        defer { isPreparing = false }
        do throws(JournalError) {
            try prepare(self)
        } catch {
            close()
            throw error
        }
    }

    /// Makes a connection; where there is somebody to be told, first with less time.
    private func open() -> OpaquePointer? {
        let patience: Int32 = 1_000
        guard let onWait, limit > patience else {
            return vm_pg_connect(address.text, "vmoon", limit)
        }
        let made = vm_pg_connect(address.text, "vmoon", patience)
        guard let made, vm_pg_is_late(made) else { return made }
        vm_pg_close(made)
        onWait()
        return vm_pg_connect(address.text, "vmoon", limit - patience)
    }

    /// Runs a statement and passes each row of its answer to a closure; texts that are encoded are passed as they are.
    ///
    /// Where it throws `away`, it is not known whether the statement was carried out.
    func run(
        _ sql: String,
        _ values: [Database.Value] = [],
        areEncoded: Bool = false,
        row: (Row) -> Void = { _ in }
    ) throws(JournalError) {
        if !isPreparing { try connect() }
        guard let handle else { throw lost("is not connected") }
        let texts = values.map { value -> UnsafeMutablePointer<CChar>? in
            switch value {
            case .text(let text):
                text.flatMap { vm_pg_copy(areEncoded ? $0 : StoredText.encoded($0)) }
            case .integer(let number): number.flatMap { vm_pg_copy("\($0)") }
            }
        }
        defer { for text in texts { vm_pg_forget(text) } }
        let pointers = texts.map { UnsafePointer($0) }
        let answer = vm_pg_query(
            handle,
            sql,
            Int32(pointers.count),
            pointers,
            limit
        )
        guard let answer else { throw lost("was lost") }
        defer { vm_pg_clear(answer) }
        guard vm_pg_succeeded(answer) else {
            throw JournalError(answer, address, isAlive: vm_pg_is_alive(handle))
        }
        for number in 0..<vm_pg_rows(answer) { row(Row(result: answer, number: number)) }
    }

    /// Runs several statements as one transaction: all or nothing.
    func transaction(_ body: () throws(JournalError) -> Void) throws(JournalError) {
        try run("BEGIN")
        do throws(JournalError) {
            try body()
            try run("COMMIT")
        } catch {
            // A connection that broke has rolled it back.
            if let handle, vm_pg_is_alive(handle) { try? run("ROLLBACK") }
            throw error
        }
    }

    /// The error of a connection that cannot be used.
    private func lost(_ what: String) -> JournalError {
        var reason = handle.map { String(cString: vm_pg_reason($0)) } ?? ""
        let lines = reason.split(whereSeparator: \.isNewline)
        reason = lines.map { $0.drop { $0 == "\t" || $0 == " " } }.joined(separator: "; ")
        if reason.isEmpty { reason = "the server closed the connection" }
        return JournalError(
            .away,
            address.cleaned("the journal \(address) \(what): \(reason)"),
            hint:
                "see that the database is up and takes this user (PGPASSFILE, sslmode): psql tries the same"
        )
    }
}

extension JournalError {
    /// Makes an error of what the server said.
    fileprivate init(_ answer: OpaquePointer, _ address: JournalAddress, isAlive: Bool) {
        let state = String(cString: vm_pg_state(answer))
        let said = String(cString: vm_pg_message(answer)).split(whereSeparator: \.isNewline)
        let words = said.joined(separator: "; ")
        if state == PostgreSQLSchema.tooNew {
            self.init(
                .tooNew,
                "the journal \(address) was made by a newer vmoon",
                state: state,
                hint: "use the newest vmoon that is used with this database"
            )
            return
        }
        // https://www.postgresql.org/docs/current/errcodes-appendix.html
        let kind: Kind =
            switch state {
            case "53100": .full
            case PostgreSQLSchema.takenOver: .lost
            case "25006", "42501", "42P01", "3F000": .notWritable
            case "XX001", "XX002": .corrupted
            case "40001", "40P01", "55P03": .locked
            case _ where state.hasPrefix("08") || state.hasPrefix("57P") || state.hasPrefix("53"):
                .away
            default: isAlive ? .failed : .away
            }
        let hint: String? =
            switch kind {
            case .full: "make room on the disk of the database"
            case .notWritable:
                "the user of the database needs the right to create and write the schema vmoon"
            case .corrupted: "see to the database"
            case .locked: "another transaction holds it; try again"
            default: nil
            }
        self.init(
            kind,
            address.cleaned("cannot use the journal \(address): \(words) (SQLSTATE \(state))"),
            state: state,
            hint: hint
        )
    }
}
