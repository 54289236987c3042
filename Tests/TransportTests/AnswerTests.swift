import Buffers
import Testing
import Transport

/// What the server sends, and what becomes of it.
///
/// The server closes after it.
struct AnswerCase: Sendable, CustomTestStringConvertible {
    let name: String
    let answer: String
    var method = Transport.Method.get
    var limit = 1000
    var resets = false
    var connection = Request.Connection.shared
    var status = 0
    var body = ""
    var kind: TransportError.Kind?
    /// What the message holds.
    var says = ""

    var testDescription: String { name }
}

private let good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
private let answers: [AnswerCase] = [
    .init(name: "complete", answer: good, status: 200, body: "ok"),
    .init(
        name: "chunked",
        answer:
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
        status: 200,
        body: "abc"
    ),
    .init(
        name: "100 first",
        answer: "HTTP/1.1 100 Continue\r\n\r\n" + good,
        status: 200,
        body: "ok"
    ),
    .init(
        name: "more than announced",
        answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokay",
        status: 200,
        body: "ok"
    ),
    .init(
        name: "error status with a body",
        answer: good.replacing("200 OK", "503 No"),
        status: 503,
        body: "ok"
    ),
    .init(name: "204", answer: "HTTP/1.1 204 No Content\r\n\r\n", status: 204),
    .init(
        name: "HEAD of something large",
        answer: "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n",
        method: .head,
        status: 200
    ),
    .init(
        name: "redirect elsewhere",
        answer: "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        status: 302
    ),
    .init(
        name: "as large as allowed",
        answer: "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour",
        limit: 4,
        status: 200,
        body: "four"
    ),
    .init(
        name: "announced larger than allowed",
        answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfive!",
        limit: 4,
        kind: .protocolViolation
    ),
    .init(
        name: "larger than allowed without announcing it",
        answer: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfive!",
        limit: 4,
        kind: .protocolViolation
    ),
    .init(
        name: "endless header",
        answer: "HTTP/1.1 200 OK\r\n"
            + String(repeating: "X: \(String(repeating: "x", count: 1000))\r\n", count: 300),
        kind: .protocolViolation,
        says: "the header of the answer from 127.0.0.1:"
    ),
    .init(
        name: "a header line of 100 KB",
        answer: "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 110_000))\r\n"
            + "Content-Length: 0\r\n\r\n",
        limit: 1 << 20,
        kind: .protocolViolation,
        says: "the header of the answer from 127.0.0.1:"
    ),
    .init(name: "truncated body", answer: good.replacing("2\r\n", "9\r\n"), kind: .broken),
    .init(
        name: "truncated chunk",
        answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
        kind: .broken
    ),
    .init(name: "cut in the header", answer: "HTTP/1.1 200 OK\r\nConte", kind: .broken),
    .init(name: "nothing", answer: "", connection: .fresh, kind: .broken),
    .init(name: "reset at once", answer: "", resets: true, connection: .fresh, kind: .broken),
    .init(
        name: "reset in the body",
        answer: good.replacing("2\r\n", "9\r\n"),
        resets: true,
        kind: .broken
    ),
    .init(name: "not HTTP", answer: "SSH-2.0-OpenSSH_9.2p1 Debian\r\n", kind: .protocolViolation),
    .init(
        name: "bad chunk size",
        answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        kind: .broken
    ),
]

extension String {
    fileprivate func replacing(_ part: String, _ other: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
    }

    private func firstRange(of part: String) -> Range<String.Index>? {
        indices.lazy.compactMap { start -> Range<String.Index>? in
            guard self[start...].hasPrefix(part) else { return nil }
            return start..<self.index(start, offsetBy: part.count)
        }.first
    }
}

struct AnswerTests {
    @Test(arguments: answers)
    func
        `an answer is complete or it is an error, and a request that got one may have been applied`(
            _ row: AnswerCase
        ) throws
    {
        let server = RawServer { peer in
            guard peer.readRequest() != nil else { return }
            peer.send(row.answer)
            if row.resets { peer.resetWhenClosed() }
        }
        var request = try request(row.method, server.url + "/", connection: row.connection)
        request.answerLimit = row.limit
        let outcome = try Multi().fetch(request)
        if let kind = row.kind {
            let error = try outcome.error()
            #expect(error.kind == kind, "\(error)")
            #expect(error.mayHaveBeenSent)
            #expect(error.message.contains("127.0.0.1:\(server.port)"))
            #expect(error.message.contains(row.says), "\(error)")
        } else {
            let answer = try outcome.answer()
            #expect(answer.status == row.status)
            #expect(answer.body.text == row.body)
        }
    }

    @Test func `header fields are those of the final block, in any case, the last one counts`()
        throws
    {
        let server = RawServer(
            answering: "HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nRetry-After: 1\r\nretry-after:   2  \r\nEmpty:\r\nFolded: a\r\n b\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: no\r\n\r\n"
        )
        let answer = try Multi().fetch(request(.get, server.url)).answer()
        #expect(answer.header("RETRY-AFTER") == "2")
        #expect(answer.header("empty")?.isEmpty == true)
        #expect(answer.header("folded") == "a b")
        #expect(answer.header("x-early") == nil)
        #expect(answer.header("x-trailer") == nil)
        #expect(answer.header("retry") == nil)
        let names = answer.headers.map(\.name)
        #expect(names == ["Retry-After", "retry-after", "Empty", "Folded", "Transfer-Encoding"])
    }
}
