import Testing

@testable import VSphere

/// The rules of a session, without a vCenter.
@Suite struct SessionTests {
    static let refused = RetryPolicyTests.failed(.unauthenticated, .answered)
    static let noRoute = RetryPolicyTests.failed(.noSuchRoute, .turnedAway)
    static let unreachable = RetryPolicyTests.failed(.transport, .notSent, isTransient: true)
    static let cutOff = RetryPolicyTests.failed(.transport, .unclear, isTransient: true)

    private func opened(_ choice: ConnectionProfile.DialectChoice = .rest) -> Session {
        var session = Session(choice)
        _ = session.need()
        _ = session.loggedIn()
        return session
    }

    private func isFailure(_ action: Session.Action, _ kind: ErrorKind) -> Bool {
        if case .fail(let error) = action { error.kind == kind } else { false }
    }

    @Test func `many calls wait for one log-in`() {
        var session = Session(.rest)
        #expect(session.need() == .logIn(.rest))
        for _ in 0..<3 { #expect(session.need() == .wait) }
        #expect(session.loggedIn() == .proceed)
        #expect(session.need() == .proceed)
        #expect(session.dialect == .rest)
    }

    @Test func `auto tries api where rest has no such route, and stays with it`() {
        var session = Session(.automatic)
        #expect(session.need() == .logIn(.rest))
        #expect(session.failed(Self.noRoute) == .logIn(.api))
        #expect(session.loggedIn() == .proceed)
        #expect(session.dialect == .api)
        #expect(session.expired(in: 1) == .logIn(.api))
    }

    @Test func `a wrong password is not tried in the other dialect`() {
        var session = Session(.automatic)
        _ = session.need()
        #expect(isFailure(session.failed(Self.refused), .unauthenticated))
    }

    @Test func `neither dialect is no such route, and remembered`() {
        var session = Session(.automatic)
        _ = session.need()
        _ = session.failed(Self.noRoute)
        #expect(isFailure(session.failed(Self.noRoute), .noSuchRoute))
        #expect(isFailure(session.need(), .noSuchRoute))
    }

    @Test func `a failed log-in is remembered and never repeated`() {
        var session = Session(.rest)
        _ = session.need()
        #expect(isFailure(session.failed(Self.refused), .unauthenticated))
        for _ in 0..<3 { #expect(isFailure(session.need(), .unauthenticated)) }
        #expect(session.end(isWaiting: false) == .finish)
        #expect(isFailure(session.need(), .unauthenticated))
    }

    @Test func `a log-in that was not sent is tried four times`() {
        var session = Session(.rest)
        _ = session.need()
        #expect(session.failed(Self.unreachable) == .logInLater(.rest, .milliseconds(250)))
        #expect(session.failed(Self.unreachable) == .logInLater(.rest, .milliseconds(500)))
        #expect(session.failed(Self.unreachable) == .logInLater(.rest, .seconds(1)))
        #expect(isFailure(session.failed(Self.unreachable), .transport))
    }

    @Test func `a log-in at a server that is busy is tried as long as there is time`() {
        for evidence in [Failure.Evidence.answered, .unclear] {
            var busy = RetryPolicyTests.failed(.serviceUnavailable, evidence, isBusy: true)
            busy.error.status = 503
            var session = Session(.rest)
            _ = session.need()
            for _ in 1...20 {
                guard case .logInLater = session.failed(busy) else {
                    Issue.record("given up")
                    return
                }
            }
            #expect(isFailure(session.failed(busy, elapsed: .seconds(59)), .serviceUnavailable))
        }
    }

    @Test func `a log-in that may have opened a session is repeated twice at most`() {
        var session = Session(.rest)
        _ = session.need()
        #expect(session.failed(Self.cutOff) == .logInLater(.rest, .milliseconds(250)))
        #expect(session.failed(Self.cutOff) == .logInLater(.rest, .milliseconds(500)))
        #expect(isFailure(session.failed(Self.cutOff), .transport))
    }

    @Test func `many calls that find the session expired cause one renewal`() {
        var session = opened()
        #expect(session.expired(in: 1) == .logIn(.rest))
        #expect(session.expired(in: 1) == .wait)
        #expect(session.loggedIn() == .proceed)
        // This one was on its way all the time.
        #expect(session.expired(in: 1) == .proceed)
        #expect(session.expired(in: 2) == .logIn(.rest))
    }

    @Test func `an open session is closed once`() {
        var session = opened()
        #expect(session.end(isWaiting: false) == .logOut(.rest))
        #expect(session.end(isWaiting: false) == .wait)
        #expect(session.need() == .wait)
        #expect(session.loggedOut() == .finish)
        #expect(session.end(isWaiting: false) == .finish)
        #expect(session.need() == .logIn(.rest))
    }

    @Test func `a session that opens after nobody wants it is closed at once`() {
        var session = Session(.api)
        _ = session.need()
        #expect(session.end(isWaiting: false) == .wait)
        #expect(session.loggedIn() == .logOut(.api))
        #expect(session.loggedOut() == .finish)
    }

    @Test func `a log-in that only waits for its next attempt is dropped`() {
        var session = Session(.api)
        _ = session.need()
        _ = session.failed(Self.unreachable)
        #expect(session.end(isWaiting: true) == .finish)
    }

    @Test func `a log-in that nobody waits for any more is not repeated`() {
        var session = Session(.api)
        _ = session.need()
        _ = session.end(isWaiting: false)
        #expect(session.failed(Self.unreachable) == .finish)
    }
}

extension Session {
    fileprivate mutating func failed(_ failure: Failure, elapsed: Duration = .zero) -> Action {
        logInFailed(failure, elapsed: elapsed, limit: .seconds(60), random: 1)
    }
}
