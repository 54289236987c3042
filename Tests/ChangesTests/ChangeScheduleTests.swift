import Journal
import Support
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
        ChangeSchedule.Play.allCases.map { Row(change: change, play: $0) }
    }

    @Test(arguments: rows) func `no verdict is false, and nothing is done twice`(_ row: Row) {
        play(row) { TestJournal.has($0) ? TestJournal.make() : MemoryStore() }
    }

    /// The journal of real vCenters is a file.
    @Test(arguments: [ChangeRow.rollback, .markedCheckOut, .deleteVM])
    func `a run that was killed has left in its file what is needed`(_ change: ChangeRow) throws {
        var folders: [TestFolder] = []
        try play(Row(change: change, play: .deaths)) { _ in
            folders.append(TestFolder())
            return try SQLiteStore(folder: folders.last?.path ?? "")
        }
    }

    private func play(_ row: Row, in store: (Int) throws -> any JournalStore) rethrows {
        let choices = Choices()
        var played = 0
        var count = 0
        var unknown = 0
        var faults: [String: (count: Int, first: String)] = [:]
        repeat {
            let schedule = ChangeSchedule(row.change, row.play, choices, store: try store(played))
            played += 1
            schedule.play()
            guard !schedule.isMoot else { continue }
            count += 1
            if schedule.said.last?.isOpen == true { unknown += 1 }
            for fault in schedule.bench.faults {
                faults[fault, default: (0, schedule.description)].count += 1
            }
        } while choices.advance()
        print("\(row.testDescription): \(count) schedules, \(unknown) unknown for good")
        // One in which nothing is ever sent would pass as well.
        #expect(count > 0 && (unknown < count || !row.change.isProvable))
        for (fault, seen) in faults.sorted(by: { $0.key < $1.key }) {
            Issue.record("\(fault), \(seen.count) times, first with\(seen.first)")
        }
    }
}
