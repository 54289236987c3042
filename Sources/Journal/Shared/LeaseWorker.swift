@preconcurrency internal import Glibc
internal import Synchronization

/// The thread of `Leases`, and the state that it shares with the loop.
final class LeaseWorker: Sendable {
    /// Something that is wanted: a key, or without one that an owner still lives.
    struct Request {
        let number: UInt64
        var key: String?
        var statement: (sql: String, values: [String])?
        /// When it was asked for.
        var asked: Duration = .zero
    }

    private struct State {
        var requests: [Request] = []
        var given: [String] = []
        /// When the first of them was given back.
        var givenSince: Duration = .zero
        var results: [(UInt64, Leases.Answer)] = []
        /// The owner, once it is in the database.
        var owner: String?
        /// Whether somebody has ended it: then this process claims nothing any more.
        var isEnded = false
        /// Until when it cannot have been ended by anybody.
        var certainUntil: Duration = .zero
        var isStopped = false
        var isOver = false
    }

    let results: (reading: Int32, writing: Int32)
    private let requests: (reading: Int32, writing: Int32)
    private let state = Mutex(State())
    private let address: JournalAddress
    private let owner: Leases.Owner
    private let length: Duration
    private let clock: @Sendable () -> Duration

    init(
        _ address: JournalAddress,
        _ owner: Leases.Owner,
        length: Duration,
        clock: @escaping @Sendable () -> Duration
    ) throws(JournalError) {
        (self.address, self.owner, self.length, self.clock) = (address, owner, length, clock)
        results = try Wake.make()
        requests = try Wake.make()
    }

    deinit {
        for pipe in [results, requests] {
            close(pipe.reading)
            close(pipe.writing)
        }
    }

    func start() throws(JournalError) { try Wake.startThread(self) { $0.work() } }

    // MARK: From the loop's thread

    func ask(_ request: Request) {
        var request = request
        request.asked = now
        state.withLock { $0.requests.append(request) }
        Wake.up(requests.writing)
    }

    func giveBack(_ key: String) {
        // It goes with what is wanted next, which is most often at once, or after a moment by itself.
        let now = now
        state.withLock { state in
            if state.given.isEmpty { state.givenSince = now }
            state.given.append(key)
        }
    }

    var life: HeldClaim? {
        state.withLock { $0.owner.map { HeldClaim(owner: $0, key: "", epoch: 0) } }
    }

    var certainUntil: Duration { state.withLock { $0.certainUntil } }

    var isCertain: Bool { now < certainUntil }

    var isEnded: Bool { state.withLock { $0.isEnded } }

    var now: Duration { clock() }

    func takeResults() -> [(UInt64, Leases.Answer)] {
        Wake.forget(results.reading)
        return state.withLock { state in
            defer { state.results = [] }
            return state.results
        }
    }

    func awaitResult() { Wake.wait(results.reading, milliseconds: -1) }

    func stop() {
        state.withLock { $0.isStopped = true }
        Wake.up(requests.writing)
    }

    /// Stops, and waits until the database knows it, at most two seconds.
    func end() {
        stop()
        for _ in 0..<20 where !state.withLock({ $0.isOver }) {
            Wake.wait(results.reading, milliseconds: 100)
            Wake.forget(results.reading)
        }
    }

    // MARK: The thread

    /// The state of the thread alone.
    private struct Work {
        let database: PostgreSQLConnection
        /// When the life of the owner is prolonged next.
        var next: Duration = .zero
        /// Whether something waits until the connection that broke is made anew.
        var isWaiting = false
        /// How many keys were taken and not given back.
        var held = 0
    }

    /// How long something that is given back waits for company.
    private static var linger: Duration { .milliseconds(100) }

    /// How long what is wanted waits for a connection that broke; longer than a restart of the database takes.
    private static var patience: Duration { .seconds(10) }

    /// How long before the end we stop being certain: for clocks that do not run alike, and for the way from looking at
    /// the clock to sending.
    private var margin: Duration { max(length / 8, .milliseconds(200)) }

    private var milliseconds: Int64 { Int64(length / .milliseconds(1)) }

