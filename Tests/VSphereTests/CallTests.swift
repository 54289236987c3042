import Buffers
import Testing
import Transport

@testable import VSphere

@Suite struct CallTests {
    @Test(
        arguments: [
            (Operation.getCheckOut, #"[]"#, "item is missing"),
            (.getCheckOut, #"["I"]"#, "vm is missing"),
            (.getCheckOut, #"["I",null]"#, "vm is missing"),
            (.getCheckOut, #"["I","v","x"]"#, "takes 2 arguments, got 3"),
            (.getVM, #"["v", 1]"#, "takes 1 argument, got 2"),
            (.getCheckOut, #"["","v"]"#, "item: an identifier must not be empty"),
            (.getCheckOut, #"[".","v"]"#, #"item: "." and ".." are no identifiers"#),
            (.getCheckOut, #"["I",".."]"#, #"vm: "." and ".." are no identifiers"#),
            (.getCheckOut, #"["I","a\u0000b"]"#, "vm: an identifier must not hold a NUL"),
            (.getVersion, #"["I",1]"#, "version: an identifier expected, got an integer"),
            (.listItems, #"[""]"#, "library: an identifier must not be empty"),
            (.rollback, #"["I","1"]"#, "message is missing"),
            (.rollback, #"["I","1",{}]"#, "message: a string expected, got an object"),
            (
                .setPower, #"["vm-1","explode"]"#,
                "action must be one of start, stop, reset, suspend"
            ),
            (.setPower, #"["vm-1",1]"#, "action must be one of start, stop, reset, suspend"),
            (.checkOut, #"["I"]"#, "spec is missing"),
            (.checkOut, #"["I","name"]"#, "spec: an object expected, got a string"),
            (
                .checkOut, #"["I",{"powered_on":"no"}]"#,
                "spec.powered_on: a boolean expected, got a string"
            ),
            (
                .checkOut, #"["I",{"placement":{"host":""}}]"#,
                "spec.placement.host: a string that is not empty expected, got a string"
            ),
            (
                .listVMs, #"[{"names":["a"],"hosts":[{"host":"host-10"}]}]"#,
                "filter.hosts: a value or a list of values expected, got a table in it"
            ),
            (
                .listVMs, #"[{"names":{"a":"b"}}]"#,
                "filter.names: a value or a list of values expected, got a table in it"
            ),
            (.createTemplate, #"[{"name":"n","library":"L"}]"#, "spec.source_vm: missing"),
            (
                .createTemplate, #"[{"source_vm":"v","name":null,"library":"L"}]"#,
                "spec.name: missing"
            ),
            (
                .deploy, #"["I",{"name":"n","hardware_customization":{"nics":[1]}}]"#,
                "spec.hardware_customization.nics: a map expected, got a list"
            ),
            (
                .deploy,
                #"["I",{"name":"n","hardware_customization":{"cpu_update":{"num_cpus":1.5}}}]"#,
                "spec.hardware_customization.cpu_update.num_cpus: an integer expected, got a number"
            ),
        ] as [(Operation, String, String)]
    )
    func `a misuse is found before anything is sent`(
        operation: Operation,
        arguments: String,
        problem: String
    ) throws {
        let values = Array(try JSONText.value(arguments).elements)
        let error = #expect(throws: VSphereError.self) { try Call(operation, values) }
        #expect(error?.kind == .usage)
        #expect(error?.message == problem)
        #expect(error?.description == "\(operation.name): usage: \(problem)")
        #expect(error?.exitCode.rawValue == 64)
    }

    @Test func `text that is no UTF-8 is refused where JSON or a query would carry it`() throws {
        let arguments = ValueBuffer()
        arguments.put("I")
        arguments.put("1")
        arguments.put(bytes: [0xFF])
        #expect(throws: VSphereError.self) { try Call(.rollback, arguments.values) }
        #expect(throws: VSphereError.self) { try Call(.listItems, [arguments.values[2]]) }
        // A path carries any bytes.
        let url = ByteBuffer()
        try Call(.getVM, [arguments.values[2]]).appendPath(in: .api, to: url)
        #expect(url.text == "/api/vcenter/vm/%FF")
    }

    @Test func `a number that JSON does not know, and a host object, are refused`() throws {
        let spec = ValueBuffer()
        spec.putRecord {
            spec.put("name")
            spec.put("n")
            spec.put("extra")
            spec.put(Double.nan)
            return 2
        }
        let item = ValueBuffer()
        item.put("I")
        let arguments = [item.root, spec.root].compactMap { $0 }
        let error = #expect(throws: VSphereError.self) { try Call(.checkOut, arguments) }
        #expect(error?.message == "spec.extra: a number cannot be sent")
    }

    @Test func `a call keeps its arguments when the caller's buffer is used again`() throws {
        let arguments = ValueBuffer()
        arguments.put("item-1")
        arguments.put("vm-1")
        let call = try Call(.getCheckOut, arguments.values).detached()
        arguments.clear()
        arguments.put("something else entirely")
        #expect(call.subject == "item item-1, vm vm-1")
    }

    @Test func `what a call is about is safe to show`() throws {
        #expect(try Call(.getVM, texts: "vm\u{1b}[2J\n").subject == #"vm vm\x1B[2J\n"#)
        #expect(try Call(.rollback, texts: "I", "2", "secret plan").subject == "item I, version 2")
        #expect(
            try Call(requesting: .get, path: "/vcenter/vm?names=a").subject == "GET /vcenter/vm"
        )
    }

    // Any other call.

    struct Request: Sendable, CustomTestStringConvertible {
        let method: String
        let path: String
        var query: String?
        var body: String?
        var wrap: String? = "spec"
        var maps: [String] = []
        let rest: String
        let api: String
        var testDescription: String { "\(method) \(path)" }
    }

    @Test(arguments: [
        Request(
            method: "GET",
            path: "/vcenter/vm",
            query: #"{"a":["x","y"],"b":true}"#,
            rest: "/rest/vcenter/vm?a=x&a=y&b=true",
            api: "/api/vcenter/vm?a=x&a=y&b=true"
        ),
        Request(
            method: "POST",
            path: "/a/b%20c?action=go",
            query: #"{"n":1}"#,
            body: #"{"m":{"k":1}}"#,
            maps: ["m"],
            rest: #"/rest/a/b%20c?action=go&n=1 {"spec":{"m":[{"key":"k","value":1}]}}"#,
            api: #"/api/a/b%20c?action=go&n=1 {"m":{"k":1}}"#
        ),
        Request(
            method: "PUT",
            path: "/x",
            body: "[1,null]",
            wrap: nil,
            rest: "/rest/x [1,null]",
            api: "/api/x [1,null]"
        ),
        Request(
            method: "PATCH",
            path: "/x",
            body: #"{"m":{}}"#,
            wrap: "update_spec",
            rest: #"/rest/x {"update_spec":{"m":{}}}"#,
            api: #"/api/x {"m":{}}"#
        ),
    ])
    func `any call is spelled in the session's dialect`(row: Request) throws {
        let method = try #require(Method(rawValue: row.method))
        let call = try Call(
            requesting: method,
            path: row.path,
            query: row.query.map(JSONText.value),
            body: row.body.map(JSONText.value),
            wrappedAs: row.wrap,
            maps: row.maps
        )
        #expect(call.operation.isChanging == (row.method != "GET"))
        for dialect in Dialect.allCases {
            let url = ByteBuffer()
            call.appendPath(in: dialect, to: url)
            let body = call.body(in: dialect).map { " " + $0.text } ?? ""
            #expect(url.text + body == (dialect == .rest ? row.rest : row.api))
        }
    }

    @Test(arguments: [
        "", "vcenter/vm", "/rest/vcenter/vm", "/api", "/a b", "/a#b", "/{id}", "/a/../b", "/a/./b",
        "/%2E%2e/x", "/a\nb", "/ä", #"/a"b"#,
    ])
    func `a path that is none is refused`(path: String) {
        let error = #expect(throws: VSphereError.self) { try Call(requesting: .get, path: path) }
        #expect(error?.kind == .usage)
    }
}
