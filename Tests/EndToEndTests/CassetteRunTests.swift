import JSON
import Support
import Testing

/// `--record` and `--replay` as a user runs them.
@Suite struct CassetteRunTests {
    static let script = """
        local vc <close> = session()
        print(vc.user, vc.dialect)
        local ubuntu = item "golden/ubuntu-22.04"
        print(ubuntu:latest(), ubuntu:previous())
        print(ubuntu:rollback(ubuntu:previous(), "bad patch"))
        for _, c in ipairs(ubuntu:listChanges()) do print(c.version, c.user, c.time) end
        local ok, err = pcall(getVM, "vm-0")
        print(err.kind, err.status, err.message)
        local held = item "golden/rhel-9"
        ok, err = pcall(held.rollback, held, "1", "no")
        print(err.kind, err.hint)
        print(checkOut(ubuntu, { name = "work", placement = { folder = listFolders()[1].folder } }) ~= nil)
        local names = parallel({ "golden/debian-12", "golden/rhel-9" }, function(p) return item(p).id end)
        print(names[1], names[2])
        """

    @Test(arguments: ["rest", "api", "auto"])
    func `a session is replayed when its vCenter is gone`(_ dialect: String) throws {
        let folder = TestFolder()
        let script = try folder.write(Self.script, to: "script.lua")
        let cassette = folder.path + "/session.jsonl"
        var recorded: ProgramRun?
        do {
            let runs = try Runs()
            recorded = try runs.vmoon(["--api", dialect, "--record", cassette, script])
            let text = try ProgramRun.shell(
                "cat session.jsonl; stat -c %a session.jsonl",
                in: folder
            )
            #expect(text.output.hasSuffix("\n600\n"))
            #expect(!text.output.contains(runs.simulator.password))
            #expect(!text.output.lowercased().contains("authorization"))
            #expect(text.output.contains("session-1"))
            // The simulator's own identifiers of sessions are nowhere.
            let sessions = text.output.split(separator: "\n").filter { $0.contains("/session\"") }
            #expect(sessions.count >= 2)
            #expect(runs.simulator.terminate() == 0)
        }
        let first = try #require(recorded)
        #expect(first.status == 0, "\(first.error)")
        for _ in 1...2 {
            let again = try ProgramRun.of(
                "vmoon",
                ["--api", dialect, "--replay", cassette, script],
                in: folder
            )
            #expect(again.status == 0, "\(again.error)")
            #expect(again.output == first.output)
        }
        // No journal: nothing was changed anywhere.
        #expect(try ProgramRun.of("vmoon", ["runs"], in: folder).output == "")
    }

