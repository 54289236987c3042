import Buffers
import JSON
import Testing
import Transport
import VSphereSupport

@testable import VSphere

/// What an answer that is not the promised one becomes.
@Suite struct ClassificationTests {
    /// A kind of error with its HTTP status by each source; nil where the source does not say.
    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        let rest: Int
        let api: Int
        let seed: Int?
        let exitCode: Int32
        /// Whether a change that got it may have happened.
        let isDoubtful: Bool

        init(
            _ name: String,
            _ rest: Int,
            _ api: Int,
            seed: Int? = nil,
            exit exitCode: Int32,
            isDoubtful: Bool = false
        ) {
            self.name = name
            self.rest = rest
            self.api = api
            self.seed = seed
            self.exitCode = exitCode
            self.isDoubtful = isDoubtful
        }

        var statuses: [Int] { [rest, api] + (seed.map { [$0] } ?? []) }
        var testDescription: String { name }
    }

    static let kinds = [
        Kind("invalid_argument", 400, 400, seed: 400, exit: 65),
        Kind("already_exists", 400, 400, exit: 81),
        Kind("already_in_desired_state", 400, 400, exit: 81),
        Kind("invalid_element_type", 400, 400, exit: 65),
        Kind("unsupported", 400, 400, exit: 65),
        Kind("resource_in_use", 400, 400, exit: 81),
        Kind("invalid_request", 400, 400, exit: 65),
        Kind("feature_in_use", 400, 400, exit: 81),
        Kind("unexpected_input", 400, 400, exit: 65),
        Kind("canceled", 400, 400, exit: 69, isDoubtful: true),
        Kind("unverified_peer", 400, 400, exit: 78),
        Kind("not_allowed_in_current_state", 400, 400, seed: 409, exit: 81),
        Kind("unauthorized", 403, 403, seed: 401, exit: 77),
        Kind("not_found", 404, 404, seed: 404, exit: 66),
        Kind("error", 400, 500, seed: 404, exit: 69, isDoubtful: true),
        Kind("resource_busy", 400, 500, exit: 75),
        Kind("resource_inaccessible", 400, 500, exit: 75),
        Kind("unable_to_allocate_resource", 400, 500, exit: 75),
        Kind("concurrent_change", 409, 409, exit: 81),
        Kind("internal_server_error", 500, 500, exit: 69, isDoubtful: true),
        Kind("service_unavailable", 503, 503, exit: 69),
        Kind("timed_out", 504, 504, exit: 69, isDoubtful: true),
        Kind("unauthenticated", 401, 401, seed: 401, exit: 77),
    ]

    @Test(arguments: kinds)
    func `the kind in the body counts, whatever the status`(kind: Kind) throws {
        for dialect in Dialect.allCases {
            for status in kind.statuses {
                let body = dialect.error(kind.name, #"no\u001bluck"#)
                let failure = try Self.failure(status, body, dialect)
                let read = failure.settled(isChanging: false)
                #expect(read.kind.rawValue == kind.name)
                #expect(read.status == status)
                #expect(read.message == #"no\x1Bluck"#)
                #expect(
                    read.messages == [
                        .init(id: "a.b", defaultMessage: "no\u{1b}luck", arguments: ["x"])
                    ]
                )
                #expect(read.outcome == .rejected)
                #expect(read.exitCode.rawValue == kind.exitCode)

                let change = failure.settled(isChanging: true)
                #expect(change.outcome == (kind.isDoubtful ? .unknown : .rejected))
                #expect(change.exitCode.rawValue == (kind.isDoubtful ? 80 : kind.exitCode))
                #expect(change.cause?.rawValue == (kind.isDoubtful ? kind.name : nil))
            }
        }
    }

    /// An answer of a server that has its own ideas, for an operation that promises a string.
    struct Odd: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: String
        let kind: ErrorKind
        let message: String
        /// What it means for a change.
        let outcome: VSphereError.Outcome
        let testDescription: String

        init(
            _ name: String,
            _ status: Int,
            _ body: String,
            _ kind: ErrorKind,
            _ message: String,
            change outcome: VSphereError.Outcome
        ) {
            testDescription = name
            self.status = status
            self.body = body
            self.kind = kind
            self.message = message
            self.outcome = outcome
        }
    }

    static let odd = [
        Odd("bodiless 401", 401, "", .unauthenticated, "answered with nothing", change: .unknown),
        Odd(
            "text 404",
            404,
            "404 page not found\n",
            .noSuchRoute,
            #"answered with "404 page not found\n""#,
            change: .unknown
        ),
        Odd("bodiless 404", 404, "", .noSuchRoute, "answered with nothing", change: .unknown),
        Odd("405", 405, "", .noSuchRoute, "answered with nothing", change: .unknown),
        Odd(
            "HTML 503 of a proxy",
            503,
            "<html>\u{1b}[2J</html>",
            .serviceUnavailable,
            #"answered with "<html>\x1B[2J</html>""#,
            change: .unknown
        ),
        Odd(
            "bodiless 500",
            500,
            "",
            .internalServerError,
            "answered with nothing",
            change: .unknown
        ),
        Odd("bodiless 504", 504, "", .timedOut, "answered with nothing", change: .unknown),
        Odd("bodiless 409", 409, "", .concurrentChange, "answered with nothing", change: .unknown),
        Odd(
            "bodiless 429",
            429,
            "",
            .serviceUnavailable,
            "answered with nothing",
            change: .unknown
        ),
        Odd(
            "an error that was cut short",
            404,
            #"{"type":"com.vmware.vapi.std.errors.err"#,
            .noSuchRoute,
            #"answered with "{"type":"com.vmware.vapi.std.errors.err""#,
            change: .unknown
        ),
        Odd(
            "JSON of somebody else's",
            404,
            #"{"detail":"Not Found"}"#,
            .noSuchRoute,
            #"answered with "{"detail":"Not Found"}""#,
            change: .unknown
        ),
        Odd("a JSON list", 400, "[1]", .invalidRequest, #"answered with "[1]""#, change: .unknown),
        Odd(
            "redirect",
            302,
            "",
            .protocolViolation,
            "redirected to nowhere; redirects are not followed",
            change: .unknown
        ),
        Odd(
            "no error_type",
            404,
            #"{"type":"com.vmware.vapi.std.errors.not_found","value":{"messages":[]}}"#,
            .notFound,
            "the server gave no reason",
            change: .rejected
        ),
        Odd(
            "messages and no kind",
            404,
            #"{"messages":[{"id":"i","default_message":"gone","args":[]}]}"#,
            .notFound,
            "gone",
            change: .rejected
        ),
        Odd(
            "200 with an error of /rest",
            200,
            #"{"type":"com.vmware.vapi.std.errors.not_found","value":{"messages":[]}}"#,
            .notFound,
            "the server gave no reason",
            change: .rejected
        ),
        Odd(
            "200 with an error of /api",
            200,
            #"{"error_type":"NOT_FOUND","messages":[]}"#,
            .notFound,
            "the server gave no reason",
            change: .rejected
        ),
        Odd(
            "200 and nothing",
            200,
            "",
            .protocolViolation,
            "no JSON at all; the answer is nothing",
            change: .unknown
        ),
        Odd(
            "a wrong type",
            200,
            #"{"value":{"value":1}}"#,
            .protocolViolation,
            "a string is promised, an object is there",
            change: .unknown
        ),
        Odd(
            "a key twice",
            200,
            #"{"value":"a","value":"b"}"#,
            .protocolViolation,
            #"the key "value" stands twice in one object; the answer is "{"value":"a","value":"b"}""#,
            change: .unknown
        ),
    ]

    @Test(arguments: odd)
    func `an odd answer is an error with its status and its first characters`(row: Odd) throws {
        for dialect in Dialect.allCases {
            let failure = try Self.failure(row.status, row.body, dialect)
            #expect(failure.error.kind == row.kind)
            #expect(failure.error.message == row.message)
            #expect(failure.error.status == row.status)
            #expect(failure.settled(isChanging: true).outcome == row.outcome)
            #expect(failure.settled(isChanging: false).outcome != .unknown)
        }
    }

    @Test(arguments: [
        ("truncated", Array(#"{"value":"#.utf8)), ("HTML", Array("<html>".utf8)),
        ("not UTF-8", Array(#"{"value":""#.utf8) + [0xFF] + Array(#""}"#.utf8)),
        ("deep", Array(repeating: UInt8(ascii: "["), count: 1000)), ("one NUL", [0]),
    ])
    func `a good status with bytes that are no JSON is a protocol error`(
        name: String,
        bytes: [UInt8]
    ) {
        let body = ByteBuffer()
        body.append(bytes)
        let response = Response(status: 200, headerBlock: ByteBuffer(), body: body)
        let result = ValueBuffer()
        #expect {
            try AnswerReader().read(response, as: .string, in: .rest, into: result)
        } throws: { error in
            (error as? Failure)?.error.kind == .protocolViolation
        }
        #expect(result.isEmpty)
    }

    @Test func `a model that has a type, messages or a value is no error`() throws {
        for body in [
            #"{"id":"L","name":"n","type":"LOCAL"}"#, #"{"type":"a.b.c","value":{"messages":[]}}"#,
            #"{"messages":[]}"#, #"{"error_type":"NOT_FOUND"}"#,
        ] {
            let result = ValueBuffer()
            try AnswerReader().read(.make(200, body), as: .any, in: .api, into: result)
            #expect(result.root.map { JSONText.of($0) } == body)
        }
    }

    @Test func `a missing envelope is an error, except for a call of the caller's own`() throws {
        let result = ValueBuffer()
        let answer = Response.make(200, #"{"id":"x"}"#)
        #expect(throws: Failure.self) {
            try AnswerReader().read(answer, as: .any, in: .rest, into: result)
        }
        try AnswerReader().read(answer, as: .any, isLoose: true, in: .rest, into: result)
        #expect(result.root.map { JSONText.of($0) } == #"{"id":"x"}"#)
    }

    @Test(arguments: [
        (["a"], "a"), (["a", "b"], "a; because: b"),
        (
            ["a", "b", "c", "d", "e", "f"],
            "a; because: b; because: c; because: d; because: e; because: f"
        ),
        (
            ["outer"] + [String](repeating: String(repeating: "x", count: 150), count: 4) + [
                "inner"
            ],
            "outer; because: …; because: \(String(repeating: "x", count: 150)); "
                + "because: \(String(repeating: "x", count: 150)); because: inner"
        ),
    ])
    func `the innermost cause stands in the line, however many are above it`(
        causes: [String],
        line: String
    ) throws {
        let messages = causes.map { #"{"id":"i","default_message":"\#($0)","args":[]}"# }
        let body =
            #"{"error_type":"INVALID_ARGUMENT","messages":[\#(messages.joined(separator: ","))]}"#
        let error = try Self.failure(400, body, .api).settled(isChanging: false)
        #expect(error.message == line)
        #expect(error.messages.count == causes.count)
    }

    @Test(arguments: Dialect.allCases)
    func `a stack of causes, a challenge and data survive`(dialect: Dialect) throws {
        let parameters =
            dialect == .rest
            ? #"[{"key":"who","value":{"l":{"id":"n","params":[{"key":"x","value":{"i":1}}]}}}]"#
            : #"{"who":{"l":{"id":"n","params":{"x":{"i":1}}}}}"#
        let content = """
            "messages":[{"id":"o","default_message":"outer","args":[],"localized":"außen",\
            "params":\(parameters)},{"id":"i","default_message":"inner","args":[]}],\
            "data":{"is_transient":true},"challenge":"Basic realm=x"
            """
        let body =
            dialect == .rest
            ? #"{"type":"com.vmware.vapi.std.errors.unauthenticated","value":{\#(content)}}"#
            : #"{"error_type":"UNAUTHENTICATED",\#(content)}"#
        let error = try Self.failure(401, body, dialect).settled(isChanging: false)
        #expect(error.message == "außen; because: inner")
        #expect(error.messages.map(\.id) == ["o", "i"])
        #expect(
            error.messages.first?.parameters
                == ["who": ["l": ["id": "n", "params": ["x": ["i": 1]]]]]
        )
        #expect(error.data == ["is_transient": true])
        #expect(error.isRetryable)
        #expect(error.challenge == "Basic realm=x")
    }

    private static func failure(_ status: Int, _ body: String, _ dialect: Dialect) throws -> Failure
    {
        let result = ValueBuffer()
        do throws(Failure) {
            let answer = Response.make(status, body)
            try AnswerReader().read(answer, as: .string, in: dialect, into: result)
        } catch {
            #expect(result.isEmpty)
            return error
        }
        throw JSONText.Nothing()
    }
}
