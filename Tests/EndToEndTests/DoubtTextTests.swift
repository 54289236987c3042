import Foundation
import JSON
import Support
import Testing

/// What is said of a change in doubt: all that is known, and nothing that is not.
@Suite struct DoubtTextTests {
    static let ubuntu = PolicyTests.ubuntu
    static let checkOut =
        "checkOut('\(ubuntu)', { name = 'x', placement = { folder = 'group-v3' } })"

    /// Runs against a simulator with faults; the second element makes a fault of an operation.
    private func runs(_ faults: (String, JSONValue)...) throws -> Runs {
        let runs = try Runs("--http")
        for (operation, effect) in faults {
            var fault = effect
            fault["match"] = ["operation": .string(operation)]
            try runs.simulator.add(fault: fault)
        }
        return runs
    }

    private func reconcile(_ runs: Runs, _ arguments: String...) throws -> ProgramRun {
        try ProgramRun.of(
            "vmoon",
            ["reconcile"] + arguments + runs.connection,
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
    }

    @Test(arguments: ["getCheckOut", "getVM"])
    func `a machine that is checked out is named, also where whose it is cannot be read`(
        _ detail: String
    ) throws {
        let runs = try runs(
            ("checkOut", ["do": "reset_after_apply"]),
            (detail, ["do": "error", "kind": "unauthorized", "times": 99])
        )
        let run = try runs.vmoon([
            "--settle", "10ms", "--operation-timeout", "1s", "-e", Self.checkOut,
        ])
        #expect(run.status == 80, "\(run.error)")
        #expect(
            run.error.contains(": vm-111 is checked out now, but whose it is could not be read: ")
        )
        #expect(!run.error.contains("has not happened"), "\(run.error)")
        let late = try reconcile(runs)
        #expect(late.status == 80 && late.output.contains("vm-111 is checked out now"), "\(late)")
        _ = try runs.simulator.admin("DELETE", "/sim/faults")
        let settled = try reconcile(runs)
        let known = "vm-111 (x) is checked out by VSPHERE.LOCAL\\operator since 2"
        #expect(settled.status == 80 && settled.output.contains(known), "\(settled)")
    }

    struct Cause: Sendable, CustomTestStringConvertible {
        let effect: JSONValue
        /// What came back, as text; nothing where it differs from run to run.
        let text: String
        let kind: String
        var testDescription: String { kind + " " + text }
    }

    static let causes = [
        Cause(effect: ["do": "reset_before_apply"], text: "transport: ", kind: "transport"),
        Cause(
            effect: ["do": "html_503"],
            text: "service_unavailable (HTTP 503): answered with",
            kind: "service_unavailable"
        ),
        Cause(
            effect: ["do": "error", "kind": "timed_out"],
            text: "timed_out (HTTP ",
            kind: "timed_out"
        ),
        Cause(effect: ["do": "delay", "ms": 5000], text: "timeout: ", kind: "timeout"),
    ]

