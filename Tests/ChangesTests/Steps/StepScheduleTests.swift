import Journal
import Support
import Testing

@testable import Changes
@testable import VSphere

/// Scripts of random shape, killed anywhere and resumed, judged by the vCenter's own record.
@Suite struct StepScheduleTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let size: StepScript.Size
        let trouble: StepSchedule.Trouble
        var testDescription: String { "\(size), trouble: \(trouble)" }
    }

    static let rows = StepScript.Size.allCases.flatMap { size in
        StepSchedule.Trouble.allCases.map { Row(size: size, trouble: $0) }
    }

    @Test(arguments: rows)
    func `nothing is done twice or lost, however often a run is killed`(_ row: Row) {
        var faults = Faults()
        for number in 0..<(Dice.rounds * row.size.share / 100) where TestJournal.has(number) {
            play(row, Dice.seed &+ UInt64(number), &faults)
        }
        faults.report(row.testDescription)
    }

    /// Schedules that showed something once, by their seeds.
    static let found: [(row: Row, seed: UInt64)] = [
        // Another change of a machine looked at, and closed, what was being sent again.
        (.init(size: .large, trouble: .requests), 1167),
        // Closed by hand as done without what it made: it looked refused, and a script that tries again made it twice.
        (.init(size: .small, trouble: .others), 1579),
        (.init(size: .middle, trouble: .others), 2156),
        // A change that ended while all were being stopped was given up once more.
        (.init(size: .large, trouble: .disk), 1236),
    ]

    @Test(arguments: found)
    func `what a schedule showed once does not come back`(_ row: Row, _ seed: UInt64) {
        var faults = Faults()
        play(row, seed, &faults)
        faults.report("\(row.testDescription), \(seed)")
    }

    /// Plays a script of random shape without a death, and with some in four ways.
    private func play(_ row: Row, _ seed: UInt64, _ faults: inout Faults) {
        var random = SeededRandom(seed: seed)
        // The first numbers of near seeds are near.
        for _ in 0..<8 { _ = random.next() }
        let script = StepScript(row.size, &random)
        let unbroken = StepSchedule.unbroken(script)
        faults.take(unbroken, "seed \(seed), unbroken")
        for turn in 0..<4 {
            let deaths: [Int?] = (0..<random.below(6)).map { run in
                1 + random.below(max(unbroken.events / (run + 1), 2))
            }
            let luck = SeededRandom(seed: random.next())
            let schedule = StepSchedule(script, row.trouble, deaths: deaths, luck)
            schedule.play(like: unbroken)
            faults.take(schedule, "seed \(seed), turn \(turn)")
        }
    }

    struct Small: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let lanes: [[StepScript.Step]]
        init(_ description: String, _ lanes: [StepScript.Step]...) {
            testDescription = description
            self.lanes = lanes
        }
    }

    static let small = [
        Small("a new version", [.init("s1", .checkOut, .read, .checkIn)]),
        Small("back", [.init("look", .look), .init("s1", .rollback, .deploy)]),
        Small("a machine", [.init("s1", .power("start"), .power("stop"), .deleteMachine)]),
        Small("a trial", [.init("s1", .deploy, .time, .random, .deleteDeployed, .time)]),
        Small(
            "a check-out for nothing",
            [.init("s1", .checkOut, .discard, .raise(2), .checkOut, .checkIn)]
        ),
        Small(
            "two at once",
            [.init("s1", .checkOut, .checkIn)],
            [.init("s2", item: 1, .checkOut, .checkIn), .init("s3", item: 1, .power("start"))]
        ),
        Small(
            "refused, and something else instead",
            [
                .init(
                    "s1",
                    moves: [
                        .init(action: .rollbackToLatest, isCaught: true), .init(action: .deploy),
                        .init(action: .checkOut), .init(action: .checkIn),
                    ]
                )
            ]
        ),
    ]

    @Test(arguments: small, StepSchedule.Trouble.allCases)
    func `a script may die anywhere, and its next run anywhere again`(
        _ row: Small,
        _ trouble: StepSchedule.Trouble
    ) {
        var script = StepScript()
        script.stages = [row.lanes]
        let unbroken = StepSchedule.unbroken(script)
        var faults = Faults()
        let stride = max(1, 24_000 / Dice.rounds)
        var turn = 0
        for first in 1...unbroken.events {
            for second in 0...unbroken.events {
                turn += 1
                guard turn % stride == 0, TestJournal.has(turn / stride) else { continue }
                var random = SeededRandom(seed: Dice.seed &+ UInt64(turn))
                for _ in 0..<8 { _ = random.next() }
                let deaths = second == 0 ? [first] : [first, second]
                let schedule = StepSchedule(script, trouble, deaths: deaths, random)
                schedule.play(like: unbroken)
                faults.take(schedule, "\(first), \(second)")
            }
        }
        faults.report("\(row.testDescription), trouble: \(trouble)")
    }

    /// The journal of real vCenters is a file.
    @Test func `a script whose journal is a file may die anywhere`() throws {
        var script = StepScript()
        script.stages = [
            [[.init("look", .look), .init("s1", .rollback, .time, .checkOut, .checkIn)]]
        ]
        let unbroken = StepSchedule.unbroken(script)
        var faults = Faults()
        for death in stride(from: 1, through: unbroken.events, by: 5) {
            let folder = TestFolder()
            let schedule = StepSchedule(
                script,
                .requests,
                deaths: [death, death / 2],
                SeededRandom(seed: Dice.seed &+ UInt64(death)),
                store: try SQLiteStore(folder: folder.path)
            )
            schedule.play(like: unbroken)
            faults.take(schedule, "\(death)")
        }
        faults.report("a file")
    }

    /// The faults of many schedules, each with the first that had it.
    struct Faults {
        private var count = 0
        private var done = 0
        private var repeated = 0
        private var doubts = 0
        private var givenUp = 0
        /// The story of the first one that did not come to its end.
        private var unfinished = ""
        private var seen: [String: (count: Int, first: String)] = [:]

        mutating func take(_ schedule: StepSchedule, _ name: String) {
            count += 1
            if schedule.isDone {
                done += 1
            } else if unfinished.isEmpty {
                unfinished =
                    "\(name): \(schedule.script)\n  \(schedule.story.joined(separator: "\n  "))"
            }
            repeated += schedule.judge.repeated
            doubts += schedule.judge.doubts
            givenUp += schedule.judge.givenUp
            for fault in schedule.bench.faults {
                let kind = fault.split(separator: ":").first.map(String.init) ?? fault
                // With all that would be told of the others nobody finds anything.
                guard seen.count < 8 || seen[kind] != nil else { continue }
                let first =
                    "\(name): \(fault)\n  \(schedule.script)\n  \(schedule.story.joined(separator: "\n  "))"
                seen[kind, default: (0, first)].count += 1
            }
        }

        func report(_ name: String) {
            print(
                "\(name): \(count) schedules, \(done) came to their end, \(repeated) refusals said again, \(doubts) doubts, "
                    + "\(givenUp) given up"
            )
            // One in which nothing is ever done would pass as well. Of a few scripts, most may stop at an error of their own.
            #expect(done * (count < 100 ? 10 : 2) > count, "\(unfinished)")
            for (fault, (count, first)) in seen.sorted(by: { $0.key < $1.key }) {
                Issue.record("\(fault), \(count) times, first in \(first)")
            }
        }
    }
}

extension StepScript.Size {
    /// How many scripts it gets of a hundred rounds.
    fileprivate var share: Int {
        switch self {
        case .small: 10
        case .middle: 6
        case .large: 4
        }
    }
}

extension StepScript.Step {
    fileprivate init(_ name: String, item: Int = 0, _ actions: StepScript.Action...) {
        self.init(name: name, item: item, moves: actions.map { .init(action: $0) })
    }

    fileprivate init(_ name: String, moves: [StepScript.Move]) {
        self.init(name: name, item: 0, moves: moves)
    }
}
