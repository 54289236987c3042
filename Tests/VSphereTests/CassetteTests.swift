import Buffers
import JSON
import Testing
import Text
import Transport
import VSphereSupport

@testable import VSphere

/// What is written of a session, and how it is played.
struct CassetteTests {
    private func request(
        _ method: Transport.Method,
        _ path: String,
        _ body: String? = nil,
        isChange: Bool = false
    ) throws -> Request {
        var request = Request(
            method,
            ByteBuffer("https://vc.example.com" + path),
            headers: try HeaderList([("Authorization", "Basic eDp5")]),
            body: body.map { ByteBuffer($0) },
            trust: Trust()
        )
        if isChange { request.connection = .fresh }
        return request
    }

    private func response(
        _ body: [UInt8],
        status: Int = 200,
        headers: String = ""
    ) -> Response {
        let buffer = ByteBuffer()
        buffer.append(body)
        return Response(
            status: status,
            headerBlock: ByteBuffer("HTTP/1.1 \(status) X\r\n\(headers)\r\n"),
            body: buffer
        )
    }

    private func response(_ body: String) -> Response { response(Array(body.utf8)) }

    /// A cassette of exchanges, through its text.
    private func player(
        _ exchanges: [(Request, Result<Response, TransportError>)],
        password: String? = nil
    ) throws -> (CassettePlayer, text: String) {
        var text = ""
        let recorder = CassetteRecorder(at: "2026-11-21T10:11:12.000Z") { text += $0 }
        if let password { recorder.hide(Secret(password), of: "me") }
        for (request, result) in exchanges { recorder.add(request, result, user: "me") }
        return (CassettePlayer(try Cassette(parsing: text), named: "c"), text)
    }

    @Test(
        arguments: [
            Array("{\"a\":\"ü\"}".utf8), [], [0, 0xFF, 0x0A, 0x80, 0x41], Array(0...255),
        ] as [[UInt8]]
    )
    func `an answer comes back byte for byte`(_ body: [UInt8]) throws {
        let read = try request(.get, "/api/x")
        let headers = "Content-Type: text/x\r\nSet-Cookie: a=b\r\nRetry-After: 7\r\n"
        let (player, text) = try player([
            (read, .success(response(body, status: 503, headers: headers)))
        ])
        let answer = try player.answer(read).get()
        #expect(answer.body.bytes == body)
        #expect(answer.status == 503)
        #expect(answer.header("retry-after") == "7")
        #expect(answer.header("set-cookie") == nil && !text.contains("ookie"))
    }

    @Test func `a header field that came twice does not spoil the file`() throws {
        let read = try request(.get, "/api/x")
        let headers = "WWW-Authenticate: Negotiate\r\nDate: today\r\nwww-authenticate: Basic\r\n"
        let (player, _) = try player([(read, .success(response([], status: 401, headers: headers)))]
        )
        let answer = try player.answer(read).get()
        #expect(answer.header("www-authenticate") == "Basic" && answer.header("date") == "today")
    }

    @Test func `a failure comes back as it was`() throws {
        let read = try request(.get, "/api/x")
        for kind in [
            TransportError.Kind.connect, .tls, .timeout, .broken, .protocolViolation,
            .invalidRequest, .unavailable,
        ] {
            for wasSent in [true, false] {
                let error = TransportError(kind, "no\nroute", code: 7, mayHaveBeenSent: wasSent)
                let (player, _) = try player([(read, .failure(error))])
                #expect(throws: TransportError.self) { try player.answer(read).get() }
                guard case .failure(let played) = player.answer(read) else { continue }
                #expect(played.kind == kind && played.message == "no\nroute" && played.code == 7)
                #expect(played.mayHaveBeenSent == wasSent)
            }
        }
    }

    @Test(arguments: [
        #"{"spec":"{\"password\":\"S3c\"}"}"#, #"{"script":"cd /\nexport PASSWORD=S3c"}"#,
        #"{"key":"S3c"}"#, #"{"ticket":["S3c"]}"#, #"{"ticket":"S3c"}"#,
        #"{"a":{"clone_ticket":"S3c"}}"#,
        #"{"saml":["S3c"]}"#,
        #"{"assertion":"S3c"}"#, #"{"pin":"S3c"}"#, #"{"session":"S3c"}"#, #"{"nonce":"S3c"}"#,
        #"{"run":"curl -u me:S3c h"}"#,
    ]) func `what a request says to be secret is not recorded, and is found again`(
        _ body: String
    ) throws {
        let change = try request(.post, "/api/x", body)
        let (player, text) = try player([(change, .success(response("1")))])
        #expect(!text.contains("S3c") && text.contains("***"), "\(text)")
        #expect(try player.answer(change).get().body.text == "1")
    }

    @Test(arguments: [
        #"{"spec":[{"key":"a","value":"b"}],"session":{"name":"n"},"name":"a: b"}"#,
        #"{"description":"[1] is a ticket - see 10:30, me@h"}"#,
    ]) func `what is no secret is recorded as it is`(_ body: String) throws {
        let (_, text) = try player([(try request(.post, "/api/x", body), .success(response(body)))])
        #expect(!text.contains("***"), "\(text)")
    }

