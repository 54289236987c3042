import Foundation
import JSON
import Support
import Testing

/// The trace of a run, decoded with the classes that OpenTelemetry publishes.
@Suite struct TraceTests {
    /// A collector, and what it was sent.
    final class Collector {
        private static let python = projectRoot + "/.build/otlp-venv/bin/python"

        /// Why the classes are not there; nil when they are.
        static let obstacle: String? = {
            let run = try? ProgramRun.shell(
                "\(projectRoot)/Tests/otlp/venv \(projectRoot)/.build/otlp-venv"
            )
            guard let run, run.status != 0 else { return run == nil ? "no shell" : nil }
            return run.lines.last ?? run.error
        }()

        private let process: ChildProcess
        let address: String

        init(_ arguments: String...) throws {
            process = try ChildProcess(
                [Self.python, projectRoot + "/Tests/otlp/collector.py"] + arguments,
                environment: ProcessInfo.processInfo.environment
            )
            let process = self.process
            let hasPort = process.wait(within: .seconds(20)) { process.output.contains("\n") }
            #expect(hasPort, "\(process.error)")
            address = "http://127.0.0.1:\(process.output.prefix { $0 != "\n" })"
        }

        /// The spans that have come.
        func spans() throws -> [JSONValue] {
            #expect(process.end(within: .seconds(20)) == 0, "\(process.error)")
            return try process.output.split(separator: "\n").dropFirst().map {
                try JSONValue(parsing: String($0))
            }
        }
    }

    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test(.enabled("OpenTelemetry's classes come from PyPI") { Collector.obstacle == nil })
    func `run, steps, operations and requests are one tree below the parent`() throws {
        let collector = try Collector()
        let folder = TestFolder()
        let code = """
            local i = assert(item("golden/ubuntu-22.04"))
            step("patch", function()
              print(exec{ "sh", "-c", "echo $TRACEPARENT" }.stdout)
              return i:rollback("1", "x")
            end)
            os.execute("echo $TRACEPARENT")
            pcall(getItem, "00000000-0000-4000-a11b-00000000ffff")
            fail("no good", 7)
            """
        let run = try ProgramRun.of(
            "vmoon",
            ["--sim", "--on-end", "sh -c 'echo $TRACEPARENT >hook'", "-e", code],
            environment: [
                "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address, "TRACEPARENT": Self.parent,
                "TRACESTATE": "rojo=1", "OTEL_EXPORTER_OTLP_HEADERS": "X-Key=top%20secret",
                "OTEL_SERVICE_NAME": "nightly",
            ],
            in: folder
        )
        #expect(run.status == 7 && !run.error.contains("trace:"), "\(run)")
        let spans = try collector.spans()
        func span(_ name: String, in parent: JSONValue? = nil) throws -> JSONValue {
            let found = spans.filter {
                $0["name"]?.string == name && (parent == nil || $0["parent"] == parent?["id"])
            }
            return try #require(
                found.count == 1 ? found[0] : nil,
                "\(name): \(found.count) of \(spans)"
            )
        }
        func fact(_ span: JSONValue, _ name: String) -> JSONValue? { span["attributes"]?[name] }
        #expect(spans.allSatisfy { $0["trace"] == "0af7651916cd43dd8448eb211c80319c" })
        #expect(spans.allSatisfy { $0["state"] == "rojo=1" && $0["path"] == "/v1/traces" })
        #expect(spans.allSatisfy { $0["key"] == "top secret" && $0["type"] == "application/json" })
        #expect(spans.allSatisfy { $0["resource"]?["service.name"] == "nightly" })
        #expect(Set(spans.compactMap { $0["id"]?.string }).count == spans.count)

