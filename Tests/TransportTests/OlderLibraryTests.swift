import CCurlShims
import Glibc
import Testing
import Transport

private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

/// With the libcurl of this machine, taken for an older one; each test in a process of its own.
struct OlderLibraryTests {
    @Test func `a libcurl before 7.76 is refused`() async {
        await #expect(processExitsWith: .success) {
            vm_curl_pretend(0x074b00)
            let error = #expect(throws: TransportError.self) { try LibCurl.version() }
            #expect(error?.message == "libcurl.so.4 is older than 7.76")
        }
    }

    @Test func `with 7.76, what was dropped after its head went out may have been applied`() async {
        await #expect(processExitsWith: .success) {
            vm_curl_pretend(0x074c01)
            let server = RawServer { peer in
                guard peer.readRequest() != nil else { return }
                if peer.number != 2 { peer.send(ok) }
            }
            let multi = Multi()
            for number in 1...3 {
                let outcome = try multi.fetch(
                    request(.post, server.url, body: "x", connection: .fresh)
                )
                if number == 2 {
                    let error = try outcome.error()
                    #expect(error.kind == .broken && error.mayHaveBeenSent)
                } else {
                    #expect(try outcome.answer().status == 200)
                }
            }
        }
    }

    @Test func `with 7.76, a server that stays silent may have applied a request`() async {
        await #expect(processExitsWith: .success) {
            vm_curl_pretend(0x074c01)
            let server = RawServer { $0.waitForClose() }
            var request = try request(.post, server.url, body: "x", connection: .fresh)
            request.timeout = .milliseconds(50)
            #expect(try Multi().fetch(request).error().mayHaveBeenSent)
        }
    }

    @Test func `with 7.76, what ends before the request was certainly not sent`() async {
        await #expect(processExitsWith: .success) {
            vm_curl_pretend(0x074c01)
            let multi = Multi()
            let nobody = try multi.fetch(request(.post, "http://127.0.0.1:1/", body: "x")).error()
            #expect(nobody.kind == .connect && !nobody.mayHaveBeenSent)
            let silent = RawServer { $0.waitForClose() }
            var handshake = try request(
                .post,
                "https://127.0.0.1:\(silent.port)/",
                trust: Trust(.unverified)
            )
            handshake.connectTimeout = .milliseconds(50)
            let timeout = try multi.fetch(handshake).error()
            #expect(timeout.kind == .timeout && !timeout.mayHaveBeenSent)
            // What goes to a proxy for a tunnel is no request yet.
            let proxy = RawServer { peer in
                guard peer.readRequest() != nil else { return }
                peer.send("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
            }
            setenv("https_proxy", proxy.url, 1)
            let refused = try multi.fetch(request(.post, "https://vcenter.test/", body: "x"))
                .error()
            #expect(refused.kind == .connect && !refused.mayHaveBeenSent)
            #expect(proxy.requests.first?.hasPrefix("CONNECT ") == true)
        }
    }

    @Test func `with 7.76, a look shows the pin, and several files of authorities are refused`()
        async
    {
        await #expect(processExitsWith: .success) {
            vm_curl_pretend(0x074c01)
            let authority = try Authority()
            let path = try authority.sign("server", for: "IP:127.0.0.1")
            let server = try TLSServer(path)
            let multi = Multi()
            let look = try multi.fetch(request(.get, server.url, trust: Trust(.looking))).error()
            #expect(try look.shown?.pin == authority.pin(of: path))
            let one = Trust(.files([authority.file]))
            #expect(try multi.fetch(request(.get, server.url, trust: one)).answer().status == 200)
            let two = Trust(.files([authority.file, authority.file]))
            let error = try multi.fetch(request(.get, server.url, trust: two)).error()
            #expect(error.kind == .tls && !error.mayHaveBeenSent)
            #expect(
                error.message
                    == "libcurl 7.76 reads authorities from one file only, and from no pipe"
            )
        }
    }
}
