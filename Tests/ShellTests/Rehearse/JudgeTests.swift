import JSON
import Journal
import Posix
import Testing

@testable import Shell

/// What is wrong with a case, from the record alone.
struct JudgeTests {
    static let item = "00000000-0000-4000-a17e-000000000001"
    static let mark = "4f3c1111-0000-4000-8000-000000000000"

    static func state(
        _ templates: [String] = ["vm-1", "vm-2"],
        holders: [String] = [],
        machines: [String] = []
    ) -> TwinState {
        var item = TwinState.Item()
        item.key.id = Self.item
        item.path = "golden/a"
        item.templates = templates
        item.messages = Array(repeating: "", count: templates.count)
        item.holders = holders
        let list = machines.map { TwinState.Machine(key: .init(id: $0), name: $0) }
        return TwinState(items: [item], machines: list)
    }

    static func rollback(applied: Bool = true, fault: String? = nil) -> SeenRequest {
        var request = SeenRequest()
        request.operation = "rollback"
        request.isChanging = true
        request.isApplied = applied
        request.fault = fault
        request.path = ["rest", "library-items", item, "versions", "1"]
        request.text = "/rest/library-items/\(item)/versions/1\n[vmoon:\(mark)] bad"
        request.words = Set(request.path)
        return request
    }

    static func told(_ outcome: OperationRecord.Outcome?) -> CaseEvidence.Told {
        CaseEvidence.Told(
            identifier: mark,
            operation: "rollback",
            subjects: [item, "1"],
            outcome: outcome
        )
    }

    static func stage(
        _ kind: CaseEvidence.Stage.Kind,
        _ code: Int32
    ) -> CaseEvidence.Stage {
        CaseEvidence.Stage(kind: kind, ending: .exited(code))
    }

    /// A run that has rolled back.
    static let base: CaseEvidence = {
        var base = CaseEvidence()
        base.stages = [stage(.run, 0)]
        base.requests = [rollback()]
        base.told = [told(.done)]
        base.state = state(["vm-2", "vm-1"])
        return base
    }()

    /// A case in which the answer is lost, and everything else is as in the run without a fault.
    static let good: CaseEvidence = {
        var evidence = base
        evidence.point = RehearsalCase("rollback#1:reset_after_apply")
        evidence.requests = [rollback(fault: "reset_after_apply")]
        return evidence
    }()

    func findings(_ change: (inout CaseEvidence) -> Void) -> [String] {
        var evidence = Self.good
        change(&evidence)
        return Judge(before: Self.state(), base: Self.base).findings(evidence)
    }

    @Test func `a case that went well has no findings`() {
        #expect(findings { _ in } == [])
    }

    @Test func `a fault that hit nothing is a finding, and so is a kill that did not come`() {
        #expect(findings { $0.requests = [Self.rollback()] } == ["the fault hit nothing"])
        let found = findings { $0.point = RehearsalCase("journal.settle#9:kill_after") }
        #expect(found == ["it was not killed: there was no such write"])
    }

