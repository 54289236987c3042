import Foundation
import Glibc
import JSON
import Support
import Testing

/// What the log says of operations, where it says it, and how its file is opened again.
@Suite struct LogOperationTests {
    private func records(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    @Test func `a change is one record, with what the journal knows of it`() throws {
        let bench = try JournalBench(items: 2)
        let code = """
            vc = session()
            vc:rollback('\(JournalBench.item(1))', '1', 'x')
            pcall(vc.rollback, vc, '\(JournalBench.item(2))', '2', 'x')
            pcall(vc.rollback, vc, '\(JournalBench.item(2))', '7', 'x')
            """
        let run = try bench.vmoon(["--log-format", "json", "-e", code])
        #expect(run.status == 0, "\(run.error)")
        let lines = try records(run.error).filter { $0["op_id"] != nil }
        #expect(lines.map { $0["outcome"]?.string } == ["done", "rejected", "rejected"])
        #expect(lines.map { $0["level"]?.string } == ["info", "warn", "warn"])
        #expect(lines.map { $0["kind"]?.string } == [nil, "invalid_argument", "not_found"])
        #expect(lines.map { $0["status"]?.integer } == [200, 400, 404])
        let journal = try bench.operations()
        #expect(lines.map { $0["op_id"] } == journal.map { $0["op_id"] })
        let runID = try JSONValue(parsing: try bench.vmoon(["runs", "--json"]).output)
            .array?.first?["run_id"]
        for (line, item) in zip(lines, [1, 2, 2]) {
            #expect(line["run_id"] == runID)
            #expect(line["operation"] == "rollback" && line["attempt"] == 1)
            #expect(line["item"]?.string == JournalBench.item(item))
            #expect(line["vcenter"]?.string.map { bench.simulator.url.hasSuffix($0) } == true)
            #expect(line["ts"]?.string?.hasSuffix("Z") == true)
            #expect(line["duration_ms"]?.integer != nil)
        }
    }

    @Test func `a doubt is an error, and a read that fails shows when it is looked for`() throws {
        let bench = try JournalBench(items: 1)
        try bench.simulator.add(fault: [
            "match": ["operation": "rollback"], "times": 9, "do": "reset_before_apply",
        ])
        let code = """
            vc = session()
            pcall(vc.getItem, vc, 'no-such-item')
            pcall(vc.rollback, vc, '\(JournalBench.item(1))', '1', 'x')
            """
        let options = ["--settle", "10ms", "--resend", "1", "--log-format", "json"]
        let run = try bench.vmoon(options + ["--log-level", "debug", "-e", code])
        #expect(run.status == 80)
        let all = try records(run.error)
        let said = "the outcome of a change is unknown: run `vmoon reconcile`"
        #expect(all.suffix(2).map { $0["message"]?.string } == [said, said])
        #expect(all.last?["changes"]?["unknown"] == 1 && all.last?["kind"] == "unknown_outcome")
        let lines = all.filter { $0["outcome"] != nil }
        let read = try #require(lines.first { $0["operation"] == "getItem" })
        #expect(read["outcome"] == "failed" && read["level"] == "debug")
        #expect(read["item"] == "no-such-item" && read["kind"] == "not_found")
        #expect(read["op_id"] == nil && read["status"] == 404)
        let change = try #require(lines.first { $0["operation"] == "rollback" })
        #expect(change["outcome"] == "unknown" && change["level"] == "error")
        #expect(change["attempt"] == 2 && change["kind"] == "transport")
    }

    @Test func `without a log that was asked for, only the script speaks`() throws {
        let bench = try JournalBench(items: 1)
        let code = "session():rollback('\(JournalBench.item(1))', '1', 'x') log.info 'mine'"
        let run = try bench.vmoon(["-e", code])
        #expect(run.error.split(separator: "\n").count == 1 && run.error.contains("INFO mine"))
        let text = try bench.vmoon([
            "--log-level", "info", "-e", code.replacing("'1'", with: "'2'"),
        ])
        #expect(text.error.contains("INFO rollback done op_id="), "\(text.error)")
    }

    // MARK: The file

    @Test func `SIGHUP opens the log file again, and the run goes on`() throws {
        let bench = try JournalBench(items: 1)
        let (log, moved) = (bench.folder.path + "/run.log", bench.folder.path + "/run.log.1")
        let gate = bench.folder.path + "/gate"
        let code = """
            log.info 'one'
            print 'ready' io.stdout:flush()
            while not io.open('\(gate)') do sleep(0.02) end
            log.info 'two'
            """
        let process = try JournalKillTests.Background(bench, ["--log-file", log, "-e", code])
        try process.wait { process.output.contains("ready") }
        try FileManager.default.moveItem(atPath: log, toPath: moved)
        process.signal(SIGHUP)
        try process.wait { FileManager.default.fileExists(atPath: log) }
        try bench.folder.write("", to: "gate")
        #expect(process.end() == 0)
        #expect(try String(contentsOfFile: moved, encoding: .utf8).hasSuffix("INFO one\n"))
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasSuffix("INFO two"), "\(lines)")
        #expect(lines.last?.contains("INFO done event=run_end ") == true, "\(lines)")
    }

