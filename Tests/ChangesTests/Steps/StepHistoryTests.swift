import Journal
import Testing

@testable import Changes
@testable import VSphere

/// The past of a step decides about each of its changes.
@Suite struct StepHistoryTests {
    typealias Outcome = OperationRecord.Outcome

    /// A change of the step `s`: the text stands for its arguments.
    private static func change(
        _ place: Int,
        _ outcome: Outcome?,
        _ text: String = "",
        run: String = "one"
    ) -> OperationRecord {
        var record = OperationRecord(
            identifier: "\(run)-\(place)",
            run: run,
            operation: "rollback",
            vcenter: "vc",
            user: "ann",
            intended: 0,
            deadline: 0
        )
        record.item = "item-1"
        record.version = "1"
        record.message = text.isEmpty ? "text \(place)" : text
        record.step = "s"
        record.place = place
        record.outcome = outcome
        return record
    }

    private static func word(_ decision: StepHistory.Past.Decision) -> String {
        switch decision {
        case .new: "new"
        case .done(let known): "done \(known.identifier)"
        case .open(let known): "open \(known.identifier)"
        case .refused(let known): "refused \(known.identifier)"
        case .givenUp(let known): "given up \(known.identifier)"
        case .diverged(let known): "diverged \(known.identifier)"
        }
    }

    /// The decisions about as many changes as were recorded and one more, asked for as they were.
    private func decisions(_ runs: [OperationRecord]..., asking count: Int? = nil) -> [String] {
        let past = StepHistory(runs.map { ([], $0) })["s"]
        let last = runs.flatMap { $0 }.compactMap(\.place).max() ?? 0
        return (1...(count ?? last + 1)).map {
            Self.word((past ?? .init()).decide(Self.change($0, nil)))
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let outcomes: [Outcome?]
        let decisions: [String]
        init(_ outcomes: [Outcome?], _ decisions: String...) {
            self.outcomes = outcomes
            self.decisions = decisions
        }
        var testDescription: String {
            outcomes.map { $0?.rawValue ?? "under way" }.joined(separator: ", ")
        }
    }

    static let rows = [
        Row([.done], "done one-1", "new"),
        Row([.resolvedDone], "done one-1", "new"),
        Row([nil], "open one-1", "new"),
        Row([.unknown], "open one-1", "new"),
        Row([.rejected], "new", "new"),
        Row([.notSent], "new", "new"),
        Row([.conflict], "new", "new"),
        Row([.notSeen], "new", "new"),
        Row([.resolvedNotApplied], "new", "new"),
        Row([.rejected, .done], "refused one-1", "done one-2", "new"),
        Row([.notSent, nil], "refused one-1", "open one-2", "new"),
        Row([.conflict, .unknown], "refused one-1", "open one-2", "new"),
        Row([.notSeen, .resolvedDone], "refused one-1", "done one-2", "new"),
        Row([.resolvedNotApplied, .done], "refused one-1", "done one-2", "new"),
        Row([.rejected, .rejected], "new", "new", "new"),
        Row([.done, .rejected], "done one-1", "new", "new"),
        Row(
            [.done, .rejected, .notSent, .done, .rejected],
            "done one-1",
            "refused one-2",
            "refused one-3",
            "done one-4",
            "new",
            "new"
        ),
    ]

    @Test(arguments: rows)
    func `a change ends with what is known of its place, or is made`(_ row: Row) {
        let known = row.outcomes.enumerated().map { Self.change($0.offset + 1, $0.element) }
        #expect(decisions(known) == row.decisions)
    }

    @Test func `of several runs the last that knows a place counts`() {
        let first = [Self.change(1, .rejected), Self.change(2, .rejected)]
        let second = [Self.change(1, .done, run: "two")]
        #expect(decisions(first, second, asking: 2) == ["done two-1", "new"])
        let third = [Self.change(2, .done, run: "three")]
        #expect(decisions(first, second, third) == ["done two-1", "done three-2", "new"])
    }

    @Test(arguments: [Outcome.done, .resolvedDone, .unknown, nil])
    func `what may have happened is not forgotten for a later run that was refused`(
        _ outcome: Outcome?
    ) {
        let first = [Self.change(1, outcome)]
        let second = [Self.change(1, .notSent, run: "two")]
        let word = outcome == .done || outcome == .resolvedDone ? "done" : "open"
        #expect(decisions(first, second) == ["\(word) one-1", "new"])
    }

    /// Nothing fences them: others may have undone them before anybody looked.
    @Test(arguments: ["checkOut", "deploy", "createTemplate", "setPower"])
    func `what was given up without a proof is left to a person`(_ operation: String) throws {
        var lost = Self.change(1, .notSeen)
        lost.operation = operation
        (lost.vm, lost.name, lost.specification) = ("vm-1", "a", #"{"action":"start"}"#)
        var asked = lost
        asked.outcome = nil
        func word(_ records: OperationRecord...) -> String {
            let history = StepHistory([([], records)])
            #expect(history.halfDone == (records.last?.mayHaveEffect == true ? ["s"] : []))
            return Self.word((history["s"] ?? .init()).decide(asked))
        }
        #expect(word(lost) == "given up one-1")
        // A later run that was told to end makes nobody forget it.
        var ended = lost
        (ended.identifier, ended.outcome) = ("two-1", .notSent)
        #expect(
            Self.word(
                try #require(StepHistory([([], [lost]), ([], [ended])])["s"])
                    .decide(asked)
            ) == "given up one-1"
        )
        // The script saw it, and went on: it sees the same again.
        #expect(word(lost, Self.change(2, .done)) == "refused one-1")
        lost.outcome = .resolvedNotApplied
        #expect(word(lost) == "new")
        lost.outcome = .resolvedDone
        #expect(word(lost) == "done one-1")
    }

    struct Difference: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let isSame: Bool
        let change: @Sendable (inout OperationRecord) -> Void
        init(
            _ description: String,
            isSame: Bool = false,
            _ change: @escaping @Sendable (inout OperationRecord) -> Void
        ) {
            testDescription = description
            self.isSame = isSame
            self.change = change
        }
    }