    @Test func `an unknown outcome that looking settled is settled again`() throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "rollback"], "do": "reset_after_apply",
        ])
        let folder = TestFolder()
        let script = try folder.write(
            "local u = item 'golden/ubuntu-22.04' print(u:rollback(u:previous(), 'bad patch'))",
            to: "script.lua"
        )
        let cassette = folder.path + "/c"
        let first = try runs.vmoon(["--record", cassette, script])
        #expect(first.output == "3\n" && first.status == 0, "\(first.error)")
        let again = try ProgramRun.of("vmoon", ["--replay", cassette, script], in: folder)
        #expect(again.output == "3\n" && again.status == 0, "\(again.error)")
    }

    @Test func `two vCenters stay apart, and one may have another name`() throws {
        let folder = TestFolder()
        let cassette = folder.path + "/c"
        let two = """
            for _, name in ipairs{ "a.example.com", "b.example.com" } do
              local vc <close> = session{ vcenter = name }
              print(name, vc:item("golden/ubuntu-22.04"):latest())
              if name:find "^a" then vc:item("golden/ubuntu-22.04"):rollback("1", "x") end
            end
            """
        let first = try ProgramRun.of(
            "vmoon",
            ["--sim", "--record", cassette, "-e", two],
            in: folder
        )
        #expect(first.status == 0, "\(first.error)")
        let both = try ProgramRun.of("vmoon", ["--replay", cassette, "-e", two], in: folder)
        #expect(both.status == 0 && both.output == first.output, "\(both.error)")
        let one = "print(item('golden/ubuntu-22.04'):latest())"
        _ = try ProgramRun.of("vmoon", ["--sim", "--record", cassette, "-e", one], in: folder)
        let named = try ProgramRun.of(
            "vmoon",
            ["--replay", cassette, "--vcenter", "vc.example.com", "-e", one],
            in: folder
        )
        #expect(named.output == "2\n" && named.status == 0, "\(named.error)")
    }

    @Test func `what was not recorded, other services and contradictions are refused`() throws {
        let folder = TestFolder()
        let cassette = folder.path + "/c"
        let one = "print(item('golden/ubuntu-22.04'):latest())"
        _ = try ProgramRun.of("vmoon", ["--sim", "--record", cassette, "-e", one], in: folder)
        let cases: [([String], Int32, String)] = [
            (["-e", "item 'golden/rhel-9'"], 69, "is not in it; it has that with"),
            (["-e", "item('golden/ubuntu-22.04'):rollback('1', 'x')"], 69, "is not in it"),
            (["-e", "http.get 'https://127.0.0.1:1/'"], 77, "has no network"),
            (["--sim", "-e", one], 64, "--sim does not go with --replay"),
            (["--record", "d", "-e", one], 64, "--record does not go with --replay"),
        ]
        for (arguments, status, says) in cases {
            let run = try ProgramRun.of("vmoon", ["--replay", cassette] + arguments, in: folder)
            #expect(run.status == status, "\(run.error)")
            #expect(run.error.contains(says), "\(run.error)")
        }
        let missing = try ProgramRun.of("vmoon", ["--replay", "none", "-e", one], in: folder)
        #expect(missing.status == 66)
        let link = try ProgramRun.shell("ln -s target l; echo old > target", in: folder)
        #expect(link.status == 0)
        _ = try ProgramRun.of("vmoon", ["--sim", "--record", "l", "-e", one], in: folder)
        #expect(try ProgramRun.shell("cat target", in: folder).output == "old\n")
    }

    @Test func `a recording replaces nothing but a recording, and a report a report`() throws {
        let folder = TestFolder()
        try folder.write("print(item 'golden/rhel-9' ~= nil)", to: "script.lua")
        try folder.write("test('t', print)", to: "x_test.lua")
        let shell = try ProgramRun.shell(
            "mkfifo fifo; mkdir dir; echo precious > text; : > empty; ln -s text link; "
                + "ln -s /dev/full device",
            in: folder
        )
        #expect(shell.status == 0, "\(shell.error)")
        for name in ["fifo", "dir", "text", "link", "device", "/dev/full", "/dev/null"] {
            let record = ["--sim", "--record", name, "script.lua"]
            let run = try ProgramRun.of("vmoon", record, in: folder)
            #expect(run.status == 78 && run.output == "", "\(name): \(run.output)")
            #expect(run.error.contains("--record names a new file"), "\(run.error)")
            let test = try ProgramRun.of(
                "vmoon",
                ["test", "x_test.lua", "--junit", name],
                in: folder
            )
            #expect(test.status == 78 && test.output == "", "\(name): \(test.output)")
            #expect(test.error.contains("--junit names a new file"), "\(test.error)")
        }
        let after = try ProgramRun.shell(
            "test -p fifo && test -c /dev/full && test -c /dev/null && cat text link",
            in: folder
        )
        #expect(after.output == "precious\nprecious\n")
        for name in ["empty", "new", "new"] {
            let record = ["--sim", "--record", name, "script.lua"]
            #expect(try ProgramRun.of("vmoon", record, in: folder).status == 0)
            let report = ["test", "x_test.lua", "--junit", name + ".xml"]
            #expect(try ProgramRun.of("vmoon", report, in: folder).status == 0)
        }
        let lines = try ProgramRun.shell("wc -l < new", in: folder).output
        let missing = ["--sim", "--record", "new", "nothing.lua"]
        #expect(try ProgramRun.of("vmoon", missing, in: folder).status == 66)
        #expect(try ProgramRun.shell("wc -l < new", in: folder).output == lines)
    }

    @Test func `a secret of a script's is not recorded`() throws {
        let folder = TestFolder()
        try folder.write("hush-hush", to: "key")
        let script = """
            local key = secret.file "key"
            local ok, err = pcall(getVM, "hush-hush")
            print(key, err.kind)
            """
        let record = ["--sim", "--record", "c", "-e", script]
        #expect(try ProgramRun.of("vmoon", record, in: folder).output == "***\tnot_found\n")
        #expect(try !ProgramRun.shell("cat c", in: folder).output.contains("hush"))
        let replay = ["--replay", "c", "-e", script]
        #expect(try ProgramRun.of("vmoon", replay, in: folder).output == "***\tnot_found\n")
    }

    @Test func `ten thousand calls are recorded and replayed`() throws {
        let folder = TestFolder()
        let cassette = folder.path + "/c"
        let many = """
            local vc <close> = session()
            local list = {}
            for i = 1, 10000 do list[i] = i end
            local r = parallel(list, function(i)
              return select(2, pcall(getVM, "vm-" .. i % 120)).kind or "there"
            end)
            local n = 0
            for i = 1, r.n do if r[i] == "not_found" then n = n + 1 end end
            print(r.n, n)
            """
        let options = ["--sim", "--record", cassette, "-e", many]
        let first = try ProgramRun.of("vmoon", options, in: folder)
        #expect(first.status == 0, "\(first.error)")
        let count = try ProgramRun.shell("wc -l < c", in: folder)
        #expect(Int(count.output.filter(\.isNumber)) == 10_003)
        let again = try ProgramRun.of("vmoon", ["--replay", cassette, "-e", many], in: folder)
        #expect(again.output == first.output && again.status == 0, "\(again.error)")
    }
}