    @Test func `a terminal that hangs up ends the run, also with a log file`() throws {
        let folder = TestFolder()
        let hangUp = """
            import os, pty, sys
            pid, terminal = pty.fork()
            if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
            while b"ready" not in os.read(terminal, 1000): pass
            os.close(terminal)
            status = os.waitpid(pid, 0)[1]
            print(os.WIFSIGNALED(status) and os.WTERMSIG(status))
            """
        try folder.write(hangUp, to: "hangup.py")
        let vmoon = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell(
            "python3 hangup.py \(vmoon) --log-file run.log -e 'print \"ready\" sleep(50)'",
            in: folder
        )
        #expect(run.output == "1\n", "\(run)")
    }

    // MARK: systemd's journal

    @Test
    func `records go to systemd's journal with their fields, where standard error leads there`()
        throws
    {
        let bench = try JournalBench(items: 1)
        let path = bench.folder.path + "/journal.socket"
        let journal = try FakeJournal(path)
        let code = """
            session():rollback("\(JournalBench.item(1))", "1", "x")
            log.warn("two\\nlines", { place = "here", count = 3 })
            io.stderr:write "plain\\n"
            error("over", 0)
            """
        let script = try bench.folder.write(code, to: "script.lua")
        let vmoon = try SimulatorProcess.program("vmoon")
        let line = """
            exec 2>stream; export JOURNAL_STREAM=$(stat -Lc %d:%i stream)
            \(vmoon) --vcenter \(bench.simulator.url) --user \(bench.simulator.user) \(script)
            """
        let environment = bench.environment().merging(["VMOON_JOURNAL_SOCKET": path]) { $1 }
        let run = try ProgramRun.shell(line, environment: environment, in: bench.folder)
        #expect(run.status == 1)
        let all = journal.records()
        #expect(all.first?.contains("\nVMOON_EVENT=run_begin\n") == true)
        #expect(all.last?.contains("\nVMOON_EVENT=run_end\n") == true)
        #expect(all.last?.contains("\nVMOON_EXIT_CODE=1\n") == true)
        let records = Array(all.dropFirst().dropLast())
        #expect(records.count == 2)
        let operation = try #require(try bench.operations().first?["op_id"]?.string)
        #expect(records[0].contains("PRIORITY=6\nSYSLOG_IDENTIFIER=vmoon\nVMOON_RUN_ID="))
        #expect(records[0].contains("\nVMOON_OP_ID=\(operation)\nVMOON_OPERATION=rollback\n"))
        #expect(records[0].hasPrefix("MESSAGE=rollback done op_id="))
        #expect(records[1].contains("\nPRIORITY=4\n") || records[1].contains("PRIORITY=4\n"))
        #expect(records[1].contains("\nVMOON_COUNT=3\nVMOON_PLACE=here\n"))
        let stream = try String(contentsOfFile: bench.folder.path + "/stream", encoding: .utf8)
        #expect(stream.hasPrefix("plain\n<3>vmoon: over\n"), "\(stream)")
    }

    @Test func `a journal that does not answer gets lines that tell how important they are`() throws
    {
        let folder = TestFolder()
        let vmoon = try SimulatorProcess.program("vmoon")
        let line = """
            exec 2>stream; export JOURNAL_STREAM=$(stat -Lc %d:%i stream)
            \(vmoon) -e 'log.error "x"'
            """
        let environment = ["VMOON_JOURNAL_SOCKET": folder.path + "/nobody"]
        #expect(try ProgramRun.shell(line, environment: environment, in: folder).status == 0)
        let stream = try String(contentsOfFile: folder.path + "/stream", encoding: .utf8)
        let lines = stream.split(separator: "\n")
        #expect(lines.count == 3 && lines.allSatisfy { $0.hasPrefix("<6>20") || $0 == lines[1] })
        #expect(lines[1].hasPrefix("<3>20") && lines[1].hasSuffix("ERROR x"), "\(stream)")
    }

    /// A socket that takes records as systemd's does.
    private final class FakeJournal {
        private let number: Int32

        init(_ path: String) throws {
            number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let size = socklen_t(MemoryLayout<sockaddr_un>.size)
            let code = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.bind(number, $0, size)
                }
            }
            try #require(code == 0 && path.utf8.count < 108, "\(path)")
        }

        deinit { close(number) }

        /// What has come so far.
        func records() -> [String] {
            var records: [String] = []
            var bytes = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = recv(number, &bytes, bytes.count, Int32(MSG_DONTWAIT))
                guard count > 0 else { return records }
                records.append(String(decoding: bytes[..<count], as: UTF8.self))
            }
        }
    }
}
