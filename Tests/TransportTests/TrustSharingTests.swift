import Glibc
import Testing
import Transport

/// Connections stay open here: a `s_server` behind a relay for each of them.
struct TrustSharingTests {
    @Test func `a connection is used again, but only under the rule that opened it`() throws {
        let authority = try Authority()
        let path = try authority.sign("good")
        let pin = try authority.pin(of: path)
        let file = authority.file
        let trusts = [
            Trust(.unverified), Trust(.files([file])), Trust(.system, pins: [pin]),
            Trust(.files([file]), pins: [pin]), Trust(.files([file, file])),
        ]
        let others: [(trust: Trust, why: String)] = [
            (Trust(), "the system does not know the authority"),
            (Trust(.files([try Authority().file])), "another authority, gone by now"),
            (Trust(.system, pins: [flippingCase(of: pin)]), "upper and lower case matter in a pin"),
            (Trust(.files([file]), pins: [flippingCase(of: pin)]), "the same with an authority"),
        ]
        let servers = try (0...trusts.count).map { _ in
            try TLSServer(path, options: []) { process in
                while process.read(upTo: "\r\n\r\n") != nil {
                    process.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                }
            }
        }
        let relay = RawServer { $0.relay(to: servers[min($0.number, servers.count) - 1].port) }
        let multi = Multi()
        func fetch(_ trust: Trust) throws -> Outcome? {
            try multi.fetch(request(.get, "https://127.0.0.1:\(relay.port)/", trust: trust))
        }
        for _ in 1...2 {
            for trust in trusts { #expect(try fetch(trust).answer().status == 200, "\(trust)") }
            #expect(relay.connectionCount == trusts.count)
        }
        for (trust, why) in others {
            let error = try fetch(trust).error()
            #expect(error.kind == .tls, "\(why): \(error)")
        }
    }

    /// Another key, but for libcurl's habit of comparing without regard to case.
    private func flippingCase(of pin: String) -> String {
        let code = pin.dropFirst("sha256//".count)
        return "sha256//" + code.map { $0.isUppercase ? $0.lowercased() : $0.uppercased() }.joined()
    }
}
