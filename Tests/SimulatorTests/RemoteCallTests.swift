import JSON
import Support
import Testing

/// JSON-RPC on `POST /api`, byte for byte: the SDK's own test needs PyPI.
struct RemoteCallTests {
    @Test func `structures, optional fields and errors have JSON-RPC's marks`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let client = try RemoteClient(simulator)
        let checkOuts = "com.vmware.vcenter.vm_template.library_items.check_outs"
        let item = #""template_library_item":"00000000-0000-4000-a17e-000000000002""#
        #expect(
            try client.text(checkOuts, "list", input: "{\(item)}")
                == #"{"jsonrpc":"2.0","id":"0","result":{"output":[{"STRUCTURE":{"#
                + #""\#(checkOuts).summary":{"vm":"vm-110"}}}]}}"#
        )
        #expect(
            try client.text(
                "com.vmware.vcenter.vm.library_item",
                "get",
                input: #"{"vm":"vm-109"}"#
            )
                == #"{"jsonrpc":"2.0","id":"0","result":{"output":{"STRUCTURE":{"#
                + #""com.vmware.vcenter.vm.library_item.info":{"check_out":{"OPTIONAL":null}}}}}}"#
        )
        let refusal = try client.text(
            "com.vmware.vcenter.vm_template.library_items.versions",
            "rollback",
            input:
                #"{\#(item),"version":"1","spec":{"OPTIONAL":{"STRUCTURE":{"x":{"message":"m"}}}}}"#
        )
        #expect(
            refusal.hasPrefix(
                #"{"jsonrpc":"2.0","id":"0","result":{"error":{"ERROR":{"#
                    + #""com.vmware.vapi.std.errors.not_allowed_in_current_state":{"messages":["#
            )
        )
        #expect(refusal.contains(#""data":{"OPTIONAL":null}"#))
        #expect(refusal.contains(#""error_type":{"OPTIONAL":"NOT_ALLOWED_IN_CURRENT_STATE"}"#))
    }

    @Test func `void is null, and an unknown operation an error of its own`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let client = try RemoteClient(simulator)
        #expect(
            try client.text("com.vmware.cis.session", "fly")
                .contains("com.vmware.vapi.std.errors.operation_not_found")
        )
        #expect(
            try client.text("com.vmware.cis.session", "delete")
                == #"{"jsonrpc":"2.0","id":"0","result":{"output":null}}"#
        )
    }

    @Test func `the request log has neither the password nor the session`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let client = try RemoteClient(simulator)
        _ = try client.text("com.vmware.content.library", "list")
        _ = try client.text("com.vmware.cis.session", "fly")
        let text = JSONEncoder().encode(.array(try simulator.requests()))
        #expect(text.contains("com.vmware.content.library"))
        #expect(!text.contains(simulator.password))
        #expect(!text.contains("session_id"))
    }

    @Test(arguments: [
        "", "{", "[]", "7", #"{"jsonrpc":"2.0"}"#,
        #"{"jsonrpc":"2.0","method":"stop","params":{}}"#,
    ])
    func `what is no request of JSON-RPC is answered 400`(body: String) throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let answer = try simulator.connect().exchange("POST", "/api", body: body)
        #expect(answer.status == 400)
        #expect(answer.text.contains("-32600"))
    }
}