        let root = try #require(spans.first { $0["parent"] == "b7ad6b7169203331" })
        #expect(root["kind"] == 1 && root["status"] == 2, "\(root)")
        #expect(fact(root, "process.exit.code") == 7)
        let step = try span("step patch", in: root)
        #expect(step["kind"] == 1 && step["status"] == 0 && fact(step, "vmoon.step") == "patch")
        let change = try span("rollback", in: step)
        #expect(fact(change, "vmoon.outcome") == "done" && fact(change, "vmoon.changes") == true)
        #expect(fact(change, "vmoon.operation.id")?.string?.count == 36)
        let request = try span("POST rollback", in: change)
        #expect(request["kind"] == 3 && fact(request, "http.response.status_code") == 200)
        let look = try span("listVersions", in: change)
        _ = try span("GET listVersions", in: look)
        let failed = try #require(spans.first { fact($0, "error.type") == "not_found" })
        #expect(failed["status"] == 2 && failed["parent"] == root["id"])
        #expect(fact(try span("GET getItem", in: failed), "http.response.status_code") == 404)
        #expect(try span("POST login", in: root)["kind"] == 3)

        // Every part lies within the part it belongs to, but for the rounding of two clocks.
        for span in spans {
            guard let outer = spans.first(where: { $0["id"] == span["parent"] }) else { continue }
            let began = (span["began"]?.integer ?? 0) - (outer["began"]?.integer ?? 0)
            let ended = (outer["ended"]?.integer ?? 0) - (span["ended"]?.integer ?? 0)
            #expect(began > -2_000_000 && ended > -2_000_000, "\(span) in \(outer)")
        }
        let told = run.output.split(separator: "\n").map(String.init)
        let trace = "00-0af7651916cd43dd8448eb211c80319c-"
        #expect(told.first == trace + (step["id"]?.string ?? "") + "-01")
        #expect(told.last == trace + (root["id"]?.string ?? "") + "-01")
        let hook = try String(contentsOfFile: folder.path + "/hook", encoding: .utf8)
        #expect(hook == (told.last ?? "") + "\n")
    }

    @Test(.enabled("OpenTelemetry's classes come from PyPI") { Collector.obstacle == nil })
    func `a request that was sent and given up is in the trace`() throws {
        let collector = try Collector()
        let bench = try JournalBench(items: 1)
        let item = JournalBench.item(1)
        let words = ["--deadline", "500ms", "--grace", "100ms", "--settle", "10ms", "-e"]
        let calls = [
            ("rollback", "rollback('\(item)', '1', 'm')"), ("getItem", "getItem('\(item)')"),
        ]
        for (operation, call) in calls {
            _ = try bench.simulator.admin("DELETE", "/sim/faults")
            try bench.simulator.add(
                fault: ["match": ["operation": .string(operation)], "times": 9, "do": "no_answer"]
            )
            let place = ["--vcenter", bench.simulator.url, "--user", bench.simulator.user]
            let variables = bench.environment()
                .merging(["OTEL_EXPORTER_OTLP_ENDPOINT": collector.address]) { $1 }
            let run = try ProgramRun.of(
                "vmoon",
                place + words + ["session():\(call)"],
                environment: variables,
                in: bench.folder
            )
            #expect(run.status == 80 || run.status == 124, "\(run)")
        }
        let spans = try collector.spans()
        for (name, _) in calls {
            let outer = try #require(spans.last { $0["name"]?.string == name })
            let sent = spans.filter {
                $0["parent"] == outer["id"] && $0["name"]?.string?.hasSuffix(" " + name) == true
            }
            #expect(sent.count == 1 && sent[0]["status"] == 2, "\(name): \(sent) of \(outer)")
        }
    }

    @Test(.enabled("OpenTelemetry's classes come from PyPI") { Collector.obstacle == nil })
    func `thousands of spans arrive in batches, each once`() throws {
        let collector = try Collector()
        let code = """
            local i = assert(item("golden/ubuntu-22.04"))
            for n = 1, 100 do
              parallel({ i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i, i }, function(x) return x:latest() end)
            end
            """
        let run = try ProgramRun.of(
            "vmoon",
            ["--sim", "-e", code],
            environment: ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": collector.address + "/mine"]
        )
        #expect(run.status == 0 && run.error.isEmpty, "\(run)")
        let spans = try collector.spans()
        #expect(spans.filter { $0["name"] == "getItem" }.count == 2001)
        #expect(spans.filter { $0["name"] == "GET getItem" }.count == 2001)
        #expect(spans.allSatisfy { $0["path"] == "/mine" })
        #expect(Set(spans.compactMap { $0["id"]?.string }).count == spans.count)
    }

    @Test(arguments: ["unsampled", "disabled", "dry run"])
    func `where no trace is wanted, none is sent`(_ reason: String) throws {
        let collector = try SimulatorProcess(arguments: ["--http"])
        var variables = ["OTEL_EXPORTER_OTLP_ENDPOINT": collector.url]
        if reason == "unsampled" {
            variables["TRACEPARENT"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
        }
        if reason == "disabled" { variables["OTEL_SDK_DISABLED"] = "true" }
        let words = reason == "dry run" ? ["--dry-run"] : []
        let run = try ProgramRun.of(
            "vmoon",
            words + ["-e", "exec{ 'sh', '-c', '[ -z \"$TRACEPARENT\" ]', safe = true }"],
            environment: variables
        )
        #expect(run.status == 0 && run.error.isEmpty, "\(run)")
        #expect(try collector.requests().isEmpty)
    }

    /// What is wrong with the collector, and what the one warning says.
    static let troubles: [(name: String, fault: JSONValue?, warning: String)] = [
        ("refused", nil, "127.0.0.1: cannot connect to 127.0.0.1:1: connection refused"),
        ("wrong", ["do": "status", "status": 503, "body": ""], "the answer was HTTP 503"),
        ("slow", ["do": "delay", "ms": 60_000], "no answer came in time"),
        (
            "partly",
            [
                "do": "status", "status": 200,
                "body":
                    #"{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too \u001b old"}}"#,
            ], #"the collector has rejected spans: too \x1B old"#
        ),
    ]

    @Test(arguments: troubles.indices)
    func `a collector that fails costs one warning and at most a second`(_ row: Int) throws {
        let (name, fault, warning) = Self.troubles[row]
        let collector = try SimulatorProcess(arguments: ["--http"])
        var address = collector.url
        if var fault {
            fault["match"] = ["path": "/v1/*"]
            fault["times"] = .null
            try collector.add(fault: fault)
        } else {
            address = "http://127.0.0.1:1"
        }
        let clock = ContinuousClock()
        let began = clock.now
        let run = try ProgramRun.of(
            "vmoon",
            ["--sim", "-e", "item('golden/ubuntu-22.04') os.exit(3)"],
            environment: [
                "OTEL_EXPORTER_OTLP_ENDPOINT": address,
                "OTEL_EXPORTER_OTLP_HEADERS": "X-Key=top%20secret",
            ]
        )
        #expect(run.status == 3, "\(name) \(run)")
        #expect(run.error.split(separator: "\n").count == 1, "\(run)")
        #expect(
            run.error.hasPrefix("vmoon: warning: the trace: ") && run.error.contains(warning),
            "\(run)"
        )
        #expect(!run.error.contains("secret"))
        if name == "slow" { #expect(clock.now - began >= .seconds(1)) }
        #expect(clock.now - began < .seconds(15), "a busy machine may start slowly")
    }

    @Test func `a setting that is wrong is one warning, and the run goes on`() throws {
        let run = try ProgramRun.of(
            "vmoon",
            ["-e", "print 'on'"],
            environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"]
        )
        #expect(run.status == 0 && run.output == "on\n")
        let problem = "OTEL_EXPORTER_OTLP_ENDPOINT: url must begin with https://"
        #expect(run.error == "vmoon: warning: the trace: \(problem); nothing is sent\n")
    }
}
