import JSON
import Support
import Testing

/// JSON-RPC on `POST /api`, byte for byte: the SDK's own test needs PyPI.
struct RemoteCallTests {
    private func call(
        _ connection: PlainConnection,
        _ service: String,
        _ operation: String,
        input: String = "{}",
        security: String
    ) throws -> String {
        let body =
            #"{"jsonrpc":"2.0","method":"invoke","id":"0","params":{"serviceId":"\#(service)","#
            + #""operationId":"\#(operation)","input":{"STRUCTURE":{"operation-input":\#(input)}},"#
            + #""ctx":{"appCtx":{"opId":"u"},"securityCtx":\#(security)}}}"#
        let answer = try connection.exchange(
            "POST",
            "/api",
            headers: ["Content-Type: application/json"],
            body: body
        )
        #expect(answer.status == 200)
        return answer.text
    }

    private func logIn(_ simulator: SimulatorProcess, _ connection: PlainConnection) throws
        -> String
    {
        let answer = try call(
            connection,
            "com.vmware.cis.session",
            "create",
            security:
                #"{"schemeId":"com.vmware.vapi.std.security.user_pass","userName":"\#(simulator.user)","password":"\#(simulator.password)"}"#
        )
        let secret = try JSONParser().decode(Array(answer.utf8))["result"]?["output"]?["SECRET"]
        let id = try #require(secret?.string)
        return #"{"schemeId":"com.vmware.vapi.std.security.session_id","sessionId":"\#(id)"}"#
    }

    @Test func `structures, optional fields and errors have JSON-RPC's marks`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let connection = try simulator.connect()
        let session = try logIn(simulator, connection)
        let checkOuts = "com.vmware.vcenter.vm_template.library_items.check_outs"
        let item = #""template_library_item":"00000000-0000-4000-a17e-000000000002""#
        #expect(
            try call(connection, checkOuts, "list", input: "{\(item)}", security: session)
                == #"{"jsonrpc":"2.0","id":"0","result":{"output":[{"STRUCTURE":{"#
                + #""\#(checkOuts).summary":{"vm":"vm-110"}}}]}}"#
        )
        #expect(
            try call(
                connection,
                "com.vmware.vcenter.vm.library_item",
                "get",
                input: #"{"vm":"vm-109"}"#,
                security: session
            )
                == #"{"jsonrpc":"2.0","id":"0","result":{"output":{"STRUCTURE":{"#
                + #""com.vmware.vcenter.vm.library_item.info":{"check_out":{"OPTIONAL":null}}}}}}"#
        )
        let refusal = try call(
            connection,
            "com.vmware.vcenter.vm_template.library_items.versions",
            "rollback",
            input:
                #"{\#(item),"version":"1","spec":{"OPTIONAL":{"STRUCTURE":{"x":{"message":"m"}}}}}"#,
            security: session
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
        let connection = try simulator.connect()
        let session = try logIn(simulator, connection)
        #expect(
            try call(connection, "com.vmware.cis.session", "fly", security: session)
                .contains("com.vmware.vapi.std.errors.operation_not_found")
        )
        #expect(
            try call(connection, "com.vmware.cis.session", "delete", security: session)
                == #"{"jsonrpc":"2.0","id":"0","result":{"output":null}}"#
        )
    }

    @Test func `the request log has neither the password nor the session`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let connection = try simulator.connect()
        let session = try logIn(simulator, connection)
        _ = try call(connection, "com.vmware.content.library", "list", security: session)
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
