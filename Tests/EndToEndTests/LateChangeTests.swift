import Foundation
import JSON
import Support
import Testing

/// The server's work outlasts every time of ours, and other runs of our own account do the same.
@Suite struct LateChangeTests {
    static let ubuntu = PolicyTests.ubuntu
    static let rhel = PolicyTests.rhel
    static let quick = ["--settle", "100ms", "--operation-timeout", "500ms"]

    private static func checkOut(_ name: String) -> String {
        "print(checkOut('\(ubuntu)', { name = '\(name)', placement = { folder = 'group-v3' } }))"
    }

    private func reconcile(_ runs: Runs, _ arguments: String...) throws -> ProgramRun {
        try ProgramRun.of(
            "vmoon",
            ["reconcile"] + arguments + runs.connection,
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
    }

    /// Looks again and again until it is settled, for half a minute at most.
    private func settled(_ runs: Runs) throws -> ProgramRun {
        let last = Date() + 30
        var look = try reconcile(runs)
        while look.status == 80, Date() < last {
            usleep(100_000)
            look = try reconcile(runs)
        }
        return look
    }

    private func fault(_ runs: Runs, _ operation: String, _ effect: JSONValue) throws {
        var fault = effect
        fault["match"] = ["operation": .string(operation)]
        try runs.simulator.add(fault: fault)
    }

    private func sent(_ runs: Runs, _ operation: String) throws -> Int {
        try runs.simulator.requests().count { $0["operation"]?.string == operation }
    }

    @Test(arguments: ["rest", "api"])
    func `a check-in that takes longer than all our time is open until it is seen`(
        _ dialect: String
    ) throws {
        let runs = try Runs("--http", "--clone-time", "3s")
        let code = "checkIn('\(Self.rhel)', 'vm-110', 'slow')"
        let run = try runs.vmoon(Self.quick + ["--api", dialect, "-e", code])
        #expect(run.status == 80, "\(run.error)")
        let early = try reconcile(runs)
        #expect(early.status == 80 && early.output.contains("still unknown"), "\(early)")
        let next = try runs.vmoon(["-e", "rollback('\(Self.rhel)', '1', 'on top')"])
        #expect(next.status == 80 && next.error.contains("not sent: an earlier checkIn"), "\(next)")
        let late = try settled(runs)
        #expect(late.status == 0 && late.output.contains("done (version 2 → 3)"), "\(late)")
        #expect(try sent(runs, "rollback") == 0)
    }

    @Test(arguments: ["rest", "api"])
    func `a check-out is never sent again by itself, and blocks its item while it is open`(
        _ dialect: String
    ) throws {
        let runs = try Runs("--http")
        try fault(runs, "checkOut", ["do": "late_apply", "ms": 2500])
        let options = Self.quick + ["--api", dialect, "--resend", "5", "-e"]
        let run = try runs.vmoon(options + [Self.checkOut("late-{op}")])
        #expect(run.status == 80, "\(run.error)")
        let again = try runs.vmoon(options + [Self.checkOut("again-{op}")])
        #expect(again.status == 80 && again.error.contains("not sent: an earlier"), "\(again)")
        #expect(try sent(runs, "checkOut") == 1)
        let late = try settled(runs)
        #expect(late.status == 0 && late.output.contains("done (vm-111)"), "\(late)")
        let resent = try reconcile(runs, String(late.output.prefix(8)), "--resend")
        #expect(try sent(runs, "checkOut") == 1, "\(resent)")
    }

    @Test func `a machine of another run of the same account is not claimed`() throws {
        let runs = try Runs("--http")
        try fault(runs, "checkOut", ["do": "reset_before_apply"])
        let lost = try runs.vmoon(Self.quick + ["-e", Self.checkOut("patch")])
        #expect(lost.status == 80, "\(lost.error)")
        let twin = try Runs(beside: runs).vmoon(["-e", Self.checkOut("patch")])
        #expect(twin.output == "vm-111\n", "\(twin)")
        let looked = try reconcile(runs)
        let known =
            "vm-111 (patch) is checked out by VSPHERE.LOCAL\\operator since 2"
        #expect(looked.status == 80 && looked.output.contains(known), "\(looked)")
        #expect(looked.output.contains("nothing proves it ({op} in the name would)"))
    }

    @Test(arguments: ["rest", "api"])
    func `a marked name proves a check-out`(_ dialect: String) throws {
        let runs = try Runs("--http")
        try fault(runs, "checkOut", ["do": "reset_after_apply"])
        let run = try runs.vmoon(["--api", dialect, "-e", Self.checkOut("patch-{op}")])
        #expect(run.status == 0 && run.output == "vm-111\n", "\(run)")
        let name = try #require(
            runs.simulator.state()["machines"]?.array?.first { $0["vm"] == "vm-111" }?["name"]?
                .string
        )
        #expect(name.hasPrefix("patch-") && name.count == 14 && !name.contains("{"))
    }

