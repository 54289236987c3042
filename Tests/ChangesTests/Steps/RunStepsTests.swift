import Journal
import Testing
import VSphereSupport

@testable import Changes
@testable import VSphere

/// The steps of one run: names, results, times, numbers, and a journal that cannot be written.
@Suite struct RunStepsTests {
    private let bench = ChangeBench()

    /// A run that continues those of the journal.
    private func makeRun(
        _ name: String,
        origin: String? = nil,
        prepare: (inout ChangeSettings) -> Void = { _ in }
    ) throws -> RunChanges {
        let past = try origin.map { try bench.store.runs(since: $0) } ?? []
        let known = try past.map {
            (
                steps: try bench.store.steps(ofRun: $0.identifier),
                operations: try bench.store.operations(ofRun: $0.identifier)
            )
        }
        return bench.makeRun(name) { settings in
            settings.run.origin = origin
            settings.history = StepHistory(known)
            prepare(&settings)
        }.0
    }

    private func begin(_ name: String, in changes: RunChanges) throws -> UInt32 {
        guard case .begun(let number) = try changes.steps.begin(name).get() else {
            Issue.record("\(name) was done before")
            return 0
        }
        return number
    }

    private func finish(_ number: UInt32, _ result: String, in changes: RunChanges) -> VSphereError?
    {
        var end: VSphereError??
        changes.steps.finish(number, result) { end = .some($0) }
        bench.pump { end != nil }
        #expect(end != nil)
        return end ?? nil
    }

    private func time(_ number: UInt32, in changes: RunChanges) throws -> Int64 {
        var end: Result<Int64, VSphereError>?
        changes.steps.time(number) { end = $0 }
        bench.pump { end != nil }
        return try #require(end).get()
    }

    // MARK: Names

    struct Name: Sendable, CustomTestStringConvertible {
        let name: String
        let problem: String?
        var testDescription: String { "\(name.prefix(8))…, \(name.utf8.count) bytes" }
    }

    static let names = [
        Name(name: "", problem: "its name is empty"),
        Name(name: "a", problem: nil),
        Name(name: String(repeating: "n", count: 200), problem: nil),
        Name(
            name: String(repeating: "n", count: 201),
            problem: "its name is longer than 200 bytes"
        ),
        Name(
            name: String(repeating: "ü", count: 101),
            problem: "its name is longer than 200 bytes"
        ),
    ]

    @Test(arguments: names) func `a name has its limits`(_ row: Name) throws {
        let changes = try makeRun("one")
        switch changes.steps.begin(row.name) {
        case .success: #expect(row.problem == nil)
        case .failure(let error):
            #expect(error.kind == .usage)
            #expect(error.message == row.problem)
        }
        #expect(changes.steps.usedNames == (row.problem == nil ? [row.name] : []))
    }

    @Test func `a name is used once in a run, whether its step is done or kept`() throws {
        let first = try makeRun("one")
        let number = try begin("a", in: first)
        #expect(throws: VSphereError.self) { try first.steps.begin("a").get() }
        #expect(finish(number, "[1]", in: first) == nil)
        let second = try makeRun("two", origin: "one")
        guard case .kept = try second.steps.begin("a").get() else {
            Issue.record("the step is run again")
            return
        }
        #expect(throws: VSphereError.self) { try second.steps.begin("a").get() }
    }

    // MARK: Ends

    @Test func `results that were kept are given by the next run`() throws {
        let first = try makeRun("one")
        var done: [String] = []
        first.steps.onDone = { done.append($0) }
        let number = try begin("a", in: first)
        #expect(first.steps.step(number)?.name == "a")
        #expect(finish(number, #"["x",null]"#, in: first) == nil)
        #expect(first.steps.step(number) == nil)
        #expect(done == ["a"])
        let kept = try #require(try bench.store.steps(ofRun: "one").first)
        #expect(kept.isDone && kept.ended != nil && kept.failure == nil)
        let second = try makeRun("two", origin: "one")
        guard case .kept(#"["x",null]"#) = try second.steps.begin("a").get() else {
            Issue.record("the results are not known")
            return
        }
        #expect(try bench.store.steps(ofRun: "two") == [])
    }

    @Test func `a step is told to be done when that is on the disk, and not before`() throws {
        let changes = try makeRun("one")
        let number = try begin("a", in: changes)
        var isTold = false
        changes.steps.finish(number, "[]") { _ in isTold = true }
        #expect(!isTold)
        var wasTold: Bool?
        bench.onDisk = { _, write in
            wasTold = isTold
            write()
            return .goesOn
        }
        bench.pump { isTold }
        #expect(wasTold == false && isTold)
    }

    @Test(arguments: [0, 1]) func `results have at most 64 KiB`(_ excess: Int) throws {
        let changes = try makeRun("one")
        let number = try begin("a", in: changes)
        let result = "[" + String(repeating: "1", count: (64 << 10) - 2 + excess) + "]"
        let error = finish(number, result, in: changes)
        #expect(error?.kind == (excess == 0 ? nil : .usage))
        let message = "its results have 65537 bytes as JSON, and at most 64K are kept"
        #expect(error?.message == (excess == 0 ? nil : message))
        #expect(try bench.store.steps(ofRun: "one").contains(where: \.isDone) == (excess == 0))
        // It is left in the end, whatever it was.
        changes.steps.leave(number, .usage)
        bench.pump { false }
        #expect(try bench.store.steps(ofRun: "one").first?.failure == (excess == 0 ? nil : "usage"))
    }

