import Buffers
import JSON
import Journal
import Transport
import VSphereSupport

@testable import Changes
@testable import VSphere

/// The real `RunChanges`, `Change` and `Reconciler` between a fake vCenter, a fake disk and a clock that only the test
/// moves: one run after another, as processes of one computer.
final class ChangeBench {
    /// What is done about a request that changes something: whoever decides has to end it, now or later.
    var onChange: (FakeVCenter.Asked, FakeExchange.Sent) -> Void = { _, _ in }
    /// Called before a question is answered; an answer replaces the vCenter's.
    var onRead: (FakeVCenter.Asked) -> Response? = { _ in nil }
    /// What the disk does with a batch.
    var onDisk: (_ writes: [JournalWrite], _ write: () -> Void) -> DiskFate = { _, write in
        write()
        return .goesOn
    }

    enum DiskFate: Equatable {
        case goesOn
        /// It cannot be written, and the run hears of it.
        case isFull
        /// The process is dead.
        case dies
    }

    var server = FakeVCenter()
    let exchange = FakeExchange()
    let store: any JournalStore
    let dialect: Dialect
    /// How far our clock is from the server's, in milliseconds.
    var skew: Int64 = 0
    /// Whether answers have a date.
    var tellsTime = true
    private var toldTime: Int64?
    private(set) var isKilled = false
    /// What was done wrong, in words.
    private(set) var faults: [String] = []
    /// Whether nobody can have taken over; and the journal's answer to who asks, nil for "nobody has".
    var isCertain = true
    var confirmation: VSphereError?
    /// Until when that is so, and what the journal checks; nil where no other host can take anything over.
    var certainUntil: Duration?
    var fence: HeldClaim?
    /// How many times it was asked.
    fileprivate(set) var asked = 0
    /// Who holds an item.
    fileprivate(set) var held: Set<String> = []
    /// What arrives later by itself.
    private var due: [(at: Duration, asked: FakeVCenter.Asked, run: String)] = []
    private var handled: Set<Int> = []
    /// The operations that were carried out, in order: whose they are, and their results.
    private(set) var applied: [(run: String, result: String?, asked: FakeVCenter.Asked)] = []
    /// Whose requests are sent now.
    private(set) var run = ""
    /// How many attempts of the change there are by now, this one among them.
    var attempts = 1
    /// The requests that changed something, or were to: whose they were, and what.
    private(set) var sent: [(run: String, line: String)] = []

    private let start: Int64 = 1_793_491_200_000

    init(_ dialect: Dialect = .api, store: any JournalStore = TestJournal.make()) {
        self.dialect = dialect
        self.store = store
    }

    func fault(_ text: String) { faults.append(text) }

    // MARK: Runs

    /// A new process.
    func makeRun(
        _ name: String,
        settle: Duration = .seconds(4),
        prepare: (inout ChangeSettings) -> Void = { _ in }
    ) -> (RunChanges, VCenter) {
        run = name
        // A dead process may have set a timer on its way out of the call that it died in.
        exchange.forgetAll()
        toldTime = nil
        isKilled = false
        held = []
        let loop = FakeLoop(self)
        var profile = ConnectionProfile(
            endpoint: Endpoint(host: "vc.example"),
            user: FakeVCenter.ours,
            password: { .success(Secret("s3cret")) }
        )
        profile.dialect = dialect.choice
        profile.operationTimeout = .seconds(60)
        profile.timeout = .seconds(5)
        var settings = ChangeSettings()
        settings.run.identifier = name
        settings.limits.settle = settle
        settings.open = { [self] in
            .success(.init(store, commits: FakeCommits(self, loop), claims: FakeClaims(self, loop)))
        }
        prepare(&settings)
        let vcenter = VCenter(
            profile: profile,
            exchange: exchange,
            clock: { [exchange] in exchange.now },
            random: { 1 }
        )
        return (RunChanges(loop: loop, settings: settings), vcenter)
    }

    /// The process dies: nothing of it goes on, and its locks are free.
    func kill() {
        isKilled = true
        exchange.forgetAll()
    }