    struct Made: Sendable, CustomTestStringConvertible {
        let operation: String
        /// The call, with `NAME` for the name.
        let call: String
        /// How the identifier of what is made begins.
        let result: String
        var testDescription: String { operation }

        func code(_ name: String) -> String {
            "print(\(call.replacingOccurrences(of: "NAME", with: name)))"
        }
    }

    static let made = [
        Made(
            operation: "deploy",
            call: "deploy('\(ubuntu)', { name = 'NAME', placement = { folder = 'group-v3' } })",
            result: "vm-111"
        ),
        Made(
            operation: "createTemplate",
            call: "createTemplate{ source_vm = 'vm-109', name = 'NAME', "
                + "library = findLibraries{ name = 'staging' }[1], "
                + "placement = { folder = 'group-v3' } }",
            result: "0000"
        ),
    ]

    @Test(arguments: made, ["rest", "api"])
    func `what is made under a marked name is found again`(_ row: Made, _ dialect: String) throws {
        let runs = try Runs("--http")
        try fault(runs, row.operation, ["do": "reset_after_apply"])
        let run = try runs.vmoon(["--api", dialect, "-e", row.code("web-{op}")])
        #expect(run.status == 0 && run.output.hasPrefix(row.result), "\(run)")
        #expect(try sent(runs, row.operation) == 1)
    }

    @Test(arguments: ["rest", "api"])
    func `a name with a slash is found as the vCenter keeps it`(_ dialect: String) throws {
        let runs = try Runs("--http")
        try fault(runs, "deploy", ["do": "reset_after_apply"])
        let run = try runs.vmoon(["--api", dialect, "-e", Self.made[0].code("web/{op}")])
        #expect(run.status == 0 && run.output == "vm-111\n", "\(run)")
        let kept = try runs.simulator.state()["machines"]?.array?.first { $0["vm"] == "vm-111" }
        #expect(kept?["name"]?.string?.hasPrefix("web%2f") == true)
        #expect(try sent(runs, "deploy") == 1)
    }

    @Test(arguments: made, ["rest", "api"])
    func `what has the name now is named, and nothing is claimed`(
        _ row: Made,
        _ dialect: String
    ) throws {
        let runs = try Runs("--http")
        try fault(runs, row.operation, ["do": "reset_after_apply"])
        let run = try runs.vmoon(Self.quick + ["--api", dialect, "-e", row.code("web")])
        #expect(run.status == 80, "\(run)")
        #expect(run.error.contains("\(row.result)") && run.error.contains("has the name web now"))
        let looked = try reconcile(runs)
        #expect(looked.status == 80 && looked.output.contains("has the name web now"), "\(looked)")
        let closed = try reconcile(runs, String(looked.output.prefix(8)), "--resolve", "done")
        #expect(closed.status == 0, "\(closed)")
    }

    @Test(arguments: made) func `what had the name before is not named`(_ row: Made) throws {
        let runs = try Runs("--http")
        let code = row.code("web")
        #expect(try runs.vmoon(["-e", code]).status == 0)
        try fault(runs, row.operation, ["do": "reset_before_apply"])
        let run = try runs.vmoon(Self.quick + ["-e", code])
        #expect(run.status == 80 && run.error.contains("it has not happened so far"), "\(run)")
    }

    @Test(arguments: ["rest", "api"])
    func `a machine that is listed with its server is the same machine`(_ dialect: String) throws {
        let runs = try Runs("--http")
        let vm = "vm-110:5f3c0000-0000-4000-8000-000000000001"
        let body = dialect == "rest" ? #"{"value":[{"vm":"\#(vm)"}]}"# : #"[{"vm":"\#(vm)"}]"#
        try fault(
            runs,
            "listCheckOuts",
            ["do": "status", "status": 200, "body": .string(body), "times": 99]
        )
        try fault(runs, "deleteCheckOut", ["do": "reset_before_apply"])
        let code = "deleteCheckOut('\(Self.rhel)', 'vm-110')"
        let options = ["--settle", "10ms", "--resend", "0", "--api", dialect]
        let run = try runs.vmoon(options + ["-e", code])
        #expect(run.status == 80 && run.error.contains("it has not happened so far"), "\(run)")
    }
}
