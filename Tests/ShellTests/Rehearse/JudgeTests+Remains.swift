import JSON
import Journal
import Posix
import Testing

@testable import Shell

/// Findings about things that the script was not to touch, and about changes of other names.
extension JudgeTests {
    /// Whatever the exit code says: a script must not break on a fault what it does not touch without one.
    @Test func `what the run without faults left alone is told, however the case ended`() {
        func state(
            other: String? = "golden/b",
            holders: [String] = ["ALICE"],
            power: JSONValue = "POWERED_ON",
            rolledBack: Bool = false
        ) -> TwinState {
            var state = Self.state(rolledBack ? ["vm-2", "vm-1"] : ["vm-1", "vm-2"])
            if let other {
                var item = TwinState.Item()
                (item.key.id, item.path, item.holders) = ("other", other, holders)
                state.items.append(item)
            }
            state.machines = [.init(key: .init(id: "vm-5"), name: "db", facts: ["power": power])]
            return state
        }
        var base = Self.base
        base.state = state(rolledBack: true)
        let judge = Judge(before: state(), base: base)
        func findings(_ state: TwinState, isOpen: Bool = false) -> [String] {
            var evidence = base
            evidence.point = RehearsalCase("rollback#1:error:unauthorized")
            evidence.requests = [Self.rollback(applied: false, fault: "error:unauthorized")]
            evidence.told = [Self.told(isOpen ? nil : .rejected)]
            if isOpen { evidence.openAfterRun = 1 }
            evidence.stages = [Self.stage(.run, isOpen ? 80 : 77)]
            evidence.state = state
            return judge.findings(evidence)
        }
        #expect(findings(state()) == [])
        #expect(findings(state(other: nil)) == ["the item golden/b is gone"])
        #expect(
            findings(state(other: "golden/c")) == [
                "the item golden/b is gone", "the item golden/c is there, and should not be",
            ]
        )
        #expect(findings(state(holders: [])) == ["golden/b is checked out otherwise"])
        #expect(findings(state(power: "POWERED_OFF")) == ["the machine db has other power"])
        // What is open may still make something, and break nothing.
        #expect(findings(state(holders: []), isOpen: true) == ["golden/b is checked out otherwise"])
    }

    @Test func `a change of another name is another change`() {
        func told(_ id: String, _ name: String, _ outcome: OperationRecord.Outcome)
            -> CaseEvidence.Told
        {
            .init(
                identifier: id,
                operation: "deploy",
                subjects: [Self.item],
                name: name,
                outcome: outcome
            )
        }
        func request(_ name: String, applied: Bool, fault: String? = nil) -> SeenRequest {
            SeenRequest(
                [
                    "operation": "deploy", "path": .string("/rest/library-items/\(Self.item)"),
                    "body": .string(#"{"spec":{"name":"\#(name)"}}"#), "changing": true,
                    "applied": .boolean(applied), "fault": fault.map { .string($0) } ?? .null,
                ],
                at: ""
            )
        }
        var base = Self.base
        base.requests = [request("web01", applied: true)]
        base.told = [told("a", "web01", .done)]
        base.state = Self.state(machines: ["web01"])
        var evidence = base
        evidence.point = RehearsalCase("deploy#1:error:resource_busy")
        evidence.requests = [
            request("web01", applied: false, fault: "error:resource_busy"),
            request("web01-b", applied: true),
        ]
        evidence.told = [told("a", "web01", .rejected), told("b", "web01-b", .done)]
        evidence.state = Self.state(machines: ["web01-b"])
        let judge = Judge(before: Self.state(), base: base)
        #expect(
            judge.findings(evidence) == [
                "ended with 0, and the machine web01 is missing",
                "ended with 0, and the machine web01-b is left",
            ]
        )
        evidence.told[1].outcome = .rejected
        #expect(
            judge.findings(evidence).first
                == "deploy of golden/a is told as not done, and was applied"
        )
    }
}
