import Buffers
import Testing
import Transport
import VSphereSupport

@testable import VSphere

/// Names that are none of vCenter's: of a later release, of a gateway, or our own.
@Suite struct UnknownKindTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let status: Int
        /// The kind that the status stands for.
        let kind: ErrorKind
        let exit: Int32
        /// What it means for a change.
        let change: VSphereError.Outcome

        init(
            _ name: String,
            _ status: Int,
            _ kind: ErrorKind,
            _ exit: Int32,
            change: VSphereError.Outcome
        ) {
            (self.name, self.status, self.kind) = (name, status, kind)
            (self.exit, self.change) = (exit, change)
        }

        var testDescription: String { "\(name) \(status)" }
    }

    static let rows = [
        Row("invalid_moon_phase", 400, .invalidRequest, 65, change: .rejected),
        Row("moon_in_use", 403, .unauthorized, 77, change: .rejected),
        Row("moon_gone", 404, .error, 69, change: .unknown),
        Row("moon_gone", 410, .error, 69, change: .unknown),
        Row("eclipse", 409, .concurrentChange, 81, change: .unknown),
        Row("eclipse", 418, .invalidRequest, 65, change: .unknown),
        Row("eclipse", 500, .internalServerError, 69, change: .unknown),
        Row("eclipse", 503, .serviceUnavailable, 69, change: .unknown),
        Row("eclipse", 200, .error, 69, change: .unknown),
        // Kinds of this side.
        Row("unknown_outcome", 400, .invalidRequest, 65, change: .rejected),
        Row("unknown_outcome", 500, .internalServerError, 69, change: .unknown),
        Row("journal", 400, .invalidRequest, 65, change: .rejected),
        Row("usage", 400, .invalidRequest, 65, change: .rejected),
        Row("cancelled", 500, .internalServerError, 69, change: .unknown),
        Row("no_such_route", 404, .error, 69, change: .unknown),
        Row("conflict", 404, .error, 69, change: .unknown),
        Row("memory", 200, .error, 69, change: .unknown),
        Row("protocol", 400, .invalidRequest, 65, change: .rejected),
    ]

    @Test(arguments: rows)
    func `a name that nobody knows is shown beside the kind of the status`(row: Row) throws {
        for dialect in Dialect.allCases {
            let failure = try Self.failure(row.status, dialect.error(row.name, "no luck"), dialect)
            let shown = dialect == .rest ? row.name : row.name.uppercased()
            let read = failure.settled(isChanging: false)
            #expect(read.kind == row.kind)
            #expect(read.type == shown)
            #expect(read.message == "\(shown): no luck")
            #expect(read.exitCode.rawValue == row.exit)
            let change = failure.settled(isChanging: true)
            #expect(change.outcome == row.change)
            #expect(change.message.contains(shown))
        }
    }

    @Test func `every kind that vCenter has keeps its name, and no other does`() throws {
        for (name, isKnown) in [
            ("NOT_FOUND", true), ("not_found", false), ("Not_Found", false),
            ("NOT_FOUND ", false), ("UNKNOWN_OUTCOME", false),
        ] {
            let body = #"{"error_type":"\#(name)","messages":[]}"#
            let error = try Self.failure(404, body, .api).error
            #expect((error.kind == .notFound) == isKnown, "\(name)")
            #expect((error.type == nil) == isKnown, "\(name)")
        }
        for kind in ClassificationTests.kinds {
            #expect(ErrorKind(ofVCenter: kind.name)?.rawValue == kind.name)
        }
    }

    @Test(arguments: [
        #"{"type":"about:blank","title":"Not Found","status":404}"#,
        #"{"type":"https://gateway.example/errors.not_found","detail":"no"}"#,
        #"{"type":"not_found"}"#, #"{"error_type":"not_found"}"#, #"{"error_type":"GONE"}"#,
        #"{"messages":[]}"#, #"{"messages":["not found"]}"#, #"{"messages":[{"text":"gone"}]}"#,
        #"{"value":{"messages":[]}}"#, #"["NOT_FOUND"]"#, #""not_found""#,
    ])
    func `an error of somebody else's says nothing about an object`(body: String) throws {
        for dialect in Dialect.allCases {
            for status in [404, 410] {
                #expect(try Self.failure(status, body, dialect).error.kind == .noSuchRoute)
            }
        }
    }

    static func failure(_ status: Int, _ body: String, _ dialect: Dialect) throws -> Failure {
        try AnswerReader.failure(.make(status, body), dialect)
    }
}

extension AnswerReader {
    /// Reads an answer that has to be a failure, of an operation that promises this.
    static func failure(
        _ response: Response,
        as shape: Shape = .string,
        _ dialect: Dialect
    ) throws -> Failure {
        do throws(Failure) {
            try AnswerReader().read(response, as: shape, in: dialect, into: ValueBuffer())
        } catch {
            return error
        }
        throw JSONText.Nothing()
    }
}
