import Foundation
import Glibc
import JSON
import Support
import Testing

/// The programs that are told how a run ended; none of them changes how it ends.
@Suite struct RunHookTests {
    /// Runs vmoon with hooks that keep what they are told.
    private func told(
        _ words: [String],
        _ folder: TestFolder,
        environment: [String: String] = [:]
    ) throws -> (run: ProgramRun, end: JSONValue?, failure: JSONValue?) {
        let hooks = ["--on-end", "sh -c 'cat >end'", "--on-failure", "sh -c \"cat >failure\""]
        let run = try ProgramRun.of("vmoon", hooks + words, environment: environment, in: folder)
        func record(_ name: String) throws -> JSONValue? {
            let path = folder.path + "/" + name
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return try JSONValue(parsing: try String(contentsOfFile: path, encoding: .utf8))
        }
        return (run, try record("end"), try record("failure"))
    }

    @Test(arguments: [
        (["-e", ""], 0, "done"),
        (["-e", "error('boom', 0)"], 1, "boom"),
        (["-e", "os.exit(3)"], 3, "ended with exit code 3"),
        (["-e", "os.execute('kill -TERM $PPID') sleep(9)"], 143, "ended by signal 15"),
        (["--deadline", "300ms", "-e", "sleep(9)"], 124, "the deadline was reached"),
        (["no-such.lua"], 66, "cannot open no-such.lua"),
        (["--profile", "none", "-e", ""], 78, "a profile is named"),
        (["--log-file", "/no/such/folder/log", "-e", ""], 78, "the log: "),
        (["--metrics-file", "../..", "-e", ""], 0, "done"),
        (["--metrics-file", "-", "-e", ""], 64, "--metrics-file: - is no file"),
        (["--log-file", "-", "-e", ""], 78, "the log: - is no file"),
        (["--no-such-option", "-e", ""], 64, "unknown option '--no-such-option'"),
        (["--deadline", "soon", "-e", ""], 64, "--deadline: 'soon' is refused"),
        (["--plan", "no-such.plan", "-e", ""], 64, "--plan"),
    ]) func `both are told at every kind of end`(_ words: [String], _ code: Int, _ says: String)
        throws
    {
        let folder = TestFolder()
        let (run, end, failure) = try told(words, folder)
        #expect((run.status ?? 128 + (run.signal ?? 0)) == Int32(code), "\(run)")
        #expect(end?["event"] == "run_end" && end?["exit_code"]?.integer == code, "\(run)")
        #expect(end?["message"]?.string?.hasPrefix(says) == true, "\(String(describing: end))")
        #expect(end?["run_id"]?.string?.count == 36 && end?["changes"] != nil)
        #expect(failure == (code == 0 ? nil : end))
    }

    @Test(
        arguments: [
            (["resume", "00000000"], 66), (["resume", "--bogus"], 64),
            (["apply", "no-such.plan"], 66),
        ] as [([String], Int32)]
    ) func `commands that start a run tell that it did not begin`(_ words: [String], _ code: Int32)
        throws
    {
        let folder = TestFolder()
        let options = ["--on-failure", "sh -c 'cat >told'", "--log-file", "a.log"]
        let run = try ProgramRun.of("vmoon", words + options, in: folder)
        #expect(run.status == code, "\(run)")
        let log = try String(contentsOfFile: folder.path + "/a.log", encoding: .utf8)
        #expect(log.split(separator: "\n").count == 3 && log.contains("event=run_end"), "\(log)")
        let path = folder.path + "/told"
        // `apply` has no --on-failure: that is a mistake of its own, which the log has.
        guard FileManager.default.fileExists(atPath: path) else {
            #expect(words[0] == "apply")
            return
        }
        let told = try JSONValue(parsing: try String(contentsOfFile: path, encoding: .utf8))
        #expect(told["exit_code"]?.integer == Int(code) && told["script"]?.string == words[0])
    }

    @Test func `a script that nothing else stops is told of when it is ended by force`() throws {
        let folder = TestFolder()
        // One call of C that would take years, and that no signal interrupts.
        let code = "print((('a'):rep(60)):find(('.-'):rep(30) .. 'b'))"
        let limits = ["--deadline", "200ms", "--grace", "100ms", "--log-file", "a.log"]
        let (run, end, failure) = try told(limits + ["-e", code], folder)
        #expect(run.status == 124, "\(run)")
        #expect(end?["exit_code"] == 124 && end?["kind"] == "deadline" && end == failure, "\(run)")
        let log = try String(contentsOfFile: folder.path + "/a.log", encoding: .utf8)
        let lines = log.split(separator: "\n")
        #expect(lines.count == 3 && lines.last?.contains("event=run_end") == true, "\(log)")
    }

