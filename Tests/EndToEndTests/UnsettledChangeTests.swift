import Foundation
import JSON
import Support
import Testing

/// A run that ends while changes are in flight: its exit code and the journal say what is not known.
@Suite struct UnsettledChangeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var options: [String] = []
        var signal: Int32?
        var testDescription: String { name }
    }

    static let rows = [
        Row(name: "stopped by SIGTERM", options: ["--grace", "500ms"], signal: SIGTERM),
        Row(name: "no grace", options: ["--grace", "0s"], signal: SIGTERM),
        Row(name: "the deadline", options: ["--grace", "500ms", "--deadline", "4s"]),
    ]

    static let script = """
        local vc <close> = session()
        parallel({ 1, 2, 3, 4 }, function(n)
          print "asked" io.stdout:flush()
          return vc:rollback(string.format("00000000-0000-4000-8000-%012d", n), "1", "x")
        end)
        """

    @Test(arguments: rows)
    func `changes of tasks that nobody has heard of end the run with 80`(_ row: Row) throws {
        let bench = try JournalBench(items: 4)
        try slowRollbacks(bench, milliseconds: 60_000)
        let run = try JournalKillTests.Background(bench, row.options + ["-e", Self.script])
        try run.wait {
            try bench.simulator.requests().count { $0["operation"] == "rollback" } == 4
        }
        if let signal = row.signal { run.signal(signal) }
        #expect(run.end() == 80)
        let operations = try bench.operations()
        #expect(operations.count == 4)
        #expect(operations.allSatisfy { $0["outcome"] == "unknown" }, "\(operations)")
    }

    @Test func `os_exit waits for the change of another task`() throws {
        let bench = try JournalBench(items: 1)
        try slowRollbacks(bench, milliseconds: 700)
        let run = try bench.vmoon(["-e", Self.leaving(bench)])
        #expect(run.status == 7, "\(run.error)")
        #expect(try bench.operations().map { $0["outcome"] } == ["done"])
    }

    @Test func `os_exit says that it hides an outcome that nobody knows`() throws {
        let bench = try JournalBench(items: 1)
        try slowRollbacks(bench, milliseconds: 60_000)
        let run = try bench.vmoon(["--grace", "300ms", "-e", Self.leaving(bench)])
        #expect(run.status == 7)
        #expect(
            run.error.contains("the outcome of a change is unknown, and os.exit hides it"),
            "\(run.error)"
        )
        #expect(try bench.operations().map { $0["outcome"] } == ["unknown"])
    }

    struct Caught: Sendable, CustomTestStringConvertible {
        /// What follows the call whose error is caught.
        let tail: String
        var options: [String] = []
        /// The lines on standard error.
        let says: [String]
        var testDescription: String { tail + options.joined(separator: " ") }
    }

    static let unknown = "vmoon: the outcome of a change is unknown: run `vmoon reconcile`"
    static let caught = [
        Caught(tail: "", says: [unknown]),
        Caught(tail: "", options: ["--cron"], says: [unknown]),
        Caught(tail: "error('own', 0)", says: ["vmoon: own", unknown]),
        Caught(
            tail: "sleep(60)",
            options: ["--deadline", "5s"],
            says: ["vmoon: the deadline was reached", unknown]
        ),
        Caught(tail: "os.execute('kill -TERM $PPID') sleep(60)", says: [unknown]),
    ]

    @Test(arguments: caught)
    func `an unknown outcome is said once, also where the script caught its error`(_ row: Caught)
        throws
    {
        let bench = try JournalBench(items: 1)
        try bench.simulator.add(
            fault: ["match": ["operation": "rollback"], "do": "reset_before_apply"]
        )
        let call = "pcall(rollback, '\(JournalBench.item(1))', '1', 'm')"
        let options = ["--settle", "10ms", "--resend", "0"] + row.options
        let run = try bench.vmoon(options + ["-e", "session() \(call) \(row.tail)"])
        #expect(run.status == 80, "\(run)")
        let lines = run.error.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("vmoon: ") } == row.says, "\(run)")
    }

    @Test func `an error that says itself that the outcome is unknown is enough`() throws {
        let bench = try JournalBench(items: 1)
        try bench.simulator.add(
            fault: ["match": ["operation": "rollback"], "do": "reset_before_apply"]
        )
        let call = "session():rollback('\(JournalBench.item(1))', '1', 'm')"
        let run = try bench.vmoon(["--settle", "10ms", "--resend", "0", "-e", call])
        #expect(run.status == 80 && run.error.contains("unknown_outcome"), "\(run)")
        #expect(!run.error.contains(Self.unknown), "\(run)")
    }

    /// Leaves as soon as the simulator has seen the roll-back of another task.
    private static func leaving(_ bench: JournalBench) -> String {
        """
        spawn(function() session():rollback("\(JournalBench.item(1))", "1", "x") end)
        repeat
          sleep(0.02)
          local seen = http.get("\(bench.simulator.url)/sim/requests").body
        until seen:find('"operation":"rollback"', 1, true)
        os.exit(7)
        """
    }

    /// Rollbacks take this long before they are carried out.
    private func slowRollbacks(_ bench: JournalBench, milliseconds: Int) throws {
        try bench.simulator.add(
            fault: [
                "match": ["operation": "rollback"], "do": "delay", "ms": .integer(milliseconds),
                "times": 100,
            ]
        )
    }
}
