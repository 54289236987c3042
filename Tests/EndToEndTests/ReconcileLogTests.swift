import Foundation
import JSON
import Support
import Testing

/// `vmoon reconcile` has a log like any other run.
@Suite struct ReconcileLogTests {
    private static let options = ["--log-format", "json", "--log-file", "a.log"]

    /// A bench with roll-backs in doubt.
    private func bench(open count: Int) throws -> JournalBench {
        let bench = try JournalBench(items: max(count, 1))
        let lost: JSONValue = [
            "match": ["operation": "rollback"], "times": 99, "do": "reset_before_apply",
        ]
        try bench.simulator.add(fault: lost)
        for item in 0..<count {
            let code = "session():rollback('\(JournalBench.item(item + 1))', '1', 'why')"
            let run = try bench.vmoon(["--settle", "10ms", "--resend", "0", "-e", code])
            #expect(run.status == 80)
        }
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        return bench
    }

    private func records(_ bench: JournalBench) throws -> [JSONValue] {
        let path = bench.folder.path + "/a.log"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try FileManager.default.removeItem(atPath: path)
        return try RunLogTests.records(text, in: bench.folder)
    }

    @Test func `each end has its records, and a person sees what they saw without a log`() throws {
        let bench = try bench(open: 2)
        let early = try bench.vmoon(["reconcile"] + Self.options)
        #expect(early.status == 80 && early.lines.count == 2, "\(early)")
        var all = try records(bench)
        let looked = all.filter { $0["op_id"] != nil }
        #expect(looked.map { $0["outcome"]?.string } == ["unknown", "unknown"])
        #expect(looked.map { $0["item_name"]?.string } == ["many-1", "many-2"])
        try RunLogTests.check(all, status: 80)
        #expect(all.first?["script"] == "reconcile" && all.last?["kind"] == "unknown_outcome")
        #expect(all.last?["message"] == "2 operations are still unknown")
        #expect(all.last?["changes"] == ["done": 0, "refused": 0, "unknown": 2])
        #expect(try RunLogTests.records(early.error, in: bench.folder) == all)

        let wrong = try ProgramRun.of(
            "vmoon",
            [
                "reconcile", "--log-file", "b.log", "--vcenter", bench.simulator.url, "--user",
                "nobody",
            ],
            environment: bench.environment(),
            in: bench.folder
        )
        #expect(wrong.status == 80 && wrong.error.hasPrefix("vmoon: "), "\(wrong)")
        let text = try String(contentsOfFile: bench.folder.path + "/b.log", encoding: .utf8)
        #expect(
            text.split(separator: "\n").count == 5 && text.contains("kind=unauthenticated"),
            "\(text)"
        )
        // Who did not ask for records sees none, and the file has no password.
        #expect(!wrong.error.contains("run_begin") && !text.contains(bench.simulator.password))

        try bench.advance(hours: 25)
        #expect(try bench.vmoon(["reconcile"] + Self.options).status == 0)
        all = try records(bench)
        #expect(all.count { $0["outcome"] == "not_seen" } == 2, "\(all)")
        try RunLogTests.check(all, status: 0)
        #expect(all.last?["changes"] == ["done": 0, "refused": 2, "unknown": 0])
        let journal =
            try JSONValue(parsing: try bench.vmoon(["runs", "--json"]).output).array ?? []
        #expect(journal.contains { $0["run_id"] == all.last?["run_id"] })
    }

    @Test(
        arguments: [
            (["--resend"], 64), (["00000000"], 66), (["--bogus"], 64), (["--profile", "none"], 78),
            (["--settle", "1s"], 64),
        ] as [([String], Int32)]
    ) func `also where it does not begin to look`(_ words: [String], _ code: Int32) throws {
        let bench = try bench(open: words == ["00000000"] ? 1 : 0)
        let run = try ProgramRun.of(
            "vmoon",
            ["reconcile"] + words + Self.options,
            environment: bench.environment(),
            in: bench.folder
        )
        #expect(run.status == code, "\(run)")
        let all = try records(bench)
        try RunLogTests.check(all, status: code)
        #expect(try RunLogTests.records(run.error, in: bench.folder) == all, "\(run)")
    }

    @Test func `a log that cannot be written is refused before anything is asked`() throws {
        let bench = try bench(open: 1)
        let sent = try bench.simulator.requests().count
        let run = try bench.vmoon(["reconcile", "--log-file", "/no/such/folder/log"])
        #expect(run.status == 78 && run.error.hasPrefix("vmoon: the log: "), "\(run)")
        #expect(try bench.simulator.requests().count == sent)
    }
}
