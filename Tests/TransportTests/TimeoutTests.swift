import Glibc
import Testing
import Transport

struct TimeoutTests {
    @Test func `a silent server ends a request at its limit, and it may have been applied`() throws
    {
        let server = RawServer { $0.waitForClose() }
        let multi = Multi()
        var request = try request(.get, server.url)
        request.timeout = .milliseconds(50)
        let start = multi.now
        let error = try multi.fetch(request).error()
        #expect(error.kind == .timeout)
        #expect(error.mayHaveBeenSent)
        #expect(error.message == "no complete answer from 127.0.0.1:\(server.port) within 50ms")
        #expect(multi.now - start >= .milliseconds(50))
    }

    @Test
    func `a handshake without an answer ends at the limit for connecting, and nothing was sent`()
        throws
    {
        let server = RawServer { $0.waitForClose() }
        var request = try request(
            .post,
            "https://127.0.0.1:\(server.port)/",
            trust: Trust(.unverified)
        )
        request.connectTimeout = .milliseconds(50)
        let error = try Multi().fetch(request).error()
        #expect(error.kind == .timeout)
        #expect(!error.mayHaveBeenSent)
        #expect(error.message == "cannot connect to 127.0.0.1:\(server.port) within 50ms")
    }

    @Test func `the limit for connecting does not end a request that was sent`() throws {
        let multi = Multi()
        var gate: [Int32] = [-1, -1]
        #expect(pipe(&gate) == 0)
        let (opened, opener) = (gate[0], gate[1])
        defer { close(opened) }
        let server = RawServer { peer in
            var byte: UInt8 = 0
            guard peer.readRequest() != nil, read(opened, &byte, 1) == 0 else { return }
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        var request = try request(.get, server.url)
        request.connectTimeout = .milliseconds(30)
        multi.after(.milliseconds(60)) { close(opener) }
        #expect(try multi.fetch(request).answer().status == 200)
    }

    @Test func `time in which the loop does not run ends no request`() throws {
        let server = RawServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let multi = Multi()
        var outcome: Outcome?
        var request = try request(.get, server.url)
        request.timeout = .milliseconds(300)
        multi.start(request) { outcome = $0 }
        try multi.turn(waitingAtMost: .zero)
        // A script that computes for longer than the limit.
        let end = multi.now + .milliseconds(350)
        while multi.now < end {}
        try multi.turnUntil { outcome != nil }
        #expect(try outcome.answer().status == 200)
    }
}
