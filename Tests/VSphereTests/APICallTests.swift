import APIIndex
import Buffers
import JSON
import Testing
import Transport
import VSphereSupport

@testable import VSphere

/// Calls of the whole API by JSON-RPC: what is sent, and what is made of the answers.
struct APICallTests {
    private func call(_ name: String, _ parameters: JSONValue) throws -> Call {
        let operation = Operation(try #require(APIFacts.operation(name)))
        return try Call(operation, ValueBuffer.values { $0.put(parameters) })
    }

    private func sent(_ bench: Bench) throws -> JSONValue {
        let request = try #require(bench.exchange.requests.last)
        return try JSONValue(parsing: try #require(request.body?.text))
    }

    private static let errors = "com.vmware.vapi.std.errors."

    private static func error(_ name: String, _ text: String = "no", data: String = "null")
        -> String
    {
        #"{"jsonrpc":"2.0","id":"0","result":{"error":{"ERROR":{"\#(name)":{"messages":"#
            + #"[{"STRUCTURE":{"com.vmware.vapi.std.localizable_message":{"id":"a.b","default_message":"\#(text)","#
            + #""args":["x"],"params":{"OPTIONAL":null},"localized":{"OPTIONAL":null}}}}],"#
            + #""data":{"OPTIONAL":\#(data)},"error_type":{"OPTIONAL":null}}}}}}"#
    }

    private static func output(_ value: String) -> String {
        #"{"jsonrpc":"2.0","id":"0","result":{"output":\#(value)}}"#
    }

    @Test(arguments: Dialect.allCases)
    func `a call names its session in the body, whatever the dialect`(_ dialect: Dialect) throws {
        let bench = Bench(dialect.choice).opened()
        bench.perform(try call("vcenter.network.list", [:]))
        #expect(bench.exchange.lines.last?.hasPrefix("POST /api {") == true)
        let body = try sent(bench)
        #expect(body["params"]?["serviceId"] == "com.vmware.vcenter.network")
        #expect(body["params"]?["operationId"] == "list")
        let context = body["params"]?["ctx"]?["securityCtx"]
        #expect(context?["schemeId"] == "com.vmware.vapi.std.security.session_id")
        #expect(context?["sessionId"] == "s1")
        let input: JSONValue = ["STRUCTURE": ["operation-input": ["filter": ["OPTIONAL": nil]]]]
        #expect(body["params"]?["input"] == input)
        bench.exchange.answer(200, Self.output("[]"))
        #expect(bench.told == ["ok open", "ok []"])
    }

    @Test func `the body of a renewed session names that one`() throws {
        let bench = Bench(.rest).opened()
        bench.perform(try call("vcenter.VM.delete", ["vm": "vm-1"]))
        bench.exchange.answer(200, Self.error(Self.errors + "unauthenticated"))
        bench.exchange.answer(200, #"{"value":"s2"}"#)
        #expect(try sent(bench)["params"]?["ctx"]?["securityCtx"]?["sessionId"] == "s2")
        bench.exchange.answer(200, Self.output("null"))
        #expect(bench.told == ["ok open", "ok"])
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: String
        let kind: String
        /// The kind where the call changes something.
        let changing: String
        var testDescription: String { "\(status) \(body.prefix(200))" }

        init(_ status: Int, _ body: String, _ kind: String, _ changing: String? = nil) {
            self.status = status
            self.body = body
            self.kind = kind
            self.changing = changing ?? kind
        }
    }

    static let refusals: [Refusal] = [
        .init(200, error(errors + "not_found"), "not_found"),
        .init(200, error(errors + "operation_not_found"), "no_such_route"),
        .init(200, error(errors + "error"), "error", "unknown_outcome"),
        .init(200, error(errors + "unauthorized"), "unauthorized"),
        .init(200, error("com.vmware.vcenter.later"), "error", "unknown_outcome"),
        .init(
            200,
            #"{"jsonrpc":"2.0","id":null,"error":{"code":-32602,"message":"m"}}"#,
            "invalid_request"
        ),
        .init(
            400,
            #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"m"}}"#,
            "invalid_request"
        ),
        .init(
            200,
            #"{"jsonrpc":"2.0","id":"0","error":{"code":-32603,"message":"m"}}"#,
            "internal_server_error",
            "unknown_outcome"
        ),
        .init(200, "17", "protocol", "unknown_outcome"),
        .init(200, "{}", "protocol", "unknown_outcome"),
        .init(200, output(#"{"STRUCTURE":{}}"#), "protocol", "unknown_outcome"),
        .init(200, "", "protocol", "unknown_outcome"),
        .init(404, "<html>", "no_such_route", "unknown_outcome"),
    ]

    @Test(arguments: refusals)
    func `an error has the kind that it has in the other dialects`(row: Refusal) throws {
        for (name, kind) in [
            ("vcenter.VM.list", row.kind), ("vcenter.vm.power.start", row.changing),
        ] {
            let bench = Bench(.rest).opened()
            bench.perform(try call(name, name.hasSuffix("list") ? [:] : ["vm": "vm-1"]))
            bench.exchange.answer(row.status, row.body)
            #expect(bench.told.last == kind, "\(name): \(bench.errors)")
            #expect(bench.exchange.inFlight.isEmpty)
            #expect(bench.errors.last?.operation == "api." + name)
        }
    }

    @Test func `an error keeps what the server says`() throws {
        let bench = Bench(.api).opened()
        bench.perform(try call("vcenter.VM.get", ["vm": "vm-1"]))
        let place =
            #"{"STRUCTURE":{"com.vmware.vapi.std.errors.argument_locations":"#
            + #"{"primary":"spec.name","secondary":[]}}}"#
        bench.exchange.answer(200, Self.error(Self.errors + "invalid_argument", "bad", data: place))
        let error = try #require(bench.errors.last)
        #expect(error.message == "bad" && error.subject == "vm vm-1" && error.status == nil)
        #expect(error.messages.first?.id == "a.b" && error.messages.first?.arguments == ["x"])
        #expect(error.data?["primary"] == "spec.name")
    }

    @Test func `secrets in answers are not shown afterwards`() throws {
        let bench = Bench(.rest).opened()
        bench.perform(try call("cis.session.create", [:]))
        bench.exchange.answer(200, Self.output(#"{"SECRET":"hush-hush"}"#))
        #expect(bench.told.last == #"ok "hush-hush""#)
        bench.perform(try call("vcenter.VM.get", ["vm": "vm-1"]))
        bench.exchange.answer(200, Self.error(Self.errors + "not_found", "no hush-hush"))
        #expect(bench.errors.last?.message == "no ***")
    }

    @Test func `every operation of ours has its name in the index`() throws {
        for operation in Operation.all {
            let remote = try #require(operation.remote)
            let keys = remote.keys
            #expect(keys.count <= operation.parameters.count)
            let actions = operation.parameters.flatMap(\.choices)
            for action in actions.isEmpty ? [""] : actions {
                let facts = try #require(APIFacts.operation(remote.name(choosing: action)))
                #expect(facts.isReading == !operation.isChanging, "\(operation.name)")
                var given: Set<String> = []
                for (key, parameter) in zip(keys, operation.parameters)
                where key == Operation.RemoteName.fields {
                    guard case .record(let fields) = parameter.shape else { continue }
                    given.formUnion(fields.map(\.name))
                    for field in fields {
                        let own = facts.parameters.first { $0.name == field.name }
                        #expect(own?.isRequired == !field.isOptional, "\(operation.name)")
                    }
                }
                for key in keys where !key.isEmpty && key != Operation.RemoteName.fields {
                    let first = key.split(separator: ".").first.map(String.init)
                    #expect(
                        facts.parameters.contains { $0.name == first },
                        "\(operation.name) \(key)"
                    )
                }
                given.formUnion(keys.compactMap { $0.split(separator: ".").first.map(String.init) })
                #expect(facts.parameters.allSatisfy { !$0.isRequired || given.contains($0.name) })
            }
        }
    }

    @Test func `a session that speaks JSON-RPC only calls our operations so`() throws {
        let bench = Bench(.jsonrpc).opened()
        try bench.call(.rollback, "item", "1", "why")
        let body = try sent(bench)
        #expect(body["params"]?["operationId"] == "rollback")
        let input = body["params"]?["input"]?["STRUCTURE"]?["operation-input"]
        #expect(input?["template_library_item"] == "item" && input?["version"] == "1")
        let spec = "com.vmware.vcenter.vm_template.library_items.versions.rollback_spec"
        #expect(input?["spec"]?["OPTIONAL"]?["STRUCTURE"]?[spec]?["message"] == "why")
        bench.exchange.answer(200, Self.output(#""3""#))
        #expect(bench.told == ["ok open", #"ok "3""#])
    }

    @Test func `one value of a filter is a list of one, and an unknown field is refused unsent`()
        throws
    {
        let bench = Bench(.jsonrpc).opened()
        func list(_ filter: JSONValue) throws -> Call {
            try Call(.listVMs, ValueBuffer.values { $0.put(filter) })
        }
        bench.perform(try list(["names": "a", "power_states": ["POWERED_ON"]]))
        let filter = try sent(bench)["params"]?["input"]?["STRUCTURE"]?["operation-input"]?[
            "filter"
        ]
        let fields = filter?["OPTIONAL"]?["STRUCTURE"]?["com.vmware.vcenter.VM.filter_spec"]
        #expect(fields?["names"] == ["OPTIONAL": ["a"]])
        bench.exchange.answer(200, Self.output("[]"))
        bench.perform(try list(["nams": ["a"]]))
        #expect(bench.told.last == "usage" && bench.exchange.inFlight.isEmpty)
        #expect(bench.errors.last?.message == "filter.nams: no such field")
        #expect(bench.errors.last?.hint == "did you mean \"names\"?")
    }

    @Test func `every operation of the index can be one of ours`() throws {
        for name in APIFacts.operationNames {
            let facts = try #require(APIFacts.operation(name))
            let operation = Operation(facts)
            #expect(operation.isChanging != facts.isReading)
            #expect(operation.isLiteral && operation.name == "api." + facts.fullName)
        }
    }

    @Test func `a call that changes is sent once, and its secrets are told`() throws {
        let change = try call("vcenter.VM.delete", ["vm": "vm-1"])
        #expect(change.operation.isChanging && change.secrets.isEmpty)
        #expect(try !call("vcenter.VM.list", []).operation.isChanging)
        let secret = try call(
            "content.library.item.downloadsession.file.prepare",
            ["download_session_id": "s", "file_name": "f"]
        )
        #expect(secret.secrets.isEmpty)
        let account = try call(
            "appliance.local_accounts.create",
            ["username": "u", "config": ["password": "s3cret", "roles": ["r"]]]
        )
        #expect(account.secrets == ["s3cret"])
    }
}
