import JSON
import Journal
import Support
import Testing

/// Runs of several hosts with one journal in PostgreSQL: each has a home and a state folder of its own.
@Suite(.serialized, .enabled(if: PostgreSQLServer.shared != nil))
struct SharedJournalTests {
    /// A host: a folder of its own, and the journal of all.
    struct Host {
        let runs: Runs
        let journal: String

        func vmoon(_ arguments: [String], _ more: [String: String] = [:]) throws -> ProgramRun {
            try ProgramRun.of(
                "vmoon",
                arguments,
                environment: [
                    "VMOON_PASSWORD": runs.simulator.password, "VMOON_JOURNAL": journal,
                ].merging(more) { $1 },
                in: runs.folder
            )
        }

        func script(_ text: String, _ options: [String] = []) throws -> ProgramRun {
            try vmoon(runs.connection + options + [try runs.folder.write(text, to: "s.lua")])
        }
    }

    func hosts(
        _ count: Int,
        on server: PostgreSQLServer? = .shared
    ) throws -> [Host] {
        let journal = try server?.database() ?? ""
        let first = try Runs("--http")
        let all = [first] + (1..<count).map { _ in Runs(beside: first) }
        return all.map { Host(runs: $0, journal: journal) }
    }

    private static let rollback = """
        local it = item "golden/ubuntu-22.04"
        print(step("back", function() return it:rollback("1", "back") end))
        """