    @Test func `a verdict that the record contradicts is a finding`() {
        let lost = Self.rollback(applied: false, fault: "reset_after_apply")
        #expect(
            findings {
                $0.requests = [lost]
            } == ["rollback of golden/a is told as done, and was not applied"]
        )
        for outcome in [OperationRecord.Outcome.rejected, .notSent, .conflict, .notSeen] {
            #expect(
                findings { $0.told = [Self.told(outcome)] }
                    == ["rollback of golden/a is told as not done, and was applied"]
            )
        }
        // Whether it was applied or not: nothing was claimed.
        for requests in [[lost], Self.good.requests] {
            let found = findings {
                $0.requests = requests
                $0.told = [Self.told(.unknown)]
                $0.openAfterRun = 1
                $0.stages = [Self.stage(.run, 80), Self.stage(.reconcile, 80)]
                $0.state = requests == [lost] ? Self.state() : Self.base.state
            }
            #expect(found == [])
        }
    }

    @Test func `what is applied twice is a finding, by its mark and by the object`() {
        #expect(
            findings { $0.requests.append(Self.rollback()) } == [
                "rollback of golden/a was applied 2 times",
                "rollback of golden/a was applied 2 times (1 without a fault)",
            ]
        )
    }

    @Test func `a machine that was given back was not made twice`() {
        func request(_ operation: String) -> SeenRequest {
            var request = Self.rollback()
            request.operation = operation
            request.text = ""
            return request
        }
        let made = ["checkOut", "deleteCheckOut", "checkOut"].map(request)
        #expect(findings { $0.requests += made } == [])
        let doubled = ["checkOut", "checkOut"].map(request)
        #expect(
            findings { $0.requests += doubled }
                == ["checkOut of golden/a was applied 2 times (never without a fault)"]
        )
    }

    @Test func `how it ends has to be as documented`() {
        #expect(
            findings {
                $0.stages = [.init(kind: .run, ending: .exited(1), errorKind: "not_found")]
            }.contains("it ended with 1, and 66 is the code of not_found")
        )
        #expect(
            findings { $0.openAfterRun = 1 }
                == ["it ended with 0, and hides that the outcome of a change was unknown"]
        )
        #expect(
            findings { $0.stages = [.init(kind: .run, ending: .signalled(11))] }
                .contains("it was ended by signal 11")
        )
        #expect(
            findings { $0.stages = [.init(kind: .run, ending: .timedOut)] }
                .contains("it did not end")
        )
    }

    @Test func `a session that is left is a finding, unless nobody could end it`() {
        #expect(findings { $0.sessionsLeft = 1 } == ["a session is left open"])
        let found = findings {
            $0.point = RehearsalCase("journal.settle#1:kill_after")
            $0.isKillNoted = true
            $0.stages = [
                .init(kind: .run, ending: .signalled(9)), Self.stage(.resume, 0),
            ]
            $0.sessionsLeft = 1
        }
        #expect(found == [])
    }

    @Test func `an end with 0 means the state of the run without faults`() {
        #expect(
            findings { $0.state = Self.state() }
                == ["ended with 0, and golden/a has another latest version"]
        )
        let found = findings {
            $0.stages = [Self.stage(.run, 69), Self.stage(.resume, 0)]
            $0.state = Self.state(["vm-2", "vm-1"], machines: ["web-1"])
        }
        #expect(
            found == ["ended with 0 after resume, and the machine web-1 is left"]
        )
    }

    @Test func `an end with an error leaves nothing behind, and can be continued`() {
        #expect(
            findings {
                $0.stages = [Self.stage(.run, 81)]
                $0.state = Self.state(["vm-2", "vm-1"], holders: ["X"])
            } == ["golden/a is left checked out"]
        )
        #expect(
            findings { $0.stages = [Self.stage(.run, 69), Self.stage(.resume, 66)] }
                == ["resume ended with 66"]
        )
        // What is refused for good, and left nothing, need not be continued.
        let found = findings {
            $0.stages = [Self.stage(.run, 77), Self.stage(.resume, 66)]
            $0.stateAfterRun = $0.state
        }
        #expect(found == [])
    }

    @Test func `another run that finds the work done may say so`() {
        let stages = [
            CaseEvidence.Stage(kind: .run, ending: .signalled(9)), Self.stage(.again, 81),
        ]
        func kill(_ evidence: inout CaseEvidence) {
            evidence.point = RehearsalCase("journal.settle#1:kill_after")
            evidence.isKillNoted = true
            evidence.stages = stages
        }
        #expect(findings { kill(&$0) } == [])
        let found = findings {
            kill(&$0)
            $0.state = Self.state()
        }
        #expect(found == ["run again ended with 81"])
    }

    @Test func `what was so before is done where it is so in the end`() {
        let told = CaseEvidence.Told(
            identifier: Self.mark,
            operation: "setHardware",
            subjects: ["vm-9"],
            outcome: .done
        )
        var request = Self.rollback(applied: false)
        request.operation = "setHardware"
        (request.text, request.words) = ("/vcenter/vm/vm-9", ["vm-9"])
        var base = Self.base
        var applied = request
        applied.isApplied = true
        base.requests.append(applied)
        base.told.append(told)
        var evidence = base
        evidence.requests[1] = request
        let judge = Judge(before: Self.state(), base: base)
        #expect(judge.findings(evidence) == [])
        evidence.state = Self.state()
        #expect(
            judge.findings(evidence)
                .contains("setHardware of vm-9 is told as done, and was not applied")
        )
    }

    /// A twin may have the tags of a change without the change: only the tags themselves tell.
    @Test func `a tag that is told as attached has to be there`() {
        let told = CaseEvidence.Told(
            identifier: Self.mark,
            operation: "attachTag",
            subjects: ["vm-9"],
            outcome: .done
        )
        var base = Self.base
        base.told.append(told)
        base.requests.append(Self.rollback())
        base.requests[1].operation = "attachTag"
        (base.requests[1].text, base.requests[1].words) = ("/tag-association vm-9", ["vm-9"])
        base.state.tags = ["golden/a": ["stage/test"]]
        let judge = Judge(before: Self.state(), base: base)
        var evidence = base
        evidence.requests[1].isApplied = false
        #expect(judge.findings(evidence) == [])
        evidence.state.tags = [:]
        #expect(
            judge.findings(evidence) == [
                "attachTag of vm-9 is told as done, and was not applied",
                "ended with 0, and golden/a lacks the tag stage/test",
            ]
        )
    }

    @Test func `what somebody has done at one vCenter is not done at another`() {
        func both(_ first: TwinState, _ second: TwinState) -> TwinState {
            var (first, second) = (first, second)
            first.items[0].path = "vc1:golden/a"
            second.items[0].path = "vc2:golden/a"
            second.items[0].key.vcenter = "vc2"
            return first + second
        }
        let (old, new) = (Self.state(), Self.state(["vm-2", "vm-9"]))
        var base = Self.base
        base.told = []
        base.requests = []
        base.state = both(old, old)
        let judge = Judge(before: both(old, old), base: base)
        var evidence = base
        evidence.point = RehearsalCase("getItem@vc2#1:meanwhile:check_in")
        var request = SeenRequest()
        (request.operation, request.vcenter) = ("getItem", "vc2")
        request.fault = "meanwhile:check_in"
        request.path = ["item", Self.item]
        evidence.requests = [request]
        evidence.state = both(old, new)
        #expect(judge.findings(evidence) == [])
        evidence.state = both(new, old)
        #expect(
            judge.findings(evidence)
                == ["ended with 0, and vc1:golden/a has another latest version"]
        )
    }

    @Test func `what somebody else has done is not the script's`() {
        let found = findings {
            $0.point = RehearsalCase("rollback#1:meanwhile:check_in")
            $0.requests = [Self.rollback(fault: "meanwhile:check_in")]
            $0.state = Self.state(["vm-9", "vm-1"])
        }
        #expect(found == [])
    }
}
