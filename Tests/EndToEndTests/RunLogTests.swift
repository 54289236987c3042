import Foundation
import Glibc
import JSON
import Support
import Testing

/// A log tells when a run begins, what ended it, and how it ended: in order, and so that programs can read it.
@Suite struct RunLogTests {
    static let jq: String? = {
        let found = (try? ProgramRun.shell("command -v jq"))?.status == 0
        return found ? nil : "jq is not installed"
    }()

    /// The records of a log, by jq where it is installed.
    static func records(_ text: String, in folder: TestFolder) throws -> [JSONValue] {
        try folder.write(text, to: "log.json")
        guard jq == nil else {
            return try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        }
        let read = try ProgramRun.shell("jq -cs . log.json", in: folder)
        #expect(read.status == 0, "\(read.error)\n\(text)")
        return try JSONValue(parsing: read.output).array ?? []
    }

    /// The first record begins, the last ends, and an error is told right before.
    static func check(_ records: [JSONValue], status: Int32) throws {
        let events = records.compactMap { $0["event"]?.string }
        #expect(
            events == (status == 0 ? ["run_begin", "run_end"] : ["run_begin", "error", "run_end"])
        )
        #expect(records.first?["event"] == "run_begin")
        let end = try #require(records.last)
        #expect(end["event"] == "run_end" && end["exit_code"]?.integer == Int(status), "\(end)")
        #expect(end["duration_ms"]?.integer != nil && end["changes"]?["unknown"] != nil)
        #expect(end["level"]?.string == (status == 0 ? "info" : "error"))
        #expect(Set(records.map { $0["run_id"]?.string }).count == 1)
        let error = records.last { $0["event"] == "error" }
        #expect(status == 0 ? end["message"] == "done" : end["message"] == error?["message"])
        #expect(error?["kind"] == nil || end["kind"] == error?["kind"])
        #expect((end["kind"] == nil) == (status == 0), "\(end)")
    }

    @Test(arguments: ExitCodeTests.errors) func `every error of a call stands between both ends`(
        _ row: ExitCodeTests.Row
    ) throws {
        let runs = try Runs()
        if row.name == "an ambiguous name" { try ExitCodeTests.makeAmbiguous(runs) }
        if let fault = row.fault { try runs.simulator.add(fault: fault) }
        let options = ["--log-format", "json", "--log-file", "run.log", "--no-init"]
        let run = try runs.vmoon(options + row.options + ["-e", row.call], password: row.password)
        #expect(run.status == row.status)
        let all = try Self.records(run.error, in: runs.folder)
        try Self.check(all, status: row.status)
        #expect(all.contains { $0["event"] == "error" && $0["kind"] != nil } == (row.status != 1))
        let file = try String(contentsOfFile: runs.folder.path + "/run.log", encoding: .utf8)
        let warnings = all.filter { $0["level"] == "warn" && $0["operation"] == nil }
        #expect(file.split(separator: "\n").count == all.count - warnings.count, "\(file)")
    }

    static let shells: [(status: Int32, line: String)] = [
        (0, "$V -e 'print(1)'"),
        (1, "$V -e 'x = = 1'"),
        (64, "$V --ping-url ftp://x -e ''"),
        (66, "$V no-such-script.lua"),
        (73, "mkdir -m 755 s; VMOON_STATE_DIR=$PWD/s $V --lock a -e ''"),
        (74, "$V -e 'print(1)' >/dev/full"),
        (75, "$Q --lock a -e '_, _, n = os.execute([[$V --lock a -e 1]]) os.exit(n)'"),
        (78, "$V --profile none -e ''"),
        (78, "$V --log-file /no/such/folder/log -e ''"),
    ]

    @Test(arguments: shells) func `and so does every other one`(_ status: Int32, _ line: String)
        throws
    {
        let folder = TestFolder()
        let vmoon = try SimulatorProcess.program("vmoon")
        let text = line.replacing("$V", with: vmoon + " --log-format json")
            .replacing("$Q", with: vmoon)
        let run = try ProgramRun.shell(text + "\nexit $?", in: folder)
        #expect(run.status == status, "\(run)")
        try Self.check(try Self.records(run.error, in: folder), status: status)
    }

    @Test(arguments: [
        (["-e", "os.exit(7)"], 7, "ended with exit code 7"),
        (["-e", "os.execute('kill -TERM $PPID') sleep(9)"], 143, "ended by signal 15"),
    ]) func `an end that nobody complained of has no error in front of it`(
        _ words: [String],
        _ code: Int,
        _ message: String
    ) throws {
        let folder = TestFolder()
        let run = try ProgramRun.of("vmoon", ["--log-format", "json"] + words, in: folder)
        let all = try Self.records(run.error, in: folder)
        #expect(all.compactMap { $0["event"]?.string } == ["run_begin", "run_end"], "\(run)")
        #expect(all.last?["exit_code"]?.integer == code && all.last?["message"]?.string == message)
        #expect(all.last?["signal"]?.integer == (code > 128 ? code - 128 : nil))
    }

    @Test func `a loop that cannot go on is told of, in the log and to the programs`() throws {
        let folder = TestFolder()
        let code = "os.execute([[prlimit --pid $PPID --nofile=0:0]]) sleep(9)"
        let words = ["--log-format", "json", "--log-file", "a.log", "-e", code]
        let run = try ProgramRun.of("vmoon", words, in: folder)
        #expect(run.status == 70, "\(run)")
        let all = try Self.records(run.error, in: folder)
        try Self.check(all, status: 70)
        #expect(all.last?["kind"] == "transport", "\(all)")
        #expect(all.last?["message"]?.string?.hasPrefix("the loop cannot go on: ") == true)
        let file = try String(contentsOfFile: folder.path + "/a.log", encoding: .utf8)
        #expect(try Self.records(file, in: folder).count == all.count, "\(file)")
    }

    @Test func `the beginning tells what runs, without secrets, and the end what became of it`()
        throws
    {
        let bench = try JournalBench(items: 2)
        let code = """
            vc = session()
            vc:rollback('\(JournalBench.item(1))', '1', 'x')
            pcall(vc.rollback, vc, '\(JournalBench.item(2))', '7', 'x')
            """
        let path = try bench.folder.write(code, to: "a.lua")
        let words = ["--log-format", "json", path, "--token=hunter2", "plain"]
        let run = try bench.vmoon(words)
        #expect(run.status == 0 && !run.error.contains("hunter2"))
        let all = try Self.records(run.error, in: bench.folder)
        let begin = try #require(all.first)
        #expect(begin["script"]?.string == path)
        #expect(begin["arguments"] == ["--token=***", "plain"])
        #expect(begin["pid"]?.integer != nil && begin["host"]?.string?.isEmpty == false)
        #expect(begin["version"]?.string?.isEmpty == false)
        #expect(all.last?["changes"] == ["done": 1, "refused": 1, "unknown": 0])
        #expect(all.first { $0["op_id"] != nil }?["item_name"] == "many-1")
        let listed = try JSONValue(parsing: try bench.vmoon(["runs", "--json"]).output).array?.first
        #expect(listed?["run_id"] == begin["run_id"])
        #expect(listed?["changes"] == all.last?["changes"])
    }

    @Test func `text on standard error stays quiet, and the file has it all`() throws {
        let folder = TestFolder()
        let quiet = try ProgramRun.of(
            "vmoon",
            ["--log-file", "a.log", "-e", "error('x', 0)"],
            in: folder
        )
        #expect(quiet.error == (try ProgramRun.of("vmoon", ["-e", "error('x', 0)"])).error)
        let lines = try String(contentsOfFile: folder.path + "/a.log", encoding: .utf8)
            .split(separator: "\n")
        #expect(
            lines.map { $0.dropFirst(25).prefix { $0 != "=" } } == [
                "INFO run begins event", "ERROR x event", "ERROR x event",
            ]
        )
        let plain = try ProgramRun.of("vmoon", ["--log-level", "info", "-e", ""], in: folder)
        #expect(plain.error.isEmpty, "\(plain)")
        let detailed = try ProgramRun.of("vmoon", ["--log-level", "debug", "-e", ""], in: folder)
        #expect(detailed.error.split(separator: "\n").count == 2, "\(detailed)")
        let errors = try ProgramRun.of(
            "vmoon",
            ["--log-level", "error", "--log-file", "b.log", "-e", "error('x', 0)"],
            in: folder
        )
        #expect(errors.status == 1)
        let few = try String(contentsOfFile: folder.path + "/b.log", encoding: .utf8)
        #expect(few.split(separator: "\n").count == 2, "\(few)")
    }

    @Test(arguments: [(0, ""), (1, "error('x', 0)")])
    func `with --cron the file is the same`(_ status: Int32, _ code: String) throws {
        let folder = TestFolder()
        let words = ["--cron", "--log-format", "json", "--log-file", "a.log", "-e", code]
        let run = try ProgramRun.of("vmoon", words, in: folder)
        #expect(run.status == status)
        let text = try String(contentsOfFile: folder.path + "/a.log", encoding: .utf8)
        try Self.check(try Self.records(text, in: folder), status: status)
        #expect(run.error == (status == 0 ? "" : text), "\(run)")
    }

    @Test(arguments: ["text", "json"])
    func `a warning that --cron keeps from the output is in the log`(_ format: String) throws {
        let folder = TestFolder()
        let words = [
            "--cron", "--log-format", format, "--log-file", "a.log", "--metrics-file",
            "none/a.prom", "-e", "",
        ]
        let run = try ProgramRun.of("vmoon", words, in: folder)
        #expect(run.status == 0 && run.error.isEmpty, "\(run)")
        let lines = try String(contentsOfFile: folder.path + "/a.log", encoding: .utf8)
            .split(separator: "\n")
        #expect(lines.count == 3, "\(lines)")
        let warning = "--metrics-file: cannot create none/a.prom: No such file or directory"
        #expect(lines.count > 1 && lines[1].contains(warning), "\(lines)")
        #expect(lines.last?.contains("run_end") == true, "\(lines)")
    }
}
