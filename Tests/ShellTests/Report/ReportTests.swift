import Journal
import Testing

@testable import Shell

/// The data of a report.
@Suite struct ReportDataTests {
    typealias Fixture = ReportFixture

    static let states: [(OperationRecord.Outcome?, Bool, ReportChange.State)] = [
        (.done, false, .done), (.resolvedDone, false, .done), (.rejected, false, .refused),
        (.conflict, false, .refused), (.resolvedNotApplied, false, .refused),
        (.notSent, false, .notSent), (.unknown, false, .unknown), (.unknown, true, .unknown),
        (nil, false, .unknown), (nil, true, .running),
    ]

    @Test(arguments: states) func `each outcome has its state`(
        _ outcome: OperationRecord.Outcome?,
        _ isAlive: Bool,
        _ state: ReportChange.State
    ) {
        let row = Fixture.row(ended: isAlive ? nil : 60, alive: isAlive)
        let report = Fixture.report([(row, [Fixture.change("a", "rollback", at: 0, outcome)], nil)])
        #expect(report.runs.first?.changes.first?.state == state)
        #expect(report.doubts.isEmpty == (state != .unknown))
    }

    @Test func `what was not seen for long is in doubt unless something fences it`() {
        var fenced = Fixture.change("a", "rollback", at: 0, .notSeen)
        fenced.version = "1"
        var free = Fixture.change("b", "checkOut", at: 0, .notSeen)
        free.name = "x"
        let report = Fixture.report([(Fixture.row(), [fenced, free], nil)])
        #expect(report.runs.first?.changes.map(\.state) == [.refused, .unknown])
    }