    @Test func `a step that fails is run again, and the journal has the kind of its error`() throws
    {
        let first = try makeRun("one")
        first.steps.leave(try begin("a", in: first), .notFound)
        bench.pump { false }
        let record = try #require(try bench.store.steps(ofRun: "one").first)
        #expect(!record.isDone && record.ended != nil && record.failure == "not_found")
        let second = try makeRun("two", origin: "one")
        #expect(try begin("a", in: second) == 1)
    }

    @Test func `what was finished is not left, and what was left is not finished`() throws {
        let changes = try makeRun("one")
        let done = try begin("done", in: changes)
        #expect(finish(done, "[]", in: changes) == nil)
        changes.steps.leave(done, .error)
        let left = try begin("left", in: changes)
        changes.steps.leave(left, .error)
        #expect(finish(left, "[]", in: changes) == nil)
        bench.pump { false }
        #expect(try bench.store.steps(ofRun: "one").map(\.isDone) == [true, false])
    }

    // MARK: Times and numbers

    @Test func `a time is the same at its place in every run, and a new one is the clock's`() throws
    {
        let first = try makeRun("one")
        let number = try begin("a", in: first)
        let times = [try time(number, in: first), try time(number, in: first)]
        #expect(times[0] == bench.wallTime)
        bench.pass(.seconds(60))
        bench.kill()
        for run in ["two", "three"] {
            let next = try makeRun(run, origin: "one")
            let number = try begin("a", in: next)
            #expect(try time(number, in: next) == times[0])
            bench.pass(.seconds(1))
            #expect(try time(number, in: next) == times[1])
            guard run == "two" else { continue }
            #expect(try time(number, in: next) == bench.wallTime)
        }
        #expect(try bench.store.steps(ofRun: "two").map(\.times.count) == [3])
    }

    @Test func `a time is told when it is on the disk, and again where it cannot be written`()
        throws
    {
        bench.onDisk = { _, _ in .isFull }
        let changes = try makeRun("one")
        let number = try begin("a", in: changes)
        let error = #expect(throws: VSphereError.self) { try time(number, in: changes) }
        #expect(error?.kind == .journal)
    }

    @Test func `outside of a step the time is the clock's`() throws {
        let changes = try makeRun("one")
        #expect(try time(7, in: changes) == bench.wallTime)
    }

    @Test func `the key of a random number tells its place, its step and its first run`() throws {
        let keys = try self.keys("one", nil, "a")
        #expect(keys == ["one\0a\u{0}1", "one\0a\u{0}2"])
        #expect(try self.keys("two", "one", "a") == keys)
        #expect(Set(try self.keys("two", "one", "b") + keys).count == 4)
        #expect(Set(try self.keys("three", nil, "a") + keys).count == 4)
        let changes = try makeRun("four")
        #expect(changes.steps.randomKey(9) != changes.steps.randomKey(9))
    }

    private func keys(_ run: String, _ origin: String?, _ name: String) throws -> [String] {
        let changes = try makeRun(run, origin: origin)
        let number = try begin(name, in: changes)
        return [changes.steps.randomKey(number), changes.steps.randomKey(number)]
    }

    // MARK: The journal

    @Test func `a step that cannot be kept says so, and is run again`() throws {
        let first = try makeRun("one")
        let number = try begin("a", in: first)
        bench.onDisk = { _, _ in .isFull }
        var done: [String] = []
        first.steps.onDone = { done.append($0) }
        #expect(finish(number, "[]", in: first)?.kind == .journal)
        #expect(done == [])
        #expect(try bench.store.steps(ofRun: "one") == [])
    }

    @Test func `no step begins where the journal cannot be opened, or another process has the run`()
        throws
    {
        let closed = try makeRun("one") {
            $0.open = { .failure(VSphereError(.journal, "no disk")) }
        }
        #expect(throws: VSphereError.self) { try closed.steps.begin("a").get() }
        var asked = 0
        let held = try makeRun("two") {
            $0.hold = { _ in
                asked += 1
                return asked <= 2 ? VSphereError(.journal, "another one") : nil
            }
        }
        let error = #expect(throws: VSphereError.self) { try held.steps.begin("a").get() }
        #expect(error?.message == "another one")
        #expect(try begin("b", in: held) == 1)
        #expect(try begin("c", in: held) == 2)
        // The run asks when it opens its journal too; without a step that need not succeed.
        #expect(asked == 3)
    }

    @Test func `the first step keeps what starts the run again, once`() throws {
        var asked = 0
        let changes = try makeRun("one") {
            $0.recipe = {
                asked += 1
                return "{}"
            }
        }
        _ = try begin("a", in: changes)
        _ = try begin("b", in: changes)
        bench.pump { false }
        #expect(asked == 1)
        #expect(try bench.store.runs(since: "one").map(\.recipe) == ["{}"])
    }

    @Test func `a planned run keeps nothing, and opens no journal`() throws {
        let changes = try makeRun("one") {
            $0.open = { .failure(VSphereError(.journal, "no disk")) }
        }
        changes.steps.isPlanned = true
        let number = try begin("a", in: changes)
        #expect(try time(number, in: changes) == bench.wallTime)
        #expect(changes.steps.randomKey(number) == "one\0a\u{0}1")
        #expect(finish(number, "[]", in: changes) == nil)
        changes.steps.leave(try begin("b", in: changes), .error)
        #expect(throws: VSphereError.self) { try changes.steps.begin("a").get() }
        #expect(bench.exchange.timerCount == 0)
    }
}
