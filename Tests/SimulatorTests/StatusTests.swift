import JSON
import Support
import Testing

/// Which status an error has, under both rules and in both dialects.
struct StatusTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let kind: String
        let seed: (rest: Int, api: Int)
        let spec: (rest: Int, api: Int)

        var testDescription: String { kind }
    }

    // The rows of the contract; those where the API pages differ come first.
    static let cases = [
        Case(kind: "not_allowed_in_current_state", seed: (409, 409), spec: (400, 400)),
        Case(kind: "unauthorized", seed: (401, 401), spec: (403, 403)),
        Case(kind: "error", seed: (404, 404), spec: (400, 500)),
        Case(kind: "invalid_argument", seed: (400, 400), spec: (400, 400)),
        Case(kind: "already_exists", seed: (400, 400), spec: (400, 400)),
        Case(kind: "unauthenticated", seed: (401, 401), spec: (401, 401)),
        Case(kind: "not_found", seed: (404, 404), spec: (404, 404)),
        Case(kind: "resource_busy", seed: (400, 500), spec: (400, 500)),
        Case(kind: "resource_inaccessible", seed: (400, 500), spec: (400, 500)),
        Case(kind: "unable_to_allocate_resource", seed: (400, 500), spec: (400, 500)),
        Case(kind: "concurrent_change", seed: (409, 409), spec: (409, 409)),
        Case(kind: "internal_server_error", seed: (500, 500), spec: (500, 500)),
        Case(kind: "service_unavailable", seed: (503, 503), spec: (503, 503)),
        Case(kind: "timed_out", seed: (504, 504), spec: (504, 504)),
    ]

    @Test(arguments: WireClient.Form.allCases, ["seed", "spec"])
    func `every kind of error has the status of its row`(
        form: WireClient.Form,
        rule: String
    ) throws {
        let client = try WireClient(form, arguments: ["--statuses", rule])
        let path = "\(WireClient.templates)/\(try client.item("rhel-9"))/check-outs/vm-110"
        for row in Self.cases {
            try client.simulator.add(
                fault: [
                    "do": "error", "kind": .string(row.kind),
                    "match": ["operation": "getCheckOut"],
                ])
            let answer = try client.send("GET", path)
            let statuses = rule == "seed" ? row.seed : row.spec
            let status = form == .rest ? statuses.rest : statuses.api
            #expect(WireClient.failure(answer, form) == "\(status) \(row.kind.uppercased())")
        }
    }

    @Test func `outside the two operations of the API pages both rules are the same`() throws {
        let client = try WireClient(.rest, arguments: ["--statuses", "seed"])
        let item = try client.item("rhel-9")
        #expect(
            try client.failure("DELETE", "/com/vmware/content/library/item/id:\(item)")
                == "400 NOT_ALLOWED_IN_CURRENT_STATE"
        )
    }

    @Test(arguments: WireClient.Form.allCases)
    func `an error's body has the form of its dialect`(form: WireClient.Form) throws {
        let client = try WireClient(form)
        let answer = try client.send("GET", "/vcenter/vm/vm-404")
        #expect(answer.header("content-type") == "application/json")
        let body = try JSONParser().decode(answer.body)
        let value = form == .rest ? try #require(body["value"]) : body
        if form == .rest { #expect(body["type"] == "com.vmware.vapi.std.errors.not_found") }
        #expect(value["error_type"] == "NOT_FOUND")
        let message = try #require(value["messages"]?.array?.first)
        #expect(message["id"] == "com.vmoon.simulator.virtual_machine.not_found")
        #expect(message["default_message"]?.string?.isEmpty == false)
        #expect(message["args"] == ["vm-404"])
    }

    @Test(arguments: [
        ("", "400 INVALID_ARGUMENT"), ("{", "400 INVALID_REQUEST"), ("[]", "400 INVALID_ARGUMENT"),
        (#"{"spec":null}"#, "400 INVALID_ARGUMENT"), (#"{"spec":{}}"#, "400 INVALID_ARGUMENT"),
        (#"{"spec":{"message":""}}"#, "400 INVALID_ARGUMENT"),
        (#"{"spec":{"message":7}}"#, "400 INVALID_ARGUMENT"),
        (#"{"spec":{"massage":"m"}}"#, "400 INVALID_ARGUMENT"),
        (#"{"spec":{"message":"m","massage":"m"}}"#, "400 UNEXPECTED_INPUT"),
        (#"{"spec":{"message":"m"},"message":"m"}"#, "400 UNEXPECTED_INPUT"),
        (#"{"spec":{"message":"a","message":"b"}}"#, "400 INVALID_REQUEST"),
        (String(repeating: "[", count: 1000), "400 INVALID_REQUEST"),
    ])
    func `a body that is not what it should be is refused`(body: String, expected: String) throws {
        let client = try WireClient(.rest)
        let path = "\(WireClient.templates)/\(try client.item("ubuntu-22.04"))"
        let answer = try client.connection.exchange(
            "POST",
            "/rest\(path)/versions/1?action=rollback",
            headers: ["vmware-api-session-id: \(client.session)"],
            body: body
        )
        #expect(WireClient.failure(answer, .rest) == expected)
        #expect(try client.value("GET", "\(path)/versions").array?.count == 2)
    }
}
