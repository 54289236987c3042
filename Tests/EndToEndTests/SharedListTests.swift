import Glibc
import Support
import Testing

@testable import Journal

/// Lists that the copies of a run share: what a copy is told, and what the journal has then.
extension SharedJournalTests {
    @Test func `keys of any spelling are handed out once`() throws {
        let hosts = try hosts(2)
        let script = #"""
            local keys = { 'a"b', "c\\d", "e, f", "{g}", "h'i", " ", "NULL", "ü\u{241B}" }
            local count = 0
            parallel(share(keys), function() count = count + 1 end, { limit = 3 })
            print(count)
            """#
        #expect(try hosts[0].script(script, ["--run-name", "n"]).lines == ["8"])
        #expect(try hosts[1].script(script, ["--run-name", "n"]).lines == ["0"])
    }

    @Test func `parallel returns when all that is done is in the journal`() throws {
        let host = try hosts(1)[0]
        #expect(try host.vmoon(["runs"]).status == 0)
        let database = try PostgreSQLConnection(JournalAddress(host.journal)) {
            database throws(JournalError) in
            try PostgreSQLSchema.update(database)
        }
        for statement in [
            """
            CREATE FUNCTION vmoon.slow() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN IF NEW.state = ''done'' THEN PERFORM pg_sleep(0.2); END IF; RETURN NEW; END'
            """,
            """
            CREATE TRIGGER slow BEFORE UPDATE ON vmoon.share
            FOR EACH ROW EXECUTE FUNCTION vmoon.slow()
            """,
        ] {
            try database.run(statement)
        }
        let script = """
            parallel(share({ "a", "b", "c" }), function(it) if it == "c" then sleep(0.5) end end, { limit = 3 })
            print "back"
            io.stdout:flush()
            sleep(60)
            """
        let path = try host.runs.folder.write(script, to: "s.lua")
        let child = try ChildProcess(
            [try SimulatorProcess.program("vmoon")] + host.runs.connection
                + ["--run-name", "n", path],
            environment: [
                "HOME": host.runs.folder.path, "VMOON_PASSWORD": host.runs.simulator.password,
                "VMOON_JOURNAL": host.journal,
            ],
            in: host.runs.folder.path
        )
        #expect(child.wait(within: .seconds(20)) { child.output.contains("back") })
        var done: Int64 = -1
        try database.run("SELECT count(*) FROM vmoon.share WHERE state = 'done'") {
            done = $0.integer(0) ?? -1
        }
        #expect(done == 3)
        child.signal(SIGKILL)
        _ = child.end()
    }

    @Test func `tasks that share an iterator get each item once`() throws {
        let host = try hosts(1)[0]
        let script = """
            local keys, seen = {}, {}
            for n = 1, 40 do keys[n] = "k" .. n end
            local s = share(keys)
            local function take() for it in s do seen[#seen + 1] = it end end
            local tasks = {}
            for n = 1, 4 do tasks[n] = spawn(take) end
            for _, task in ipairs(tasks) do task:join() end
            table.sort(seen)
            print(#seen, seen[1] ~= seen[2] and "once")
            """
        let run = try host.script(script, ["--run-name", "n"])
        #expect(run.lines == ["40\tonce"], "\(run.error)")
    }

    @Test func `what a task asked for that was stopped is free for other copies`() throws {
        let hosts = try hosts(2)
        // One item fails while the other task waits for what the first has: nothing is handed out to nobody.
        let script = """
            local ok = pcall(parallel, share({ "a", "b" }), function(it)
              sleep(0.4)
              error("no luck with " .. it)
            end, { limit = 2 })
            print(ok)
            """
        let path = try hosts[0].runs.folder.write(script, to: "p.lua")
        let words = hosts[0].runs.connection + ["--run-name", "n", path]
        let first = try hosts[0].vmoon(words)
        #expect(first.status == 0 && first.lines == ["false"], "\(first.error)")
        let rest = try hosts[1].script(
            "for it in share({ 'a', 'b' }) do print(it) end",
            ["--run-name", "n"]
        )
        #expect(rest.lines.sorted() == ["a", "b"], "\(rest.error)")
    }

    @Test func `who was taken from says so once, and asks no more`() throws {
        let host = try hosts(1)[0]
        let script = """
            local list = share { "a", "b" }
            list()
            io.open("at", "w"):close()
            while not io.open "go" do sleep(0.02) end
            print(select(2, pcall(list)).kind)
            local before = os.clock()
            sleep(1)
            print(os.clock() - before < 0.2)
            """
        let path = try host.runs.folder.write(script, to: "s.lua")
        let child = try ChildProcess(
            [try SimulatorProcess.program("vmoon")] + host.runs.connection
                + ["--run-name", "n", path],
            environment: [
                "HOME": host.runs.folder.path, "VMOON_PASSWORD": host.runs.simulator.password,
                "VMOON_JOURNAL": host.journal,
            ],
            in: host.runs.folder.path
        )
        let isThere = try child.wait(within: .seconds(20)) {
            try ProgramRun.shell("test -e at", in: host.runs.folder).status == 0
        }
        #expect(isThere, "\(child.error)")
        try PostgreSQLConnection(JournalAddress(host.journal)).run("DELETE FROM vmoon.owner")
        _ = try host.runs.folder.write("", to: "go")
        _ = child.end()
        #expect(child.output == "conflict\ntrue\n", "\(child.error)")
    }

    @Test func `an item whose step is in doubt is not done, though the copy goes on with others`()
        throws
    {
        let hosts = try hosts(2)
        let script = """
            parallel(share({ "a", "b" }), function(it)
              print(it)
              if it == "a" and arg[1] then
                error({ step = "x", kind = "unknown_outcome", message = "in doubt", outcome = "unknown" })
              end
            end, { limit = 1 })
            """
        let path = try hosts[0].runs.folder.write(script, to: "p.lua")
        let words = hosts[0].runs.connection + ["--run-name", "n", path]
        let first = try hosts[0].vmoon(words + ["doubt"])
        #expect(first.status != 0 && first.lines.sorted() == ["a", "b"], "\(first.error)")
        #expect(try hosts[1].vmoon(words).lines == ["a"])
    }

    @Test func `two copies at once share the work, and wait for each other at the end`() throws {
        let hosts = try hosts(2)
        let script = #"""
            local count = 0
            parallel(share((function() local t = {} for n = 1, 60 do t[n] = "i" .. n end return t end)()),
              function() sleep(0.01) count = count + 1 end, { limit = 3 })
            print(count)
            """#
        let path = try hosts[0].runs.folder.write(script, to: "s.lua")
        let words = hosts[0].runs.connection + ["--run-name", "n", path]
        let child = try ChildProcess(
            [try SimulatorProcess.program("vmoon")] + words,
            environment: [
                "HOME": hosts[0].runs.folder.path,
                "VMOON_PASSWORD": hosts[0].runs.simulator.password,
                "VMOON_JOURNAL": hosts[0].journal,
            ],
            in: hosts[0].runs.folder.path
        )
        let second = try hosts[1].vmoon(words)
        #expect(child.end() == 0, "\(child.error)")
        let counts = [child.output, second.output].map { Int($0.dropLast()) ?? -1 }
        #expect(counts.reduce(0, +) == 60, "\(counts)")
    }
}