    @Test(arguments: causes, ["rest", "api"])
    func `what came back stays in the message and in the journal, also after looking again`(
        _ cause: Cause,
        _ dialect: String
    ) throws {
        let runs = try runs(("rollback", cause.effect))
        let code = """
            local ok, e = pcall(rollback, '\(Self.ubuntu)', '1', 'm')
            print(e.cause) print(e.message)
            """
        let timeout = cause.kind == "timeout" ? "1s" : "60s"
        let options = ["--settle", "10ms", "--resend", "0", "--operation-timeout", timeout]
        let run = try runs.vmoon(options + ["--api", dialect, "-e", code])
        #expect(run.status == 80, "\(run.error)")
        let known =
            "it has not happened so far, and may still (the last attempt: \(cause.text)"
        #expect(run.lines.first == cause.kind)
        #expect(
            run.lines.last?.hasPrefix("sent, and whether it happened is not known: \(known)")
                == true,
            "\(run.output)"
        )
        let looked = try reconcile(runs)
        #expect(looked.output.contains("still unknown: \(known)"), "\(looked)")
        let again = try reconcile(runs)
        #expect(again.output == looked.output)
    }

    /// When somebody else checks the machine in.
    enum Moment: CaseIterable { case before, between, inDoubt }

    @Test(arguments: Moment.allCases, ["rest", "api"])
    func `a machine that was to be discarded and was checked in is a conflict, with who and what`(
        _ moment: Moment,
        _ dialect: String
    ) throws {
        let runs = try Runs("--http")
        let rhel = PolicyTests.rhel
        let discard: JSONValue = ["operation": "deleteCheckOut"]
        switch moment {
        case .before: OtherOperator(runs.simulator).checkIn(rhel, "vm-110")
        case .between:
            try runs.simulator.add(fault: ["match": discard, "do": "delay", "ms": 1500])
        case .inDoubt:
            try runs.simulator.add(fault: ["match": discard, "do": "reset_before_apply"])
        }
        let options = ["--settle", "20s", "--resend", "0", "--api", dialect]
        let code = """
            print "begun" io.stdout:flush()
            local ok, e = pcall(deleteCheckOut, '\(rhel)', 'vm-110')
            print(e.kind, e.exit_code, e.outcome) error(e)
            """
        let other = OtherOperator(runs.simulator)
        var isDone = moment == .before
        let run = try runs.vmoon(options + ["-e", code]) { _, _ in
            guard !isDone else { return }
            isDone = true
            for _ in 0..<100 {
                let seen = try? runs.simulator.requests().contains {
                    $0["operation"]?.string == "deleteCheckOut"
                }
                // A request that is delayed is not in the log yet: its reads are.
                let read = try? runs.simulator.requests().contains {
                    $0["operation"]?.string == "listChanges"
                }
                if seen == true || (moment == .between && read == true) { break }
                usleep(20_000)
            }
            if moment == .between { usleep(300_000) }
            other.checkIn(rhel, "vm-110")
        }
        #expect(run.status == 81, "\(run.error)")
        #expect(run.lines.last?.hasPrefix("conflict\t81") == true, "\(run.output)")
        let line =
            "the machine was checked IN: version 3 was made of it by VSPHERE.LOCAL\\operator at 2"
        #expect(run.error.contains(line), "\(run.error)")
        let sent = try runs.simulator.requests().count {
            $0["operation"]?.string == "deleteCheckOut"
        }
        #expect(sent == (moment == .before ? 0 : 1))
    }

    struct Unseen: Sendable, CustomTestStringConvertible {
        let operation: String
        let call: String
        /// What the journal says it was about.
        let subject: String
        var testDescription: String { call }
    }

    static let unseen = [
        Unseen(
            operation: "setPower",
            call: "setPower('vm-109', 'reset')",
            subject: "vm vm-109, action reset"
        )
    ]

    @Test(arguments: unseen, ["rest", "api"])
    func `what leaves nothing to be seen is looked for by hand and closed by hand`(
        _ row: Unseen,
        _ dialect: String
    ) throws {
        let runs = try runs((row.operation, ["do": "reset_after_apply"]))
        let run = try runs.vmoon(["--settle", "10ms", "--api", dialect, "-e", row.call])
        #expect(run.status == 80, "\(run.error)")
        #expect(run.error.contains("(\(row.subject)"), "\(run.error)")
        let known =
            "nothing in the vCenter tells it afterwards; look by hand, then close it with --resolve "
            + "(the last attempt: transport: "
        #expect(run.error.contains("is not known: \(known)"), "\(run.error)")
        let looked = try reconcile(runs)
        #expect(
            looked.status == 80 && looked.output.contains("still unknown: \(known)"),
            "\(looked)"
        )
        #expect(looked.output.contains(row.subject), "\(looked)")
        let id = String(looked.output.prefix(8))
        #expect(run.error.contains("then `vmoon reconcile \(id)"), "\(run.error)")
        let again = try reconcile(runs, id, "--resend")
        #expect(again.status == 64, "\(again)")
        #expect(again.error.hasPrefix("vmoon: a \(row.operation) is not sent again: "), "\(again)")
        let closed = try reconcile(runs, id, "--resolve", "done")
        #expect(closed.status == 0 && closed.output.contains("done: settled by hand"), "\(closed)")
        let sent = try runs.simulator.requests().count {
            $0["operation"]?.string == row.operation
        }
        #expect(sent == 1)
    }

    struct Machine: Sendable, CustomTestStringConvertible {
        let operation: String
        let call: String
        /// How it stands while the request may still come.
        let now: String
        var testDescription: String { call }
    }

    static let machines = [
        Machine(
            operation: "deleteVM",
            call: "deleteVM('vm-110')",
            now: "it has not happened so far, and may still"
        ),
        Machine(
            operation: "setPower",
            call: "setPower('vm-110', 'start')",
            now: "the machine is POWERED_OFF now"
        ),
        Machine(
            operation: "setPower",
            call: "setPower('vm-109', 'stop')",
            now: "the machine is POWERED_ON now"
        ),
    ]

    @Test(arguments: machines, ["rest", "api"])
    func `what a machine shows settles a deletion and its power`(
        _ row: Machine,
        _ dialect: String
    ) throws {
        let happened = try runs((row.operation, ["do": "reset_after_apply"]))
        let run = try happened.vmoon(["--api", dialect, "-e", row.call])
        #expect(run.status == 0, "\(run.error)")

        let lost = try runs((row.operation, ["do": "reset_before_apply"]))
        let options = ["--settle", "10ms", "--resend", "0", "--api", dialect]
        let doubtful = try lost.vmoon(options + ["-e", row.call])
        #expect(doubtful.status == 80 && doubtful.error.contains(row.now), "\(doubtful.error)")
        let early = try reconcile(lost)
        #expect(early.status == 80 && early.output.contains(row.now), "\(early)")
        // The same once more is harmless, and settles both.
        #expect(try lost.vmoon(["-e", row.call]).status == 0)
        let settled = try reconcile(lost)
        #expect(settled.status == 0 && settled.output.contains("whoever did that"), "\(settled)")
    }
}