    /// Lets the run go on until something holds, or it is dead, or nothing more happens.
    /// - Returns: Whether that holds.
    @discardableResult
    func pump(until isDone: () -> Bool) -> Bool {
        while !isDone(), !isKilled {
            if let next = exchange.inFlight.first(where: { !handled.contains($0.number) }) {
                handled.insert(next.number)
                handle(next)
            } else {
                guard let next = [exchange.nextTimer, due.first?.at].compactMap({ $0 }).min()
                else { return isDone() }
                pass(next - exchange.now)
            }
        }
        return isDone()
    }

    /// Lets time pass.
    func pass(_ time: Duration) {
        let end = exchange.now + time
        while let next = due.first, next.at <= end {
            due.removeFirst()
            exchange.advance(by: next.at - exchange.now)
            arrive(next.asked, of: next.run)
        }
        exchange.advance(by: end - exchange.now)
        server.time = 86_400_000 + exchange.now.milliseconds
    }

    /// The time of day as our computer has it.
    var wallTime: Int64 { start + 86_400_000 + exchange.now.milliseconds + skew }

    // MARK: Requests

    private func handle(_ next: FakeExchange.Sent) {
        let asked = FakeVCenter.Asked(next.line)
        server.time = 86_400_000 + exchange.now.milliseconds
        guard asked.isChange else {
            // The question itself may be given up meanwhile.
            let answer = onRead(asked) ?? reply(to: asked)
            return exchange.end(next.number, with: .success(answer))
        }
        sent.append((run, next.line))
        onChange(asked, next)
    }

    /// What must hold when a change leaves us: it is on the disk, and its item is claimed.
    func check(_ asked: FakeVCenter.Asked) {
        let open = (try? store.openOperations()) ?? []
        // Who reconciles sends for a run that is over.
        guard let record = open.last(where: { $0.run == run && $0.outcome == nil }) ?? open.last
        else { return fault("sent before the intent was on the disk") }
        if record.intent?.kind.scope == .item, record.operation != "deleteVM", held.isEmpty {
            fault("sent without a claim")
        }
        // What was not sent, or was turned away for its session, is the same attempt.
        if record.attempts < attempts { fault("sent before the attempt was on the disk") }
    }

    /// Refuses the writes that the file of a real journal refuses.
    fileprivate func check(_ writes: [JournalWrite]) throws(JournalError) {
        var isBegun = try !store.runs(startingWith: run, limit: 1).isEmpty
        for write in writes {
            switch write {
            case .begin: isBegun = true
            case .intend(let record, _):
                if try !store.operations(startingWith: record.identifier).isEmpty {
                    fault("an operation is written twice")
                }
                if !isBegun { fault("the journal does not know the run") }
            case .step where !isBegun: fault("the journal does not know the run")
            default: break
            }
        }
    }

    /// A request gets there.
    @discardableResult
    func arrive(_ asked: FakeVCenter.Asked, of run: String) -> Result<String?, FakeVCenter.Refusal>
    {
        do throws(FakeVCenter.Refusal) {
            let result = try server.answer(asked)
            if asked.isChange {
                applied.append((run, result?.split(separator: "\"").first.map(String.init), asked))
            }
            return .success(result)
        } catch {
            return .failure(error)
        }
    }

    /// A request gets there by itself, after a time.
    func arrive(_ asked: FakeVCenter.Asked, of run: String, after delay: Duration) {
        due.append((exchange.now + delay, asked, run))
        due.sort { $0.at < $1.at }
    }

    /// Carries out a request and says what came of it.
    func reply(to asked: FakeVCenter.Asked, of run: String = "") -> Response {
        switch arrive(asked, of: run) {
        case .success(let result):
            let good = asked.dialect.success(result)
            return answer(good.status, good.body)
        case .failure(let refusal):
            return answer(refusal.status, asked.dialect.error(refusal.kind))
        }
    }

    func answer(_ status: Int, _ body: String) -> Response {
        // One date tells the time until the clock has moved.
        let isNews = tellsTime && toldTime != server.time
        if isNews { toldTime = server.time }
        return .make(status, body, headers: isNews ? server.date : "")
    }
}

/// Time and timers of a bench.
final class FakeLoop: ChangeLoop {
    private let bench: ChangeBench

    init(_ bench: ChangeBench) { self.bench = bench }

    var now: Duration { bench.exchange.now }
    var wallTime: Int64 { bench.wallTime }

