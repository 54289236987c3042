import Glibc
import JSON
import Support
import Testing

@testable import Journal

/// Runs of several hosts that are continued, and what they leave behind at their end.
extension SharedJournalTests {
    /// Stops after its first step if DIE is set; else it waits between its steps for a file.
    private static let twoSteps = """
        step("one", function() return 1 end)
        if os.getenv "DIE" then os.exit(3) end
        local it = item "golden/ubuntu-22.04"
        io.open("at", "w"):close()
        while not io.open "go" do sleep(0.02) end
        print(step("back", function() return it:rollback(it:previous(), "back") end))
        """

    /// How many owners the journal has whose time is over, or not over.
    private func owners(_ host: Host, whoLive: Bool) throws -> Int64 {
        var count: Int64 = -1
        try PostgreSQLConnection(JournalAddress(host.journal)).run(
            "SELECT count(*) FROM vmoon.owner WHERE (expires > clock_timestamp()) = \(whoLive)"
        ) { count = $0.integer(0) ?? -1 }
        return count
    }

    /// Stops a run that has reached its script, until its lease is over.
    private func putToSleep(_ sleeper: ChildProcess, _ host: SharedJournalTests.Host) throws {
        let isThere = try sleeper.wait(within: .seconds(20)) {
            try ProgramRun.shell("test -e at", in: host.runs.folder).status == 0
        }
        #expect(isThere, "\(sleeper.error)")
        sleeper.signal(SIGSTOP)
        let isOver = try sleeper.wait(within: .seconds(20)) {
            try owners(host, whoLive: false) > 0
        }
        #expect(isOver)
    }

    @Test func `a resumed run that slept past its lease, and was resumed elsewhere, sends nothing`()
        throws
    {
        let hosts = try hosts(2)
        let host = hosts[0]
        let path = try host.runs.folder.write(Self.twoSteps, to: "s.lua")
        #expect(try host.vmoon(host.runs.connection + [path], ["DIE": "1"]).status == 3)
        let sleeper = try ChildProcess(
            [try SimulatorProcess.program("vmoon"), "resume", "--lease", "1s"],
            environment: [
                "HOME": host.runs.folder.path, "VMOON_PASSWORD": host.runs.simulator.password,
                "VMOON_JOURNAL": host.journal,
            ],
            in: host.runs.folder.path
        )
        try putToSleep(sleeper, host)
        _ = try host.runs.folder.write("", to: "go")
        let other = try hosts[1].vmoon(["resume"])
        #expect(other.status == 0 && other.output == "3\n", "\(other.error)")
        sleeper.signal(SIGCONT)
        #expect(sleeper.end() == 81, "\(sleeper.error)")
        #expect(sleeper.error.contains("another run has taken over"))
        let sent = try host.runs.simulator.requests()
            .count { $0["operation"]?.string == "rollback" }
        #expect(sent == 1)
    }

    @Test func `a run that slept past its lease, and whose lock is taken, stops at once`() throws {
        let hosts = try hosts(2)
        let host = hosts[0]
        let path = try host.runs.folder.write(
            """
            io.open("at", "w"):close()
            while not io.open "go" do sleep(0.02) end
            print "went on"
            """,
            to: "s.lua"
        )
        let sleeper = try ChildProcess(
            [try SimulatorProcess.program("vmoon"), "--lock", "night", "--lease", "1s", path],
            environment: ["HOME": host.runs.folder.path, "VMOON_JOURNAL": host.journal],
            in: host.runs.folder.path
        )
        try putToSleep(sleeper, host)
        let other = try hosts[1].vmoon(["--lock", "night", "-e", "print(1)"])
        #expect(other.status == 0, "\(other.error)")
        sleeper.signal(SIGCONT)
        #expect(sleeper.end(within: .seconds(20)) == 75)
        #expect(sleeper.output.isEmpty)
        #expect(sleeper.error.split(separator: "\n").count == 1)
        #expect(sleeper.error.contains("another run has taken the lock"))
    }

    @Test func `a second list with the same items is refused, and with other keys it is not`()
        throws
    {
        let host = try hosts(1)[0]
        let twice = """
            for it in share({ "a", "b" }) do print(it) end
            for it in share({ "c", "b" }) do print("again", it) end
            """
        let refused = try host.script(twice, ["--run-name", "n"])
        #expect(refused.status == 64 && refused.lines.sorted() == ["a", "b"])
        #expect(refused.error.contains("b is in a list that this run shares already"))
        #expect(refused.error.contains("key ="))
        let other = """
            for it in share({ "a" }) do print(it) end
            for it in share({ "a" }, { key = function(it) return "second " .. it end }) do print(it) end
            """
        #expect(try host.script(other, ["--run-name", "m"]).lines == ["a", "a"])
    }

