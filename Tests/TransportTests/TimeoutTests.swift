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

    @Test(arguments: [true, false])
    func `a request whose time is over when the handshake has ended is not sent`(isOver: Bool)
        throws
    {
        let authority = try Authority()
        let server = try TLSServer(try authority.sign("good"))
        var gate: [Int32] = [-1, -1]
        #expect(pipe(&gate) == 0)
        let (opened, opener) = (gate[0], gate[1])
        defer { close(opened) }
        // What the client says first arrives after a while.
        let stalling = RawServer { peer in
            var byte: UInt8 = 0
            if read(opened, &byte, 1) == 0 { peer.relay(to: server.port) }
        }
        let trust = Trust(.files([authority.file]))
        let url = "https://127.0.0.1:\(stalling.port)/"
        var request = try request(.get, url, trust: trust, connection: .fresh)
        let multi = Multi()
        request.sendingDeadline = BootClock.now() + (isOver ? .milliseconds(40) : .seconds(600))
        multi.after(.milliseconds(60)) { close(opener) }
        let outcome = try multi.fetch(request)
        guard isOver else { return #expect(try outcome.answer().status == 200) }
        let error = try outcome.error()
        #expect(error.kind == .timeout && !error.mayHaveBeenSent)
        let place = "127.0.0.1:\(stalling.port)"
        #expect(error.message == "not sent: the time for it was over when \(place) was reached")
    }

    @Test func `nothing of a request whose time is over is on the wire`() throws {
        let server = RawServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let multi = Multi()
        var late = try request(.post, server.url + "/late", connection: .fresh)
        late.sendingDeadline = BootClock.now()
        #expect(try multi.fetch(late).error().kind == .timeout)
        // The same handle, for one without a limit.
        let other = try request(.post, server.url + "/other", connection: .fresh)
        #expect(try multi.fetch(other).answer().status == 200)
        #expect(server.requests.count == 1 && server.requests[0].hasPrefix("POST /other"))
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
