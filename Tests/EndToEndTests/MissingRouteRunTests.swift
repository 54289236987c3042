import JSON
import Support
import Testing

/// Releases that lack a service in one dialect or in both, lists that are too long, and vCenters that start.
@Suite struct MissingRouteRunTests {
    private func removeRoute(
        _ runs: Runs,
        _ operation: String,
        _ path: String = "*",
        after count: Int = 0
    ) throws {
        try runs.simulator.add(fault: [
            "match": ["operation": .string(operation), "path": .string(path)], "do": "no_route",
            "times": .null, "skip": .integer(count),
        ])
    }

    @Test(arguments: ["rest", "api"])
    func `a machine is not deleted because nothing tells of it`(dialect: String) throws {
        let runs = try Runs()
        // The machine is seen before, and not afterwards.
        try removeRoute(runs, "getVM", after: 1)
        try runs.simulator.add(fault: [
            "match": ["operation": "deleteVM"], "do": "reset_before_apply",
        ])
        let run = try runs.script(
            "print(pcall(deleteVM, 'vm-109'))",
            ["--api", dialect, "--settle", "1s"]
        )
        #expect(run.status == 80, "\(run.error)")
        #expect(run.lines.first?.hasPrefix("false") == true)
        let machines = try runs.simulator.state()["machines"]?.array ?? []
        #expect(machines.contains { $0["vm"] == "vm-109" })
    }

    @Test func `a script does not make what is only not answered for`() throws {
        let runs = try Runs()
        try removeRoute(runs, "getItem")
        let run = try runs.script(
            "print(item('00000000-0000-4000-a17e-000000000001'))"
        )
        #expect(run.status == 78)
        #expect(run.error.contains("no_such_route") && run.error.contains("too old"))
    }

    @Test func `an item that is no template has none`() throws {
        let runs = try Runs()
        for dialect in ["rest", "api"] {
            let run = try runs.script(
                "print(item('golden/photon-ova'):getTemplate())",
                ["--api", dialect]
            )
            #expect(run.output == "nil\n", "\(run.error)")
        }
    }

    @Test(arguments: ["rest", "api"])
    func `each route is used in the dialect that has it, in one session`(lacking: String) throws {
        let runs = try Runs()
        for operation in ["getCheckOut", "rollback", "listVersions"] {
            try removeRoute(runs, operation, "/\(lacking)/*")
        }
        let script = """
            local it = item "golden/ubuntu-22.04"
            print(it:rollback("1", "m"), #it:listVersions(), #it:listVersions())
            print(getCheckOut(item "golden/rhel-9", "vm-110").user)
            """
        let run = try runs.script(script)
        #expect(run.output == "3\t2\t2\nVSPHERE.LOCAL\\alice\n", "\(run.error)")
        let requests = try runs.simulator.requests()
        #expect(requests.filter { $0["operation"] == "createSession" }.count == 1)
        let rollbacks = requests.filter { $0["operation"] == "rollback" }
        #expect(rollbacks.last?["applied"] == true)
        #expect(rollbacks.count == (lacking == "rest" ? 2 : 1))
        // What was learnt is kept: the list is asked for in vain once.
        let vain = requests.filter { $0["operation"] == "listVersions" && $0["status"] == 404 }
        #expect(vain.count == (lacking == "rest" ? 1 : 0))
        #expect(try runs.simulator.admin("GET", "/sim/sessions")["open"] == 0)
    }

    @Test(arguments: ["rest", "api"])
    func `more machines than a list holds are joined from several, each once`(dialect: String)
        throws
    {
        let runs = try Runs()
        var state = try runs.simulator.state()
        let known = state["machines"]?.array ?? []
        let shown = known.filter { $0["template"] != true }.count
        let machines = (1...4100).map { number -> JSONValue in
            [
                "vm": .string("vm-\(10_000 + number)"), "name": .string("m\(number)"),
                // One has no host that is there, in a folder that is short enough.
                "host": .string(number == 1 ? "host-404" : number % 2 == 0 ? "host-10" : "host-12"),
                "folder": .string(number <= 50 ? "group-v31" : "group-v3"),
            ]
        }
        state["machines"] = .array(known + machines)
        try runs.simulator.admin("PUT", "/sim/state", state)
        let run = try runs.script(
            """
            local seen = {}
            for _, vm in ipairs(listVMs()) do assert(not seen[vm.vm]); seen[vm.vm] = true end
            local n = 0 for _ in pairs(seen) do n = n + 1 end
            print(n, seen["vm-10001"], seen["vm-14100"])
            print(#listVMs{ power_states = { "POWERED_OFF" } } > 4000)
            print(select(2, pcall(listVMs, { hosts = { "host-10", "host-12" } })).exit_code)
            """,
            ["--api", dialect]
        )
        #expect(run.lines == ["\(4100 + shown)\ttrue\ttrue", "true", "65"], "\(run)")
    }

    @Test func `a vCenter that starts is waited for, and the log says so once`() throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "getCheckOut"], "do": "status", "status": 503, "times": 6,
            "content_type": "text/plain", "body": "no healthy upstream",
        ])
        let run = try runs.script("print(getCheckOut(item 'golden/rhel-9', 'vm-110').user)")
        #expect(run.output == "VSPHERE.LOCAL\\alice\n")
        let notices = run.error.split(separator: "\n").filter {
            $0.contains("cannot answer for now")
        }
        #expect(notices.count == 1, "\(run.error)")
        #expect(notices.first?.contains("no healthy upstream") == true)
    }

    @Test(arguments: ["rest", "api"])
    func `no request says that it is a form`(dialect: String) throws {
        let runs = try Runs()
        let run = try runs.script(
            """
            setPower("vm-109", "stop") request{ method = "POST", path = "/nope" }
            """,
            ["--api", dialect]
        )
        #expect(run.status == 78, "\(run.error)")
        for request in try runs.simulator.requests() {
            let type = request["headers"]?["content-type"]?.string ?? "application/json"
            #expect(type == "application/json", "\(request)")
        }
    }

    @Test(arguments: [#"{"error":"session expired"}"#, "17", #""denied""#, "[]"])
    func `a void answer that says something is not believed`(body: String) throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "deleteVM"], "do": "status", "status": 200,
            "body": .string(body),
        ])
        let run = try runs.script(
            "print(pcall(deleteVM, 'vm-109'))",
            ["--settle", "1s"]
        )
        // It is looked at: the machine is there.
        #expect(run.lines.first?.hasPrefix("false") == true, "\(run)")
        #expect(run.status != 0)
    }
}
