import Buffers
import Journal
import Testing
import Transport
import VSphereSupport

@testable import Changes
@testable import VSphere

/// Faults that were found, each as the smallest schedule that has it.
@Suite final class StepRecallTests {
    private let bench = ChangeBench()
    private var isAnswered = true

    init() {
        bench.onChange = { [unowned self] asked, sent in
            let answer = bench.reply(to: asked, of: bench.run)
            let lost = TransportError(.broken, "no luck", mayHaveBeenSent: true)
            bench.exchange.end(sent.number, with: isAnswered ? .success(answer) : .failure(lost))
        }
    }

    /// A run, and its step `s`.
    private struct Run {
        let changes: RunChanges
        let vcenter: VCenter
        let number: UInt32
    }

    private func makeRun(
        _ name: String,
        prepare: (inout ChangeSettings) -> Void = { _ in }
    ) throws -> Run {
        let past = try bench.store.runs(since: "one")
        let known = try past.map {
            (
                steps: try bench.store.steps(ofRun: $0.identifier),
                operations: try bench.store.operations(ofRun: $0.identifier)
            )
        }
        let (changes, vcenter) = bench.makeRun(name) {
            if !past.isEmpty { $0.run.origin = "one" }
            $0.history = StepHistory(known)
            prepare(&$0)
        }
        guard case .begun(let number) = try changes.steps.begin("s").get() else {
            throw VSphereError(.error, "the step was done")
        }
        return Run(changes: changes, vcenter: vcenter, number: number)
    }

    /// Starts a change in the step.
    private func start(_ row: ChangeRow, in run: Run) throws -> (FakeCaller, Change) {
        let arguments = ValueBuffer()
        row.arguments(into: arguments, version: "1")
        let caller = FakeCaller()
        let change = Change(
            try Call(row.operation, arguments.values),
            arguments.values,
            at: run.vcenter,
            in: run.changes,
            in: run.changes.steps.step(run.number),
            for: caller
        )
        change.start()
        return (caller, change)
    }

    private func perform(_ row: ChangeRow, in run: Run) throws -> FakeCaller {
        let (caller, _) = try start(row, in: run)
        bench.pump { caller.isOver }
        return caller
    }

    private func finish(_ run: Run) -> VSphereError? {
        var end: VSphereError??
        run.changes.steps.finish(run.number, "[]") { end = .some($0) }
        bench.pump { end != nil }
        return end ?? nil
    }

