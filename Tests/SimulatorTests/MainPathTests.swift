import JSON
import Support
import Testing

/// What an operator does, over the socket, in both dialects.
struct MainPathTests {
    @Test(arguments: WireClient.Form.allCases)
    func `check-out, check-in, versions, rollback and discard work end to end`(
        form: WireClient.Form
    ) throws {
        let client = try WireClient(form)
        let item = try client.item("ubuntu-22.04")
        let path = "\(WireClient.templates)/\(item)"
        let vm = try client.value(
            "POST",
            "\(path)/check-outs?action=check-out",
            ["name": "work", "placement": ["folder": "group-v3", "host": "host-10"]]
        )
        let machine = try #require(vm.string)
        #expect(try client.value("GET", "\(path)/check-outs") == [["vm": vm]])
        let checkOut = try client.value("GET", "\(path)/check-outs/\(machine)")
        #expect(checkOut["user"] == "VSPHERE.LOCAL\\operator")
        #expect(
            try client.value("GET", "/vcenter/vm/\(machine)/library-item")
                == ["check_out": ["library_item": .string(item)]]
        )
        #expect(
            try client.value(
                "POST",
                "\(path)/check-outs/\(machine)?action=check-in",
                ["message": "patched"]
            )
                == "3"
        )
        #expect(
            try client.value("GET", "\(path)/versions").array?.map { $0["version"] } == ["2", "3"]
        )
        #expect(
            try client.value(
                "POST",
                "\(path)/versions/2?action=rollback",
                ["message": "bad patch"]
            ) == "4"
        )
        #expect(try client.value("GET", "\(path)/versions/4")["vm_template"]?.string != nil)
        let changes = try client.value("GET", "/content/library/item/\(item)/changes")
        #expect(changes.array?.last?["short_message"] == "bad patch")
        let other = try client.value(
            "POST",
            "\(path)/check-outs?action=check-out",
            ["name": "work", "placement": ["folder": "group-v3"]]
        )
        #expect(
            try client.value("DELETE", "\(path)/check-outs/\(other.string ?? "")") == .null
        )
        #expect(try client.value("GET", "\(path)/check-outs") == [])
    }

    @Test func `the request log has what was sent, without its secrets`() throws {
        let client = try WireClient(.rest)
        _ = try client.send("GET", "/vcenter/vm?filter.names=a%20b")
        let requests = try client.simulator.requests()
        #expect(requests.map { $0["operation"] } == ["createSession", "listVMs"])
        #expect(requests.map { $0["applied"] } == [true, false])
        #expect(requests.map { $0["status"] } == [200, 200])
        #expect(requests[1]["path"] == "/rest/vcenter/vm")
        #expect(requests[1]["query"] == "filter.names=a%20b")
        let text = JSONEncoder().encode(.array(requests))
        #expect(!text.contains(client.session))
        #expect(!text.contains("Basic"))
        try client.simulator.admin("DELETE", "/sim/requests")
        #expect(try client.simulator.requests().isEmpty)
    }

    @Test func `SIGTERM ends it cleanly, with a connection open`() throws {
        let client = try WireClient(.api)
        #expect(client.simulator.terminate() == 0)
    }
}
