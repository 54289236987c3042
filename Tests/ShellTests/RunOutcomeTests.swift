import Testing

@testable import LuaHost
@testable import Shell

@Suite struct RunOutcomeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let outcome: RunOutcome
        let ending: World.Ending
        var testDescription: String { name }

        init(
            _ name: String,
            _ ending: World.Ending,
            _ change: @Sendable (inout RunOutcome) -> Void
        ) {
            self.name = name
            self.ending = ending
            var outcome = RunOutcome()
            change(&outcome)
            self.outcome = outcome
        }
    }

    static let cases: [Case] = [
        Case("nothing happened", .code(0)) { _ in },
        Case("os.exit beats an unknown outcome", .code(7)) {
            $0.exitStatus = 7
            $0.hasUnknownOutcome = true
        },
        Case("os.exit keeps eight bits", .code(1)) { $0.exitStatus = 257 },
        Case("an unknown outcome beats the deadline and the signal", .code(80)) {
            $0.hasUnknownOutcome = true
            $0.reachedDeadline = true
            $0.signal = 15
        },
        Case("the deadline beats the signal", .code(124)) {
            $0.reachedDeadline = true
            $0.signal = 2
        },
        Case("the process ends by the signal that stopped it", .signal(2)) { $0.signal = 2 },
        Case("a lost lock is to be tried again", .code(75)) {
            $0.lostLock = true
            $0.lostOutput = true
        },
        Case("an unknown outcome beats a lost lock", .code(80)) {
            $0.lostLock = true
            $0.hasUnknownOutcome = true
        },
        Case("a planned change that was not made is said where nothing worse happened", .code(1)) {
            $0.leftPlanned = true
        },
        Case("os.exit decides, whatever was planned", .code(0)) {
            $0.exitStatus = 0
            $0.leftPlanned = true
        },
        Case("an unknown outcome beats a planned change that was not made", .code(80)) {
            $0.hasUnknownOutcome = true
            $0.leftPlanned = true
        },
        Case("a step that stops the run leaves what was planned, as it was asked to", .code(0)) {
            $0.reachedStep = true
            $0.leftPlanned = true
        },
        Case("a step that stops the run is no failure", .code(0)) { $0.reachedStep = true },
        Case("lost output is said where nothing worse happened", .code(74)) {
            $0.lostOutput = true
        },
    ]

    @Test(arguments: cases) func `the first that holds decides`(_ row: Case) {
        #expect(row.outcome.ending == row.ending)
    }
}
