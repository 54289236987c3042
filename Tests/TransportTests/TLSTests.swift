import Buffers
import Glibc
import Testing
import Transport

/// A certificate, how it is trusted, and the words of the refusal; nil when it is accepted.
struct TrustCase: Sendable, CustomTestStringConvertible {
    enum Pins: Sendable { case none, match, other, both }
    enum Authorities: Sendable { case system, right, wrong, wrongAndRight, unverified }

    let name: String
    var certificate = "good"
    var authorities: Authorities
    var pins = Pins.none
    var refusal: String?

    var testDescription: String { name }
}

private let pinned = "its public key is none of the pinned ones"
private let cases: [TrustCase] = [
    .init(name: "its authority", authorities: .right),
    .init(name: "several files of authorities", authorities: .wrongAndRight),
    .init(name: "another authority", authorities: .wrong, refusal: "certificate"),
    .init(name: "the system's roots", authorities: .system, refusal: "unable to get local issuer"),
    .init(name: "not verified", authorities: .unverified),
    .init(
        name: "another host",
        certificate: "host",
        authorities: .right,
        refusal: "no alternative certificate subject name matches"
    ),
    .init(name: "another host, not verified", certificate: "host", authorities: .unverified),
    .init(
        name: "expired",
        certificate: "expired",
        authorities: .right,
        refusal: "certificate has expired"
    ),
    .init(name: "pin alone", authorities: .system, pins: .match),
    .init(name: "one of two pins", authorities: .system, pins: .both),
    .init(
        name: "pin alone, expired, another host",
        certificate: "expired",
        authorities: .system,
        pins: .match
    ),
    .init(name: "wrong pin", authorities: .system, pins: .other, refusal: pinned),
    .init(name: "authority and pin", authorities: .right, pins: .match),
    .init(name: "authority and wrong pin", authorities: .right, pins: .other, refusal: pinned),
    .init(
        name: "pin and another authority",
        authorities: .wrong,
        pins: .match,
        refusal: "certificate"
    ),
    .init(name: "not verified, wrong pin", authorities: .unverified, pins: .other, refusal: pinned),
]

/// One authority with its certificates for all cases: making them takes most of the time.
private struct Certificates: Sendable {
    let right: Authority
    let wrong: Authority
    let servers: [String: TLSServer]
    let pins: [String: String]
    let otherPin: String

    init() throws {
        right = try Authority()
        wrong = try Authority()
        var servers: [String: TLSServer] = [:]
        var pins: [String: String] = [:]
        for (name, host, days) in [
            ("good", "IP:127.0.0.1", 2), ("host", "DNS:vc.example", 2),
            ("expired", "IP:127.0.0.1", -1),
        ] {
            let path = try right.sign(name, for: host, days: days)
            servers[name] = try TLSServer(path)
            pins[name] = try right.pin(of: path)
        }
        self.servers = servers
        self.pins = pins
        otherPin = try wrong.pin(of: try wrong.sign("other"))
    }

    func trust(_ row: TrustCase) throws -> Trust {
        let authorities: Trust.Authorities =
            switch row.authorities {
            case .system: .system
            case .right: .files([right.file])
            case .wrong: .files([wrong.file])
            case .wrongAndRight: .files([wrong.file, right.file])
            case .unverified: .unverified
            }
        let match = try #require(pins[row.certificate])
        let chosen: [String] =
            switch row.pins {
            case .none: []
            case .match: [match]
            case .other: [otherPin]
            case .both: [otherPin, match]
            }
        return Trust(authorities, pins: chosen)
    }
}

struct TLSTests {
    @Test func `a server is trusted as its rule says, on one loop that has seen all the others`()
        throws
    {
        let certificates = try Certificates()
        let multi = Multi()
        // Twice: the second round meets warm handles, kept roots and TLS sessions.
        for row in cases + cases.reversed() {
            let server = try #require(certificates.servers[row.certificate])
            let outcome = try multi.fetch(request(.get, server.url, trust: certificates.trust(row)))
            guard let refusal = row.refusal else {
                #expect(try outcome.answer().status == 200, "\(row.name)")
                continue
            }
            let error = try outcome.error()
            #expect(error.kind == .tls, "\(row.name)")
            #expect(!error.mayHaveBeenSent, "\(row.name)")
            #expect(error.message.contains(refusal), "\(row.name): \(error)")
            #expect(error.message.contains("127.0.0.1:\(server.port)"), "\(row.name): \(error)")
        }
    }

    @Test func `a look shows the server's key and the names of its certificate, and sends nothing`()
        throws
    {
        let authority = try Authority()
        let path = try authority.sign("other", for: "DNS:vc.example,IP:10.0.0.9")
        let server = try TLSServer(path)
        let multi = Multi()
        let trusted = try multi.fetch(
            request(.get, server.url, trust: Trust(.files([authority.file])))
        ).error()
        #expect(trusted.isOtherHost)
        #expect(trusted.shown == nil)
        for _ in 1...2 {
            let error = try multi.fetch(request(.get, server.url, trust: Trust(.looking))).error()
            #expect(error.kind == .tls && !error.mayHaveBeenSent)
            let shown = try #require(error.shown)
            #expect(try shown.pin == authority.pin(of: path))
            #expect(shown.names.contains("DNS:vc.example"), "\(shown)")
            #expect(shown.names.contains("10.0.0.9"), "\(shown)")
        }
    }

