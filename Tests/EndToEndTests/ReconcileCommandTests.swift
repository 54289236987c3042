import Foundation
import JSON
import Support
import Testing

/// What an operator sees of a change in doubt, and what can be done about it.
@Suite struct ReconcileCommandTests {
    static let lost: JSONValue = [
        "match": ["operation": "rollback"], "times": 9, "do": "reset_before_apply",
    ]

    private static func code(_ item: Int, _ version: String = "1") -> String {
        "session():rollback('\(JournalBench.item(item))', '\(version)', 'why')"
    }

    /// A bench with one roll-back in doubt.
    private func doubtful(_ options: String...) throws -> (JournalBench, id: String) {
        let bench = try JournalBench(items: 2)
        try bench.simulator.add(fault: Self.lost)
        let options = ["--settle", "10ms", "--resend", "0"] + options
        let run = try bench.vmoon(options + ["-e", "pcall(function() \(Self.code(1)) end)"])
        #expect(run.status == 80, "80 although the script caught the error: \(run.error)")
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        let id = try #require(bench.operations().first?["op_id"]?.string)
        return (bench, id)
    }

    private func sent(_ bench: JournalBench) throws -> Int {
        try bench.simulator.requests().count { $0["operation"]?.string == "rollback" }
    }

    @Test func `the error says all that is known`() throws {
        let bench = try JournalBench(items: 1)
        try bench.simulator.add(fault: Self.lost)
        let code = """
            local ok, e = pcall(function() \(Self.code(1)) end)
            print(e.kind, e.outcome, e.exit_code, e.cause, e.data.attempts, e.data.version,
                e.data.latest_before, e.data.message, #e.data.op_id)
            """
        let run = try bench.vmoon(["--settle", "10ms", "--resend", "1", "-e", code])
        #expect(run.output == "unknown_outcome\tunknown\t80\ttransport\t2\t1\t2\twhy\t36\n")
        #expect(try sent(bench) == 2)
    }

    @Test func `looking sends nothing, and is open until the server's day is over`() throws {
        let (bench, id) = try doubtful("--operation-timeout", "1s")
        for hours in [0, 2, 21] {
            try bench.advance(hours: hours)
            let early = try bench.vmoon(["reconcile"])
            #expect(early.status == 80)
            #expect(early.output.contains(id.prefix(8)) && early.output.contains("still unknown"))
        }
        try bench.advance(hours: 2)
        let late = try bench.vmoon(["reconcile", "--json"])
        #expect(late.status == 0, "\(late.error)")
        let record = try JSONValue(parsing: late.output).array?.first
        #expect(record?["outcome"]?.string == "not_seen")
        #expect(record?["detail"]?.string == "not seen in 24h, by the server's clock")
        #expect(try sent(bench) == 1)
        #expect(try bench.vmoon(["reconcile"]).output.isEmpty)
    }

    @Test func `how long a change is waited for can be said`() throws {
        let (bench, _) = try doubtful()
        try bench.advance(hours: 2)
        let late = try bench.vmoon(["reconcile", "--give-up", "90m"])
        #expect(late.status == 0, "\(late.error)")
        #expect(late.output.contains("taken to be lost: not seen in 1h30m, by the server's clock"))
    }

    @Test func `the next run looks first, and sends nothing on top of a doubt`() throws {
        let (bench, id) = try doubtful()
        let again = try bench.vmoon(["-e", Self.code(1)])
        #expect(again.status == 80)
        #expect(again.error.contains(id))
        let other = try bench.vmoon(["-e", Self.code(2)])
        #expect(other.status == 0, "\(other.error)")
        #expect(try sent(bench) == 2)
    }

    @Test func `what was settled a moment ago is not looked at again`() throws {
        let bench = try JournalBench(items: 1)
        let item = JournalBench.item(1)
        let code = """
            local vc = session()
            print(pcall(vc.rollback, vc, '\(item)', '2', 'the latest is refused') == false)
            print(vc:rollback('\(item)', '1', 'a'), vc:rollback('\(item)', '2', 'b'))
            """
        let run = try bench.vmoon(["-e", code])
        #expect(run.output == "true\n3\t4\n", "\(run.error)")
        let reads = try bench.simulator.requests().count {
            $0["operation"]?.string == "listChanges"
        }
        // One for each change, and one that looks whether the refusal hides a request that was repeated.
        #expect(reads == 4)
    }

