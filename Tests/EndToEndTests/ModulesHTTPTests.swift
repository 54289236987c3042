import JSON
import Support
import Testing

/// `http`, against a simulator as the other service.
@Suite struct ModulesHTTPTests {
    private func run(
        _ script: String,
        against service: SimulatorProcess,
        _ options: [String] = []
    ) throws -> ProgramRun {
        let folder = TestFolder()
        let prelude = "local url, ca = '\(service.url)', '\(service.caFile ?? "")'\n"
        let path = try folder.write(prelude + script, to: "script.lua")
        return try ProgramRun.of("vmoon", options + [path], in: folder)
    }

    @Test func `an answer has its status, headers and body, whatever the status`() throws {
        let service = try SimulatorProcess(arguments: ["--http"])
        let run = try run(
            """
            local answer = http.get(url .. "/sim/state")
            print(answer.status, answer.headers["content-type"], type(json.decode(answer.body)))
            print(http.get(url .. "/no/such/route").status)
            """,
            against: service
        )
        #expect(run.lines == ["200\tapplication/json\ttable", "404"], "\(run.error)")
    }

    @Test func `a certificate is verified, against a file if one is named`() throws {
        let run = try run(
            """
            print(select(2, pcall(http.get, url .. "/sim/state")).kind)
            print(http.get(url .. "/sim/state", { ca_file = ca }).status)
            """,
            against: try SimulatorProcess()
        )
        #expect(run.lines == ["tls", "200"], "\(run.error)")
    }

    @Test func `nothing of vCenter's goes along, and secrets go where they are put`() throws {
        let service = try SimulatorProcess(arguments: ["--http"])
        let runs = try Runs()
        let text = """
            listVMs()
            local token = secret.command { "printf", "t0ken" }
            local answer = http.post("\(service.url)/sim/clock", {
              headers = { ["X-Token"] = { "Bearer ", token } },
              body = { advance_s = 1, token = token },
            })
            print(answer.status)
            """
        let run = try runs.script(text, ["--log-level", "debug"])
        #expect(!(run.output + run.error).contains("t0ken"))
        #expect(run.error.contains("DEBUG \"http request\"") || run.error.contains("http request"))
        #expect(run.lines == ["200"] || run.lines == ["204"], "\(run.output) \(run.error)")
    }

    @Test func `a redirect is an answer, and not followed`() throws {
        let service = try SimulatorProcess(arguments: ["--http"])
        try service.add(
            fault: [
                "match": ["path": "/rest/*"], "do": "redirect", "location": "https://example.com/",
            ]
        )
        let run = try run(
            """
            local answer = http.get(url .. "/rest/vcenter/vm")
            print(answer.status, answer.headers.location)
            """,
            against: service
        )
        #expect(run.output.hasSuffix("\thttps://example.com/\n"), "\(run.output) \(run.error)")
        #expect(run.output.hasPrefix("30"))
    }

    @Test(arguments: [
        ("http.get(url .. '/sim/state', { max_answer = 100 })", "protocol", "none"),
        ("http.get('https://127.0.0.1:1/')", "transport", "none"),
        ("http.post('https://127.0.0.1:1/')", "transport", "none"),
        ("http.get(url, { body = 'x' })", "usage", "none"),
        ("http.get(url, { headers = { ['X-A'] = 'a\\r\\nX-B: b' } })", "usage", "none"),
        ("http.get(url, { headers = { a = print } })", "usage", "none"),
        ("http.get(url, { timeout = 'soon' })", "usage", "none"),
        ("http.post(url, { body = { 0/0 } })", "usage", "none"),
        ("http.post(url .. '/rest/x', { timeout = '300ms' })", "timeout", "unknown"),
        ("http.get(url .. '/rest/x', { timeout = 0.3 })", "timeout", "none"),
    ]) func `a failure has its kind, and what is known of its effect`(
        _ call: String,
        _ kind: String,
        _ outcome: String
    ) throws {
        let service = try SimulatorProcess(arguments: ["--http"])
        try service.add(fault: ["match": ["path": "/rest/*"], "do": "delay", "ms": 5000])
        let run = try run(
            """
            local ok, err = pcall(function() return \(call) end)
            print(ok, type(err) == "table" and err.kind, type(err) == "table" and err.outcome or "none")
            """,
            against: service
        )
        #expect(run.lines == ["false\t\(kind)\t\(outcome)"], "\(run.output) \(run.error)")
        #expect(run.status == 0, "a service that is no vCenter leaves nothing to reconcile")
    }

    @Test func `a cancelled call ends with the run`() throws {
        let service = try SimulatorProcess(arguments: ["--http"])
        try service.add(fault: ["match": ["path": "/rest/*"], "do": "delay", "ms": 30_000])
        let vmoon = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell(
            "timeout -s INT 1 \(vmoon) -e \"http.get('\(service.url)/rest/x')\"; echo $?"
        )
        #expect(run.lines == ["124"] || run.lines == ["130"])
    }
}
