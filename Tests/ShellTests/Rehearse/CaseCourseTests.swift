import Journal
import Posix
import Testing

@testable import Shell

/// What comes after a stage.
struct CaseCourseTests {
    typealias Stage = CaseEvidence.Stage

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let stages: [Stage]
        var canResume = false
        var isOpen = false
        var isAsBefore = false
        let next: Stage.Kind?
        var testDescription: String { name }
    }

    private static func run(_ code: Int32) -> Stage { Stage(kind: .run, ending: .exited(code)) }
    private static let killed = Stage(kind: .run, ending: .signalled(9))
    private static func then(_ kind: Stage.Kind, _ code: Int32) -> Stage {
        Stage(kind: kind, ending: .exited(code))
    }

    static let cases = [
        Case(name: "begins", stages: [], next: .run),
        Case(name: "well", stages: [run(0)], next: nil),
        Case(name: "hidden doubt", stages: [run(0)], isOpen: true, next: .reconcile),
        Case(name: "refused", stages: [run(77)], next: nil),
        Case(name: "later", stages: [run(75)], next: .again),
        Case(name: "doubt", stages: [run(80)], isOpen: true, next: .reconcile),
        Case(name: "doubt settled", stages: [run(80), then(.reconcile, 0)], next: .again),
        Case(
            name: "doubt stays",
            stages: [run(80), then(.reconcile, 80)],
            isOpen: true,
            next: nil
        ),
        Case(name: "killed", stages: [killed], next: .again),
        Case(name: "killed in a change", stages: [killed], isOpen: true, next: .reconcile),
        Case(
            name: "killed in a step",
            stages: [killed],
            canResume: true,
            isOpen: true,
            next: .resume
        ),
        Case(name: "steps, refused", stages: [run(77)], canResume: true, next: .resume),
        Case(
            name: "resumed",
            stages: [run(69), then(.resume, 0)],
            canResume: true,
            next: nil
        ),
        Case(
            name: "resumed, later",
            stages: [run(69), then(.resume, 75)],
            canResume: true,
            next: .resume
        ),
        Case(
            name: "the fault lasts: steps that are done are not done again",
            stages: [run(69), then(.resume, 75), then(.resume, 75)],
            canResume: true,
            next: nil
        ),
        Case(
            name: "everything was given back: a new start does nothing twice",
            stages: [run(69), then(.resume, 69), then(.resume, 69)],
            canResume: true,
            isAsBefore: true,
            next: .again
        ),
        Case(
            name: "cannot be resumed",
            stages: [run(81), then(.resume, 81)],
            canResume: true,
            next: nil
        ),
        Case(
            name: "run again",
            stages: [killed, then(.again, 0)],
            next: nil
        ),
    ]

    @Test(arguments: cases)
    func `an operator goes on as the end asks for`(_ row: Case) {
        var evidence = CaseEvidence()
        evidence.stages = row.stages
        evidence.canResume = row.canResume
        evidence.isAsBefore = row.isAsBefore
        if row.isOpen {
            evidence.told = [.init(identifier: "x", operation: "rollback", outcome: .unknown)]
        }
        #expect(CaseCourse.next(after: evidence, expected: .exited(0)) == row.next)
    }
}