    @Test func `sending again is a deliberate act`() throws {
        let (bench, id) = try doubtful()
        let run = try bench.vmoon(["reconcile", id, "--resend"])
        #expect(run.status == 0, "\(run.error)")
        #expect(run.output.contains("done (version 2 → 3)"))
        #expect(try bench.marks()[id] == ["3"])
        let bodies = try bench.simulator.requests().compactMap { request in
            request["operation"]?.string == "rollback" ? request["body"]?.string : nil
        }
        #expect(bodies.count == 2 && Set(bodies).count == 1)
    }

    @Test(arguments: [("done", "resolved_done"), ("not-applied", "resolved_not_applied")])
    func `closing by hand`(_ word: String, _ outcome: String) throws {
        let (bench, id) = try doubtful()
        let run = try bench.vmoon(["reconcile", id, "--resolve", word])
        #expect(run.status == 0, "\(run.error)")
        #expect(try bench.operations().first?["outcome"]?.string == outcome)
        #expect(try bench.vmoon(["-e", Self.code(1)]).status == 0)
    }

    @Test(arguments: ["done", "not-applied"])
    func `what is settled is not settled again by hand`(_ word: String) throws {
        let bench = try JournalBench(items: 1)
        #expect(try bench.vmoon(["-e", Self.code(1)]).status == 0)
        let before = try bench.operations()
        let id = try #require(before.first?["op_id"]?.string)
        let run = try bench.vmoon(["reconcile", id, "--resolve", word])
        #expect(run.status == 64)
        #expect(run.error == "vmoon: already settled: done (version 2 → 3)\n")
        #expect(try bench.operations() == before)
    }

    struct Place: Sendable, CustomTestStringConvertible {
        let environment: [String: String]
        /// What is said of it; nil for nothing.
        var warning: String?
        var testDescription: String { "\(environment)" }
    }

    static let places = [
        Place(environment: ["VMOON_STATE_DIR": "/tmp"]), Place(environment: ["HOME": "/tmp"]),
        // The system knows the home folder of whoever runs this.
        Place(environment: ["HOME": ""]),
        Place(
            environment: ["VMOON_STATE_DIR": "/proc/nope"],
            warning: "no journal: VMOON_STATE_DIR names /proc/nope, which is not there; "
                + "set VMOON_STATE_DIR to its folder"
        ),
        Place(
            environment: ["VMOON_STATE_DIR": "/dev/null"],
            warning: "no journal: VMOON_STATE_DIR names /dev/null, which is no folder; "
                + "set VMOON_STATE_DIR to one"
        ),
        Place(
            environment: ["HOME": "/nonexistent"],
            warning: "no journal: HOME names /nonexistent, which is not there; "
                + "set VMOON_STATE_DIR to its folder"
        ),
    ]

    @Test(.disabled(if: PostgreSQLServer.isWanted, StoredJournal.aboutTheFile), arguments: places)
    func `a journal that cannot be where it should is not taken for an empty one`(_ place: Place)
        throws
    {
        let run = try ProgramRun.of("vmoon", ["reconcile"], environment: place.environment)
        #expect(run.status == 0 && run.output.isEmpty)
        let said = place.warning.map { "warning: \($0)" } ?? "no operation is open"
        #expect(run.error == "vmoon: \(said)\n")
    }

    @Test func `somebody else was first: conflict, with who and when`() throws {
        let (bench, id) = try doubtful()
        OtherOperator(bench.simulator).usePrevious(JournalBench.item(1), deleting: false)
        let run = try bench.vmoon(["reconcile"])
        #expect(run.status == 0, "\(run.error)")
        #expect(run.output.contains(id.prefix(8)) && run.output.contains("conflict"))
        #expect(run.output.contains("operator"), "\(run.output)")
    }