    @discardableResult
    func after(_ delay: Duration, _ action: @escaping () -> Void) -> Cancellation {
        let timer = bench.exchange.after(delay, action)
        return { [exchange = bench.exchange] in exchange.cancel(timer) }
    }

    func watch(_ descriptor: Int32, _ action: @escaping () -> Void) {
        bench.fault("a descriptor is watched, and there is none")
    }
}

/// A disk that takes a turn of the loop for each batch.
private final class FakeCommits: Commits {
    private typealias Batch = (writes: [JournalWrite], told: [(JournalError?) -> Void])

    private let bench: ChangeBench
    private let loop: FakeLoop
    private var gathered: Batch = ([], [])
    private var waiting: [Batch] = []
    var isWriting: Bool { !waiting.isEmpty }

    init(_ bench: ChangeBench, _ loop: FakeLoop) {
        self.bench = bench
        self.loop = loop
    }

    func append(_ writes: [JournalWrite], completion: ((JournalError?) -> Void)?) {
        gathered.writes += writes
        if let completion { gathered.told.append(completion) }
    }

    func commit() {
        guard !gathered.writes.isEmpty else { return }
        waiting.append(gathered)
        gathered = ([], [])
        loop.after(.zero) { [self] in writeNext() }
    }

    /// Writes all that was appended: a run that ends waits for the disk.
    func flush() -> JournalError? {
        waiting.append(gathered)
        gathered = ([], [])
        var problem: JournalError?
        while !waiting.isEmpty, !bench.isKilled { problem = writeNext() ?? problem }
        return problem
    }

    @discardableResult
    private func writeNext() -> JournalError? {
        // It was flushed.
        guard !waiting.isEmpty else { return nil }
        let batch = waiting.removeFirst()
        guard !batch.writes.isEmpty else { return nil }
        var problem: JournalError?
        let write = { [bench] in
            do throws(JournalError) {
                try bench.check(batch.writes)
                try bench.store.commit(batch.writes)
            } catch {
                problem = error
            }
        }
        switch bench.onDisk(batch.writes, write) {
        case .goesOn: break
        case .isFull: problem = JournalError(.notWritable, "the disk is full")
        case .dies:
            bench.kill()
            return nil
        }
        for completion in batch.told where !bench.isKilled { completion(problem) }
        return problem
    }
}

/// The claims of one process, which no other one disputes.
private final class FakeClaims: Claims {
    private let bench: ChangeBench
    private let locks: ItemLocks

    init(_ bench: ChangeBench, _ loop: FakeLoop) {
        self.bench = bench
        locks = ItemLocks(loop: loop, folder: nil)
    }

    func claim(
        vcenter: String,
        item: String,
        wait: Duration,
        granted: @escaping (VSphereError?) -> Void
    ) -> () -> Void {
        var isGranted = false
        let release = locks.claim(vcenter: vcenter, item: item, wait: wait) { [bench] error in
            if error == nil {
                isGranted = true
                bench.held.insert(item)
            }
            granted(error)
        }
        return { [bench] in
            // Whoever only waits for an item takes it from nobody.
            if isGranted { bench.held.remove(item) }
            isGranted = false
            release()
        }
    }

    var isCertain: Bool { bench.isCertain }

    var certainUntil: Duration? { bench.certainUntil }

    func fence(vcenter: String, item: String) -> HeldClaim? { bench.fence }

    func confirm(completion: @escaping (VSphereError?) -> Void) {
        bench.asked += 1
        if bench.confirmation == nil { bench.isCertain = true }
        completion(bench.confirmation)
    }
}

/// Whoever waits for a change.
final class FakeCaller: ChangeCaller {
    private(set) var isOver = false
    var isAbandoned = false
    var isShielded = false
    private(set) var left: [String] = []
    private(set) var result: String?
    private(set) var error: VSphereError?
    private(set) var answers = 0

    /// Called with the verdict.
    var then: (String?, VSphereError?) -> Void = { _, _ in }

    func leftOpen(_ identifier: String) { left.append(identifier) }

    func ended(_ result: Value?, _ error: VSphereError?) {
        isOver = true
        answers += 1
        self.result = result?.string
        self.error = error
        then(self.result, error)
    }
}

extension Duration {
    /// In milliseconds.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
