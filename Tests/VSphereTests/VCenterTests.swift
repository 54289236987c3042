import Buffers
import Testing
import Transport
import VSphereSupport

@testable import VSphere

/// The client on a fake exchange.
@Suite struct VCenterTests {
    static let checkOut = #"{"time":"t","user":"u"}"#
    static let session = "/rest/com/vmware/cis/session"

    @Test func `nothing is sent before the first call, which logs in`() throws {
        let bench = Bench(.rest)
        #expect(bench.exchange.lines.isEmpty)
        try bench.call(.getCheckOut, "I", "vm-1")
        try bench.call(.listVersions, "I")
        #expect(bench.exchange.lines == ["POST \(Self.session)"])
        bench.exchange.answer(200, #"{"value":"s1"}"#)
        #expect(bench.exchange.inFlight.count == 2)
        bench.exchange.answer(200, #"{"value":\#(Self.checkOut)}"#)
        bench.exchange.answer(200, #"{"value":[]}"#)
        #expect(bench.told == ["ok \(Self.checkOut)", "ok []"])
    }

    @Test func `a log-in has the password, everything else the session, and nothing has both`() {
        let common = ["vmware-use-header-authn", "Accept", "Content-Type"]
        let logIn = VCenter.logInFields(user: #"VSPHERE.LOCAL\ann"#, password: Secret("s3cret"))
        #expect(logIn.map(\.0) == ["Authorization"] + common)
        #expect(logIn.first?.1 == "Basic VlNQSEVSRS5MT0NBTFxhbm46czNjcmV0")
        let later = VCenter.sessionFields("s1")
        #expect(later.map(\.0) == ["vmware-api-session-id"] + common)
        #expect(later.first?.1 == "s1")
    }

    @Test func `requests with a body share their header fields, those without too`() throws {
        let bench = Bench(.rest).opened()
        try bench.call(.listVersions, "I")
        try bench.call(.rollback, "I", "1", "m")
        try bench.call(.listVersions, "I")
        let lists = bench.exchange.requests.map { ObjectIdentifier($0.headers) }
        #expect(Set(lists).count == 3)  // the log-in has its own
        #expect(lists[1] == lists[3])
    }

    @Test func `auto speaks api where rest has no such route`() throws {
        let bench = Bench(.automatic)
        try bench.call(.listVersions, "I")
        bench.exchange.answer(404, "no")
        bench.exchange.answer(201, #""s1""#)
        #expect(bench.vcenter.dialect == .api)
        bench.exchange.answer(200, "[]")
        #expect(
            bench.exchange.lines == [
                "POST \(Self.session)", "POST /api/session",
                "GET /api/vcenter/vm-template/library-items/I/versions",
            ]
        )
        #expect(bench.told == ["ok []"])
    }

    @Test(arguments: Dialect.allCases)
    func `many calls in an expired session cause one renewal, and each is sent once more`(
        dialect: Dialect
    ) throws {
        let bench = Bench(dialect.choice).opened()
        for number in 1...8 { try bench.call(.getVersion, "I", "\(number)") }
        for _ in 1...8 { bench.exchange.answer(401, dialect.error("unauthenticated")) }
        // Only the log-in is under way now.
        #expect(bench.exchange.inFlight.count == 1)
        let session = dialect.success(#""s2""#)
        bench.exchange.answer(session.status, session.body)
        #expect(bench.exchange.inFlight.count == 8)
        let answer = dialect.success(#"{"vm_template":"vm-9"}"#)
        for _ in 1...8 { bench.exchange.answer(answer.status, answer.body) }
        #expect(bench.told.filter { $0 == #"ok {"vm_template":"vm-9"}"# }.count == 8)
        #expect(bench.exchange.lines.count == 1 + 8 + 1 + 8)
        #expect(bench.passwordCount == 1)
    }

    @Test func `a late refusal of the old session does not renew the new one`() throws {
        let bench = Bench(.rest).opened()
        try bench.call(.getVersion, "I", "1")
        try bench.call(.getVersion, "I", "2")
        bench.exchange.answer(401, Dialect.rest.error("unauthenticated"))
        // In flight: the second read, then the log-in.
        let late = bench.exchange.inFlight[0]
        bench.exchange.cancel(FakeExchange.TransferNumber(number: late.number))
        bench.exchange.answer(200, #"{"value":"s2"}"#)
        late.complete(.success(.make(401, Dialect.rest.error("unauthenticated"))))
        #expect(bench.exchange.lines.filter { $0 == "POST \(Self.session)" }.count == 2)
        #expect(bench.exchange.inFlight.count == 2)
    }

    @Test func `a call that is refused in the renewed session too fails`() throws {
        let bench = Bench(.rest).opened()
        try bench.call(.getVersion, "I", "1")
        bench.exchange.answer(401)
        bench.exchange.answer(200, #"{"value":"s2"}"#)
        bench.exchange.answer(401)
        #expect(bench.told == ["ok open", "unauthenticated"])
        #expect(bench.exchange.inFlight.isEmpty)
    }

    @Test func `a 401 for a lack of privileges does not renew the session`() throws {
        let bench = Bench(.rest).opened()
        try bench.call(.rollback, "I", "1", "m")
        bench.exchange.answer(401, Dialect.rest.error("unauthorized"))
        #expect(bench.told == ["ok open", "unauthorized"])
        #expect(
            bench.errors.first?.hint
                == "it needs the privilege ContentLibrary.CheckInTemplate on the item"
        )
        #expect(bench.exchange.inFlight.isEmpty)
    }

    @Test func `a vCenter that cannot be reached comes with what to look at`() {
        let bench = Bench(.rest)
        bench.open()
        for _ in 0..<10 where bench.errors.isEmpty {
            while !bench.exchange.inFlight.isEmpty {
                bench.exchange.fail(.connect, mayHaveBeenSent: false)
            }
            bench.exchange.advance(by: .seconds(600))
        }
        #expect(bench.errors.first?.kind == .transport)
        #expect(
            bench.errors.first?.hint
                == "is the vCenter up, and its address right? --vcenter names it"
        )
    }

    @Test func `a failed log-in fails every call, and is not repeated`() throws {
        let bench = Bench(.rest)
        bench.open()
        try bench.call(.listVersions, "I")
        bench.exchange.answer(401, Dialect.rest.error("unauthenticated", "bad"))
        try bench.call(.listVersions, "I")
        bench.open()
        bench.close()
        #expect(
            bench.told == [
                "unauthenticated", "unauthenticated", "unauthenticated", "unauthenticated",
                "ok closed",
            ]
        )
        #expect(bench.exchange.lines.count == 1)
        #expect(
            bench.errors.first?.description
                == #"login (user VSPHERE.LOCAL\ann) at vc.example: unauthenticated (HTTP 401): bad"#
        )
    }

    @Test func `a server without room for a session is asked again, then the run may try later`()
        throws
    {
        let bench = Bench(.rest)
        bench.open()
        while bench.told.isEmpty {
            bench.exchange.answer(503, Dialect.rest.error("service_unavailable", "550/550"))
            bench.exchange.advance(by: .seconds(8))
        }
        #expect(bench.told == ["service_unavailable"])
        #expect(bench.errors.first?.exitCode.rawValue == 75)
        #expect((.seconds(50)...(.seconds(65))).contains(bench.exchange.now))
        #expect(bench.notices.count == 1)
    }

    @Test func `a vCenter that restarts is waited for, and said to be away once`() throws {
        let bench = Bench(.rest).opened()
        for _ in 1...3 { try bench.call(.listVersions, "I") }
        while bench.exchange.now < .seconds(40) {
            while !bench.exchange.inFlight.isEmpty {
                bench.exchange.answer(503, "no healthy upstream")
            }
            bench.exchange.advance(by: .seconds(1))
        }
        #expect(bench.told == ["ok open"])
        #expect(
            bench.notices == [
                "vc.example cannot answer for now: service_unavailable (HTTP 503): answered with "
                    + "\"no healthy upstream\"; reads are asked again until their --timeout"
            ]
        )
        bench.exchange.advance(by: .seconds(8))
        for _ in 1...3 { bench.exchange.answer(200, #"{"value":[]}"#) }
        #expect(bench.told.filter { $0 == "ok []" }.count == 3)
        // The next time is another time.
        try bench.call(.listVersions, "I")
        bench.exchange.answer(503)
        #expect(bench.notices.count == 2)
    }

    @Test func `a server that cannot be found is not looked for up to the time-out of reads`() {
        let bench = Bench(.rest)
        bench.open()
        while bench.told.isEmpty {
            bench.exchange.advance(by: .seconds(10))
            bench.exchange.fail(.timeout, mayHaveBeenSent: false)
            bench.exchange.advance(by: .seconds(1))
        }
        #expect(bench.told == ["timeout"])
        #expect(bench.exchange.now <= .seconds(22))
        #expect(bench.notices.isEmpty)
    }

    @Test func `no request without a body says that it is a form`() throws {
        let bench = Bench(.api).opened()
        for (operation, texts) in [(Operation.setPower, ["vm-1", "start"]), (.getVM, ["vm-1"])] {
            let arguments = ValueBuffer()
            for text in texts { arguments.put(text) }
            bench.perform(try Call(operation, arguments.values))
        }
        bench.perform(try Call(requesting: .post, path: "/x"))
        // libcurl has its own idea of every POST unless a type is given.
        let headers = bench.exchange.requests.dropFirst().map { ObjectIdentifier($0.headers) }
        #expect(headers[0] == headers[2] && headers[0] != headers[1])
        #expect(VCenter.sessionFields("s").contains { $0 == ("Content-Type", "application/json") })
    }

    @Test func `the time spent on asking for a password is not that of the log-in`() throws {
        let exchange = FakeExchange()
        nonisolated(unsafe) let clock = exchange  // Safe because one thread runs the whole test.
        let profile = ConnectionProfile(
            endpoint: Endpoint(host: "vc.example"),
            user: "ann",
            password: {
                clock.advance(by: .seconds(500))
                return .success(Secret("s3cret"))
            }
        )
        let vcenter = VCenter(profile: profile, exchange: exchange, clock: { exchange.now })
        var attempts: [Int] = []
        vcenter.trace = { attempts.append($0.attempt) }
        vcenter.open { _ in }
        #expect(exchange.inFlight.first?.request.timeout == .seconds(60))
        exchange.fail(.connect, mayHaveBeenSent: false)
        exchange.advance(by: .seconds(1))
        exchange.answer(200, #"{"value":"s1"}"#)
        #expect(vcenter.isOpen)
        #expect(attempts == [1, 2])
    }

    @Test func `no more requests than the limit are in flight, in the order of the calls`() throws {
        let bench = Bench(.rest, limit: 2).opened()
        for number in 1...5 { try bench.call(.getVersion, "I", "\(number)") }
        #expect(bench.exchange.inFlight.count == 2)
        for _ in 1...5 { bench.exchange.answer(200, #"{"value":{"vm_template":"x"}}"#) }
        #expect(bench.exchange.mostInFlight == 2)
        #expect(bench.exchange.lines.suffix(5).compactMap(\.last) == ["1", "2", "3", "4", "5"])
    }

    @Test func `a read is sent again after a while, with less time each time`() throws {
        let bench = Bench(.rest).opened()
        try bench.call(.listVersions, "I")
        bench.exchange.fail(.broken, mayHaveBeenSent: true)
        #expect(bench.exchange.inFlight.isEmpty)
        bench.exchange.advance(by: .milliseconds(249))
        #expect(bench.exchange.inFlight.isEmpty)
        bench.exchange.advance(by: .milliseconds(1))
        #expect(bench.exchange.inFlight.first?.request.timeout == .milliseconds(59_750))
        bench.exchange.answer(503, "", headers: "Retry-After: 5\r\n")
        bench.exchange.advance(by: .seconds(5))
        bench.exchange.answer(200, #"{"value":[]}"#)
        #expect(bench.told == ["ok open", "ok []"])
    }

    @Test(arguments: [
        ("reset", "unknown_outcome"), ("not sent", "transport"), ("503", "service_unavailable"),
        ("HTML 503", "unknown_outcome"), ("200 truncated", "unknown_outcome"),
        ("404", "unknown_outcome"),
    ])
    func `a change is sent once, on a connection of its own`(what: String, kind: String) throws {
        let bench = Bench(.rest).opened()
        try bench.call(.rollback, "I", "1", "m")
        let request = try #require(bench.exchange.inFlight.first?.request)
        #expect(request.connection == .fresh)
        #expect(request.timeout == .seconds(3600))
        switch what {
        case "reset": bench.exchange.fail(.broken, mayHaveBeenSent: true)
        case "not sent": bench.exchange.fail(.connect, mayHaveBeenSent: false)
        case "503": bench.exchange.answer(503, Dialect.rest.error("service_unavailable"))
        case "HTML 503": bench.exchange.answer(503, "<html>")
        case "404": bench.exchange.answer(404)
        default: bench.exchange.answer(200, #"{"value""#)
        }
        bench.exchange.advance(by: .seconds(100))
        #expect(bench.told == ["ok open", kind])
        #expect(bench.exchange.lines.count == 2)
        #expect(bench.exchange.timerCount == 0)
    }

    @Test func `cancelling says what is known`() throws {
        let bench = Bench(.rest, limit: 2).opened()
        let read = try bench.call(.listVersions, "I")
        let change = try bench.call(.rollback, "I", "1", "m")
        let queued = try bench.call(.rollback, "I", "2", "m")
        for pending in [queued, read, change, change] { bench.vcenter.cancel(pending) }
        #expect(bench.told == ["ok open", "cancelled", "cancelled", "unknown_outcome"])
        #expect(bench.errors.map(\.outcome) == [.none, .none, .unknown])
        #expect(bench.exchange.inFlight.isEmpty)
        try bench.call(.listVersions, "I")
        #expect(bench.exchange.inFlight.count == 1)
    }

    @Test func `a queued call that is cancelled is never sent`() throws {
        let bench = Bench(.rest, limit: 1).opened()
        try bench.call(.getVersion, "I", "1")
        bench.vcenter.cancel(try bench.call(.getVersion, "I", "2"))
        try bench.call(.getVersion, "I", "3")
        bench.exchange.answer(200, #"{"value":{"vm_template":"x"}}"#)
        #expect(bench.exchange.lines.suffix(2).compactMap(\.last) == ["1", "3"])
    }

    @Test func `an error says what was attempted, on what, and what came back`() throws {
        let bench = Bench(.rest).opened()
        try bench.call(.getCheckOut, "I\u{1b}", "vm-1")
        bench.exchange.answer(404, Dialect.rest.error("not_found", #"no\nline"#))
        #expect(
            bench.errors.first?.description
                == #"getCheckOut (item I\x1B, vm vm-1) at vc.example: not_found (HTTP 404): no\nline"#
        )
    }

    @Test func `no password and no session identifier is in any error or trace`() throws {
        let bench = Bench(.rest)
        var traced: [String] = []
        bench.vcenter.trace = { traced.append("\($0)") }
        bench.open()
        bench.exchange.answer(200, #"{"value":["hidden-id"]}"#)
        #expect(bench.told == ["protocol"])
        let other = Bench(.rest)
        other.vcenter.trace = { traced.append("\($0)") }
        other.open()
        other.exchange.answer(200, #"{"value":"hidden-id"}"#)
        try other.call(.listVersions, "I")
        other.exchange.answer(400, Dialect.rest.error("invalid_argument"))
        other.close()
        for _ in 0..<3 {
            other.exchange.answer(500)
            other.exchange.advance(by: .seconds(1))
        }
        let errors = (bench.errors + other.errors).map { "\($0) \(String(reflecting: $0))" }
        #expect(traced.count == 6)
        #expect(errors.count == 3)
        for line in traced + errors {
            #expect(!line.contains("hidden") && !line.contains("s3cret") && !line.contains("Basic"))
        }
        #expect(!String(reflecting: Secret("s3cret")).contains("s3cret"))
    }

    @Test func `a session identifier that would break a header is refused`() {
        for identifier in ["", #"a\r\nX: hidden"#] {
            let bench = Bench(.rest)
            bench.open()
            bench.exchange.answer(200, #"{"value":"\#(identifier)"}"#)
            #expect(bench.told == ["protocol"])
            #expect(bench.errors.first?.description.contains("hidden") == false)
        }
    }

    @Test func `without a user, or a password, nothing is sent`() {
        let exchange = FakeExchange()
        let failing: ConnectionProfile.PasswordSource = {
            .failure(.init(message: "no file\n", hint: "write one"))
        }
        var kinds: [String] = []
        for user in ["", "a:b", "ann"] {
            let profile = ConnectionProfile(
                endpoint: Endpoint(host: "vc"),
                user: user,
                password: failing
            )
            let vcenter = VCenter(profile: profile, exchange: exchange)
            vcenter.open {
                kinds.append(
                    "\($0?.subject ?? ""): \($0?.kind.rawValue ?? "ok"): \($0?.message ?? "")"
                )
            }
        }
        #expect(
            kinds == [
                ": usage: no user is named", "user a:b: usage: the user's name holds a colon",
                #"user ann: unauthenticated: no file\n"#,
            ]
        )
        #expect(exchange.lines.isEmpty)
    }
}
