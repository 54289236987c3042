import Support
import Testing

/// What a dry run, and a run that only reads, do beside vCenter's operations: programs, and the time.
@Suite struct DryRunTests {
    /// Every way in which Lua and vmoon start a program; each would leave a file.
    static let programs = [
        "exec{ 'touch', 'left' }", "exec({ 'touch', 'left' }, { timeout = 5 })",
        "exec{ 'touch', 'left', safe = false }", "os.execute('touch left')",
        "io.popen('touch left')", "io.popen('touch left', 'w')",
    ]

    private func look(_ text: String, _ option: String) throws -> (run: ProgramRun, left: Bool) {
        let folder = TestFolder()
        let run = try ProgramRun.of("vmoon", [option, "-e", text], in: folder)
        let found = try ProgramRun.shell("ls", in: folder)
        return (run, found.output.contains("left"))
    }

    @Test(arguments: programs) func `a dry run starts no program and says which`(_ text: String)
        throws
    {
        let (run, left) = try look(text, "--dry-run")
        #expect(run.status == 0 && !left, "\(run)")
        #expect(
            run.error.hasPrefix("plan: 1. \(text.prefix { $0 != "{" && $0 != "(" }) touch left\n")
        )
    }

    @Test(arguments: programs) func `a run that only reads refuses every program`(_ text: String)
        throws
    {
        let (run, left) = try look(text, "--read-only")
        #expect(run.status == 77 && !left, "\(run)")
        #expect(run.error.contains("forbidden_by_policy") && run.error.contains("safe = true"))
    }

    @Test(arguments: ["--dry-run", "--read-only"])
    func `a program that is said to change nothing runs`(_ option: String) throws {
        let text = """
            print(exec{ "cat", stdin = "a", safe = true }.stdout, exec({ "echo", "b" }, { safe = true }).stdout)
            print(os.execute())
            """
        let (run, _) = try look(text, option)
        #expect(run.output == "a\tb\n\ntrue\n" && run.error == "", "\(run)")
    }

    @Test func `what stands for a program's result can be used as that`() throws {
        let run = try ProgramRun.of(
            "vmoon",
            [
                "--dry-run", "-e",
                """
                local r = exec{ "make", "an id" }
                print(r.code, r.stdout, r.stderr == "", os.execute "x")
                local p = io.popen "ls"
                print(p:read "a", p:close())
                print(io.popen("cat", "w"):write "x" ~= nil, pcall(io.popen, "ls", "a"))
                print(exec{ "echo", r.stdout, safe = true }.stdout)
                """,
            ]
        )
        #expect(
            run.lines == [
                "0\t<planned 1: exec>\ttrue\ttrue\texit\t0", "<planned 3: io.popen>\ttrue\texit\t0",
                "true\tfalse\tbad argument #2 to 'io.popen' (invalid mode)", "<planned 5: exec>",
            ],
            "\(run)"
        )
        #expect(run.error.contains("plan: 1. exec make 'an id'\n"), "\(run.error)")
        #expect(run.error.contains("plan: 5. exec echo '<planned 1: exec>'\n"), "\(run.error)")
    }

    // MARK: Time

    @Test(arguments: ["rest", "api"])
    func `a loop that waits for what is planned ends at once`(_ dialect: String) throws {
        let runs = try Runs()
        let run = try runs.script(
            """
            local began, clock = time.now(), os.time()
            setPower("vm-109", "stop")
            repeat sleep(5) until getPower("vm-109").state == "POWERED_OFF"
            local vm = item("golden/ubuntu-22.04"):checkOut{ name = "x", placement = { folder = "group-v3" } }
            print(getPower(vm).state)
            setPower(vm, "start")
            repeat sleep(5) until getPower(vm).state == "POWERED_ON"
            local waited = 0
            repeat
              sleep(60)
              waited = waited + 60
            until getVM(vm).nics["4000"] or waited >= 600
            local deadline = time.now() + 86400
            while time.now() < deadline do sleep(10) end
            print(isDryRun(), waited, time.now() - began >= 86400 + 610, os.time() - clock >= 86400 + 610)
            """,
            ["--dry-run", "--api", dialect, "--deadline", "30s"]
        )
        #expect(run.status == 0, "\(run)")
        #expect(run.lines == ["POWERED_OFF", "true\t600\ttrue\ttrue"], "\(run)")
        // Of the 12 reads of one kind, and the 10 of another, one line each.
        #expect(run.error.split(separator: "\n").count == 5, "\(run.error)")
    }

    /// Loops that nothing in a dry run ends, and what says so.
    static let endless = [
        ("while true do sleep(1) end", "sleep: usage: a dry run has waited for 7 days"),
        ("while true do sleep(0) end", "or a million times"),
        ("sleep(1e8)", "7 days"),
        (
            "repeat sleep(5) until getVM('vm-109').name == 'new'",
            "getVM (vm vm-109): usage: asked 1000"
        ),
        (
            "repeat sleep(9) until exec{ 'true', safe = true }.code == 1",
            "exec (true): usage: asked 1000"
        ),
        (
            "local ok, e for i = 1, 1001 do ok, e = pcall(http.get, 'http://127.0.0.1:9/x?y') end error(e)",
            "http.get (http://127.0.0.1:9/x): usage: asked 1000"
        ),
        ("repeat until getVM('<planned 7: deploy>').name == 'new'", "asked 1000 times"),
        ("repeat sleep(1) until item('golden/ubuntu-22.04'):latest() == '9'", "asked 1000 times"),
    ]

    @Test(arguments: endless) func `a loop that nothing would end is told so`(
        _ text: String,
        _ words: String
    )
        throws
    {
        let run = try Runs().vmoon(["--dry-run", "--deadline", "50s", "-e", text])
        #expect(run.status == 64, "\(run)")
        #expect(run.error.contains(words) && run.error.contains("isDryRun()"), "\(run.error)")
    }

    @Test func `tasks go on in the order of the time that they sleep`() throws {
        let run = try Runs().vmoon([
            "--dry-run", "-e",
            """
            local log = {}
            local a = spawn(function() for i = 1, 3 do sleep(2) log[#log + 1] = "a" .. i end end)
            local b = spawn(function() for i = 1, 2 do sleep(3.5) log[#log + 1] = "b" .. i listVMs() end end)
            local c = spawn(function() sleep(3600) end)
            a:join() b:join() c:cancel()
            print(table.concat(log, " "), pcall(c.join, c))
            """,
        ])
        #expect(run.output.hasPrefix("a1 b1 a2 a3 b2\tfalse\t"), "\(run)")
        #expect(run.output.contains("cancelled"))
    }

    @Test func `outside of a dry run a sleep waits and isDryRun is false`() throws {
        let text = "local t = time.now() sleep(0.2) print(isDryRun(), time.now() - t >= 0.2)"
        for option in ["--read-only", "--sandbox"] {
            #expect(try ProgramRun.of("vmoon", [option, "-e", text]).output == "false\ttrue\n")
        }
    }
}
