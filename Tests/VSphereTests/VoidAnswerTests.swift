import Buffers
import Testing
import Transport
import VSphereSupport

@testable import VSphere

/// What counts as the answer of an operation without a result, and as no result where there may be none.
@Suite struct VoidAnswerTests {
    /// Bodies, and whether they are void in each dialect.
    static let bodies: [(body: String, rest: Bool, api: Bool)] = [
        ("", true, true), ("{}", true, false), (#"{"value":null}"#, true, false),
        ("null", false, true), (#"{"error":"session expired"}"#, false, false),
        (#"{"value":null,"error":"denied"}"#, false, false), ("17", false, false),
        (#""denied""#, false, false), (#""""#, false, false), ("[]", false, false),
        ("false", false, false), (#"{"value":17}"#, false, false),
        (#"{"value":{}}"#, false, false), (#"{"value":""}"#, false, false),
        (#"{"value":false}"#, false, false), (#"{"status":"queued"}"#, false, false),
    ]

    @Test(arguments: bodies)
    func `a void answer is empty, or an empty envelope`(body: String, rest: Bool, api: Bool) {
        for (dialect, isVoid) in [(Dialect.rest, rest), (.api, api)] {
            for status in [200, 201, 204] {
                let answer = Response.make(status, body)
                let failure = try? AnswerReader.failure(answer, as: .void, dialect)
                #expect((failure == nil) == isVoid, "\(dialect) \(status)")
                guard let failure else { continue }
                #expect(failure.error.kind == .protocolViolation)
                // A change is looked at then.
                #expect(failure.settled(isChanging: true).outcome == .unknown)
            }
        }
    }

    @Test func `an answer that puts the work off is not one that it is done`() throws {
        for dialect in Dialect.allCases {
            for (shape, body) in [(Shape.void, ""), (.identifier, dialect.success(#""t-1""#).body)]
            {
                let failure = try AnswerReader.failure(.make(202, body), as: shape, dialect)
                #expect(failure.settled(isChanging: true).outcome == .unknown)
            }
        }
    }

    @Test(arguments: ["", "null", "{}", #"{"value":null}"#])
    func `an item that is no template has none, however that is said`(body: String) throws {
        for dialect in Dialect.allCases where dialect == .rest || !body.contains("value") {
            let result = ValueBuffer()
            let answer = Response.make(body.isEmpty ? 204 : 200, body)
            try AnswerReader().read(answer, of: .getTemplate, in: dialect, into: result)
            #expect(result.values.map(\.kind) == [.nil])
        }
    }

    @Test func `only what may be absent is`() throws {
        for body in ["", "null", "{}", #"{"value":null}"#, #"{"value":{}}"#] {
            for dialect in Dialect.allCases {
                let result = ValueBuffer()
                #expect(throws: Failure.self) {
                    let answer = Response.make(200, body)
                    try AnswerReader().read(answer, of: .getCheckOut, in: dialect, into: result)
                }
            }
        }
        #expect(Operation.all.filter(\.mayGiveNothing).map(\.name) == ["getTemplate"])
    }

    @Test func `a list that is too long is refused input, not a matter of time`() throws {
        let body = Dialect.rest.error("unable_to_allocate_resource")
            .replacing("a.b", with: "com.vmware.api.vcenter.vm.too_many_matches")
        let failure = try AnswerReader.failure(.make(400, body), .rest)
        let error = failure.settled(isChanging: false)
        #expect(error.isTooManyMatches && !error.isRetryable)
        #expect(error.exitCode.rawValue == 65)
        #expect(error.kind == .unableToAllocateResource)
        let other = Dialect.rest.error("unable_to_allocate_resource")
        let busy = try AnswerReader.failure(.make(400, other), .rest).settled(isChanging: false)
        #expect(busy.isRetryable && busy.exitCode.rawValue == 75)
    }
}
