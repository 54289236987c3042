import Testing

@testable import VSphere

/// What one look at a machine means for a change of it that is in doubt.
@Suite struct MachineGoalTests {
    struct Row: Sendable {
        let goal: MachineGoal
        let seen: MachineGoal.Sight
        var hasTime = false
        var isExpired = false
        let action: Reconciliation.Action
    }

    static let on = MachineGoal.powered("POWERED_ON")
    static let off = MachineGoal.Sight.missed("POWERED_OFF")
    static let done = Reconciliation.Action.conclude(.done(result: nil, supersededBy: nil))

    @Test(arguments: [
        Row(goal: .deleted, seen: .reached, hasTime: true, action: done),
        Row(goal: .deleted, seen: .missed(nil), hasTime: true, action: .wait(.seconds(1))),
        Row(goal: .deleted, seen: .missed(nil), action: .conclude(.unknown(.notSeenYet))),
        Row(goal: .deleted, seen: .missed(nil), isExpired: true, action: .conclude(.notApplied)),
        Row(goal: on, seen: .reached, isExpired: true, action: done),
        Row(goal: on, seen: off, hasTime: true, action: .wait(.seconds(1))),
        Row(
            goal: on,
            seen: off,
            isExpired: true,
            action: .conclude(.unknown(.otherPower("POWERED_OFF")))
        ),
        Row(goal: on, seen: .unreadable("x"), hasTime: true, action: .wait(.seconds(1))),
        Row(
            goal: .deleted,
            seen: .unreadable("x"),
            isExpired: true,
            action: .conclude(.unknown(.unreadable("x")))
        ),
    ])
    func `what a look means`(_ row: Row) {
        let action = row.goal.next(
            row.seen,
            nextWait: row.hasTime ? .seconds(1) : nil,
            isExpired: row.isExpired
        )
        #expect(action == row.action)
    }

    @Test func `only what can be seen afterwards is a goal`() {
        #expect(MachineGoal(operation: "deleteVM", action: nil) == .deleted)
        #expect(MachineGoal(operation: "setPower", action: "start") == Self.on)
        for action in ["reset", "suspend", nil] {
            #expect(MachineGoal(operation: "setPower", action: action) == nil)
        }
        #expect(MachineGoal(operation: "deploy", action: nil) == nil)
    }
}
