import Buffers
import Testing
import Transport
import VSphereSupport

@testable import VSphere

/// `--api auto`: each route in the dialect that has it.
@Suite struct DialectTurnTests {
    static let missing = Dialect.rest.error(
        "not_found",
        "Unable to find operations for URL: /rest/x"
    )
    static let versions = "/vcenter/vm-template/library-items/I/versions"

    @Test func `a route that one dialect lacks is asked for in the other, and remembered`() throws {
        let bench = Bench(.automatic).opened()
        for round in 1...2 {
            try bench.call(.listVersions, "I")
            if round == 1 { bench.exchange.answer(404, Self.missing) }
            bench.exchange.answer(200, #"[{"version":"1","vm_template":"vm-1"}]"#)
        }
        // Another route is another matter.
        try bench.call(.getVM, "vm-1")
        bench.exchange.answer(200, #"{"value":{"name":"n","power_state":"POWERED_ON"}}"#)
        #expect(
            bench.exchange.lines.dropFirst() == [
                "GET /rest\(Self.versions)", "GET /api\(Self.versions)",
                "GET /api\(Self.versions)", "GET /rest/vcenter/vm/vm-1",
            ]
        )
        #expect(bench.told.dropFirst().allSatisfy { $0.hasPrefix("ok") })
        #expect(bench.vcenter.dialect == .rest)
    }

    @Test func `a change goes in the other dialect, spelled anew, where it was not even found`()
        throws
    {
        let bench = Bench(.automatic).opened()
        try bench.call(.rollback, "I", "1", "m")
        bench.exchange.answer(404, Self.missing)
        #expect(
            bench.exchange.lines.suffix(2) == [
                #"POST /rest\#(Self.versions)/1?action=rollback {"spec":{"message":"m"}}"#,
                #"POST /api\#(Self.versions)/1?action=rollback {"message":"m"}"#,
            ]
        )
        #expect(bench.exchange.inFlight.first?.request.connection == .fresh)
        bench.exchange.answer(200, #""3""#)
        #expect(bench.told == ["ok open", #"ok "3""#])
    }

    @Test(arguments: [
        (503, "<html>"), (404, #"{"type":"com.vmware.vapi.std.errors.not_fo"#), (500, ""),
        (200, #"{"value""#), (404, Dialect.rest.error("error")), (0, ""),
    ])
    func `a change in doubt is never made in the other dialect`(status: Int, body: String) throws {
        let bench = Bench(.automatic).opened()
        try bench.call(.rollback, "I", "1", "m")
        if status == 0 {
            bench.exchange.fail(.broken, mayHaveBeenSent: true)
        } else {
            bench.exchange.answer(status, body)
        }
        bench.exchange.advance(by: .seconds(100))
        #expect(bench.told == ["ok open", "unknown_outcome"])
        #expect(bench.exchange.lines.count == 2)
    }

    @Test func `an object that is gone is not looked for in the other dialect`() throws {
        let bench = Bench(.automatic).opened()
        try bench.call(.getVM, "vm-1")
        bench.exchange.answer(404, Dialect.rest.error("not_found"))
        #expect(bench.told == ["ok open", "not_found"])
        #expect(bench.exchange.lines.count == 2)
    }

    @Test func `an error about the object shows that the route is there`() throws {
        let bench = Bench(.automatic).opened()
        try bench.call(.getVM, "vm-1")
        bench.exchange.answer(404, Self.missing)
        bench.exchange.answer(404, Dialect.api.error("not_found"))
        try bench.call(.getVM, "vm-2")
        #expect(bench.told == ["ok open", "not_found"])
        #expect(bench.exchange.lines.last == "GET /api/vcenter/vm/vm-2")
    }

    @Test func `a route that both lack is missing`() throws {
        let bench = Bench(.automatic).opened()
        try bench.call(.getVM, "vm-1")
        bench.exchange.answer(404, Self.missing)
        bench.exchange.answer(404)
        #expect(bench.told == ["ok open", "no_such_route"])
        #expect(bench.exchange.lines.count == 3)
        #expect(bench.exchange.inFlight.isEmpty)
    }

    @Test(arguments: Dialect.allCases)
    func `with one dialect asked for there is no other`(dialect: Dialect) throws {
        let bench = Bench(dialect.choice).opened()
        try bench.call(.getVM, "vm-1")
        bench.exchange.answer(404, Self.missing)
        #expect(bench.told == ["ok open", "no_such_route"])
        #expect(bench.exchange.lines.count == 2)
    }

    @Test func `a call that is spelled out stays in the session's dialect`() throws {
        let bench = Bench(.automatic).opened()
        bench.perform(try Call(requesting: .get, path: "/vcenter/x"))
        bench.exchange.answer(404, Self.missing)
        #expect(bench.told == ["ok open", "no_such_route"])
        #expect(bench.exchange.lines.count == 2)
    }

    @Test func `a read that fails in the other dialect is retried there`() throws {
        let bench = Bench(.automatic).opened()
        try bench.call(.listVersions, "I")
        bench.exchange.answer(404)
        bench.exchange.answer(503)
        bench.exchange.advance(by: .seconds(1))
        bench.exchange.answer(200, "[]")
        #expect(bench.exchange.lines.last == "GET /api\(Self.versions)")
        #expect(bench.told == ["ok open", "ok []"])
    }

    @Test func `a session that has to be renewed is, and the route stays where it was found`()
        throws
    {
        let bench = Bench(.automatic).opened()
        try bench.call(.listVersions, "I")
        bench.exchange.answer(404)
        bench.exchange.answer(401, Dialect.api.error("unauthenticated"))
        bench.exchange.answer(200, #"{"value":"s2"}"#)
        bench.exchange.answer(200, "[]")
        #expect(bench.exchange.lines.last == "GET /api\(Self.versions)")
        #expect(bench.told == ["ok open", "ok []"])
    }

    @Test func `a vCenter that knows only JSON-RPC under api speaks rest`() throws {
        let bench = Bench(.api)
        bench.open()
        bench.exchange.answer(500, #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700}}"#)
        #expect(bench.told == ["no_such_route"])
        #expect(bench.errors.first?.hint?.hasSuffix("does it speak /api? try --api auto") == true)
    }
}