    private func work() {
        let limit = Int32(min(length / .milliseconds(3), 1e9))
        var work = Work(
            database: PostgreSQLConnection(address, limit: max(limit, 1000)) {
                database throws(JournalError) in
                try PostgreSQLSchema.update(database)
            }
        )
        while true {
            let isAlive = state.withLock { $0.owner != nil }
            var pause = isAlive ? max(work.next - clock(), .zero) : .seconds(3600)
            if work.isWaiting || work.held > 0 { pause = min(pause, Self.linger) }
            Wake.wait(
                requests.reading,
                milliseconds: Int32(min((pause / .milliseconds(1)).rounded(.up), 1e9))
            )
            Wake.forget(requests.reading)
            let now = clock()
            let (wanted, given, isStopped) = state.withLock { state in
                let isLate = now >= state.givenSince + Self.linger || state.isStopped
                let goes = isLate || state.requests.contains { $0.key != nil }
                defer {
                    state.requests = []
                    if goes { state.given = [] }
                }
                return (state.requests, goes ? state.given : [], state.isStopped)
            }
            if !isStopped, clock() >= work.next { renew(&work) }
            answer(wanted, given, &work, isStopped: isStopped)
            if isStopped { return finish(&work) }
        }
    }

    /// Prolongs the life of the owner.
    /// - Returns: Why that is not known; nil where it lives, or is known to have been ended.
    @discardableResult
    private func renew(_ work: inout Work) -> JournalError? {
        let (owner, isEnded) = state.withLock { ($0.owner, $0.isEnded) }
        guard let known = owner, !isEnded else {
            work.next = clock() + .seconds(3600)
            return nil
        }
        let asked = clock()
        work.next = asked + length / 3
        do throws(JournalError) {
            var lives = false
            try work.database.run(
                "SELECT vmoon.renew($1, $2::bigint)",
                [.text(known), .integer(milliseconds)]
            ) { lives = $0.text(0) == "t" }
            state.withLock { state in
                if lives {
                    state.certainUntil = asked + length - margin
                } else {
                    (state.isEnded, state.certainUntil) = (true, .zero)
                }
            }
            if !lives { Wake.up(results.writing) }
            return nil
        } catch {
            work.next = asked + min(length / 10, .milliseconds(500))
            return error
        }
    }

    /// Makes the owner, once.
    private func register(_ work: inout Work) throws(JournalError) {
        guard state.withLock({ $0.owner }) == nil else { return }
        let asked = clock()
        var made: String?
        try work.database.run(
            """
            INSERT INTO vmoon.owner (id, run, host, process, expires)
            VALUES (gen_random_uuid()::text, $1, $2, $3::bigint,
                clock_timestamp() + $4::bigint * interval '1 millisecond')
            RETURNING id
            """,
            [
                .text(owner.run), .text(owner.host), .integer(Int64(owner.process)),
                .integer(milliseconds),
            ]
        ) { made = $0.text(0) }
        state.withLock { state in
            state.owner = made
            state.certainUntil = asked + length - margin
        }
        work.next = asked + length / 3
    }

    private func answer(
        _ wanted: [Request],
        _ given: [String],
        _ work: inout Work,
        isStopped: Bool
    ) {
        work.isWaiting = false
        guard !wanted.isEmpty || !given.isEmpty else { return }
        var results: [(UInt64, Leases.Answer)] = []
        let doubts = wanted.filter { $0.key == nil && $0.statement == nil }
        if !doubts.isEmpty {
            let problem = renew(&work)
            let isEnded = state.withLock { $0.isEnded }
            let error = isEnded ? Self.lost : problem
            results += doubts.map { ($0.number, error.map { .failed($0) } ?? .held(by: "")) }
        }
        let claims = wanted.filter { $0.key != nil }
        if !claims.isEmpty || !given.isEmpty { results += take(claims, given, &work) }
        for request in wanted {
            guard let (sql, values) = request.statement else { continue }
            results.append((request.number, ask(sql, values, &work)))
        }
        if !isStopped { putBack(wanted, &results, &work) }
        guard !results.isEmpty else { return }
        state.withLock { $0.results += results }
        Wake.up(self.results.writing)
    }

