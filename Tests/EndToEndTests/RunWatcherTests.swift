import Foundation
import JSON
import Support
import Testing

/// Metrics for Prometheus and pings for a dead man's switch; neither changes how a run ends.
@Suite struct RunWatcherTests {
    static let environment = projectRoot + "/.build/prometheus-venv"

    /// Why Prometheus' own parser is not there; nil when it is.
    static let obstacle: String? = {
        let run = try? ProgramRun.shell("\(projectRoot)/Tests/prometheus/venv \(environment)")
        guard let run, run.status != 0 else { return run == nil ? "no shell" : nil }
        return run.lines.last ?? run.error
    }()

    @Test(.enabled("Prometheus' client comes from PyPI") { obstacle == nil })
    func `Prometheus' own parser reads the file`() throws {
        let bench = try JournalBench(items: 2)
        let path = bench.folder.path + "/night\\ly\".prom"
        let code = """
            vc = session()
            vc:rollback('\(JournalBench.item(1))', '1', 'x')
            pcall(vc.rollback, vc, '\(JournalBench.item(2))', '7', 'x')
            """
        #expect(try bench.vmoon(["--metrics-file", path, "-e", code]).status == 0)
        let parsed = try ProgramRun.shell(
            "\(Self.environment)/bin/python \(projectRoot)/Tests/prometheus/parse.py \"$FILE\"",
            environment: ["FILE": path]
        )
        #expect(parsed.status == 0, "\(parsed)")
        let samples = try JSONValue(parsing: parsed.output).array ?? []
        func value(_ name: String, _ labels: [String: String] = [:]) -> JSONValue? {
            samples.first { sample in
                sample["name"]?.string == name
                    && labels.allSatisfy { sample["labels"]?[$0.key]?.string == $0.value }
            }?["value"]
        }
        #expect(value("vmoon_run_exit_code")?.number == 0)
        #expect(
            value("vmoon_run_operations", ["outcome": "done", "operation": "rollback"])?.number == 1
        )
        #expect(value("vmoon_run_operations", ["outcome": "rejected"])?.number == 1)
        #expect(value("vmoon_run_unknown_outcomes")?.number == 0)
        let sent = try bench.simulator.requests().count
        #expect(value("vmoon_run_requests")?.number == Double(sent))
        #expect(value("vmoon_last_success_timestamp_seconds")?.number ?? 0 > 1e9)
        #expect(
            samples.allSatisfy { $0["type"] == "gauge" && $0["help"]?.string?.isEmpty == false }
        )
        #expect(samples.allSatisfy { $0["labels"]?["name"]?.string == "night\\ly\"" })
    }

    @Test func `the last success survives a failure, and the file is for everybody`() throws {
        let folder = TestFolder()
        let path = folder.path + "/a.prom"
        func metric(_ name: String) throws -> String? {
            try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                .first { $0.hasPrefix(name + "{") }?.split(separator: " ").last.map(String.init)
        }
        func vmoon(_ code: String) throws -> Int32? {
            let program = try SimulatorProcess.program("vmoon")
            return try ProgramRun.shell(
                "umask 077; \(program) --metrics-file \(path) -e '\(code)'",
                in: folder
            ).status
        }
        #expect(try vmoon("os.exit(3)") == 3)
        #expect(try metric("vmoon_last_success_timestamp_seconds") == nil)
        #expect(try vmoon("") == 0)
        let success = try metric("vmoon_last_success_timestamp_seconds")
        #expect(success != nil)
        #expect(try vmoon("error()") == 1)
        #expect(try metric("vmoon_last_success_timestamp_seconds") == success)
        #expect(try metric("vmoon_run_exit_code") == "1")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o644)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.prom"])
    }

    @Test func `metrics that cannot be written are a warning`() throws {
        let run = try ProgramRun.of("vmoon", ["--metrics-file", "/proc/x/y", "-e", "print 'done'"])
        #expect(run.status == 0 && run.output == "done\n")
        #expect(run.error.hasPrefix("vmoon: warning: --metrics-file: "))
        #expect(run.error.split(separator: "\n").count == 1)
    }

    @Test(arguments: ["mkfifo m", "ln -s /dev/null m", "ln -s p m && mkfifo p", "mkdir m"])
    func `what is no regular file is neither read nor replaced`(_ made: String) throws {
        let folder = TestFolder()
        #expect(try ProgramRun.shell(made, in: folder).status == 0)
        let words = ["--metrics-file", "m", "-e", "os.exit(3)"]
        let run = try ProgramRun.of("vmoon", words, in: folder)
        #expect(run.status == 3, "\(run)")
        let warning = "m is not a regular file; nothing is written"
        #expect(run.error == "vmoon: warning: --metrics-file: \(warning)\n")
        #expect(try ProgramRun.shell("[ -f m ]", in: folder).status == 1)
    }

    // MARK: Pings

    /// A service that answers pings with this status.
    private func service(_ status: Int = 200) throws -> SimulatorProcess {
        let service = try SimulatorProcess(arguments: ["--http"])
        try service.add(fault: [
            "match": ["path": "/ping/*"], "times": .null, "do": "status",
            "status": .integer(status), "body": "OK",
        ])
        return service
    }

    private func pings(_ service: SimulatorProcess) throws -> [(path: String, query: String)] {
        try service.requests().map { ($0["path"]?.string ?? "", $0["query"]?.string ?? "") }
            .filter { $0.0.hasPrefix("/ping/") }
    }

    @Test(arguments: [
        ("", "0"), ("os.exit(3)", "3"), ("error()", "1"),
        ("os.execute('kill -TERM $PPID') sleep(9)", "143"),
        ("sleep(0.1)", "0"), ("while true do pcall(sleep, 1) end -- deadline", "124"),
    ]) func `a run tells that it starts and how it ends`(_ code: String, _ status: String) throws {
        let service = try service()
        let url = service.url + "/ping/secret-uuid"
        let options = code.hasSuffix("deadline") ? ["--deadline", "300ms"] : []
        let folder = TestFolder()
        let run = try ProgramRun.of(
            "vmoon",
            options + ["--log-level", "debug", "-e", "log.info 'x' \(code)"],
            environment: ["VMOON_PING_URL": url],
            in: folder
        )
        #expect(!run.error.contains("secret-uuid"))
        let pings = try pings(service)
        try #require(pings.count == 2, "\(pings) \(run)")
        #expect(pings[0].path == "/ping/secret-uuid/start")
        #expect(pings[1].path == "/ping/secret-uuid/\(status)")
        #expect(pings[0].query == pings[1].query)
        let id = pings[0].query
        #expect(id.wholeMatch(of: /rid=[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f-]{17}/) != nil)
    }

    @Test func `a query stays behind the path, and a child is not told the address`() throws {
        let service = try service()
        let run = try ProgramRun.of(
            "vmoon",
            [
                "--ping-url", service.url + "/ping/a/?create=1", "-e",
                "os.execute('env | grep PING')",
            ],
            environment: ["VMOON_PING_URL": service.url + "/ping/other"]
        )
        #expect(run.status == 0 && run.output == "")
        let pings = try pings(service)
        #expect(pings.map(\.path) == ["/ping/a/start", "/ping/a/0"])
        #expect(pings.allSatisfy { $0.query.hasPrefix("create=1&rid=") })
    }

    @Test func `a dry run pings nobody, nor does one that has no lock`() throws {
        let service = try service()
        let url = service.url + "/ping/a"
        let program = try SimulatorProcess.program("vmoon")
        let words = ["--ping-url", url, "--metrics-file", "m.prom", "-e", ""]
        let folder = TestFolder()
        #expect(try ProgramRun.of("vmoon", ["--dry-run"] + words, in: folder).status == 0)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/m.prom"))
        let inner = "\(program) --lock x --ping-url \(url) -e ''"
        let code = "local _, _, n = os.execute([[\(inner)]]) os.exit(n)"
        #expect(try ProgramRun.of("vmoon", ["--lock", "x", "-e", code]).status == 75)
        #expect(try pings(service).isEmpty)
    }

    @Test(arguments: ["refused", "500", "slow"])
    func `a ping that fails is one warning, without the address`(_ failure: String) throws {
        let service = try service(failure == "500" ? 500 : 200)
        var url = service.url + "/ping/secret-uuid"
        if failure == "refused" { url = "http://127.0.0.1:1/secret-uuid" }
        if failure == "slow" {
            url = service.url + "/slow/secret-uuid"
            try service.add(fault: [
                "match": ["path": "/slow/*"], "times": .null, "do": "delay", "ms": 60_000,
            ])
        }
        // Where a signal ends the run, nobody waits for a ping for long.
        let code = failure == "slow" ? "os.execute('kill -TERM $PPID') sleep(9)" : ""
        let run = try ProgramRun.of("vmoon", ["--ping-url", url, "-e", code])
        #expect(failure == "slow" ? run.signal == SIGTERM : run.status == 0, "\(run)")
        #expect(run.error.hasPrefix("vmoon: warning: --ping-url: 127.0.0.1: "), "\(run)")
        #expect(run.error.split(separator: "\n").count == 1)
        #expect(!run.error.contains("secret-uuid"))
    }

    @Test(arguments: [
        (["--profile", "none"], "78"), (["--log-file", "/no/such/folder/log"], "78"),
    ]) func `a run that fails at its start is told of too`(_ words: [String], _ status: String)
        throws
    {
        let service = try service()
        let folder = TestFolder()
        let options = ["--metrics-file", "m.prom"] + words + ["-e", ""]
        let run = try ProgramRun.of(
            "vmoon",
            options,
            environment: ["VMOON_PING_URL": service.url + "/ping/a"],
            in: folder
        )
        #expect(run.status.map { "\($0)" } == status, "\(run)")
        #expect(try pings(service).map(\.path) == ["/ping/a/" + status])
        let text = try String(contentsOfFile: folder.path + "/m.prom", encoding: .utf8)
        #expect(text.contains("vmoon_run_exit_code{name=\"m\"} \(status)\n"), "\(text)")
    }

    @Test func `an alarm from outside is a signal like others, and no deadline`() throws {
        let service = try service()
        let code = "os.execute('kill -ALRM $PPID') sleep(30)"
        let options = ["--deadline", "1m", "--ping-url", service.url + "/ping/a"]
        let run = try ProgramRun.of("vmoon", options + ["-e", code])
        #expect(run.signal == SIGALRM && run.error == "", "\(run)")
        #expect(try pings(service).map(\.path) == ["/ping/a/start", "/ping/a/142"])
    }

    @Test func `who stops the run does not wait for a ping`() throws {
        let service = try service()
        try service.add(fault: [
            "match": ["path": "/slow/*"], "times": .null, "do": "delay", "ms": 60_000,
        ])
        let vmoon = try SimulatorProcess.program("vmoon")
        let line = """
            url=\(service.url)/slow/x
            \(vmoon) --ping-url $url -e 'io.stderr:write("ready\\n")' 2>ready & child=$!
            until grep -q ready ready; do sleep 0.05; done
            sleep 1; began=$SECONDS; kill -TERM $child; wait $child; echo $(( SECONDS - began < 7 ))
            """
        let run = try ProgramRun.shell(line, in: TestFolder())
        #expect(run.output == "1\n", "\(run)")
    }

    @Test(arguments: ["ftp://x/secret-uuid", "http://example.com/secret-uuid", "secret-uuid", ""])
    func `an address that is none is 64, and not shown`(_ url: String) throws {
        let run = try ProgramRun.of("vmoon", ["--ping-url", url, "-e", ""])
        #expect(run.status == 64 && run.error.contains("--ping-url"), "\(run)")
        #expect(!run.error.contains("secret-uuid"))
        guard !url.isEmpty else { return }
        let other = try ProgramRun.of("vmoon", ["-e", ""], environment: ["VMOON_PING_URL": url])
        #expect(other.status == 64 && other.error.hasPrefix("vmoon: VMOON_PING_URL: "), "\(other)")
        #expect(!other.error.contains("secret-uuid"))
    }
}
