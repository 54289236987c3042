import JSON
import Support
import Testing

/// What each fault looks like from the client's side of the socket, and whether the rollback it hit was
/// applied.
struct SocketFaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let fault: JSONValue
        let isApplied: Bool
        /// What the client sees; `applied` is in the request log by then.
        let seen: String

        var testDescription: String { fault["do"]?.string ?? "" }
    }

    static let cases = [
        Case(fault: ["do": "delay", "ms": 20], isApplied: true, seen: #"200 {"value":"3"}"#),
        Case(
            fault: [
                "do": "status", "status": 429, "body": "slow down", "content_type": "text/plain",
            ],
            isApplied: false,
            seen: "429 slow down"
        ),
        Case(
            fault: ["do": "status", "status": 200, "body_base64": "Iv8i"],
            isApplied: false,
            seen: "200 \"\u{FFFD}\""
        ),
        Case(fault: ["do": "html_503"], isApplied: false, seen: "503 <html>"),
        Case(
            fault: ["do": "redirect", "location": "https://other.test/"],
            isApplied: false,
            seen: "302"
        ),
        Case(
            fault: ["do": "malformed_json"],
            isApplied: true,
            seen: #"200 {"value": {"time": 2026-11-21, user: ]"#
        ),
        Case(fault: ["do": "truncate", "bytes": 5], isApplied: true, seen: #"200 {"val"#),
        Case(fault: ["do": "wrong_length"], isApplied: true, seen: #"closed after {"value":"3"}"#),
        Case(
            fault: ["do": "oversize", "bytes": 300_000],
            isApplied: true,
            seen: "200 of 300000 bytes"
        ),
        Case(
            fault: ["do": "slow_body", "bytes_per_s": 100],
            isApplied: true,
            seen: #"200 {"value":"3"}"#
        ),
        Case(fault: ["do": "reset_before_request"], isApplied: false, seen: "reset"),
        Case(fault: ["do": "reset_before_apply"], isApplied: false, seen: "reset"),
        Case(fault: ["do": "reset_after_apply"], isApplied: true, seen: "reset"),
        Case(fault: ["do": "reset_mid_body"], isApplied: true, seen: "reset"),
        Case(fault: ["do": "close_after_body"], isApplied: true, seen: #"200 {"value":"3"}"#),
        Case(fault: ["do": "expire_session"], isApplied: false, seen: "401 {"),
    ]

    @Test(arguments: cases)
    func `a fault is on the socket what its name says`(row: Case) throws {
        let client = try WireClient(.rest)
        let path = "\(WireClient.templates)/\(try client.item("ubuntu-22.04"))"
        var fault = row.fault
        fault["match"] = ["operation": "rollback"]
        try client.simulator.add(fault: fault)
        let seen = Self.describe {
            try client.send("POST", "\(path)/versions/1?action=rollback", ["message": "m"])
        }
        #expect(seen.hasPrefix(row.seen) || seen == row.seen, "\(seen)")
        let entry = try #require(try client.simulator.requests().last)
        #expect(entry["operation"] == "rollback")
        #expect(entry["applied"] == .boolean(row.isApplied))
        #expect(entry["status"]?.integer.map(String.init) == Self.status(seen, row))
        let item = try client.simulator.state()["libraries"]?.array?[0]["items"]?.array?[0]
        #expect(item?["versions"]?.array?.last?["version"] == (row.isApplied ? "3" : "2"))
    }

    @Test func `the connection of close_after_body ends behind the answer`() throws {
        let client = try WireClient(.rest)
        try client.simulator.add(fault: ["do": "close_after_body"])
        let answer = try client.send("GET", "/vcenter/vm")
        #expect(answer.header("connection") == nil)
        #expect(try client.connection.readToEnd() == [])
    }

    @Test func `reset_mid_body comes after some bytes of the body`() throws {
        let client = try WireClient(.rest)
        try client.simulator.add(fault: ["do": "reset_mid_body"])
        let head = PlainConnection.request(
            "GET",
            "/rest/vcenter/vm",
            headers: ["vmware-api-session-id: \(client.session)"]
        )
        try client.connection.send(head)
        var received: [UInt8] = []
        #expect(throws: PlainConnection.Failure.reset) {
            while true { received += try client.connection.readSome() }
        }
        let text = String(decoding: received, as: UTF8.self)
        #expect(text.contains("\r\n\r\n{\"value\":[{\"vm\":"))
        #expect(!text.hasSuffix("]}"))
    }

    @Test func `a body without end goes on until the client leaves`() throws {
        let client = try WireClient(.rest)
        try client.simulator.add(fault: ["do": "oversize"])
        let head = PlainConnection.request(
            "GET",
            "/rest/vcenter/vm",
            headers: ["vmware-api-session-id: \(client.session)"]
        )
        try client.connection.send(head)
        var count = 0
        while count < 2_000_000 { count += try client.connection.readSome().count }
        #expect(try client.simulator.connect().exchange("GET", "/sim/sessions").status == 200)
    }

    @Test func `late_apply answers nothing and applies after the connection is gone`() throws {
        let client = try WireClient(.rest)
        let path = "\(WireClient.templates)/\(try client.item("ubuntu-22.04"))"
        try client.simulator.add(fault: ["do": "late_apply", "ms": 1500])
        #expect(throws: PlainConnection.Failure.reset) {
            _ = try client.send("POST", "\(path)/versions/1?action=rollback", ["message": "m"])
        }
        let gone = ContinuousClock.now
        #expect(try client.simulator.requests().last?["applied"] == false)
        while try client.simulator.requests().last?["applied"] == false {
            #expect(ContinuousClock.now - gone < .seconds(60))
        }
        #expect(ContinuousClock.now - gone > .milliseconds(500))
        #expect(try client.simulator.requests().last?["status"] == .null)
    }

    @Test func `faults are cleared, and a wrong one is refused in words`() throws {
        let client = try WireClient(
            .api,
            arguments: [
                "--fault", #"{"do":"html_503","times":null,"match":{"operation":"listVMs"}}"#,
            ]
        )
        #expect(try client.send("GET", "/vcenter/vm").status == 503)
        try client.simulator.admin("DELETE", "/sim/faults")
        #expect(try client.send("GET", "/vcenter/vm").status == 200)
        let refusal = try client.connection.exchange(
            "POST",
            "/sim/faults",
            body: #"{"do":"explode"}"#
        )
        #expect(refusal.status == 400)
        #expect(refusal.text.contains("no fault named"))
    }

    private static func describe(_ call: () throws -> PlainConnection.Answer) -> String {
        do {
            let answer = try call()
            if answer.body.count > 1000 { return "\(answer.status) of \(answer.body.count) bytes" }
            return "\(answer.status) \(answer.text)"
        } catch PlainConnection.Failure.reset {
            return "reset"
        } catch PlainConnection.Failure.closed(let bytes) {
            return "closed after " + String(decoding: bytes, as: UTF8.self)
        } catch {
            return "\(error)"
        }
    }

    /// The status that the log should have: none where nothing was answered.
    private static func status(_ seen: String, _ row: Case) -> String? {
        switch row.testDescription {
        case "wrong_length", "reset_mid_body": "200"
        case _ where seen == "reset": nil
        default: String(seen.prefix(3))
        }
    }
}
