import Buffers
import Glibc
import Testing
import Transport

private let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

/// One request and the lines that must, and must not, be on the wire.
struct RequestCase: Sendable, CustomTestStringConvertible {
    let method: Transport.Method
    var path = "/p"
    var headers: [(String, String)] = []
    var body: String?
    let line: String
    var has: [String] = []
    var hasNot: [String] = []

    var testDescription: String { "\(line) \(body ?? "without a body")" }
}

private let requests: [RequestCase] = [
    .init(
        method: .get,
        line: "GET /p HTTP/1.1",
        hasNot: ["Content-", "User-Agent", "Accept-Encoding"]
    ),
    .init(method: .get, path: "/a/../b/./c?x=%2e#f", line: "GET /a/../b/./c?x=%2e HTTP/1.1"),
    .init(method: .get, path: "/..%2f%23%20", line: "GET /..%2f%23%20 HTTP/1.1"),
    .init(method: .head, line: "HEAD /p HTTP/1.1"),
    .init(
        method: .post,
        line: "POST /p HTTP/1.1",
        has: ["Content-Length: 0"],
        hasNot: ["Content-Type"]
    ),
    .init(
        method: .post,
        headers: [("Content-Type", "application/json")],
        body: "{}",
        line: "POST /p HTTP/1.1",
        has: ["Content-Length: 2", "Content-Type: application/json"]
    ),
    .init(method: .put, body: "x", line: "PUT /p HTTP/1.1", has: ["Content-Length: 1"]),
    .init(method: .patch, body: "x", line: "PATCH /p HTTP/1.1", has: ["Content-Length: 1"]),
    .init(method: .delete, line: "DELETE /p HTTP/1.1", hasNot: ["Content-Type"]),
    .init(method: .delete, body: "x", line: "DELETE /p HTTP/1.1", has: ["Content-Length: 1"]),
    .init(
        method: .get,
        headers: [("X-Empty", ""), ("X-A", "b")],
        line: "GET /p HTTP/1.1",
        has: ["X-Empty:", "X-A: b"]
    ),
    .init(
        method: .post,
        body: String(repeating: "x", count: 2 << 20),
        line: "POST /p HTTP/1.1",
        has: ["Content-Length: 2097152"],
        hasNot: ["Expect"]
    ),
]

struct RequestTests {
    @Test func `every request goes out as it was made, on one connection and one handle`() throws {
        let server = RawServer(answering: answer)
        let multi = Multi()
        for row in requests {
            let made = try request(
                row.method,
                server.url + row.path,
                headers: row.headers,
                body: row.body
            )
            #expect(try multi.fetch(made).answer().status == 200)
            let text = try #require(server.requests.last)
            #expect(text.hasPrefix(row.line + "\r\n"), "\(row)")
            for line in row.has { #expect(text.contains("\r\n\(line)\r\n"), "\(row): \(line)") }
            for part in row.hasNot { #expect(!text.contains(part), "\(row): \(part)") }
            if let body = row.body { #expect(text.hasSuffix("\r\n\r\n" + body)) }
        }
        #expect(server.requests.count == requests.count)
        #expect(server.connectionCount == 1)
    }

    @Test(arguments: [
        ("", "v"), ("a b", "v"), ("a:", "v"), ("ä", "v"), ("a\r\n", "v"), ("a", "v\r\nX: y"),
        ("a", "v\n"),
        ("a", "v\0"), ("Content-Length", "1"), ("transfer-encoding", "chunked"),
    ])
    func `a header that could break the request is refused`(_ name: String, _ value: String) {
        let error = #expect(throws: TransportError.self) {
            try HeaderList([("X-Good", "1"), (name, value)])
        }
        #expect(error?.kind == .invalidRequest)
        #expect(error?.mayHaveBeenSent == false)
    }

    @Test(arguments: [
        "", "x", "/path", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http:///x",
        "https://:1/",
        "http://127.0.0.1:99999/", "http://127.0.0.1:1x/", "http://[::1/", "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nX: y", "http://127.0.0.1/\0", "https://[::x]/a",
        "https://[1.2.3.4]/a",
    ])
    func `a URL that cannot be sent is refused before anything is sent`(_ url: String) throws {
        let error = try Multi().fetch(request(.get, url)).error()
        #expect(error.kind == .invalidRequest)
        #expect(!error.mayHaveBeenSent)
    }

    @Test func `a message never shows a URL's password, path or query`() throws {
        let error = try Multi().fetch(
            request(.get, "http://me:secret1@127.0.0.1:1/secret2?secret3")
        ).error()
        #expect(error.description == "cannot connect to 127.0.0.1:1: connection refused")
        #expect(error.kind == .connect)
        #expect(error.code == 7)
        #expect(!error.mayHaveBeenSent)
    }
}
