import Journal
import Testing

@testable import Changes

/// What a change did to the versions of its item.
@Suite struct VersionEffectTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let operation: String
        let outcome: OperationRecord.Outcome?
        let before: String?
        let after: String?
        let purged: [String]
        var testDescription: String { "\(operation) \(outcome?.rawValue ?? "open")" }
    }

    static let cases = [
        Case(operation: "checkIn", outcome: .done, before: "2", after: "3", purged: ["0"]),
        Case(operation: "rollback", outcome: .resolvedDone, before: "2", after: "3", purged: ["0"]),
        Case(operation: "rollback", outcome: .rejected, before: "2", after: "2", purged: []),
        Case(operation: "rollback", outcome: .unknown, before: "2", after: nil, purged: ["0"]),
        Case(operation: "checkIn", outcome: nil, before: "2", after: nil, purged: ["0"]),
        Case(operation: "deleteVersion", outcome: .done, before: "2", after: "2", purged: ["1"]),
        Case(operation: "deleteVersion", outcome: .conflict, before: "2", after: "2", purged: []),
        Case(operation: "checkOut", outcome: .done, before: "2", after: "2", purged: ["0"]),
        Case(
            operation: "deleteItem",
            outcome: .done,
            before: nil,
            after: "deleted",
            purged: ["all"]
        ),
        Case(operation: "deleteItem", outcome: .rejected, before: nil, after: nil, purged: []),
        Case(operation: "deleteItem", outcome: .unknown, before: nil, after: nil, purged: ["all"]),
        Case(operation: "deleteVM", outcome: .done, before: nil, after: "deleted", purged: ["0"]),
        Case(
            operation: "deleteLibrary",
            outcome: .resolvedDone,
            before: nil,
            after: "deleted",
            purged: ["0"]
        ),
        Case(operation: "setPower", outcome: .done, before: nil, after: nil, purged: ["0"]),
        Case(operation: "of a later vmoon", outcome: .done, before: nil, after: nil, purged: ["0"]),
    ]

    @Test(arguments: cases) func `the latest version before and after, and what is lost`(
        _ row: Case
    ) {
        var record = OperationRecord(
            identifier: "o",
            run: "r",
            operation: row.operation,
            vcenter: "vc",
            user: "u",
            intended: 0,
            deadline: 0
        )
        record.item = "i"
        record.version = "1"
        record.latestBefore = "2"
        record.purges = ["0"]
        record.outcome = row.outcome
        record.result = row.outcome == .done || row.outcome == .resolvedDone ? "3" : nil
        let effect = VersionEffect(of: row.operation)
        let latest = effect.latest(of: record)
        #expect(latest.before == row.before && latest.after == row.after)
        #expect(effect.purged(by: record) == row.purged)
    }

    static let pins: [(operation: String, version: String?, purges: [String]?)] = [
        ("checkIn", nil, ["1"]), ("rollback", "1", []), ("rollback", "0", ["1"]),
        ("deleteVersion", "1", nil),
        ("checkOut", nil, nil),
    ]

    @Test(arguments: pins) func `what will be purged is known before it is sent`(
        _ operation: String,
        _ version: String?,
        _ purges: [String]?
    ) {
        var record = OperationRecord(
            identifier: "o",
            run: "r",
            operation: operation,
            vcenter: "vc",
            user: "u",
            intended: 0,
            deadline: 0
        )
        record.version = version
        let versions = ["1", "2"].map { Observation.Version($0, template: "vm-\($0)") }
        record.pin(Observation.State(latest: "2", versions: versions, checkOuts: []), history: [])
        #expect(record.purges == purges)
        record.purges = nil
        record.pin(Observation.State(latest: nil, versions: versions, checkOuts: []), history: [])
        #expect(record.purges == nil)
    }
}