    @Test(arguments: ["over-the-moon", "p\"a\\s/s ü%", "a&b=c+d", "x"])
    func `a password and a session leave no trace, however they are spelled`(
        _ password: String
    ) throws {
        let log = try request(.post, "/rest/com/vmware/cis/session")
        let json = JSONEncoder().encode(.string(password))
        let query = ByteBuffer()
        query.append(query: password)
        let (player, text) = try player(
            [
                (log, .success(response("{\"value\":\"5e55-10n\"}"))),
                (
                    try request(.post, "/api/echo?p=\(query.text)", "{\"password\":\(json)}"),
                    .success(
                        response(
                            "{\"session\":\"5e55-10n\",\"b\":\"\(Base64.encode(Array("me:\(password)".utf8)))\"}"
                        )
                    )
                ),
            ],
            password: password
        )
        #expect(!text.contains("5e55-10n"))
        #expect(text.contains("session-1"))
        if password.count > 1 {
            #expect(!text.contains(password) && !text.contains(json.dropFirst().dropLast()))
            #expect(!text.contains(query.text))
        }
        #expect(!text.contains(Base64.encode(Array("me:\(password)".utf8))))
        #expect(!text.contains("Authorization") && !text.contains("eDp5"))
        #expect(try player.answer(log).get().body.text == "{\"value\":\"session-1\"}")
    }

    @Test(arguments: [
        "{\"spec\":{\"name\":\"x\",\"admin_password\":\"t0p\"}}",
        "{\"guest\":[{\"key\":\"root_password\",\"value\":\"t0p\"},{\"key\":\"a\",\"value\":\"b\"}]}",
        "[{\"Api_Key\":\"t0p\"}]", "{\"pwd\":\"t0p\"}", "{\"access_token\":\"t0p\"}",
        "{\"credentials\":{\"user\":\"t0p\",\"list\":[\"t0p\",{\"a\":\"t0p\"}]}}",
        "{\"secret\":[\"t0p\"]}", "{\"bearer\":\"t0p\"}", "{\"session_id\":\"t0p\"}",
        "{\"userData\":\"t0p\"}", "{\"user-data\":\"t0p\"}",
        "{\"properties\":[{\"id\":\"root_pwd\",\"type\":\"x\",\"value\":\"t0p\"}]}",
    ])
    func `a secret under a name that says so is not kept, and not needed again`(
        _ body: String
    ) throws {
        let change = try request(.post, "/api/x", body, isChange: true)
        let (player, text) = try player([(change, .success(response(body)))])
        #expect(!text.contains("t0p") && text.contains("***"))
        let other = try request(
            .post,
            "/api/x",
            body.replacing("t0p", with: "another"),
            isChange: true
        )
        #expect(try player.answer(other).get().status == 200)
    }

    @Test func `a query and the secrets of a script are not kept, and not needed again`() throws {
        var text = ""
        let recorder = CassetteRecorder(at: "2026-11-21T10:11:12.000Z") { text += $0 }
        recorder.hide(Secret("vau/lt"))
        let path = "/api/x?page_token=p&a=vau%2Flt&password=t0p&sessionId=t0p&x"
        let body = "{\"note\":\"vau/lt\"}"
        let asked = try request(.post, path, body, isChange: true)
        recorder.add(asked, .success(response("\"it was vau/lt\"")), user: "me")
        #expect(!text.contains("t0p") && !text.contains("vau"), "\(text)")
        #expect(text.contains("page_token=p&a=***&password=***&sessionId=***&x"), "\(text)")
        let player = CassettePlayer(try Cassette(parsing: text), named: "c")
        player.hide(Secret("oth/er"))
        let again = try request(
            .post,
            path.replacing("t0p", with: "new").replacing("vau", with: "oth")
                .replacing("lt", with: "er"),
            body.replacing("vau/lt", with: "oth/er"),
            isChange: true
        )
        #expect(try player.answer(again).get().body.text == "\"it was ***\"")
    }

    @Test(arguments: ["key", "auth", "cookie", "sig", "api_key", "X-Amz-Signature", "pw", "code"])
    func `a parameter whose name says so is not kept`(_ name: String) throws {
        let asked = try request(.get, "/api/x?a=1&\(name)=t0p&b=t0")
        let location = "Location: https://h/y?\(name)=t0p&b=t0\r\n"
        let answer = response(
            Array("{\"h\":{\"Cookie\":\"t0p\",\"Set-Cookie\":[\"t0p\"],\"key\":\"k\"}}".utf8),
            status: 302,
            headers: location + "Cookie: t0p\r\nX-Api-Key: t0p\r\n"
        )
        let (player, text) = try player([(asked, .success(answer))])
        #expect(!text.contains("t0p"), "\(text)")
        #expect(text.contains("?a=1&\(name)=***&b=t0") && text.contains("y?\(name)=***&b=t0"))
        // A key names things.
        #expect(text.contains("\\\"key\\\":\\\"k\\\""), "\(text)")
        let other = try request(.get, "/api/x?a=1&\(name)=other&b=t0")
        #expect(try player.answer(other).get().status == 302)
    }