    @Test func `a TLS session is resumed, but only under the rule that made it`() throws {
        let authority = try Authority()
        let path = try authority.sign("good")
        let server = try TLSServer(path)
        let pin = try authority.pin(of: path)
        let multi = Multi()
        func isResumed(_ trust: Trust) throws -> Bool {
            let made = try request(.get, server.url, trust: trust, connection: .fresh)
            return try multi.fetch(made).answer().body.text.contains("\nReused")
        }
        let trusts = [
            Trust(.files([authority.file])), Trust(.unverified), Trust(.system, pins: [pin]),
            Trust(.files([authority.file]), pins: [pin]),
            Trust(.files([authority.file, authority.file])),
        ]
        for trust in trusts { #expect(try !isResumed(trust), "\(trust)") }
        for trust in trusts { #expect(try isResumed(trust), "\(trust)") }
    }

    @Test(arguments: [
        "sha256//short", "md5//x", "/etc/passwd", "sha256//" + String(repeating: "=", count: 44),
    ])
    func `a pin of another form is refused, never taken for a file`(_ pin: String) throws {
        let error = try Multi().fetch(
            request(.get, "https://127.0.0.1:1/", trust: Trust(.system, pins: [pin]))
        ).error()
        #expect(error.kind == .invalidRequest)
    }

    @Test func `a file of authorities that is not there is named, and http does not need it`()
        throws
    {
        let trust = Trust(.files(["/nowhere/ca.pem"]))
        let error = try Multi().fetch(request(.get, "https://127.0.0.1:1/", trust: trust)).error()
        #expect(error.kind == .tls)
        #expect(
            error.message
                == "cannot read the authorities in /nowhere/ca.pem: No such file or directory"
        )
        let server = RawServer(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        #expect(try Multi().fetch(request(.get, server.url, trust: trust)).answer().status == 200)
    }

    /// A server that ends the handshake, and what that is.
    struct Handshake: Sendable, CustomTestStringConvertible {
        let name: String
        /// What the server says to the first message.
        var answer: [UInt8] = []
        var resets = false
        let kind: TransportError.Kind
        var hint: String?
        var testDescription: String { name }
    }

    static let handshakes = [
        Handshake(name: "closed", kind: .connect),
        Handshake(name: "reset", resets: true, kind: .connect),
        Handshake(name: "closed within a message", answer: [22, 3, 3, 0, 122, 2], kind: .connect),
        Handshake(
            name: "reset within a message",
            answer: [22, 3, 3, 0, 122, 2],
            resets: true,
            kind: .connect
        ),
        Handshake(
            name: "a server without TLS",
            answer: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8),
            kind: .tls,
            hint: "is the port right? it may be one for http://"
        ),
        Handshake(
            name: "handshake_failure",
            answer: [21, 3, 3, 0, 2, 2, 40],
            kind: .tls,
            hint: "`openssl s_client"
        ),
    ]

    @Test(arguments: handshakes)
    func `a handshake that is cut off is no matter of trust, and nothing was sent`(
        _ row: Handshake
    ) throws {
        let server = RawServer { peer in
            var chunk = [UInt8](repeating: 0, count: 4096)
            _ = recv(peer.descriptor, &chunk, chunk.count, 0)
            _ = send(peer.descriptor, row.answer, row.answer.count, Int32(MSG_NOSIGNAL))
            if row.resets { peer.resetWhenClosed() }
        }
        let url = "https://127.0.0.1:\(server.port)/"
        let error = try Multi().fetch(request(.post, url, body: "x", trust: Trust(.unverified)))
            .error()
        #expect(error.kind == row.kind, "\(error)")
        #expect(!error.mayHaveBeenSent)
        #expect(error.message.contains("127.0.0.1:\(server.port)"), "\(error)")
        #expect(error.hint?.hasPrefix(row.hint ?? "-") ?? (row.hint == nil), "\(error)")
    }

    @Test func `SSLKEYLOGFILE is not honoured`() async {
        await #expect(processExitsWith: .success) {
            let authority = try Authority()
            let log = authority.folder + "/keys"
            setenv("SSLKEYLOGFILE", log, 1)
            let server = try TLSServer(try authority.sign("good"))
            let trust = Trust(.files([authority.file]))
            _ = try Multi().fetch(request(.get, server.url, trust: trust)).answer()
            #expect(access(log, F_OK) != 0)
            // Children of ours may still want it.
            #expect(getenv("SSLKEYLOGFILE") != nil)
        }
    }

    @Test func `no configuration of OpenSSL takes TLS below 1.2`() async {
        await #expect(processExitsWith: .success) {
            let authority = try Authority()
            let file = authority.folder + "/weak.cnf"
            let text = """
                openssl_conf = a
                [a]
                ssl_conf = b
                [b]
                system_default = c
                [c]
                MinProtocol = TLSv1
                CipherString = ALL:@SECLEVEL=0
                """
            let descriptor = open(file, O_WRONLY | O_CREAT, 0o600)
            _ = write(descriptor, text, text.utf8.count)
            close(descriptor)
            setenv("OPENSSL_CONF", file, 1)
            let path = try authority.sign("good")
            let trust = Trust(.files([authority.file]))
            let old = try TLSServer(
                path,
                options: ["-www", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]
            )
            // The server is one that such a client can talk to.
            let command = ["curl", "-sS", "--tlsv1.0", "--cacert", authority.file, old.url]
            let curl = try Child(command, discardsErrors: true)
            #expect(curl.readToEnd().contains("TLSv1.1"))
            let error = try Multi().fetch(request(.get, old.url, trust: trust)).error()
            #expect(error.kind == .tls, "\(error)")
            let new = try TLSServer(path, options: ["-www", "-tls1_2"])
            _ = try Multi().fetch(request(.get, new.url, trust: trust)).answer()
        }
    }

    @Test func `the version is libcurl's`() throws {
        #expect(try LibCurl.version().hasPrefix("7.") || LibCurl.version().hasPrefix("8."))
    }
}