    @Test func `done and superseded since, by whom and when`() throws {
        let bench = try JournalBench(items: 1)
        try bench.simulator.add(
            fault: ["match": ["operation": "rollback"], "do": "reset_after_apply"]
        )
        for part in ["listChanges", "listVersions"] {
            let fault: JSONValue = [
                "match": ["operation": .string(part)], "skip": 1, "times": 99, "do": "html_503",
            ]
            try bench.simulator.add(fault: fault)
        }
        let options = ["--settle", "10ms", "--timeout", "1s"]
        #expect(try bench.vmoon(options + ["-e", Self.code(1)]).status == 80)
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        OtherOperator(bench.simulator).replace(JournalBench.item(1))
        let run = try bench.vmoon(["reconcile"])
        #expect(run.status == 0, "\(run.error)")
        #expect(
            run.output.contains("done (version 2 → 3): superseded by version 4, made by"),
            "\(run.output)"
        )
    }

    @Test func `another vCenter's operations are listed as open, 80`() throws {
        let (bench, id) = try doubtful()
        let other = try JournalBench(items: 1)
        let state = bench.folder.path + "/state"
        let run = try other.vmoon(["reconcile"], state: state)
        #expect(run.status == 80)
        #expect(run.output.contains(id.prefix(8)) && run.output.contains("another vCenter"))
    }

    @Test func `two runs on one item: a conflict, or waiting`() throws {
        let bench = try JournalBench(items: 1)
        try bench.simulator.add(
            fault: ["match": ["operation": "rollback"], "do": "delay", "ms": 6000]
        )
        let first = try JournalKillTests.Background(bench, ["-e", Self.code(1)])
        try first.wait { try sent(bench) == 1 }
        let second = try bench.vmoon(["-e", Self.code(1)])
        #expect(second.status == 81, "\(second.error)")
        #expect(second.error.contains("--lock-wait"))
        let third = try bench.vmoon(["--lock-wait", "60s", "-e", Self.code(1)])
        #expect(third.status == 66, "version 1 is used up by then: \(third.error)")
        #expect(try bench.marks().count == 1)
    }

    @Test func `a run and its arguments are kept without secrets`() throws {
        let bench = try JournalBench(items: 1)
        let path = try bench.folder.write(Self.code(1), to: "a.lua")
        let arguments = [
            "--token", "hunter2", "--api-key=hunter2", "https://u:hunter2@h/", "plain",
        ]
        #expect(try bench.vmoon([path] + arguments).status == 0)
        let id = try bench.operations().first?["run_id"]?.string ?? ""
        let runs = try bench.vmoon(["runs", id])
        #expect(runs.output.contains("a.lua --token *** --api-key=*** https://u:***@h/ plain"))
        let stored = try bench.stored.text()
        #expect(!runs.output.contains("hunter2"))
        #expect(stored.contains("a.lua") && !stored.contains("hunter2"))
        #expect(!stored.contains(bench.simulator.password))
    }

    @Test func `old runs are forgotten on request`() throws {
        let bench = try JournalBench(items: 1)
        #expect(try bench.vmoon(["-e", Self.code(1)]).status == 0)
        #expect(try bench.vmoon(["runs", "--keep", "90d"]).lines.count == 3)
        #expect(try bench.vmoon(["runs", "--keep", "0s"]).output.isEmpty)
    }

    @Test func `a window to wait in is refused where nothing is sent again`() throws {
        let bench = try JournalBench(items: 1)
        let run = try bench.vmoon(["reconcile", "--settle", "5s"])
        #expect(run.status == 64 && run.error.contains("--settle needs --resend"), "\(run)")
    }

    @Test func `a run that is told to stop settles what is in flight, sends nothing again, 80`()
        throws
    {
        let bench = try JournalBench(items: 1)
        try bench.simulator.add(fault: Self.lost)
        let options = ["--settle", "60s", "--grace", "300ms"]
        let run = try JournalKillTests.Background(bench, options + ["-e", Self.code(1)])
        try run.wait { try sent(bench) == 1 }
        #expect(run.terminate() == 80)
        #expect(try sent(bench) == 1)
        let operations = try bench.operations()
        #expect(operations.first?["outcome"]?.string == "unknown")
        let state = try bench.simulator.admin("GET", "/sim/sessions")
        #expect(state["open"]?.integer == 0)
    }

    @Test func `a change that its run is at work on is not closed by hand`() throws {
        let bench = try JournalBench(items: 1)
        try bench.simulator.add(fault: [
            "match": ["operation": "setPower"], "do": "delay", "ms": 20_000,
        ])
        let run = try ChildProcess(
            [
                try SimulatorProcess.program("vmoon"), "--vcenter", bench.simulator.url, "--user",
                bench.simulator.user, "-e", "setPower('vm-109', 'stop')",
            ],
            environment: bench.environment(),
            in: bench.folder.path
        )
        #expect(
            try run.wait(within: .seconds(60)) {
                try bench.simulator.requests().contains { $0["operation"]?.string == "setPower" }
            }
        )
        let id = try #require(try bench.operations().first?["op_id"]?.string)
        let early = try bench.vmoon(["reconcile", id, "--resolve", "not-applied"])
        #expect(early.status == 75 && early.error.contains("its run is alive (pid "), "\(early)")
        run.signal(SIGKILL)
        _ = run.end()
        #expect(try bench.vmoon(["reconcile", id, "--resolve", "not-applied"]).status == 0)
    }
}
