import Foundation
import JSON
import Support
import Testing

/// Runs that are continued from elsewhere, forgotten meanwhile, held to a plan, or looked at while they live.
@Suite struct ResumeFolderTests {
    /// Three steps, each with a roll-back of an item of its own; stops behind the first or the second.
    private static let train = """
        for i = 1, 3 do
          step("s" .. i, function() return rollback(("00000000-0000-4000-8000-00000000000%d"):format(i), "1", "x") end)
          if os.getenv "STOP" == tostring(i) then os.exit(9) end
        end
        """

    @Test func `a state folder that is named relatively is the same one for a resume`() throws {
        let bench = try ResumeBench(items: 3)
        try bench.write(Self.train)
        _ = try ProgramRun.shell("mkdir -p work elsewhere && mv train.lua work", in: bench.folder)
        let vmoon = try SimulatorProcess.program("vmoon")
        func run(_ folder: String, _ state: String, _ words: [String], stop: String = "") throws
            -> ProgramRun
        {
            try ProgramRun.shell(
                "cd \(folder) && VMOON_STATE_DIR=\(state) STOP=\(stop) '\(vmoon)' "
                    + words.map { "'\($0)'" }.joined(separator: " "),
                environment: bench.bench.environment(),
                in: bench.folder
            )
        }
        let first = try run("work", "../state", bench.connection + ["train.lua"], stop: "1")
        #expect(first.status == 9, "\(first)")
        let second = try run(".", "state", ["resume"], stop: "2");
        #expect(second.status == 9, "\(second)")
        #expect(try run("elsewhere", "../state", ["resume", "--log-file", "log"]).status == 0)
        #expect(try bench.requests("rollback") == (3, 3))
        let log = try ProgramRun.shell(
            "test -f elsewhere/log && ! test -e work/log",
            in: bench.folder
        )
        #expect(log.status == 0)
    }

    @Test func `runs that belong to one in doubt are not forgotten`() throws {
        let bench = try ResumeBench(items: 3)
        try bench.write(Self.train)
        let quick = ["--settle", "300ms", "--operation-timeout", "1s", "--resend", "0"]
        let words = bench.connection + quick + ["train.lua"]
        #expect(try bench.vmoon(words, ["STOP": "1"]).status == 9)
        try bench.simulator.add(fault: [
            "match": ["operation": "rollback"], "times": 9, "do": "reset_before_apply",
        ])
        #expect(try bench.resume().status == 80)
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        #expect(try bench.vmoon(["runs", "--keep", "0s"]).status == 0)
        let open = try JSONText.identifiers(in: bench.vmoon(["reconcile", "--json"]).output)
        #expect(open.count == 1)
        for id in open {
            #expect(try bench.vmoon(["reconcile", id, "--resolve", "not-applied"]).status == 0)
        }
        #expect(try bench.resume().status == 0)
        let applied = try bench.requests("rollback").applied
        #expect(applied == 3, "the first step was not run again")
    }

    @Test func `a run that lives is not forgotten`() throws {
        let bench = try ResumeBench(items: 2)
        let text = """
            step("a", function() return \(ResumeBench.rollback(1)) end)
            os.execute("'\(try SimulatorProcess.program("vmoon"))' runs --keep 0s")
            step("b", function() return \(ResumeBench.rollback(2)) end)
            """
        let run = try bench.run(text)
        #expect(run.status == 0, "\(run)")
        #expect(try bench.steps() == ["done a", "done b"])
    }

    @Test func `a run that was held to a plan is not resumed`() throws {
        let bench = try ResumeBench(items: 3)
        try bench.write(Self.train)
        let words = bench.connection + ["train.lua"]
        #expect(try bench.vmoon(["--dry-run", "--plan-out", "plan.json"] + words).status == 0)
        #expect(
            try bench.vmoon(["apply", "plan.json"] + bench.connection, ["STOP": "1"]).status == 9
        )
        let resumed = try bench.resume()
        #expect(resumed.status == 81)
        #expect(resumed.error.contains("held to a plan, which does not tell what is left of it"))
        #expect(try bench.requests("rollback") == (1, 1))
    }

    @Test func `apply looks for files where the plan was made`() throws {
        let bench = try ResumeBench(items: 2)
        try bench.write("for line in io.lines('list') do rollback(line, '1', 'x') end")
        let first = JournalBench.item(1)
        _ = try ProgramRun.shell(
            "mkdir a && mv train.lua a && echo \(first) >a/list && echo nonsense >list",
            in: bench.folder
        )
        let vmoon = try SimulatorProcess.program("vmoon")
        let planned = try ProgramRun.shell(
            "cd a && '\(vmoon)' --dry-run --plan-out plan.json "
                + bench.connection.map { "'\($0)'" }.joined(separator: " ") + " train.lua",
            environment: bench.bench.environment(),
            in: bench.folder
        )
        #expect(planned.status == 0, "\(planned)")
        let applied = try bench.vmoon(["apply", "a/plan.json"] + bench.connection)
        #expect(applied.status == 0, "\(applied)")
        #expect(try bench.requests("rollback") == (1, 1))
    }

    @Test func `a script that is edited before its first step was changed`() throws {
        let bench = try ResumeBench(items: 1)
        let text = """
            local f = io.open("train.lua", "a") f:write("\\n-- edited") f:close()
            step("a", function() end)
            error "stop"
            """
        #expect(try bench.run(text).status == 1)
        #expect(try bench.resume().status == 81)
    }

    @Test func `what was half done and does not come up again is told`() throws {
        let bench = try ResumeBench(items: 2)
        let text = """
            if os.getenv "STOP" then step("half", function() \(ResumeBench.rollback(1)) error "x" end) end
            """
        try bench.write(text)
        #expect(try bench.vmoon(bench.connection + ["train.lua"], ["STOP": "1"]).status == 1)
        let resumed = try bench.resume()
        #expect(resumed.status == 0)
        #expect(
            resumed.error.contains(
                "the step 'half' changed something in an earlier run, was not done"
            )
        )
        #expect(try bench.runs().count == 2)
        #expect(try bench.resume().error.contains("nothing is left to do"))
    }

    @Test func `options of one resume are not those of the next`() throws {
        let bench = try ResumeBench(items: 3)
        try bench.write(Self.train)
        #expect(try bench.vmoon(bench.connection + ["train.lua"], ["STOP": "1"]).status == 9)
        let elsewhere = try bench.resume("--vcenter", "https://127.0.0.1:1", "--accept-changes")
        #expect(elsewhere.status == 69, "\(elsewhere)")
        #expect(try bench.resume().status == 0)
        #expect(try bench.requests("rollback") == (3, 3))
    }

    @Test func `a change beside a suspended step is none of it`() throws {
        let bench = try ResumeBench(items: 2)
        let text = """
            local co = coroutine.wrap(function() step("co", function() coroutine.yield() end) end)
            co()
            print(pcall(step, "early", function() end))
            \(ResumeBench.rollback(1))
            co()
            step("after", function() return 1 end)
            error "x"
            """
        let run = try bench.run(text)
        #expect(run.status == 1)
        #expect(run.output.contains("the coroutine that it was begun in is suspended"), "\(run)")
        let resumed = try bench.resume()
        #expect(resumed.status == 81)
        #expect(resumed.error.contains("made changes outside of its steps"))
        #expect(try bench.requests("rollback") == (1, 1))
    }

    /// Identifiers of operations in what `vmoon reconcile --json` writes.
    private enum JSONText {
        static func identifiers(in text: String) -> [String] {
            text.matches(of: /"op_id": "([0-9a-f-]+)"/).map { String($0.1) }
        }
    }
}
