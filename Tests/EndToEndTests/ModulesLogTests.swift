import Foundation
import JSON
import Support
import Testing

/// The log of a run: its streams, its file, its two forms.
@Suite struct ModulesLogTests {
    private func records(_ text: String) throws -> [JSONValue] {
        try text.split(separator: "\n").map { try JSONParser().decode(Array($0.utf8)) }
    }

    @Test func `JSON records carry the run, requests among them, and no secret`() throws {
        let runs = try Runs()
        let run = try runs.script(
            "listVMs() pcall(getVM, 'vm-0') log.error('stop', { vm = 'vm-1' })",
            ["--log-format", "json", "--log-level", "trace"]
        )
        let all = try records(run.error)
        #expect(Set(all.map { $0["run_id"]?.string ?? "" }).count == 1)
        #expect(all.allSatisfy { $0["ts"]?.string?.hasSuffix("Z") == true })
        let requests = all.filter { $0["message"]?.string == "request" }
        #expect(
            requests.compactMap { $0["operation"]?.string }
                == ["login", "listVMs", "getVM", "logout"]
        )
        #expect(requests.map { $0["status"]?.integer } == [200, 200, 404, 200])
        #expect(requests.allSatisfy { $0["attempt"]?.integer == 1 && $0["duration_ms"] != nil })
        let stop = try #require(all.first { $0["message"]?.string == "stop" })
        #expect(stop["level"] == "error" && stop["vm"] == "vm-1")
        #expect(!run.error.contains(runs.simulator.password))
    }

    @Test(arguments: [
        // In detail, the beginning and the end of the run are two more.
        ("trace", 6), ("debug", 6), ("info", 3), ("warn", 2), ("error", 1),
    ]) func `a level hides what is less important`(_ level: String, _ count: Int) throws {
        let script = "for _, l in ipairs{'debug','info','warn','error'} do log[l]('x') end"
        let run = try ProgramRun.of("vmoon", ["--log-level", level, "-e", script])
        #expect(run.error.split(separator: "\n").count == count)
    }

    @Test func `the file gets the same lines, is for our eyes, and grows`() throws {
        let folder = TestFolder()
        let path = folder.path + "/run.log"
        var lines = ""
        for word in ["one", "two"] {
            lines += try ProgramRun.of("vmoon", ["--log-file", path, "-e", "log.info '\(word)'"])
                .error
        }
        let written = try String(contentsOfFile: path, encoding: .utf8)
        let ours = written.split(separator: "\n").filter { !$0.contains(" event=run_") }
        #expect(ours.joined(separator: "\n") + "\n" == lines, "\(written)")
        #expect(written.split(separator: "\n").count == 6)
        #expect(lines.split(separator: "\n").count == 2)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a symbolic link is not followed`() throws {
        let folder = TestFolder()
        let target = try folder.write("", to: "target")
        let link = folder.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        let run = try ProgramRun.of("vmoon", ["--log-file", link, "-e", "log.info 'x'"])
        #expect(run.status == 78 && run.error.contains("--log-file"), "\(run.error)")
        #expect(try String(contentsOfFile: target, encoding: .utf8).isEmpty)
    }

    @Test func `a log that cannot be written stops no run, and is mentioned once`() throws {
        let vmoon = try SimulatorProcess.program("vmoon")
        // No file may grow, and the signal that says so is ignored: writing fails as on a full disk.
        let run = try ProgramRun.shell(
            "trap '' XFSZ; ulimit -f 0; \(vmoon) --log-file run.log "
                + "-e 'for _ = 1, 3 do log.error \"x\" end print \"done\"'"
        )
        #expect(run.output == "done\n" && run.status == 0)
        #expect(run.error.split(separator: "\n").count { $0.hasSuffix("ERROR x") } == 3)
        #expect(run.error.split(separator: "\n").count { $0.contains("warning: the log") } == 1)
    }
}
