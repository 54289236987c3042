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
        usleep(1_100_000)
        let late = try reconcile(runs)
        #expect(late.status == 80 && late.output.contains("vm-111 is checked out now"), "\(late)")
        _ = try runs.simulator.admin("DELETE", "/sim/faults")
        let settled = try reconcile(runs)
        #expect(settled.output.contains("done (vm-111)"), "\(settled)")
    }
}