    @Test func `doctor tells of the database, and of a user who may only read`() throws {
        let host = try hosts(1)[0]
        func doctor(_ journal: String, _ options: String...) throws -> ProgramRun {
            try host.vmoon(
                ["doctor", host.runs.simulator.url] + options,
                ["VMOON_JOURNAL": journal]
            )
        }
        #expect(try host.script(Self.twoSteps, ["--until", "one"]).status == 0)
        #expect(try doctor(host.journal).output.contains("1 run, no open operation"))
        #expect(try doctor(host.journal).output.contains(host.journal))
        let read = try doctor(host.journal + "&options=-cdefault_transaction_read_only%3Don")
        #expect(read.output.contains("may only read"), "\(read.output)")
        let away = try doctor("postgres://u:pw@127.0.0.1:9/d")
        #expect(away.output.contains("cannot be reached") && !away.output.contains("pw"))
        for journal in ["postgres://hanna@/d?host=/hidden", host.journal + "&user=vmoon"] {
            let masked = try doctor(journal, "--mask")
            #expect(masked.output.contains("a database, whose name is masked"))
            for name in ["hanna", "/hidden", "user=vmoon"] {
                #expect(!masked.output.contains(name), "\(masked.output)")
            }
        }
    }

    @Test func `connections that the database drops are made anew, and nothing is lost or twice`()
        throws
    {
        let host = try hosts(1)[0]
        let path = try host.runs.folder.write(
            """
            local it = item "golden/ubuntu-22.04"
            print(it:rollback(it:previous(), "one"))
            io.open("at", "w"):close()
            while not io.open "go" do sleep(0.02) end
            print(it:rollback(it:previous(), "two"))
            """,
            to: "s.lua"
        )
        let run = try ChildProcess(
            [try SimulatorProcess.program("vmoon")] + host.runs.connection + [path],
            environment: [
                "HOME": host.runs.folder.path, "VMOON_PASSWORD": host.runs.simulator.password,
                "VMOON_JOURNAL": host.journal,
            ],
            in: host.runs.folder.path
        )
        let isThere = try run.wait(within: .seconds(20)) {
            try ProgramRun.shell("test -e at", in: host.runs.folder).status == 0
        }
        #expect(isThere, "\(run.error)")
        try PostgreSQLConnection(JournalAddress(host.journal)).run(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """
        )
        _ = try host.runs.folder.write("", to: "go")
        #expect(run.end() == 0, "\(run.error)")
        #expect(run.output == "3\n4\n")
        let sent = try host.runs.simulator.requests()
            .count { $0["operation"]?.string == "rollback" }
        #expect(sent == 2)
        #expect(try host.vmoon(["runs", "--json"]).output.contains("\"done\": 2"))
    }

    @Test func `a resume leaves no claim behind, however it ends`() throws {
        let hosts = try hosts(2)
        let host = hosts[0]
        let path = try host.runs.folder.write(Self.twoSteps, to: "s.lua")
        _ = try host.runs.folder.write("", to: "go")
        #expect(try host.vmoon(host.runs.connection + [path], ["DIE": "1"]).status == 3)
        _ = try host.runs.folder.write(Self.twoSteps + "\n", to: "s.lua")
        #expect(try hosts[1].vmoon(["resume"]).status == 81)
        #expect(try owners(host, whoLive: true) == 0)
        #expect(!(try hosts[1].vmoon(["runs"]).output.contains("runs")))
        _ = try host.runs.folder.write(Self.twoSteps, to: "s.lua")
        #expect(try hosts[1].vmoon(["resume"]).output == "3\n")
        #expect(try owners(host, whoLive: true) == 0)
        let again = try host.vmoon(["resume"])
        #expect(
            again.status == 0 && again.error.contains("nothing is left to do"),
            "\(again.error)"
        )
        #expect(try owners(host, whoLive: true) == 0)
    }

    @Test func `what is no journal is not imported, and no option beside --import`() throws {
        let host = try hosts(1)[0]
        func refused(_ words: [String], _ code: Int32, _ text: String) throws {
            let run = try host.vmoon(["runs"] + words)
            #expect(run.status == code && run.error.contains(text), "\(words): \(run.error)")
            #expect(run.output.isEmpty)
        }
        let folder = host.runs.folder
        let empty = try folder.write("", to: "empty.db")
        _ = try Database(folder.path + "/other.db", isReadOnly: false)
            .run("CREATE TABLE other (a INTEGER)")
        for file in [empty, "/dev/null", folder.path + "/other.db"] {
            try refused(["--import", file], 65, "is no journal of vmoon")
        }
        // Not closed yet, and copied without the file beside it: the first transactions are there.
        let store = try SQLiteStore(file: folder.path + "/journal.db")
        _ = try ProgramRun.shell("cp journal.db copy.db", in: folder)
        try refused(["--import", folder.path + "/copy.db"], 65, "copy.db-wal")
        withExtendedLifetime(store) {}
        for words in [["--open"], ["--keep", "1d"], ["--json"], ["--steps"], ["0"]] {
            try refused(["--import", empty] + words, 64, "--import")
        }
    }
}