    /// Its answer is lost, and somebody gives the machine back before anybody looks.
    @Test(arguments: [true, false])
    func `what others may have undone is not made again before a person says so`(_ isUndone: Bool)
        throws
    {
        isAnswered = false
        bench.onDisk = { [unowned bench] writes, write in
            if bench.run == "one", writes.contains(where: \.isSettlement) { return .dies }
            write()
            return .goesOn
        }
        _ = try perform(.markedCheckOut, in: try makeRun("one"))
        if isUndone { try bench.server.discard("vm-11") }
        bench.kill()
        isAnswered = true
        bench.pass(.seconds(26 * 3600))
        let two = try makeRun("two")
        let second = try perform(.markedCheckOut, in: two)
        guard isUndone else { return #expect(second.result == "vm-11") }
        #expect(second.error?.kind == .unknownOutcome)
        #expect(second.error?.message.contains("not seen in 24h") == true)
        #expect(second.error?.hint?.contains("--resolve not-applied") == true)
        #expect(second.left.count == 1)
        #expect(finish(two)?.kind == .unknownOutcome)
        bench.kill()
        // The run after it has the doubt as well, and asks the vCenter nothing.
        #expect(try perform(.markedCheckOut, in: try makeRun("three")).left == second.left)
        #expect(bench.applied.count == 1)
        bench.kill()
        let closed = Settlement(.resolvedNotApplied, time: bench.wallTime)
        try bench.store.commit([.settle(operation: second.left[0], closed)])
        #expect(try perform(.markedCheckOut, in: try makeRun("four")).error == nil)
        #expect(bench.applied.count == 2)
    }

    /// A run is told to end while it looks what became of a change of the run before.
    @Test(arguments: [ChangeRow.deploy, .markedDeploy, .rollback, .start])
    func `a look that was broken off leaves the doubt to the next run`(_ row: ChangeRow) throws {
        isAnswered = false
        bench.onDisk = { [unowned bench] writes, write in
            if bench.run == "one", writes.contains(where: \.isSettlement) { return .dies }
            write()
            return .goesOn
        }
        _ = try perform(row, in: try makeRun("one"))
        #expect(bench.applied.count == 1)
        let two = try makeRun("two")
        let (caller, change) = try start(row, in: two)
        change.giveUp()
        #expect(caller.error?.kind == .cancelled)
        #expect(caller.error?.outcome == .unknown)
        #expect(caller.left == [try bench.store.openOperations().first?.identifier])
        bench.pump { false }
        isAnswered = true
        let three = try makeRun("three")
        _ = try perform(row, in: three)
        bench.pump { false }
        #expect(bench.applied.count == 1)
        #expect(bench.sent.count == 1)
    }

    /// The script may catch the error, and come to its end: the run must not count as done.
    @Test func `a doubt of the run before is one of this run too`() throws {
        try bench.store.commit([.begin(.init("one")), .intend(record(1, nil, vm: "vm-5"))])
        let two = try makeRun("two")
        let caller = try perform(.start, in: two)
        #expect(caller.error?.kind == .unknownOutcome)
        #expect(caller.left == ["one-1"])
        #expect(try perform(.rollback, in: two).error?.kind == .unknownOutcome)
        #expect(finish(two)?.kind == .unknownOutcome)
        #expect(bench.sent.isEmpty)
    }

    /// The name of what it makes has another mark each time.
    @Test func `a refusal is said again in the same words, with the same name`() throws {
        bench.server.checkOut = .init(vm: "vm-9", user: "bob", time: 1)
        let one = try makeRun("one")
        let refused = try perform(.markedDeploy, in: one)
        #expect(refused.error == nil)
        let second = try perform(.markedCheckOut, in: one)
        #expect(second.error != nil)
        let other = try perform(.start, in: one)
        #expect(other.error == nil)
        bench.kill()
        let two = try makeRun("two")
        #expect(try perform(.markedDeploy, in: two).result == refused.result)
        #expect(
            try perform(.markedCheckOut, in: two).error?.description == second.error?.description
        )
    }

    /// The journal cannot be written for a moment, and the script goes on with something else.
    @Test func `what the journal could not take is refused again`() throws {
        let one = try makeRun("one")
        bench.onDisk = { _, _ in .isFull }
        let refused = try perform(.rollback, in: one)
        #expect(refused.error?.kind == .journal)
        bench.onDisk = { _, write in
            write()
            return .goesOn
        }
        #expect(try perform(.start, in: one).error == nil)
        bench.kill()
        let two = try makeRun("two")
        let again = try perform(.rollback, in: two)
        #expect(again.error?.kind == refused.error?.kind)
        #expect(again.error?.message == refused.error?.message)
        #expect(try perform(.start, in: two).error == nil)
        #expect(bench.applied.count == 1)
        #expect(finish(two) == nil)
    }

    /// A refusal before anything was sent is written when there is time: the disk may be full just then.
    @Test func `a refusal that could not be written is written with the next intent`() throws {
        let one = try makeRun("one")
        bench.server.checkOut = nil
        bench.onDisk = { _, _ in .isFull }
        try bench.server.deleteMachine("vm-5")
        let refused = try perform(.deleteVM, in: one)
        #expect(refused.error?.kind == .notFound)
        bench.pump { false }
        bench.onDisk = { _, write in
            write()
            return .goesOn
        }
        #expect(try perform(.rollback, in: one).error == nil)
        bench.kill()
        bench.server.machines["vm-5"] = .init(name: "five")
        let two = try makeRun("two")
        #expect(try perform(.deleteVM, in: two).error?.message == refused.error?.message)
        #expect(try perform(.rollback, in: two).result == "3")
        #expect(bench.applied.count == 1)
    }

