/// The states of one session: when calls may be sent, when to log in, when to log out.
///
/// Pure; `VCenter` carries out its actions.
///
/// Rules: any number of calls wait for one log-in; many calls that find the session expired
/// cause one renewal; a failed log-in is remembered and not repeated; an opened session is closed
/// exactly once.
struct Session: Sendable {
    /// The next action.
    enum Action: Equatable, Sendable {
        /// None, or wait for the action under way.
        case wait
        /// The session is open: calls may be sent.
        case proceed
        /// Log in, in this dialect.
        case logIn(Dialect)
        /// Log in, in this dialect, after a delay.
        case logInLater(Dialect, Duration)
        /// No call can succeed.
        case fail(VSphereError)
        /// Log out, in this dialect.
        case logOut(Dialect)
        /// The session is closed and nothing is left to do.
        case finish
    }

    private enum State: Sendable {
        case closed
        case loggingIn(LogIn)
        case open
        case refused(VSphereError)
        case loggingOut
    }

    /// A log-in under way.
    private struct LogIn: Sendable {
        /// The dialect being tried first, then those still to try.
        var candidates: ArraySlice<Dialect>
        /// The number of attempts in the first of them.
        var attempts = 1
        /// How many of the attempts got no answer.
        var unanswered = 0
        /// How many of the attempts may have opened a session that nobody knows of.
        var doubts = 0
        /// Whether the session is to be closed as soon as it is open.
        var isAbandoned = false
    }

    /// The dialect in use; nil before the first log-in.
    private(set) var dialect: Dialect?
    /// The number of log-ins, so that a late refusal of an old session does not renew the new one.
    private(set) var generation = 0
    private var state = State.closed
    private let choice: ConnectionProfile.DialectChoice
    private let policy: RetryPolicy

    /// The limit of log-ins without an answer: each of them may leak a session.
    private static let mostDoubts = 2

    init(_ choice: ConnectionProfile.DialectChoice, policy: RetryPolicy = RetryPolicy()) {
        self.choice = choice
        self.policy = policy
    }

    /// Whether calls may be sent.
    var isOpen: Bool { if case .open = state { true } else { false } }

    /// Handles a call that needs the session.
    mutating func need() -> Action {
        switch state {
        case .closed: return beginLogIn()
        case .loggingIn, .loggingOut: return .wait
        case .open: return .proceed
        case .refused(let error): return .fail(error)
        }
    }

    /// Why the last log-in failed, as long as that is remembered.
    var refusal: VSphereError? { if case .refused(let error) = state { error } else { nil } }

    /// Forgets that a log-in failed: the next call logs in anew.
    mutating func forgetRefusal() { if refusal != nil { state = .closed } }

    /// A call that went in a generation was told that there is no session.
    mutating func expired(in generation: Int) -> Action {
        guard case .open = state, generation == self.generation else { return need() }
        return beginLogIn()
    }

    /// Handles a successful log-in.
    mutating func loggedIn() -> Action {
        guard case .loggingIn(let logIn) = state, let dialect = logIn.candidates.first else {
            preconditionFailure("an answer to a log-in that nobody sent")
        }
        self.dialect = dialect
        generation += 1
        guard logIn.isAbandoned else {
            state = .open
            return .proceed
        }
        state = .loggingOut
        return .logOut(dialect)
    }

    /// Handles a failed log-in.
    /// - Parameters:
    ///   - failure: The failure.
    ///   - elapsed: The time since the log-in began.
    ///   - limit: The total time limit.
    ///   - random: From 0 to 1.
    /// - Returns: The next action.
    mutating func logInFailed(
        _ failure: Failure,
        elapsed: Duration,
        limit: Duration?,
        random: Double
    ) -> Action {
        guard case .loggingIn(var logIn) = state, let dialect = logIn.candidates.first else {
            preconditionFailure("an answer to a log-in that nobody sent")
        }
        if logIn.isAbandoned {
            state = .closed
            return .finish
        }
        if failure.hasNoRoute, logIn.candidates.count > 1 {
            logIn.candidates.removeFirst()
            logIn.attempts = 1
            logIn.unanswered = 0
            state = .loggingIn(logIn)
            return .logIn(logIn.candidates[logIn.candidates.startIndex])
        }
        if failure.isDoubtful(isChanging: false), !failure.isBeforeLogIn { logIn.doubts += 1 }
        if !failure.isBusy { logIn.unanswered += 1 }
        let circumstances = RetryPolicy.Circumstances(
            isChanging: false,
            attempts: logIn.attempts,
            unanswered: logIn.unanswered,
            hasRenewed: true,
            elapsed: elapsed,
            limit: limit
        )
        if logIn.doubts <= Self.mostDoubts,
            case .retry(let delay) = policy.decide(failure, circumstances, random: random)
        {
            logIn.attempts += 1
            state = .loggingIn(logIn)
            return .logInLater(dialect, delay)
        }
        let error = failure.settled(isChanging: false)
        state = .refused(error)
        return .fail(error)
    }

    /// Ends a session that is no longer needed.
    /// - Parameter isWaiting: Whether a log-in is only waiting for its next attempt.
    /// - Returns: The next action.
    mutating func end(isWaiting: Bool) -> Action {
        switch state {
        case .closed, .refused: return .finish
        case .loggingOut: return .wait
        case .open:
            guard let dialect else { preconditionFailure("an open session without a dialect") }
            state = .loggingOut
            return .logOut(dialect)
        case .loggingIn(var logIn):
            guard !isWaiting else {
                state = .closed
                return .finish
            }
            logIn.isAbandoned = true
            state = .loggingIn(logIn)
            return .wait
        }
    }

    /// Handles the end of a log-out, with or without an answer.
    mutating func loggedOut() -> Action {
        state = .closed
        return .finish
    }

    private mutating func beginLogIn() -> Action {
        let candidates = dialect.map { [$0] } ?? Dialect.candidates(for: choice)
        state = .loggingIn(LogIn(candidates: candidates[...]))
        return .logIn(candidates[0])
    }
}

extension Failure {
    /// Whether the server does not have the session service of this dialect.
    fileprivate var hasNoRoute: Bool {
        [.noSuchRoute, .notFound].contains(error.kind)
    }

    /// Whether a proxy in front of the vCenter reports that it did not get through, or limits access.
    fileprivate var isBeforeLogIn: Bool { error.status == 503 || error.status == 429 }
}
