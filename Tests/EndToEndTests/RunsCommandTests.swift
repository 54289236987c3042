import Foundation
import JSON
import Support
import Testing

/// `vmoon runs` as an operator uses it.
@Suite struct RunsCommandTests {
    /// A journal with four runs: done, refused, with a doubt, and at work on a second vCenter.
    private func journal() throws -> JournalBench {
        let bench = try JournalBench(items: 3)
        func rollback(_ item: Int, _ version: Int = 1) -> String {
            "session():rollback('\(JournalBench.item(item))', '\(version)', 'why')"
        }
        let path = try bench.folder.write(rollback(1), to: "good.lua")
        #expect(try bench.vmoon([path, "one", "two"]).status == 0)
        #expect(try bench.vmoon(["-e", rollback(2, 7)]).status == 66)
        try bench.simulator.add(
            fault: ["match": ["operation": "rollback"], "times": .null, "do": "reset_before_apply"]
        )
        let quick = ["--settle", "10ms", "--resend", "0"]
        let secret = "local password = 'hunter2' " + rollback(3)
        #expect(try bench.vmoon(quick + ["-e", secret]).status == 80)
        return bench
    }

    @Test func `a list chooses, fits and hides what may be secret`() throws {
        let bench = try journal()
        func scripts(_ words: String...) throws -> [String] {
            let run = try bench.vmoon(["runs", "--json"] + words)
            #expect(run.status == 0, "\(run)")
            return try (JSONValue(parsing: run.output).array ?? []).map { run in
                let script = run["script"]?.string ?? ""
                return script.hasSuffix("good.lua") ? "good" : String(script.prefix(5))
            }
        }
        #expect(try scripts() == ["(comm", "-e se", "good"])
        #expect(try scripts("--failed") == ["(comm", "-e se"])
        #expect(try scripts("--open") == ["(comm"])
        #expect(try scripts("--limit", "1") == ["(comm"])
        #expect(try scripts("--item", "many-1") == ["good"])
        #expect(try scripts("--item", JournalBench.item(2)) == ["-e se"])
        #expect(try scripts("--item", "many-9").isEmpty)
        #expect(try scripts("--since", "1h").count == 3)
        #expect(try scripts("--since", "1ms").isEmpty)
        #expect(try scripts("--vcenter", bench.simulator.url, "--failed").count == 2)
        #expect(try scripts("--vcenter", "elsewhere.example.com").isEmpty)

        let list = try ProgramRun.of(
            "vmoon",
            ["runs"],
            environment: bench.environment().merging(["COLUMNS": "80"]) { $1 },
            in: bench.folder
        )
        #expect(list.lines.count == 5 && list.lines.allSatisfy { $0.count <= 80 }, "\(list)")
        // Whoever reads the mail of a job, or searches with grep, sees whole rows.
        let piped = try bench.vmoon(["runs"])
        let path = bench.folder.path + "/good.lua one two"
        #expect(piped.lines.count == 5 && piped.lines[3].hasSuffix(path), "\(piped)")
        #expect(piped.lines[3].count > 80 && !piped.output.contains("…"), "\(piped)")
        #expect(list.lines[1].contains("  exit 80  0/0/1    "), "\(list)")
        #expect(list.lines[2].contains("  exit 66  0/1/0    "), "\(list)")
        #expect(list.lines[3].contains("  done     1/0/0    "), "\(list)")
        #expect(!list.output.contains("hunter2"))
        #expect(try bench.vmoon(["runs", "--limit", "0"]).status == 64)
        #expect(try bench.vmoon(["runs", "12345678"]).status == 66)
        #expect(try bench.vmoon(["runs", "1234"]).status == 64)
    }

    @Test func `one run tells items by name, versions before and after, and what is next`() throws {
        let bench = try journal()
        let ids = try bench.vmoon(["runs"]).lines.dropFirst().map { String($0.prefix(8)) }
        let good = try bench.vmoon(["runs", ids[2]]).output
        #expect(good.contains("good.lua one two\n") && good.contains("changes    1 done\n"))
        let item = "item many-1 (\(JournalBench.item(1))), version 1 at "
        #expect(good.contains(" rollback \(item)") && good.contains(" - done (version 2 → 3)\n"))
        #expect(!good.contains("next "))
        let doubt = try bench.vmoon(["runs", ids[0]]).output
        #expect(doubt.contains("ended      exit 80\n") && doubt.contains("changes    1 unknown\n"))
        #expect(doubt.contains("next       vmoon reconcile settles what is unknown\n"), "\(doubt)")
        let document = try JSONValue(parsing: try bench.vmoon(["runs", ids[2], "--json"]).output)
        #expect(document["state"] == "done" && document["took_ms"]?.integer != nil)
        #expect(document["operations"]?.array?.first?["item_name"] == "many-1")
        #expect(document["vcenters"]?.array?.count == 1)
    }

    @Test func `a run that was killed is no run that is at work`() throws {
        let bench = try JournalBench(items: 1)
        try bench.simulator.add(
            fault: ["match": ["operation": "rollback"], "do": "delay", "ms": 600_000]
        )
        let code = "session():rollback('\(JournalBench.item(1))', '1', 'why')"
        let process = try JournalKillTests.Background(bench, ["-e", code])
        try process.wait {
            try bench.simulator.requests().contains { $0["operation"]?.string == "rollback" }
        }
        func state() throws -> JSONValue? {
            let run = try JSONValue(parsing: try bench.vmoon(["runs", "--json"]).output).array?
                .first
            return run?["state"]
        }
        #expect(try state() == "runs")
        #expect(try bench.vmoon(["runs", "--failed"]).output.isEmpty)
        // The verdict of what it is doing is still to come: nobody has to look at it.
        #expect(try bench.vmoon(["runs", "--open"]).lines.isEmpty)
        let row = try bench.vmoon(["runs"]).output
        #expect(row.contains("  runs  ") && !row.contains("0/0/1"), "\(row)")
        process.kill()
        #expect(try state() == "died")
        #expect(try bench.vmoon(["runs", "--failed", "--open"]).lines.count == 3)
        // Between hosts claims in the database take the place of files.
        let locks = try ProgramRun.shell("ls state/locks | grep -c resume", in: bench.folder)
        #expect(locks.output == (PostgreSQLServer.isWanted ? "0\n" : "1\n"))
        // The next run that changes something removes what the killed one has left, and its own.
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        _ = try bench.vmoon(["--settle", "10ms", "-e", code])
        let left = try ProgramRun.shell("ls state/locks | grep -c resume", in: bench.folder)
        #expect(left.output == "0\n")
        #expect(try state() != "runs")
    }
}
