import Glibc
import Support
import Testing

@testable import Journal

/// Lists that the copies of a run share: what a copy is told, and what the journal has then.
extension SharedJournalTests {
    /// A host's journal, with its tables.
    private func opened(_ host: Host) throws -> PostgreSQLConnection {
        let database = try PostgreSQLConnection(JournalAddress(host.journal)) {
            database throws(JournalError) in
            try PostgreSQLSchema.update(database)
        }
        try database.connect()
        return database
    }

    /// Has the database take a fifth of a second longer for a row, where a condition holds.
    private func slow(_ database: PostgreSQLConnection, _ event: String, when isSlow: String) throws
    {
        try database.run(
            """
            CREATE FUNCTION vmoon.slow() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF \(isSlow) THEN PERFORM pg_sleep(0.2); END IF; RETURN NEW; END $$
            """
        )
        try database.run(
            "CREATE TRIGGER slow BEFORE \(event) FOR EACH ROW EXECUTE FUNCTION vmoon.slow()"
        )
    }

    /// Starts a copy of the run.
    private func copy(of script: String, on host: Host) throws -> ChildProcess {
        let path = try host.runs.folder.write(script, to: "copy.lua")
        return try ChildProcess(
            [try SimulatorProcess.program("vmoon")] + host.runs.connection
                + ["--run-name", "n", path],
            environment: [
                "HOME": host.runs.folder.path, "VMOON_PASSWORD": host.runs.simulator.password,
                "VMOON_JOURNAL": host.journal,
            ],
            in: host.runs.folder.path
        )
    }

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
        let database = try opened(host)
        try slow(database, "UPDATE ON vmoon.share", when: "NEW.state = 'done'")
        let script = """
            parallel(share({ "a", "b", "c" }), function(it) if it == "c" then sleep(0.5) end end, { limit = 3 })
            print "back"
            io.stdout:flush()
            sleep(60)
            """
        let child = try copy(of: script, on: host)
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

    @Test func `an item that is handed to a task that was stopped is free for other copies`() throws
    {
        let host = try hosts(1)[0]
        let database = try opened(host)
        // The second task's question is on its way when the first item fails.
        try slow(database, "INSERT ON vmoon.claim", when: "true")
        let script = """
            pcall(parallel, share { "a", "b" }, function() sleep(0.05) error("no luck") end, { limit = 2 })
            sleep(60)
            """
        let child = try copy(of: script, on: host)
        var counts: [Int64] = []
        let isFree = try child.wait(within: .seconds(10)) {
            try database.run(
                """
                SELECT (SELECT count(*) FROM vmoon.share),
                    (SELECT count(*) FROM vmoon.claim WHERE starts_with(key, 'share '))
                """
            ) { counts = [$0.integer(0) ?? -1, $0.integer(1) ?? -1] }
            return counts == [2, 1]
        }
        #expect(isFree, "items that were handed out, and claims: \(counts)")
        child.signal(SIGKILL)
        _ = child.end()
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
        let child = try copy(of: script, on: host)
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
        let child = try copy(of: script, on: hosts[0])
        let second = try hosts[1].script(script, ["--run-name", "n"])
        #expect(child.end() == 0, "\(child.error)")
        let counts = [child.output, second.output].map { Int($0.dropLast()) ?? -1 }
        #expect(counts.reduce(0, +) == 60, "\(counts)")
    }
}