    @Test func `a held lock, a doubt, and a dry run`() throws {
        let bench = try JournalBench(items: 1)
        let vmoon = try SimulatorProcess.program("vmoon")
        let inner = "\(vmoon) --lock a --on-failure 'sh -c \"cat >held\"' -e ''"
        let code = "local _, _, n = os.execute([[\(inner)]]) os.exit(n)"
        let held = try ProgramRun.of("vmoon", ["--lock", "a", "-e", code], in: bench.folder)
        let record = try String(contentsOfFile: bench.folder.path + "/held", encoding: .utf8)
        #expect(held.status == 75 && record.contains(#""exit_code":75"#), "\(held) \(record)")

        try bench.simulator.add(
            fault: ["match": ["operation": "rollback"], "times": .null, "do": "reset_before_apply"]
        )
        let change = "session():rollback('\(JournalBench.item(1))', '1', 'm')"
        let words = ["--settle", "10ms", "--resend", "0", "--on-failure", "sh -c 'cat >doubt'"]
        #expect(try bench.vmoon(words + ["-e", change]).status == 80)
        let doubt = try JSONValue(
            parsing: try String(contentsOfFile: bench.folder.path + "/doubt", encoding: .utf8)
        )
        #expect(doubt["exit_code"] == 80 && doubt["kind"] == "unknown_outcome")
        #expect(doubt["changes"] == ["done": 0, "refused": 0, "unknown": 1])

        let dry = try told(["--dry-run", "-e", ""], bench.folder)
        #expect(dry.run.status == 0 && dry.end == nil)
    }

    @Test(arguments: [
        ("no-such-program", "cannot run no-such-program: No such file or directory"),
        ("sh -c 'echo no room >&2; exit 3'", "sh ended with 3: no room"),
        ("sh -c 'kill -9 $$'", "sh was ended by signal 9"),
        ("yes", "yes wrote more than 64K, and was ended"),
        ("sh -c 'yes >&2'", "sh wrote more than 64K, and was ended"),
    ]) func `one that fails or floods is a warning`(_ command: String, _ says: String) throws {
        for (code, status) in [("", 0), ("os.exit(4)", 4)] as [(String, Int32)] {
            let folder = TestFolder()
            let words = ["--log-file", "a.log", "--on-end", command, "-e", code]
            let run = try ProgramRun.of("vmoon", words, in: folder)
            let log = try String(contentsOfFile: folder.path + "/a.log", encoding: .utf8)
            // Of a job that cron starts nobody sees more than that.
            #expect(log.contains(" WARN --on-end: ") && log.contains(says), "\(log)")
            #expect(run.status == status && run.output.isEmpty, "\(run)")
            #expect(run.error.hasPrefix("vmoon: warning: --on-end: "), "\(run)")
            #expect(run.error.hasSuffix(says + "\n"), "\(run)")
        }
    }

    @Test func `one that reads nothing, says much and leaves a child behind does no harm`() throws {
        let code = "error(('x'):rep(300000), 0)"
        let words = ["--on-end", "sh -c 'sleep 60 & echo ok'", "-e", code]
        let began = Date()
        let run = try ProgramRun.of("vmoon", words)
        #expect(run.status == 1 && !run.error.contains("warning"))
        #expect(Date().timeIntervalSince(began) < 20)
    }

    @Test func `one that hangs is ended, and so is its family; a signal ends it sooner`() throws {
        let folder = TestFolder()
        let vmoon = try SimulatorProcess.program("vmoon")
        let line = """
            \(vmoon) --on-end "sh -c 'echo \\$\\$ >pid; sleep 600; true'" -e 'os.exit(5)' 2>err & v=$!
            until [ -s pid ]; do sleep 0.05; done
            kill -TERM $v; wait $v; echo $?
            kill -0 $(cat pid) 2>/dev/null || echo gone
            cat err
            """
        let run = try ProgramRun.shell(line, in: folder)
        #expect(
            run.output == """
                5
                gone
                vmoon: warning: --on-end: sh was ended: the run was told to stop

                """,
            "\(run)"
        )
    }

    @Test func `it gets no password, and a command that is none is refused`() throws {
        let secret = "hunter2-of-nobody"
        let variables = [
            "VMOON_PASSWORD": secret, "GOVC_PASSWORD": secret,
            "VMOON_VCENTER": "https://u:\(secret)@127.0.0.1", "GOVC_URL": "https://u:\(secret)@h",
            "VMOON_PING_URL": "", "MINE": "kept",
        ]
        for words in [["-e", ""], ["--profile", "none", "-e", ""]] {
            let folder = TestFolder()
            _ = try ProgramRun.of(
                "vmoon",
                ["--on-end", "sh -c 'env >env'"] + words,
                environment: variables,
                in: folder
            )
            let seen = try String(contentsOfFile: folder.path + "/env", encoding: .utf8)
            #expect(!seen.contains(secret) && seen.contains("MINE=kept"), "\(seen)")
        }
        let bad = try ProgramRun.of("vmoon", ["--on-failure", "sh 'x", "-e", ""])
        #expect(bad.status == 64 && bad.error.hasPrefix("vmoon: --on-failure: "), "\(bad)")
    }
}
