import Buffers
import CCurlShims
import Testing

/// What must be read from a URL before libcurl sees it.
struct URLCase: Sendable, CustomTestStringConvertible {
    let url: String
    let host: String
    let port: Int
    var isHTTPS = false
    var isLoopback = false

    var testDescription: String { url }
}

private let urls: [URLCase] = [
    .init(url: "https://vc.example", host: "vc.example", port: 443, isHTTPS: true),
    .init(url: "HTTPS://VC.example:8443/x:1@y", host: "VC.example", port: 8443, isHTTPS: true),
    .init(url: "http://vc.example?x@127.0.0.1", host: "vc.example", port: 80),
    .init(url: "http://127.0.0.1@vc.example/", host: "vc.example", port: 80),
    .init(url: "http://a:b@c@localhost:81#x", host: "localhost", port: 81, isLoopback: true),
    .init(url: "http://LocalHost./", host: "LocalHost.", port: 80, isLoopback: true),
    .init(url: "http://vc.localhost/", host: "vc.localhost", port: 80, isLoopback: true),
    .init(url: "http://notlocalhost/", host: "notlocalhost", port: 80),
    .init(url: "http://localhost.example/", host: "localhost.example", port: 80),
    .init(url: "http://127.255.0.9/", host: "127.255.0.9", port: 80, isLoopback: true),
    .init(url: "http://0x7f.1/", host: "0x7f.1", port: 80, isLoopback: true),
    .init(url: "http://2130706433/", host: "2130706433", port: 80, isLoopback: true),
    .init(url: "http://127.0.0.1.example/", host: "127.0.0.1.example", port: 80),
    .init(url: "http://128.0.0.1/", host: "128.0.0.1", port: 80),
    .init(url: "http://[::1]:9/", host: "[::1]", port: 9, isLoopback: true),
    .init(
        url: "http://[::ffff:127.0.0.1]/",
        host: "[::ffff:127.0.0.1]",
        port: 80,
        isLoopback: true
    ),
    .init(url: "http://[fe80::1]/", host: "[fe80::1]", port: 80),
]

/// Targets, and whether they may be sent as they stand; nil where they may not be sent at all.
private let targets: [(target: String, isPlain: Bool?)] = [
    ("", true),
    ("/a-._~!$&'()*+,;=:@/%20?b=c/?", true),
    ("/a#b", false),
    ("/a\"b", false),
    ("/a[b]", false),
    ("/ä", false),
    ("/a b", nil),
    ("/a\nb", nil),
    ("/#\u{0}", nil),
    ("/\u{7f}", nil),
]

struct URLTests {
    @Test(arguments: targets)
    func `what may be sent as it stands is told from a URL, also from the next one`(
        _ target: String,
        _ isPlain: Bool?
    ) {
        var (url, memory) = (vm_url(), vm_url_memory())
        let (bytes, other) = (
            ByteBuffer("http://vc.example" + target), ByteBuffer("http://vc.example/")
        )
        for _ in 1...2 {
            #expect(vm_url_read_next(bytes.pointer, &url, &memory) == (isPlain != nil))
            if let isPlain { #expect(url.is_plain == isPlain) }
            // The second time the origin is known.
            #expect(vm_url_read_next(other.pointer, &url, &memory))
        }
    }

    @Test(arguments: urls)
    func `host, port and loopback are told from a URL`(_ row: URLCase) throws {
        let bytes = ByteBuffer(row.url)
        var url = vm_url()
        #expect(vm_url_read(bytes.pointer, &url))
        let host = UnsafeBufferPointer(start: url.host, count: url.host_length)
        #expect(String(decoding: host, as: UTF8.self) == row.host)
        #expect(url.port == row.port)
        #expect(url.is_https == row.isHTTPS)
        #expect(url.is_loopback == row.isLoopback)
    }
}
