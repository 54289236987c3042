import JSON
import Support
import Testing

@testable import Simulator

/// Answers to operations that the simulator does not have.
struct StubTests {
    private func canonical(_ document: JSONValue) -> String {
        do {
            return try JSONEncoder().encode(JSONValue(parsing: Stub(document).outcome.get()))
        } catch {
            return "\(error)"
        }
    }

    private func stub(_ service: String, _ operation: String, _ result: JSONValue) -> JSONValue {
        ["service": .string(service), "operation": .string(operation), "result": result]
    }

    @Test func `a result is written as a vCenter writes it`() {
        let tag: JSONValue = [
            "id": "t", "category_id": "c", "name": "n", "description": "", "used_by": [],
        ]
        #expect(
            canonical(stub("cis.tagging.tag", "get", tag))
                == #"{"STRUCTURE":{"com.vmware.cis.tagging.tag_model":{"category_id":"c","description":"","#
                + #""id":"t","name":"n","used_by":[]}}}"#
        )
        #expect(canonical(stub("com.vmware.cis.tagging.tag", "delete", nil)) == "null")
        #expect(canonical(stub("cis.session", "create", "s")) == #"{"SECRET":"s"}"#)
        #expect(
            canonical(stub("vcenter.vm.guest.environment", "list", ["A": "b"])).contains(
                "map-entry"
            )
        )
    }

    static let wrong: [(service: String, operation: String, result: JSONValue, says: String)] = [
        ("cis.tagging.tag", "lst", [], "the Automation API has no cis.tagging.tag.lst"),
        ("cis.tagging.tag", "list", "x", "a list is wanted"),
        ("cis.tagging.tag", "list", [1], "1: another type is wanted"),
        ("cis.tagging.tag", "delete", [], "it has no result"),
        ("cis.tagging.tag", "get", ["id": "t"], "category_id: missing"),
        ("vcenter.vm.power", "get", ["state": "ON"], "state: ON is none of its values"),
        ("vcenter.vm.power", "get", ["sate": "x"], "vcenter.vm.power.info has no field sate"),
    ]

    @Test(arguments: wrong.indices) func `a result of another type is refused`(_ index: Int) {
        let row = Self.wrong[index]
        #expect(canonical(stub(row.service, row.operation, row.result)) == row.says)
    }

    @Test func `a stub answers who is logged in, and is gone when it is taken away`() throws {
        let simulator = try SimulatorProcess(arguments: ["--http"])
        let connection = try simulator.connect()
        func call() throws -> JSONValue {
            let body =
                #"{"jsonrpc":"2.0","method":"invoke","params":{"serviceId":"com.vmware.cis.tagging.tag","#
                + #""operationId":"list","input":{"STRUCTURE":{"operation-input":{}}},"ctx":{"appCtx":{},"#
                + #""securityCtx":{}}},"id":"7"}"#
            return try JSONValue(parsing: connection.exchange("POST", "/api", body: body).text)
        }
        let missing = "com.vmware.vapi.std.errors.operation_not_found"
        #expect(try call()["result"]?["error"]?["ERROR"]?[missing] != nil)
        _ = try simulator.admin("POST", "/sim/stubs", stub("cis.tagging.tag", "list", ["t"]))
        let answer = try call()
        #expect(answer["id"] == "7")
        let refused = "com.vmware.vapi.std.errors.unauthenticated"
        #expect(answer["result"]?["error"]?["ERROR"]?[refused] != nil)
        _ = try simulator.admin("DELETE", "/sim/stubs")
        #expect(try call()["result"]?["error"]?["ERROR"]?[missing] != nil)
    }
}