    /// Lets the disk be full for one batch.
    private func fail(_ isMeant: @escaping ([JournalWrite]) -> Bool) {
        var isDone = false
        bench.onDisk = { writes, write in
            if !isDone, isMeant(writes) {
                isDone = true
                return .isFull
            }
            write()
            return .goesOn
        }
    }

    /// Afterwards nothing in the vCenter tells that it was done.
    @Test func `a verdict that could not be written is written before what uses up its result`()
        throws
    {
        let one = try makeRun("one")
        fail { $0.contains(where: \.isSettlement) }
        #expect(try perform(.markedCheckOut, in: one).result == "vm-11")
        #expect(try bench.store.openOperations().count == 1)
        #expect(try perform(.deleteCheckOut, in: one).error == nil)
        #expect(one.changes.close(ending: "1") == nil)
        let two = try makeRun("two")
        #expect(try perform(.markedCheckOut, in: two).result == "vm-11")
        #expect(try perform(.deleteCheckOut, in: two).error == nil)
        #expect(finish(two) == nil)
        #expect(bench.applied.count == 2)
    }

    @Test func `a run whose beginning could not be written is written with what follows`() throws {
        let one = try makeRun("one") { $0.recipe = { "{}" } }
        fail { _ in true }
        #expect(try perform(.rollback, in: one).error?.kind == .journal)
        #expect(try bench.store.runs(since: "one") == [])
        #expect(try perform(.start, in: one).error == nil)
        #expect(try bench.store.runs(since: "one").map(\.recipe) == ["{}"])
        #expect(bench.faults == [])
    }

    @Test func `a change that is stopped while its intent is written is in the journal once`()
        throws
    {
        let one = try makeRun("one")
        let (caller, change) = try start(.start, in: one)
        var isStopped = false
        bench.onDisk = { writes, write in
            if writes.contains(where: \.isIntent), !isStopped {
                isStopped = true
                change.giveUp()
            }
            write()
            return .goesOn
        }
        bench.pump { caller.isOver }
        bench.pump { false }
        #expect(caller.answers == 1)
        #expect(bench.sent.isEmpty)
        #expect(bench.faults == [])
        let kept = try bench.store.operations(ofRun: "one")
        #expect(kept.map(\.outcome) == [.notSent])
        #expect(kept.first.map { VSphereError(keptIn: $0).kind } == .cancelled)
    }

    @Test func `a change that is stopped while its intent cannot be written has one end`() throws {
        let one = try makeRun("one")
        let (caller, change) = try start(.start, in: one)
        bench.onDisk = { writes, _ in
            if writes.contains(where: \.isIntent) { change.giveUp() }
            return .isFull
        }
        bench.pump { caller.isOver }
        bench.pump { false }
        #expect(caller.answers == 1)
        #expect(!one.changes.areUnderWay)
    }

    /// The journal has nothing of the second change, and something of the third.
    @Test func `a step that ends before a change that was made has diverged`() throws {
        let runs = [
            record(1, .done, vm: "vm-5"), record(3, .done, vm: "vm-6"),
        ]
        try bench.store.commit([.begin(.init("one"))] + runs.map { .intend($0) })
        let two = try makeRun("two")
        #expect(try perform(.start, in: two).error == nil)
        #expect(finish(two)?.kind == .diverged)
    }

    @Test func `a change that was made at another vCenter is told from one with other arguments`()
        throws
    {
        var known = record(1, .done, vm: "vm-5")
        known.vcenter = "other.example"
        known.subject = "vm vm-5, action start"
        try bench.store.commit([.begin(.init("one")), .intend(known)])
        let error = try perform(.start, in: try makeRun("two")).error
        #expect(error?.kind == .diverged)
        #expect(error?.message.hasSuffix(" before, at another vCenter, other.example") == true)
        #expect(bench.sent.isEmpty)
    }