    @Test func `what one host has done another one lists, reports and resumes`() throws {
        let hosts = try hosts(2)
        let run = try hosts[0].script(Self.rollback + "\nerror('later')")
        #expect(run.status == 1, "\(run.error)")
        let listed = try JSONParser().decode(Array(hosts[1].vmoon(["runs", "--json"]).output.utf8))
        #expect(listed.array?.count == 1)
        #expect(listed.array?.first?["changes"]?["done"]?.integer == 1)
        let id = listed.array?.first?["run_id"]?.string ?? ""
        #expect(try hosts[1].vmoon(["runs", id, "--steps"]).output.contains("back"))
        #expect(try hosts[1].vmoon(["report", "--csv", "-"]).status == 0)
        // The script lies where it was; what it did is not done again.
        let before = try hosts[0].runs.simulator.requests().count
        let resumed = try hosts[1].vmoon(["resume", id])
        #expect(resumed.status == 1)
        let changed = try hosts[0].runs.simulator.requests().dropFirst(before)
            .filter { $0["applied"]?.boolean == true && $0["operation"]?.string == "rollback" }
        #expect(changed.isEmpty)
        #expect(try hosts[1].vmoon(["reconcile"]).status == 0)
        for name in ["journal.db", "handover.db"] {
            let found = try ProgramRun.shell("find . -name \(name)", in: hosts[0].runs.folder)
            if name == "journal.db" { #expect(found.output.isEmpty) }
        }
    }

    @Test func `a lock is one for all hosts, and says who has it`() throws {
        let hosts = try hosts(2)
        let held = try hosts[0].script(
            """
            local run = io.popen(arg[1])
            print(run:read("a"))
            """,
            ["--lock", "night"]
        )
        #expect(held.status != 0)  // no argument
        let inner = try hosts[1].runs.folder.write("print(1)", to: "inner.lua")
        let program = try SimulatorProcess.program("vmoon")
        let outer = try hosts[0].script(
            """
            local p = io.popen("VMOON_STATE_DIR=/tmp/none-\\(1) \(program) --lock night \(inner) 2>&1; echo status $?")
            print(p:read("a"))
            print(io.popen("\(program) --completions locks"):read("a"))
            """.replacing("\\(1)", with: "1"),
            ["--lock", "night"]
        )
        #expect(outer.output.hasSuffix("\nnight\n\n"), "\(outer.output)")
        #expect(outer.output.contains("the lock night is held by another run"), "\(outer.output)")
        #expect(outer.output.contains("status 75"))
        let after = try hosts[1].script("print(1)", ["--lock", "night"])
        #expect(after.status == 0)
    }

    @Test func `a resume that has ended, however, keeps nobody waiting`() throws {
        let hosts = try hosts(2)
        #expect(try hosts[0].script(Self.rollback).status == 0)
        for _ in 0..<2 {
            let done = try hosts[0].vmoon(["resume"])
            #expect(done.status == 0 && done.error.contains("nothing is left"), "\(done.error)")
        }
        #expect(try hosts[0].script("step('a', print) error 'later'").status == 1)
        for _ in 0..<3 {
            let again = try hosts[0].vmoon(["resume"])
            #expect(again.status == 1 && again.error.contains("later"), "\(again.error)")
        }
        _ = try hosts[0].runs.folder.write("print 'another one'", to: "s.lua")
        for host in hosts {
            let refused = try host.vmoon(["resume"])
            #expect(refused.status == 81, "\(refused.error)")
        }
    }

    @Test func `the database away: nothing is changed, and the password is not told`() throws {
        let hosts = try hosts(1)
        let run = try hosts[0].vmoon(
            hosts[0].runs.connection + [try hosts[0].runs.folder.write(Self.rollback, to: "s.lua")],
            ["VMOON_JOURNAL": "postgres://vmoon:s3cret@127.0.0.1:9/none"]
        )
        #expect(run.status == 73, "\(run.error)")
        #expect(!run.error.contains("s3cret") && run.error.contains("127.0.0.1:9"))
        let requests = try hosts[0].runs.simulator.requests()
        #expect(!requests.contains { $0["operation"]?.string == "rollback" })
    }

    @Test func `a password in the option is refused, and in the variable no child sees it`() throws
    {
        let hosts = try hosts(1)
        let refused = try hosts[0].vmoon(["--journal", "postgres://u:pw@h/d", "-e", "print(1)"])
        #expect(refused.status == 64)
        #expect(refused.error.contains("a password in it is refused"))
        let child = try hosts[0].vmoon(
            ["-e", "print(os.getenv('VMOON_JOURNAL')) os.execute('echo $VMOON_JOURNAL')"],
            ["VMOON_JOURNAL": "postgres://u:pw@h/d"]
        )
        #expect(child.lines == ["postgres://u@h/d", "postgres://u@h/d"])
    }

    @Test
    func `copies share a list, a name that is done stays done, and one without a name is refused`()
        throws
    {
        let hosts = try hosts(2)
        let script = """
            for it, place in share({ "a", "b", "c" }) do print(it, place) end
            """
        let first = try hosts[0].script(script, ["--run-name", "n"])
        #expect(first.status == 0, "\(first.error)")
        #expect(first.lines.sorted() == ["a\t1", "b\t2", "c\t3"])
        #expect(try hosts[1].script(script, ["--run-name", "n"]).output.isEmpty)
        #expect(try hosts[1].script(script, ["--run-name", "m"]).lines.count == 3)
        let nameless = try hosts[1].script(script)
        #expect(nameless.status == 64 && nameless.error.contains("--run-name"))
        let alone = try hosts[1].vmoon(["--sim", "-e", script])
        #expect(alone.lines == ["a\t1", "b\t2", "c\t3"])
        let local = try ProgramRun.of(
            "vmoon",
            hosts[0].runs.connection + ["-e", script],
            environment: ["VMOON_PASSWORD": hosts[0].runs.simulator.password]
        )
        #expect(local.status == 64 && local.error.contains("a journal that they share"))
    }

    @Test func `an item that failed is taken up again by a copy that is started later`() throws {
        let hosts = try hosts(2)
        let script = """
            parallel(share({ "a", "b" }), function(it)
              print(it)
              if it == "a" and arg[1] then error("no luck") end
            end, { errors = "collect" })
            """
        let path = try hosts[0].runs.folder.write(script, to: "p.lua")
        let words = hosts[0].runs.connection + ["--run-name", "n", path]
        #expect(try hosts[0].vmoon(words + ["fail"]).lines.sorted() == ["a", "b"])
        #expect(try hosts[1].vmoon(words).lines == ["a"])
        #expect(try hosts[1].vmoon(words).lines == [])
    }

    @Test func `the database away after the intent: the verdict is kept, and handed over later`()
        throws
    {
        let server = try #require(PostgreSQLServer.alone())
        let hosts = try hosts(2, on: server)
        let host = hosts[0]
        let store = try PostgreSQLStore(JournalAddress(host.journal))
        try host.runs.simulator.add(fault: [
            "match": ["operation": "rollback"], "do": "delay", "ms": 1500,
        ])
        let path = try host.runs.folder.write(Self.rollback, to: "s.lua")
        let process = try ChildProcess(
            [try SimulatorProcess.program("vmoon")] + host.runs.connection + [path],
            environment: [
                "HOME": host.runs.folder.path, "VMOON_PASSWORD": host.runs.simulator.password,
                "VMOON_JOURNAL": host.journal,
            ],
            in: host.runs.folder.path
        )
        let isIntended = try process.wait(within: .seconds(20)) {
            try !store.openOperations().isEmpty
        }
        #expect(isIntended)
        server.crash()
        #expect(process.end() == 0, "\(process.error)")
        #expect(process.output == "3\n")
        #expect(try host.vmoon(["runs"]).status == 73)
        server.start()
        let listed = try host.vmoon(["runs"])
        #expect(listed.status == 0 && listed.error.contains("kept on this machine"))
        #expect(try store.openOperations().count == 1)
        // The other host knows nothing of it; this one hands it over.
        #expect(!(try hosts[1].vmoon(["runs"]).error.contains("kept")))
        let settled = try host.vmoon(["reconcile"])
        #expect(settled.status == 0, "\(settled.error)")
        let run = try #require(try store.runs(startingWith: "", limit: 9).first)
        #expect(run.ending == "exit 0")
        let operation = try #require(try store.operations(ofRun: run.identifier).first)
        #expect(operation.outcome == .done && operation.result == "3")
        #expect(try store.steps(ofRun: run.identifier).map(\.isDone) == [true])
        #expect(try host.vmoon(["runs"]).error.isEmpty)
        let sent = try host.runs.simulator.requests()
            .count { $0["operation"]?.string == "rollback" }
        #expect(sent == 1)
    }

    @Test func `a file's runs are copied into the database, once`() throws {
        let hosts = try hosts(1)
        let host = hosts[0]
        let path = try host.runs.folder.write(Self.rollback, to: "s.lua")
        let local = try host.vmoon(host.runs.connection + [path], ["VMOON_JOURNAL": ""])
        #expect(local.status == 0, "\(local.error)")
        let file = host.runs.folder.path + "/.local/state/vmoon/journal.db"
        for told in [
            "copied: 1 run, 1 operation, 0 of them open\n",
            "copied: 0 runs, 0 operations, 0 of them open; there already: 1 run, 1 operation\n",
        ] {
            let run = try host.vmoon(["runs", "--import", file])
            #expect(run.output == told, "\(run.error)")
        }
        let folder = try host.vmoon(["runs", "--import", "."])
        #expect(folder.status == 64 && folder.error.contains("'.' is a folder"), "\(folder)")
        let there = try host.vmoon(["runs", "--json"])
        let here = try host.vmoon(["runs", "--json"], ["VMOON_JOURNAL": ""])
        #expect(there.output == here.output)
    }
}
