import Testing
import Transport

@testable import VSphere

@Suite struct RetryPolicyTests {
    typealias Circumstances = RetryPolicy.Circumstances

    static func failed(
        _ kind: ErrorKind,
        _ evidence: Failure.Evidence,
        isTransient: Bool = false,
        isBusy: Bool = false,
        retryAfter: Duration? = nil
    ) -> Failure {
        var failure = Failure(
            VSphereError(kind, "no"),
            evidence: evidence,
            isTransient: isTransient || isBusy
        )
        failure.isBusy = isBusy
        failure.retryAfter = retryAfter
        return failure
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let failure: Failure
        let circumstances: Circumstances
        let decision: RetryPolicy.Decision
    }

    static let busy = failed(.serviceUnavailable, .answered, isBusy: true)
    static let broken = failed(.transport, .unclear, isTransient: true)
    static let unreached = failed(.transport, .notSent, isTransient: true)
    static let expired = failed(.unauthenticated, .answered)

    static let cases = [
        Case(
            testDescription: "a read, first failure",
            failure: busy,
            circumstances: Circumstances(isChanging: false, attempts: 1),
            decision: .retry(after: .milliseconds(250))
        ),
        Case(
            testDescription: "a read, third failure",
            failure: busy,
            circumstances: Circumstances(isChanging: false, attempts: 3),
            decision: .retry(after: .seconds(1))
        ),
        Case(
            testDescription: "a read, twentieth failure, and time left",
            failure: busy,
            circumstances: Circumstances(
                isChanging: false,
                attempts: 20,
                elapsed: .seconds(51),
                limit: .seconds(60)
            ),
            decision: .retry(after: .seconds(8))
        ),
        Case(
            testDescription: "a read, twentieth failure, and no time left",
            failure: busy,
            circumstances: Circumstances(
                isChanging: false,
                attempts: 20,
                elapsed: .seconds(52),
                limit: .seconds(60)
            ),
            decision: .giveUp
        ),
        Case(
            testDescription: "a read that broke off three times while the server was away for long",
            failure: broken,
            circumstances: Circumstances(
                isChanging: false,
                attempts: 9,
                unanswered: 3,
                elapsed: .seconds(30),
                limit: .seconds(60)
            ),
            decision: .retry(after: .seconds(8))
        ),
        Case(
            testDescription: "a read that broke off four times",
            failure: broken,
            circumstances: Circumstances(isChanging: false, attempts: 4, unanswered: 4),
            decision: .giveUp
        ),
        Case(
            testDescription: "a server that did not answer once, after one time-out for connecting",
            failure: unreached,
            circumstances: Circumstances(
                isChanging: false,
                attempts: 1,
                unanswered: 1,
                elapsed: .seconds(10),
                limit: .seconds(60)
            ),
            decision: .retry(after: .milliseconds(250))
        ),
        Case(
            testDescription: "a server that did not answer once, after two of them",
            failure: unreached,
            circumstances: Circumstances(
                isChanging: false,
                attempts: 2,
                unanswered: 2,
                elapsed: .seconds(20),
                limit: .seconds(60)
            ),
            decision: .giveUp
        ),
        Case(
            testDescription: "a server that is away now and did answer before",
            failure: unreached,
            circumstances: Circumstances(
                isChanging: false,
                attempts: 5,
                unanswered: 1,
                elapsed: .seconds(20),
                limit: .seconds(60)
            ),
            decision: .retry(after: .seconds(4))
        ),
        Case(
            testDescription: "a read without the time for another attempt",
            failure: busy,
            circumstances: Circumstances(
                isChanging: false,
                attempts: 1,
                elapsed: .milliseconds(900),
                limit: .seconds(1)
            ),
            decision: .giveUp
        ),
        Case(
            testDescription: "a server that names its time",
            failure: failed(
                .serviceUnavailable,
                .answered,
                isBusy: true,
                retryAfter: .seconds(7)
            ),
            circumstances: Circumstances(isChanging: false, attempts: 1, limit: .seconds(60)),
            decision: .retry(after: .seconds(7))
        ),
        Case(
            testDescription: "a server that names a time beyond the limit",
            failure: failed(
                .serviceUnavailable,
                .answered,
                isBusy: true,
                retryAfter: .seconds(70)
            ),
            circumstances: Circumstances(isChanging: false, attempts: 1, limit: .seconds(60)),
            decision: .giveUp
        ),
        Case(
            testDescription: "a read that was refused",
            failure: failed(.notFound, .answered),
            circumstances: Circumstances(isChanging: false, attempts: 1),
            decision: .giveUp
        ),
        Case(
            testDescription: "a change that was not sent",
            failure: failed(.transport, .notSent, isTransient: true),
            circumstances: Circumstances(isChanging: true, attempts: 1),
            decision: .giveUp
        ),
        Case(
            testDescription: "a change and a busy server",
            failure: busy,
            circumstances: Circumstances(isChanging: true, attempts: 1),
            decision: .giveUp
        ),
        Case(
            testDescription: "a read in an expired session",
            failure: expired,
            circumstances: Circumstances(isChanging: false, attempts: 1),
            decision: .renewSession
        ),
        Case(
            testDescription: "a change in an expired session: it was refused, so it may go again",
            failure: expired,
            circumstances: Circumstances(isChanging: true, attempts: 1),
            decision: .renewSession
        ),
        Case(
            testDescription: "a second time",
            failure: expired,
            circumstances: Circumstances(isChanging: false, attempts: 2, hasRenewed: true),
            decision: .giveUp
        ),
        Case(
            testDescription: "a 401 for a lack of privileges",
            failure: failed(.unauthorized, .answered),
            circumstances: Circumstances(isChanging: false, attempts: 1),
            decision: .giveUp
        ),
    ]

    @Test(arguments: cases)
    func `what is done about a failure`(row: Case) {
        #expect(RetryPolicy().decide(row.failure, row.circumstances, random: 1) == row.decision)
    }

    @Test func `chance takes away up to half of a delay, and none of the server's`() {
        let policy = RetryPolicy()
        #expect(policy.delay(after: 1, nil, random: 0) == .milliseconds(125))
        #expect(policy.delay(after: 40, nil, random: 1) == .seconds(8))
        #expect(policy.delay(after: 1, .seconds(3), random: 0) == .seconds(3))
    }

    @Test(
        arguments: [
            ("120", nil, 120), ("0", nil, 0), ("-1", nil, nil), ("soon", nil, nil), (nil, nil, nil),
            ("99999999999", nil, 86_400), ("Sun, 06 Nov 1994 08:49:37 GMT", nil, nil),
            ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:30 GMT", 7),
            ("Tue, 01 Mar 2016 00:00:10 GMT", "Mon, 29 Feb 2016 23:59:50 GMT", 20),
            ("Sun, 01 Jan 2017 00:00:01 GMT", "Sat, 31 Dec 2016 23:59:59 GMT", 2),
            ("Sun, 06 Nov 1994 08:49:30 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ] as [(String?, String?, Int?)]
    )
    func `Retry-After is seconds, or a date against the answer's own`(
        value: String?,
        date: String?,
        seconds: Int?
    ) {
        #expect(RetryAfter.delay(value, date: date) == seconds.map { .seconds($0) })
    }
}
