import JSON
import Journal
import Testing

@testable import Shell

/// The steps of a run as they are shown.
@Suite struct StepListingTests {
    private func run(_ id: String) -> RunRecord {
        var run = RunRecord(
            identifier: id,
            started: 0,
            script: "a.lua",
            arguments: [],
            host: "h",
            process: 1
        )
        run.origin = id == "a" ? nil : "a"
        return run
    }

    private func step(
        _ name: String,
        of run: String,
        ended: Int64? = nil,
        result: String? = nil,
        failure: String? = nil
    ) -> StepRecord {
        var step = StepRecord(run: run, name: name, began: 1000)
        step.ended = ended
        step.result = result
        step.failure = failure
        return step
    }

    private func change(_ step: String, _ outcome: OperationRecord.Outcome?) -> OperationRecord {
        var record = OperationRecord(
            identifier: "o",
            run: "a",
            operation: "rollback",
            vcenter: "vc",
            user: "u",
            intended: 0,
            deadline: 0
        )
        record.step = step
        record.outcome = outcome
        return record
    }

    private var listing: StepListing {
        let first = (
            run("a"),
            [
                step("kept", of: "a", ended: 3500, result: "[]"), step("again", of: "a"),
                step("died", of: "a"),
                step("lost", of: "a", ended: 9000, failure: "unknown_outcome"),
            ],
            [
                change("kept", .done), change("kept", .rejected), change("kept", .notSent),
                change("lost", .unknown),
                change("again", .done), change("outside", .done),
            ]
        )
        let second = (
            run("b"),
            [
                step("again", of: "b", ended: 61_000, result: "[1]"),
                step("wrong\u{1B}[31m", of: "b", ended: 1500, failure: "not_found"),
            ], [OperationRecord]()
        )
        return StepListing(run("b"), isAlive: true, [first, second])
    }

    @Test func `each has its state, how long it took, and what it changed`() {
        #expect(listing.rows.map(\.state) == [.kept, .done, .failed, .unknown, .failed])
        #expect(
            listing.rows.map(\.took) == [
                .seconds(2.5), .seconds(60), nil, .seconds(8), .seconds(0.5),
            ]
        )
        #expect(listing.rows.map(\.done) == [1, 1, 0, 0, 0])
        #expect(listing.rows.map(\.refused) == [1, 0, 0, 0, 0])
        #expect(listing.rows.map(\.notSent) == [1, 0, 0, 0, 0])
        #expect(listing.rows.map(\.unknown) == [0, 0, 0, 1, 0])
    }

    @Test func `the table is aligned and cannot control the terminal`() {
        let lines = listing.text.split(separator: "\n")
        #expect(lines.count == 6)
        let column = lines[0].firstRange(of: "step")?.lowerBound
        for (line, row) in zip(lines.dropFirst(), listing.rows) {
            let start = column.map {
                line.index(
                    line.startIndex,
                    offsetBy: lines[0].distance(from: lines[0].startIndex, to: $0)
                )
            }
            #expect(start.map { row.name.hasPrefix(line[$0...].prefix(4)) } == true, "\(line)")
        }
        #expect(!listing.text.contains("\u{1B}"))
        #expect(lines.last?.contains("failed (not_found)") == true)
    }

    @Test(arguments: [(true, StepListing.State.running), (false, .failed)])
    func `a step has not ended only while its run lives`(
        _ isAlive: Bool,
        _ state: StepListing.State
    ) {
        let runs = [(run("a"), [step("one", of: "a")], [OperationRecord]())]
        #expect(StepListing(run("a"), isAlive: isAlive, runs).rows.map(\.state) == [state])
    }

    /// Nothing proves that it was not made.
    @Test func `a change that counts as lost is unknown where nothing fences it`() {
        var lost = change("one", .notSeen)
        (lost.operation, lost.item, lost.name) = ("checkOut", "item-1", "x")
        var fenced = change("two", .notSeen)
        (fenced.item, fenced.version) = ("item-1", "1")
        let steps = [step("one", of: "a"), step("two", of: "a")]
        let rows = StepListing(run("a"), isAlive: false, [(run("a"), steps, [lost, fenced])]).rows
        #expect(rows.map(\.state) == [.unknown, .failed])
        #expect(rows.map(\.unknown) == [1, 0] && rows.map(\.refused) == [0, 1])
    }

    @Test func `JSON has the same`() {
        let first = listing.document.array?.first
        #expect(first?["step"] == "kept" && first?["state"] == "kept" && first?["took_ms"] == 2500)
        #expect(first?["changes"] == ["done": 1, "refused": 1, "not_sent": 1, "unknown": 0])
        #expect(listing.document.array?.last?["kind"] == "not_found")
    }

    @Test func `a run without steps says so`() {
        #expect(StepListing(run("a"), isAlive: false, [(run("a"), [], [])]).text == "no step\n")
    }
}
