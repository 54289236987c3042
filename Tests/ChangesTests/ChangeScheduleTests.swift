import Journal
import Testing

@testable import Changes
@testable import VSphere

/// The real code through every fate of every change, judged by the vCenter's own record.
@Suite struct ChangeScheduleTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let change: ChangeRow
        let play: ChangeSchedule.Play
        var testDescription: String { "\(change), \(play)" }
    }

    static let rows = ChangeRow.allCases.flatMap { change in
        [ChangeSchedule.Play.fates, .deaths, .disputes].map { Row(change: change, play: $0) }
    }

    @Test(arguments: rows) func `no verdict is false, and nothing is done twice`(_ row: Row) {
        let choices = Choices()
        var count = 0
        var unknown = 0
        var faults: [String: (count: Int, first: String)] = [:]
        repeat {
            let schedule = ChangeSchedule(row.change, row.play, choices)
            schedule.play()
            guard !schedule.isMoot else { continue }
            count += 1
            if schedule.said.last?.isOpen == true { unknown += 1 }
            for fault in schedule.bench.faults {
                faults[fault, default: (0, schedule.description)].count += 1
            }
        } while choices.advance()
        print("\(row.testDescription): \(count) schedules, \(unknown) unknown for good")
        for (fault, seen) in faults.sorted(by: { $0.key < $1.key }) {
            Issue.record("\(fault), \(seen.count) times, first with\(seen.first)")
        }
    }
}
