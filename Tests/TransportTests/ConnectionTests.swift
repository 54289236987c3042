import Glibc
import Testing
import Transport

private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

struct ConnectionTests {
    /// Answers the first request of each connection and closes after the second one came.
    private func dyingServer() -> RawServer {
        RawServer { peer in
            guard peer.readRequest() != nil else { return }
            peer.send(ok)
            _ = peer.readRequest()
        }
    }

    @Test func `a request on a dead shared connection is sent again by libcurl`() throws {
        let server = dyingServer()
        let multi = Multi()
        for _ in 1...2 {
            #expect(try multi.fetch(request(.get, server.url)).answer().status == 200)
        }
        // The second one went out on the first connection, and again on another.
        #expect(server.requests.count == 3)
        #expect(server.connectionCount == 2)
    }

    @Test func `what libcurl sends again is the second request, not the first`() throws {
        let server = dyingServer()
        let multi = Multi()
        for path in ["/first?a=1", "/second"] {
            #expect(try multi.fetch(request(.get, server.url + path)).answer().status == 200)
        }
        let lines = server.requests.map { $0.prefix { $0 != "\r\n" } }
        #expect(
            lines == ["GET /first?a=1 HTTP/1.1", "GET /second HTTP/1.1", "GET /second HTTP/1.1"]
        )
    }

    @Test func `one handle sends every target as it stands, whatever the one before was`() throws {
        let server = RawServer(answering: ok)
        let multi = Multi()
        let targets = [
            "/a", "/a?b=c", "/a", "/%2F..%2f?x=%C3%A9", "/a/./b/../c", "/?", "/a?b=c&d=e",
            "/x?y=/?z",
            "/", "/a%20b", "/a:b@c!$&'()*+,;=~_-.", "/a?b=c#fragment", "/a", "//double//slash/",
        ]
        for target in targets {
            #expect(try multi.fetch(request(.get, server.url + target)).answer().status == 200)
        }
        let sent = server.requests.map { $0.split(separator: " ")[1] }
        #expect(sent == targets.map { $0.prefix { $0 != "#" } })
        #expect(server.connectionCount == 1)
    }

    @Test func `one handle sends each request to the server of its URL`() throws {
        // Their addresses are equally long: only what they say tells them apart.
        let servers = [RawServer(answering: ok), RawServer(answering: ok)]
        let multi = Multi()
        for round in 1...3 {
            for (at, server) in servers.enumerated() {
                let url = "\(server.url)/\(round)-\(at)"
                #expect(try multi.fetch(request(.get, url)).answer().status == 200)
            }
        }
        for (at, server) in servers.enumerated() {
            let sent = server.requests.map { $0.split(separator: " ")[1] }
            #expect(sent == (1...3).map { "/\($0)-\(at)" })
        }
    }

    @Test func `a request on a fresh connection uses no open one, leaves none, and is sent once`()
        throws
    {
        let server = RawServer { peer in
            guard peer.readRequest() != nil else { return }
            // The fresh one is the second connection: it is dropped without an answer.
            if peer.number != 2 { peer.send(ok) }
            if peer.number == 1 { peer.waitForClose() }
        }
        let multi = Multi()
        #expect(try multi.fetch(request(.get, server.url)).answer().status == 200)
        let error = try multi.fetch(request(.post, server.url, body: "x", connection: .fresh))
            .error()
        #expect(error.kind == .broken)
        #expect(error.mayHaveBeenSent)
        #expect(server.requests.filter { $0.hasPrefix("POST") }.count == 1)
        let again = try multi.fetch(request(.post, server.url, body: "x", connection: .fresh))
        #expect(try again.answer().status == 200)
        #expect(server.connectionCount == 3)
    }

    @Test func `a shared request after a fresh one goes back to the open connection`() throws {
        let server = RawServer(answering: ok)
        let multi = Multi()
        for connection: Request.Connection in [.shared, .fresh, .shared] {
            _ = try multi.fetch(request(.get, server.url, connection: connection)).answer()
        }
        #expect(server.connectionCount == 2)
    }

    @Test func `no descriptor of a transfer is left open in child processes`() async {
        // In a process of its own: other tests open sockets at the same moment.
        await #expect(processExitsWith: .success) {
            let before = inheritable()
            let server = RawServer(answering: ok)
            let multi = Multi()
            _ = try multi.fetch(request(.get, server.url)).answer()
            #expect(inheritable() == before)
        }
    }

    @Test func `what cannot be reached was certainly not sent`() throws {
        let error = try Multi().fetch(request(.get, "http://no-such-host.invalid/")).error()
        #expect(error.kind == .connect)
        #expect(!error.mayHaveBeenSent)
        #expect(error.message.contains("no-such-host.invalid:80"))
    }

    @Test func `the zone of an IPv6 address reaches the system`() throws {
        // A link-local address without its zone is an invalid argument, with it merely nobody's.
        let error = try Multi().fetch(request(.get, "https://[fe80::1234%25lo]:1/a")).error()
        #expect(error.kind == .connect && !error.message.contains("invalid argument"), "\(error)")
    }

    @Test func `the environment's proxies are used, but not for loopback`() async {
        // In a process of its own: others read the environment while they start programs.
        await #expect(processExitsWith: .success) {
            let server = RawServer { peer in
                while let text = peer.readRequest() {
                    let refusal = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
                    peer.send(text.hasPrefix("CONNECT") ? refusal : ok)
                }
            }
            setenv("http_proxy", server.url, 1)
            setenv("https_proxy", server.url, 1)
            let multi = Multi()
            let other = RawServer(answering: ok)
            for host in ["127.0.0.1", "localhost", "127.1"] {
                let url = "http://\(host):\(other.port)/direct"
                _ = try multi.fetch(request(.get, url)).answer()
                #expect(other.requests.last?.hasPrefix("GET /direct ") == true, "\(host)")
            }
            #expect(server.requests.isEmpty)
            _ = try multi.fetch(request(.get, "http://vcenter.test/proxied")).answer()
            let line = "GET http://vcenter.test/proxied "
            #expect(server.requests.last?.hasPrefix(line) == true)
            let headers = [("vmware-api-session-id", "secret")]
            let refused = try multi.fetch(request(.get, "https://vcenter.test/", headers: headers))
                .error()
            #expect(refused.kind == .connect)
            #expect(!refused.mayHaveBeenSent)
            #expect(refused.message == "cannot reach vcenter.test:443: the proxy answered 403")
            #expect(server.requests.last?.contains("secret") == false)
        }
    }
}

/// The descriptors that a child process would get.
private func inheritable() -> [Int32] {
    (0..<256).filter { descriptor in
        let flags = fcntl(descriptor, F_GETFD)
        return flags >= 0 && flags & FD_CLOEXEC == 0
    }
}
