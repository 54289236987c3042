import JSON
import Support
import Testing

/// Ten thousand requests that no client should send.
struct FuzzTests {
    private static let paths = [
        "/rest/com/vmware/cis/session", "/api/session", "/api", "/rest/vcenter/vm",
        "/api/vcenter/vm",
        "/rest/com/vmware/content/library?~action=find", "/api/content/library/item?action=find",
        "/rest/vcenter/vm-template/library-items/00000000-0000-4000-a17e-000000000001/check-outs",
        "/api/vcenter/vm-template/library-items/x/versions/1?action=rollback", "/sim/faults",
        "/sim/clock",
        "/api/cis/tasks?filter_spec.tasks=a", "*", "//", "/rest/../api/session",
    ]
    private static let bodies: [[UInt8]] = [
        [], Array("{}".utf8), Array(#"{"spec":{"name":"golden"}}"#.utf8),
        [UInt8](repeating: UInt8(ascii: "["), count: 5000), Array(#"{"a":1,"a":2}"#.utf8),
        [0x22, 0xFF, 0xFE, 0x22], Array(#"{"jsonrpc":"2.0","method":"invoke","params":{}}"#.utf8),
        Array(#"{"spec":{"message":"\ud800"}}"#.utf8), Array("1e999".utf8), [0],
        Array(#"{"params":{"ctx":null,"serviceId":"a","operationId":"b","input":[]}}"#.utf8),
    ]

    private func request(_ dice: inout Dice, session: String) -> [UInt8] {
        let methods = ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "BREW", ""]
        var path = Self.paths.randomElement(using: &dice) ?? ""
        for _ in 0..<Int.random(in: 0...3, using: &dice) {
            let extra = [
                "%", "%zz", "%ff", "%00", "/", "?", "&=", "id:", "é", "+", "%2e%2e", ";", "~",
            ]
            let place = path.indices.randomElement(using: &dice) ?? path.startIndex
            path.insert(contentsOf: extra.randomElement(using: &dice) ?? "", at: place)
        }
        var head = "\(methods.randomElement(using: &dice) ?? "") \(path) HTTP/1.1\r\nHost: x\r\n"
        if Bool.random(using: &dice) { head += "vmware-api-session-id: \(session)\r\n" }
        switch Int.random(in: 0..<12, using: &dice) {
        case 0: head += "Authorization: Basic %%%\r\n"
        case 1: head += "X-Long: \(String(repeating: "x", count: 20_000))\r\n"
        case 2: head += "X-Huge: \(String(repeating: "x", count: 200_000))\r\n"
        case 3: head += String(repeating: "X-Many: 1\r\n", count: 500)
        case 4: head += "Cookie: vmware-api-session-id; =; ;;vmware-api-session-id=\r\n"
        case 5: head += "Broken header\r\n"
        case 6: head += "Expect: 100-continue\r\n"
        default: break
        }
        let body = Self.bodies.randomElement(using: &dice) ?? []
        if !body.isEmpty { head += "Content-Length: \(body.count)\r\n" }
        var bytes = Array((head + "\r\n").utf8) + body
        if Int.random(in: 0..<5, using: &dice) == 0, !bytes.isEmpty {
            for _ in 0..<3 {
                let place = Int.random(in: 0..<bytes.count, using: &dice)
                bytes[place] = UInt8.random(in: 0...255, using: &dice)
            }
        }
        return bytes
    }

    /// Sends bytes whole or in pieces; the server may well close before it has all of them.
    private func send(_ bytes: [UInt8], _ connection: PlainConnection, _ dice: inout Dice) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count =
                Bool.random(using: &dice)
                ? rest.count : Int.random(in: 1...rest.count, using: &dice)
            try connection.send(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
    }

    @Test func `10,000 fuzzed requests leave it running and answering`() throws {
        let client = try WireClient(.rest)
        let item = "\(WireClient.templates)/\(try client.item("rhel-9"))/check-outs"
        var dice = Dice(for: "requests")
        var sent = 0
        while sent < 10_000 {
            let connection = try client.simulator.connect()
            for _ in 0..<Int.random(in: 1...3, using: &dice) {
                sent += 1
                // A reset by the server is an answer too.
                guard (try? send(request(&dice, session: client.session), connection, &dice)) != nil
                else { break }
            }
            connection.finishSending()
            _ = try? connection.readToEnd()
        }
        let seen = try client.simulator.requests().count
        #expect(seen > 2000, "\(seen)")
        try client.simulator.admin("DELETE", "/sim/faults")
        let survivor = try WireClient(.rest, client.simulator)
        #expect(try survivor.value("GET", item) == [["vm": "vm-110"]])
    }
}