    @Test func `the command for a doubt looks, or closes it by hand where nothing can be seen`() {
        var seen = Fixture.change("a", "rollback", at: 0, .unknown)
        seen.version = "1"
        let blind = Fixture.change("b", "rebootGuest", item: "", at: 1, .unknown)
        let report = Fixture.report([(Fixture.row(), [seen, blind], nil)])
        #expect(
            report.doubts.map(\.change.commands) == [
                ["vmoon reconcile a"],
                ["vmoon reconcile b --resolve done", "vmoon reconcile b --resolve not-applied"],
            ]
        )
    }

    @Test
    func `an item goes from what it was before the first change to what it is after the last`() {
        let older = [
            Fixture.change("a", "checkIn", at: 1, from: "2", to: "3"),
            Fixture.change("b", "rollback", at: 2, .rejected, from: "3"),
        ]
        let newer = [
            Fixture.change("c", "rollback", at: 101, from: "3", to: "4"),
            Fixture.change("d", "checkOut", at: 102, from: "4", to: "vm-1"),
        ]
        let report = Fixture.report([
            (Fixture.row("n", at: 100), newer, nil), (Fixture.row("o"), older, nil),
        ])
        let item = report.items.first
        #expect(report.items.count == 1)
        #expect(item?.before == "2" && item?.after == "4" && item?.isInDoubt == false)
        #expect(item?.counts.done == 3 && item?.counts.refused == 1)
        #expect(report.runs.first?.changes.last?.made == "vm-1")
    }

    @Test func `an item in doubt has no version after, until a later change has looked`() {
        let doubt = Fixture.change("a", "checkIn", at: 1, .unknown, from: "2")
        let after = Fixture.change("b", "checkIn", at: 2, from: "3", to: "4")
        let open = Fixture.report([(Fixture.row(), [doubt], nil)]).items.first
        #expect(open?.isInDoubt == true && open?.before == "2")
        let closed = Fixture.report([(Fixture.row(), [doubt, after], nil)]).items.first
        #expect(closed?.isInDoubt == false && closed?.after == "4")
    }

    @Test func `a change that a person closed as done leaves a version that nobody knows`() {
        let first = Fixture.change("a", "rollback", at: 1, from: "4", to: "5")
        let closed = Fixture.change("b", "rollback", at: 2, .resolvedDone, from: "5")
        let later = Fixture.change("c", "rollback", at: 3, from: "6", to: "7")
        let item = Fixture.report([(Fixture.row(), [first, closed], nil)]).items.first
        #expect(item?.before == "4" && item?.isInDoubt == true)
        let last = Fixture.report([(Fixture.row(), [first, closed, later], nil)]).items.first
        #expect(last?.after == "7" && last?.isInDoubt == false)
    }

    static let deletions:
        [(operation: String, item: String, OperationRecord.Outcome, after: String?)] = [
            ("deleteItem", "item-1", .done, "deleted"), ("deleteItem", "item-1", .rejected, "3"),
            ("deleteVM", "", .done, "deleted"), ("deleteLibrary", "", .resolvedDone, "deleted"),
        ]

    @Test(arguments: deletions) func `what was deleted has no version after`(
        _ operation: String,
        _ item: String,
        _ outcome: OperationRecord.Outcome,
        _ after: String?
    ) {
        let made = Fixture.change("a", "checkIn", item: item, at: 1, from: "2", to: "3")
        let gone = Fixture.change("b", operation, item: item, at: 2, outcome, from: nil)
        let changes = item.isEmpty ? [gone] : [made, gone]
        let found = Fixture.report([(Fixture.row(), changes, nil)]).items.first
        #expect(found?.after == after && found?.isInDoubt == false)
        #expect(found?.purged == (operation == "deleteItem" && outcome == .done ? ["all"] : []))
        let doubt = Fixture.change("b", operation, item: item, at: 2, .unknown, from: nil)
        #expect(Fixture.report([(Fixture.row(), [doubt], nil)]).items.first?.isInDoubt == true)
    }

    /// When each change of one item began and had its verdict, and for which it waited.
    static let waits: [(name: String, changes: [(Double, Double?)], waited: [Int?])] = [
        ("one after another", [(0, 5), (5, 9), (10, 12)], [nil, nil, nil]),
        ("a line", [(0, 5), (1, 9), (2, 12)], [nil, 0, 1]),
        ("settled a day later by others", [(0, 90_000), (1, 9)], [nil, nil]),
        ("settled by the next one first", [(0, 8), (1, 9)], [nil, 0]),
        ("one that has no end", [(0, nil), (1, 9)], [nil, nil]),
        ("it has no end itself", [(0, 5), (1, nil)], [nil, 0]),
    ]

    @Test(arguments: waits) func `a change waits for the one of its item before it`(
        _ name: String,
        _ changes: [(Double, Double?)],
        _ waited: [Int?]
    ) {
        let records = changes.enumerated().map { place, times in
            Fixture.change(
                "\(place)",
                "checkIn",
                at: times.0,
                until: times.1,
                times.1 == nil ? nil : .done
            )
        }
        let report = Fixture.report([(Fixture.row(), records, nil)])
        let found = report.runs.first?.changes.map { $0.wait.flatMap { Int($0.change) } }
        #expect(found == waited, "\(name)")
    }

    @Test func `changes of other items, and of machines, wait for nothing`() {
        let records = [
            Fixture.change("a", "checkIn", at: 0, until: 5),
            Fixture.change("b", "checkIn", item: "item-2", at: 1, until: 9),
            Fixture.change("c", "setPower", item: "", at: 1, until: 9),
            Fixture.change("d", "setPower", item: "", at: 2, until: 9),
        ]
        let report = Fixture.report([(Fixture.row(), records, nil)])
        #expect(report.runs.first?.changes.allSatisfy { $0.wait == nil } == true)
    }

    @Test func `a damaged journal is no reason to crash`() {
        var odd = Fixture.change("a", "rollback", at: 0, .done)
        (odd.intended, odd.settled) = (.max, .min)
        var other = Fixture.change("b", "no such operation", item: "", name: nil, at: 0, nil)
        other.intended = .min
        let report = Fixture.report([(Fixture.row(ending: ""), [odd, other], nil)])
        for form in ReportForm.allCases { #expect(!Fixture.text(report, form).isEmpty) }
    }

    @Test func `an explanation does not begin with what stands beside it`() {
        var change = Fixture.change("a", "rollback", at: 0, .rejected)
        change.detail = Detail(text: "rollback (item item-1) at vc1.example.com: not_found: gone")
        let report = Fixture.report([(Fixture.row(), [change], nil)])
        #expect(report.runs.first?.changes.first?.explanation == "not_found: gone")
    }

    @Test func `thousands are told apart`() {
        #expect(
            [0, 999, 1401, 100_000, -1_234_567].map(\.grouped) == [
                "0", "999", "1,401", "100,000", "-1,234,567",
            ]
        )
    }
}