    /// Asks again for what was not answered since the connection broke: nothing was sent for it yet, and it may be made
    /// anew.
    ///
    /// Statements have an end of their own to that. A database that was away for longer is asked once, until it is there
    /// again.
    private func putBack(
        _ wanted: [Request],
        _ results: inout [(UInt64, Leases.Answer)],
        _ work: inout Work
    ) {
        let failed = Set(
            results.compactMap { number, answer in
                // Two transactions that waited for each other do not matter either.
                if case .failed(let error) = answer, error.kind == .away || error.kind == .locked {
                    number
                } else {
                    nil
                }
            }
        )
        guard !failed.isEmpty else {
            if !results.isEmpty { work.database.isAway = false }
            return
        }
        guard !work.database.isAway, state.withLock({ $0.owner != nil }) else { return }
        let unanswered = wanted.filter { failed.contains($0.number) && $0.statement == nil }
        let again = unanswered.filter { now < $0.asked + Self.patience }
        work.database.isAway = again.count < unanswered.count
        // It may have been carried out all the same.
        let givenUp = unanswered.filter { now >= $0.asked + Self.patience }.compactMap(\.key)
        state.withLock { $0.given += givenUp }
        guard !again.isEmpty else { return }
        work.isWaiting = true
        results.removeAll { number, _ in again.contains { $0.number == number } }
        state.withLock { $0.requests = again + $0.requests }
    }

    private func ask(_ sql: String, _ values: [String], _ work: inout Work) -> Leases.Answer {
        do throws(JournalError) {
            try register(&work)
            let (owner, isEnded) = state.withLock { ($0.owner, $0.isEnded) }
            guard let owner, !isEnded else { return .failed(Self.lost) }
            var rows: [[String?]] = []
            try work.database.run(sql, [.text(owner)] + values.map { .text($0) }) { row in
                rows.append((0..<row.count).map { row.text($0) })
            }
            return .rows(rows)
        } catch {
            if error.kind == .lost { renew(&work) }
            return .failed(error.kind == .lost ? Self.lost : error)
        }
    }

    private func take(
        _ wanted: [Request],
        _ given: [String],
        _ work: inout Work
    ) -> [(UInt64, Leases.Answer)] {
        do throws(JournalError) {
            if !wanted.isEmpty { try register(&work) }
            let (owner, isEnded) = state.withLock { ($0.owner, $0.isEnded) }
            guard let owner, !isEnded else { return wanted.map { ($0.number, .failed(Self.lost)) } }
            var found: [String: Leases.Answer] = [:]
            try work.database.run(
                "SELECT * FROM vmoon.claim($1, $2::text[], $3::text[])",
                [
                    .text(owner), .text(Self.list(given)),
                    .text(Self.list(Array(Set(wanted.compactMap(\.key))))),
                ]
            ) { row in
                guard let key = row.text(0) else { return }
                found[key] =
                    row.integer(1).map { .taken(HeldClaim(owner: owner, key: key, epoch: $0)) }
                    ?? .held(by: row.text(2) ?? "")
            }
            work.held += found.values.reduce(-given.count) { count, answer in
                if case .taken = answer { count + 1 } else { count }
            }
            // Without an answer somebody has ended us, or has just given it back: it is asked again.
            if found.isEmpty, !wanted.isEmpty { renew(&work) }
            let isLost = state.withLock { $0.isEnded }
            return wanted.map { request in
                let other = isLost ? Leases.Answer.failed(Self.lost) : .held(by: "another run")
                return (request.number, found[request.key ?? ""] ?? other)
            }
        } catch {
            // What was not given back is given back with what comes next, or in a while.
            let later = now + .milliseconds(400)
            state.withLock { state in
                state.given = given + state.given
                if !given.isEmpty { state.givenSince = later }
            }
            return wanted.map { ($0.number, .failed(error)) }
        }
    }

    private func finish(_ work: inout Work) {
        if let owner = state.withLock({ $0.owner }) {
            try? work.database.run("DELETE FROM vmoon.owner WHERE id = $1", [.text(owner)])
        }
        state.withLock { $0.isOver = true }
        Wake.up(results.writing)
    }

    /// The error of whoever was ended.
    private static let lost = JournalError(
        .lost,
        "another run has taken over, since this one did not say in time that it lives"
    )

    /// A list as PostgreSQL reads it.
    static func list(_ texts: [String]) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for (place, text) in texts.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    bytes.append(UInt8(ascii: "\\"))
                }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "}"))
        return String(decoding: bytes, as: UTF8.self)
    }
}
