import Testing
import Transport
import VSphereSupport

@testable import VSphere

/// A vCenter that lacks an operation words that like an object that is gone.
@Suite struct MissingRouteTests {
    static let bodies: [(id: String, text: String)] = [
        (
            "com.vmware.vapi.rest.operationsForUrlNotFound",
            "Unable to find operations for URL: /rest/vcenter/vm/x"
        ),
        ("com.vmware.vapi.rest.operationsForUrlNotFound", "Für /x gibt es nichts"),
        ("a.b", "Unable to find operations for URL: /x"),
        ("vapi.method.input.invalid.interface", "Cannot find service 'com.vmware.x'."),
        ("vapi.method.input.invalid.method", "Cannot find method 'get'."),
        ("a.b", "Cannot find service 'com.vmware.x'."),
    ]

    @Test(arguments: bodies)
    func `a route that is missing is no object that is gone`(id: String, text: String) throws {
        for dialect in Dialect.allCases {
            for (kind, statuses) in [
                ("not_found", [404, 200, 410]), ("operation_not_found", [404, 200, 500]),
                ("invalid_request", [400]),
            ] {
                for status in statuses {
                    let body = dialect.error(kind, text).replacing("a.b", with: id)
                    let failure = try AnswerReader.failure(.make(status, body), dialect)
                    #expect(failure.error.kind == .noSuchRoute)
                    #expect(failure.error.message == text)
                    #expect(failure.settled(isChanging: false).exitCode.rawValue == 78)
                    // Nothing was done, it was not even found; if it is vCenter that says so.
                    let isPlain = status == 404 || status == 400 || status == 410
                    let change = failure.settled(isChanging: true)
                    #expect(change.outcome == (isPlain ? .rejected : .unknown))
                    #expect(change.kind == (isPlain ? .noSuchRoute : .unknownOutcome))
                }
            }
        }
    }

    @Test func `what is doubtful stays so, whatever it quotes`() throws {
        for kind in ["internal_server_error", "error", "timed_out", "canceled"] {
            let body = Dialect.api.error(kind, "Cannot find service 'x'.")
            let failure = try AnswerReader.failure(.make(500, body), .api)
            #expect(failure.error.kind.rawValue == kind)
            #expect(failure.settled(isChanging: true).outcome == .unknown)
        }
    }

    @Test func `an object that is gone is one still`() throws {
        for dialect in Dialect.allCases {
            let body = dialect.error("not_found", "The item 'operations for URL' was not found.")
            #expect(try AnswerReader.failure(.make(404, body), dialect).error.kind == .notFound)
        }
    }

    @Test func `what speaks JSON-RPC has no such route, and tells nothing of a change`() throws {
        let body = #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error."}}"#
        for status in [200, 500] {
            let failure = try AnswerReader.failure(.make(status, body), .api)
            #expect(failure.error.kind == .noSuchRoute)
            #expect(failure.settled(isChanging: true).outcome == .unknown)
        }
    }

    @Test func `the hint names the other dialect where only one may be spoken`() throws {
        for (choice, says) in [(.rest, true), (.automatic, false)]
            as [(ConnectionProfile.DialectChoice, Bool)]
        {
            let bench = Bench(choice).opened()
            try bench.call(.listVersions, "I")
            for _ in 0..<bench.exchange.inFlight.count { bench.exchange.answer(404) }
            if choice == .automatic { bench.exchange.answer(404) }
            let hint = try #require(bench.errors.first?.hint)
            #expect(hint.hasPrefix("this vCenter may be too old"))
            #expect(hint.contains("try --api auto") == says)
        }
    }
}