    static let differences = [
        Difference("another operation") { $0.operation = "checkIn" },
        Difference("another vCenter") { $0.vcenter = "other" },
        Difference("another item") { $0.item = "item-2" },
        Difference("another version") { $0.version = "2" },
        Difference("no version") { $0.version = nil },
        Difference("another machine") { $0.vm = "vm-2" },
        Difference("another message") { $0.message = "other" },
        Difference("another specification") { $0.specification = #"{"name":"b","size":1}"# },
        Difference("no specification") { $0.specification = nil },
        Difference("a number that is a text") { $0.specification = #"{"name":"a","size":"1"}"# },
        Difference("another order of fields", isSame: true) {
            $0.specification = #"{"size":1,"name":"a"}"#
        },
        Difference("another user", isSame: true) { $0.user = "bob" },
        Difference("another mark in the name", isSame: true) { $0.name = "a-22222222" },
        Difference("an item that is only read later", isSame: true) { $0.item = "" },
    ]

    @Test(arguments: differences)
    func `another change at a kept place is told from the same`(_ row: Difference) throws {
        var known = Self.change(1, .done)
        known.vm = "vm-1"
        known.specification = #"{"name":"a","size":1}"#
        var asked = known
        row.change(&asked)
        let past = try #require(StepHistory([([], [known])])["s"])
        #expect(Self.word(past.decide(asked)) == (row.isSame ? "done one-1" : "diverged one-1"))
    }

    @Test func `another change at a place that left nothing is a new one`() throws {
        let past = try #require(StepHistory([([], [Self.change(1, .rejected)])])["s"])
        #expect(Self.word(past.decide(Self.change(1, nil, "other"))) == "new")
    }

    @Test func `another change in place of one that was refused on the way is not made`() throws {
        let known = [Self.change(1, .rejected), Self.change(2, .done)]
        let past = try #require(StepHistory([([], known)])["s"])
        #expect(Self.word(past.decide(Self.change(1, nil, "other"))) == "diverged one-1")
    }

    @Test func `results and times of all runs are known`() {
        var killed = StepRecord(run: "one", name: "s", began: 1)
        killed.times = [1, 2]
        var done = StepRecord(run: "two", name: "s", began: 2)
        done.times = [1]
        done.result = "[7]"
        let failed = StepRecord(run: "three", name: "other", began: 3)
        let history = StepHistory([([killed], []), ([done], []), ([failed], [])])
        #expect(history["s"]?.result == "[7]")
        #expect(history["s"]?.times == [1, 2])
        #expect(history["other"]?.result == nil)
        #expect(history["none"] == nil)
        #expect(history.halfDone.isEmpty)
    }

    @Test func `a step is half done that changed something and has no result`() {
        let done = StepRecord(run: "one", name: "s", began: 1)
        #expect(StepHistory([([done], [Self.change(1, .done)])]).halfDone == ["s"])
        #expect(StepHistory([([done], [Self.change(1, nil)])]).halfDone == ["s"])
        #expect(StepHistory([([done], [Self.change(1, .rejected)])]).halfDone.isEmpty)
    }

    @Test func `what was settled meanwhile is known at once`() throws {
        var history = StepHistory([([], [Self.change(1, .rejected), Self.change(2, nil)])])
        history.learn(Self.change(2, .notSeen))
        let past = try #require(history["s"])
        #expect(Self.word(past.decide(Self.change(1, nil))) == "refused one-1")
        #expect(Self.word(past.decide(Self.change(2, nil))) == "new")
    }
}
