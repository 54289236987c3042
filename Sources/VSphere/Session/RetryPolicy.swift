/// Decides how to continue after a failed attempt: pure, so that every case is a row of a table.
struct RetryPolicy: Sendable {
    /// The next action.
    enum Decision: Equatable, Sendable {
        /// The failure is final.
        case giveUp
        /// The session is renewed, then the same request is sent.
        case renewSession
        /// The same request is sent after a delay.
        case retry(after: Duration)
    }

    /// The known facts about the call.
    struct Circumstances: Sendable {
        /// Whether it changes something.
        var isChanging: Bool
        /// How many times it was sent.
        var attempts: Int
        /// How many of the attempts got no answer at all.
        var unanswered = 0
        /// Whether the session was renewed for it before.
        var hasRenewed = false
        /// The time since it was first sent.
        var elapsed: Duration = .zero
        /// The time it has in all; nil for no limit.
        var limit: Duration?
    }

    /// The limit of attempts without an answer, for a read.
    ///
    /// A server that itself reports that it cannot answer yet is asked again until the time limit: a
    /// restart takes minutes, and the server is there.
    var mostUnanswered = 4
    /// The time limit for a server that was not reached even once: its name may be wrong, and a person
    /// may be waiting at a terminal.
    var longestSearch: Duration = .seconds(15)
    /// The delay before the second attempt; it doubles with each further one.
    var firstDelay: Duration = .milliseconds(250)
    /// The longest delay, unless the server asks for more.
    var longestDelay: Duration = .seconds(8)

    /// Decides how to continue after a failure.
    ///
    /// A call is sent again after `unauthenticated`, once: that answer means that nothing was done, so it
    /// applies to changes too, if the answer is complete. Otherwise only reads are repeated.
    /// - Parameters:
    ///   - failure: The failure.
    ///   - circumstances: The known facts about the call.
    ///   - random: From 0 to 1; spreads the retries of callers that failed together.
    /// - Returns: The decision.
    func decide(
        _ failure: Failure,
        _ circumstances: Circumstances,
        random: Double
    ) -> Decision {
        let isChanging = circumstances.isChanging
        if failure.error.kind == .unauthenticated, !failure.isDoubtful(isChanging: isChanging) {
            return circumstances.hasRenewed ? .giveUp : .renewSession
        }
        guard !isChanging, failure.isTransient,
            circumstances.unanswered < mostUnanswered
        else { return .giveUp }
        let delay = delay(after: circumstances.attempts, failure.retryAfter, random: random)
        let next = circumstances.elapsed + delay
        let isSearching =
            failure.evidence == .notSent && circumstances.unanswered == circumstances.attempts
        if isSearching, next >= longestSearch { return .giveUp }
        if let limit = circumstances.limit, next >= limit { return .giveUp }
        return .retry(after: delay)
    }

    /// The delay after a number of attempts: exponential, the upper half of it random, and never
    /// shorter than the server asks for.
    func delay(after attempts: Int, _ retryAfter: Duration?, random: Double) -> Duration {
        let doubled = firstDelay * (1 << min(max(attempts - 1, 0), 16))
        let own = min(doubled, longestDelay) * (0.5 + 0.5 * random)
        return max(own, retryAfter ?? .zero)
    }
}