    @Test func `bytes stay as they are where nothing is hidden`() throws {
        let read = try request(.get, "/api/x")
        let body = "{ \"page_token\": \"p\",  \"a\" : 1.0 }"
        #expect(
            try player([(read, .success(response(body)))]).0.answer(read).get().body.text == body
        )
    }

    @Test func `a log-in whose answer makes no sense keeps none of it`() throws {
        let log = try request(.post, "/api/session")
        let (_, text) = try player([(log, .success(response("<html>token=abc</html>")))])
        #expect(!text.contains("abc"))
    }

    @Test func `answers to one request keep their order, and the last one of a read stays`() throws
    {
        let read = try request(.get, "/api/x?b=2&a=1")
        let change = try request(.post, "/api/x", "{}", isChange: true)
        let (player, _) = try player([
            (read, .success(response("1"))), (change, .success(response("done"))),
            (read, .success(response("2"))),
        ])
        let again = try request(.get, "/api/x?a=1&b=2")
        let texts = try [read, again, again].map { try player.answer($0).get().body.text }
        #expect(texts == ["1", "2", "2"])
        #expect(try player.answer(change).get().body.text == "done")
        guard case .failure(let error) = player.answer(change) else {
            Issue.record("a change was played twice")
            return
        }
        #expect(error.message.contains("POST /api/x once"))
        #expect(!error.mayHaveBeenSent)
    }

    @Test(arguments: [
        (
            "{\"a\":1,\"b\":[{\"key\":\"x\",\"value\":1},{\"key\":\"y\",\"value\":2}]}",
            "{\"b\":[{\"value\":2,\"key\":\"y\"},{\"key\":\"x\",\"value\":1}],\"a\":1}", true
        ),
        ("{\"m\":\"[vmoon:aa] x\"}", "{\"m\":\"[vmoon:bb] x\"}", true),
        ("{\"t\":\"2026-11-21T10:11:12.345Z\"}", "{\"t\":\"2027-01-01T00:00:00+01:00\"}", true),
        ("{\"l\":[1,2]}", "{\"l\":[2,1]}", false), ("{\"m\":\"x\"}", "{\"m\":\"y\"}", false),
        ("text a", "text b", false),
    ])
    func `bodies are the same but for order and moments`(
        _ one: String,
        _ other: String,
        _ isSame: Bool
    ) {
        let keys = [one, other].map {
            CassetteKey(method: "POST", path: "/x", body: Array($0.utf8)).text
        }
        #expect((keys[0] == keys[1]) == isSame)
    }

    @Test func `answers speak of the operation of this run`() throws {
        let change = try request(.post, "/api/x", "{\"m\":\"[vmoon:aaaa] x\"}", isChange: true)
        let read = try request(.get, "/api/changes")
        let (player, _) = try player([
            (change, .success(response("3"))),
            (read, .success(response("{\"m\":\"[vmoon:aaaa] x\"}"))),
        ])
        let now = try request(.post, "/api/x", "{\"m\":\"[vmoon:bbbb] x\"}", isChange: true)
        #expect(try player.answer(now).get().body.text == "3")
        #expect(try player.answer(read).get().body.text == "{\"m\":\"[vmoon:bbbb] x\"}")
    }

    @Test(
        arguments: [
            ("/api/x?a=2", .get, nil, "it has GET /api/x?a=1"),
            ("/api/x?a=1", .post, "{}", "it has 1 requests, first GET /api/x?a=1"),
            ("/api/y", .get, nil, "it has 1 requests"),
        ] as [(String, Transport.Method, String?, String)]
    )
    func `what was not recorded says what was asked and what there is`(
        _ path: String,
        _ method: Transport.Method,
        _ body: String?,
        _ says: String
    ) throws {
        let (player, _) = try player([(try request(.get, "/api/x?a=1"), .success(response("1")))])
        let asked = try request(method, path, body)
        guard case .failure(let error) = player.answer(asked) else {
            Issue.record("it was answered")
            return
        }
        #expect(
            error.message.contains("\(method.rawValue) \(path)") && error.message.contains(says)
        )
    }

    @Test(arguments: [
        ("", "it is empty"), ("{}\n", "does not begin"), ("nonsense", "line 1 is not JSON"),
        ("{\"vmoon_cassette\":2}\n", "version 2"),
        ("{\"vmoon_cassette\":1}\n{\"method\":\"GET\"}\n", "line 2 is no request"),
    ])
    func `a file that is no cassette is refused`(_ text: String, _ says: String) {
        let problem = #expect(throws: Cassette.Problem.self) { try Cassette(parsing: text) }
        #expect(problem?.description.contains(says) == true)
    }
}
