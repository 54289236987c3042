import JSON
import Support
import Testing

/// Guests of machines, and tasks that take their time: by the clock of the simulator, without waiting.
struct GuestRulesTests {
    typealias Form = WireClient.Form

    private func client(_ form: Form) throws -> WireClient {
        try WireClient(
            form,
            arguments: [
                "--tools-time", "60s", "--address-time", "30s", "--shutdown-time", "20s",
                "--power-on-time", "40s",
            ]
        )
    }

    private func power(_ client: WireClient, _ action: String) throws {
        let path = "/vcenter/vm/vm-110/power"
        _ = try client.send(
            "POST",
            client.form == .rest ? "\(path)/\(action)" : "\(path)?action=\(action)"
        )
    }

    @Test(arguments: Form.allCases)
    func `tools come up after the machine, the address after the tools, and all go with it`(
        form: Form
    ) throws {
        let client = try client(form)
        let vm = "/vcenter/vm/vm-110"
        try power(client, "start")
        var seen: [String] = []
        for advance in [0, 59, 2, 28, 2] {
            try client.simulator.advanceClock(seconds: advance)
            let tools = try client.value("GET", vm + "/tools")["run_state"]?.string ?? ""
            let guest = try client.send("GET", vm + "/guest/identity")
            let address = guest.text.contains("10.0.0.111") ? " with an address" : ""
            seen.append("\(tools) \(guest.status)\(address)")
        }
        #expect(
            seen == [
                "NOT_RUNNING 503", "NOT_RUNNING 503", "RUNNING 200", "RUNNING 200",
                "RUNNING 200 with an address",
            ]
        )
        #expect(try client.send("POST", vm + "/guest/power?action=reboot").status < 300)
        #expect(try client.value("GET", vm + "/tools")["run_state"] == "NOT_RUNNING")
        try client.simulator.advanceClock(seconds: 61)
        #expect(try client.send("POST", vm + "/guest/power?action=shutdown").status < 300)
        #expect(try client.value("GET", vm + "/guest/power")["state"] == "SHUTTING_DOWN")
        #expect(try client.value("GET", vm + "/power")["state"] == "POWERED_ON")
        // Written and read back, it still knows.
        try client.simulator.admin("PUT", "/sim/state", try client.simulator.state())
        try client.simulator.advanceClock(seconds: 21)
        #expect(try client.value("GET", vm + "/power")["state"] == "POWERED_OFF")
        #expect(try client.value("GET", vm + "/tools")["run_state"] == "NOT_RUNNING")
    }

    @Test(arguments: Form.allCases)
    func `a guest that is suspended has nobody to ask, and goes on where it was`(form: Form) throws
    {
        let client = try client(form)
        let vm = "/vcenter/vm/vm-110"
        try power(client, "start")
        try client.simulator.advanceClock(seconds: 100)
        try power(client, "suspend")
        #expect(try client.value("GET", vm + "/tools")["run_state"] == "NOT_RUNNING")
        #expect(
            try client.failure("POST", vm + "/guest/power?action=shutdown")
                == "400 NOT_ALLOWED_IN_CURRENT_STATE"
        )
        try power(client, "start")
        #expect(try client.value("GET", vm + "/tools")["run_state"] == "RUNNING")
    }

    private func tasks(_ client: WireClient, _ status: String) throws -> [(
        id: String, info: JSONValue
    )] {
        let prefix = client.form == .rest ? "filter_spec." : ""
        let all = try client.value("GET", "/cis/tasks?\(prefix)status=\(status)")
        if let entries = all.array {
            return entries.map { ($0["key"]?.string ?? "", $0["value"] ?? .null) }
        }
        return (all.members ?? []).map { ($0.name, $0.value) }
    }

    @Test(arguments: Form.allCases)
    func `the start of a machine that is deployed is a task that runs, and can be canceled`(
        form: Form
    ) throws {
        let client = try client(form)
        func deploy(_ name: String) throws -> String {
            let item = try client.item("debian-12")
            let vm = try client.value(
                "POST",
                "\(WireClient.templates)/\(item)?action=deploy",
                [
                    "name": .string(name), "powered_on": true,
                    "placement": ["folder": "group-v3", "cluster": "domain-c7"],
                ]
            )
            return vm.string ?? ""
        }
        let (first, second) = (try deploy("first"), try deploy("second"))
        let running = try tasks(client, "RUNNING")
        #expect(running.count == 2)
        #expect(running.allSatisfy { $0.info["cancelable"] == true && $0.info["end_time"] == nil })
        #expect(running[1].info["progress"]?["total"] == 100)
        let one = "/cis/tasks/\(running[1].id)"
        #expect(try client.send("POST", one + "?action=cancel").status < 300)
        #expect(try client.value("GET", one)["status"] == "FAILED")
        #expect(
            try client.failure("POST", one + "?action=cancel")
                == "400 NOT_ALLOWED_IN_CURRENT_STATE"
        )
        try client.simulator.advanceClock(seconds: 41)
        #expect(try client.value("GET", "/vcenter/vm/\(first)/power")["state"] == "POWERED_ON")
        #expect(try client.value("GET", "/vcenter/vm/\(second)/power")["state"] == "POWERED_OFF")
        #expect(try tasks(client, "RUNNING").isEmpty)
    }

    @Test(arguments: Form.allCases)
    func `a machine that was to be customized is so once it was on`(form: Form) throws {
        let client = try client(form)
        let path = "/vcenter/vm/vm-110/guest/customization"
        #expect(try client.value("GET", path)["status"] == "IDLE")
        #expect(try client.send("PUT", path, ["name": "linux"]).status < 300)
        #expect(try client.value("GET", path)["status"] == "PENDING")
        try power(client, "start")
        #expect(try client.value("GET", path)["status"] == "IDLE")
    }
}