    /// A change that an earlier run left open cannot be looked at: the script must not go on as if it were refused.
    @Test func `a step makes no change behind one whose outcome could not be looked at`() throws {
        let flaky = FlakyStore()
        let bench = ChangeBench(store: flaky)
        bench.onChange = { asked, sent in
            bench.exchange.end(sent.number, with: .success(bench.reply(to: asked, of: bench.run)))
        }
        let (changes, vcenter) = bench.makeRun("two") { [self] in
            $0.run.origin = "one"
            $0.history = StepHistory([([], [record(1, nil, vm: "vm-5")])])
        }
        guard case .begun(let number) = try changes.steps.begin("s").get() else { return }
        let two = Run(changes: changes, vcenter: vcenter, number: number)
        flaky.isUnreadable = true
        let (first, _) = try start(.start, in: two)
        bench.pump { first.isOver }
        #expect(first.error != nil)
        #expect(first.left == ["one-1"])
        flaky.isUnreadable = false
        let (second, _) = try start(.rollback, in: two)
        bench.pump { second.isOver }
        #expect(second.error != nil)
        #expect(bench.sent.isEmpty)
    }

    private func record(
        _ place: Int,
        _ outcome: OperationRecord.Outcome?,
        vm: String
    ) -> OperationRecord {
        var record = OperationRecord(
            identifier: "one-\(place)",
            run: "one",
            operation: "setPower",
            vcenter: "vc.example",
            user: FakeVCenter.ours,
            intended: 0,
            deadline: 0
        )
        record.vm = vm
        record.specification = #"{"action":"start"}"#
        record.step = "s"
        record.place = place
        record.outcome = outcome
        return record
    }
}

/// A journal that cannot be read for a moment.
private final class FlakyStore: JournalStore, @unchecked Sendable {
    // Safe because one thread uses it.
    var isUnreadable = false
    private let store = MemoryStore()

    private func check() throws(JournalError) {
        if isUnreadable { throw JournalError(.locked, "the file is locked") }
    }

    func commit(_ writes: [JournalWrite]) throws(JournalError) { store.commit(writes) }

    func openOperations(vcenter: String, item: String) throws(JournalError) -> [OperationRecord] {
        try check()
        return store.openOperations(vcenter: vcenter, item: item)
    }

    func openOperations(vcenter: String) throws(JournalError) -> [OperationRecord] {
        try check()
        return store.openOperations(vcenter: vcenter)
    }

    func openOperations() throws(JournalError) -> [OperationRecord] { store.openOperations() }

    func runs(startingWith prefix: String, limit: Int) -> [RunRecord] {
        store.runs(startingWith: prefix, limit: limit)
    }

    func runs(since run: String) -> [RunRecord] { store.runs(since: run) }

    func summaries(_ query: RunQuery) -> [RunSummary] { store.summaries(query) }

    func unendedRuns() -> [RunRecord] { store.unendedRuns() }

    func runs(heldTo plan: String) -> [RunRecord] { store.runs(heldTo: plan) }

    func steps(ofRun run: String) -> [StepRecord] { store.steps(ofRun: run) }

    func operations(ofRun run: String) -> [OperationRecord] { store.operations(ofRun: run) }

    func operations(startingWith prefix: String) throws(JournalError) -> [OperationRecord] {
        try check()
        return store.operations(startingWith: prefix)
    }
}

extension RunRecord {
    fileprivate init(_ name: String) {
        self.init(
            identifier: name,
            started: 0,
            script: "",
            arguments: [],
            host: "",
            process: 0
        )
    }
}

extension JournalWrite {
    fileprivate var isIntent: Bool {
        if case .intend = self { true } else { false }
    }
    fileprivate var isSettlement: Bool {
        if case .settle = self { true } else { false }
    }
}
