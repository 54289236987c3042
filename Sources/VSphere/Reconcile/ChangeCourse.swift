/// The course of one change, from the first sending to its verdict: a pure machine of events
/// and steps.
///
/// Whoever drives it does what a step says and tells what came of it. `Reconciliation` decides what
/// an observation means and `ReplyPolicy` what a reply means; this keeps the count.
public struct ChangeCourse: Sendable {
    /// How far it goes.
    public struct Limits: Sendable, Equatable {
        /// How long a doubtful change is observed after each sending.
        public var settle: Duration
        /// How often the identical request may be sent again.
        public var resends: Int

        /// Makes limits.
        public init(settle: Duration, resends: Int) {
            self.settle = settle
            self.resends = resends
        }
    }

    /// What the driver does next.
    public enum Step: Sendable, Equatable {
        /// Send the request, the same bytes every time, after a delay.
        case send(after: Duration)
        /// Read the history of the item.
        case readHistory
        /// Read the state of the item.
        case readState
        /// Wait.
        case wait(Duration)
        /// Nothing more.
        case end(Ending)
    }

    /// How it ended.
    public enum Ending: Sendable, Equatable {
        /// By a good reply, which has the result.
        case accepted
        /// By a reply that says, or implies, that nothing was changed.
        case failed
        /// By what was observed.
        case settled(ChangeVerdict)
    }

    /// What was pinned.
    public let intent: ChangeIntent
    /// How many times it was sent, or may have been: the unsent ones do not count.
    public private(set) var attempts: Int
    /// Set when the run is to end: then nothing is sent again.
    public var isStopping = false

    /// Whether it was refused, so that nothing happened: then it is only asked why.
    public private(set) var isRefused = false

    private let limits: Limits
    private var resends: Int
    private var unsent = 0
    private var isDoubtful: Bool
    private var isExpired = false
    private var seen = Observation()
    private var windowEnd: Duration?
    private var nextDelay: Duration = Self.firstDelay

    static let firstDelay: Duration = .seconds(1)
    static let longestDelay: Duration = .seconds(16)

    /// Makes the course of a change that was not sent yet.
    public init(_ intent: ChangeIntent, limits: Limits) {
        self.intent = intent
        self.limits = limits
        resends = limits.resends
        attempts = 0
        isDoubtful = false
    }

    /// Makes the course of a change that an earlier run left behind: it only looks.
    /// - Parameters:
    ///   - intent: What that run pinned.
    ///   - isExpired: Whether the time of its last request is over.
    ///   - resends: How often the identical request may be sent again, by a deliberate act.
    ///   - settle: How long it is observed after that.
    public init(
        reopening intent: ChangeIntent,
        isExpired: Bool,
        resends: Int = 0,
        settle: Duration = .zero
    ) {
        self.intent = intent
        self.isExpired = isExpired
        self.resends = resends
        limits = Limits(settle: settle, resends: resends)
        attempts = 0
        isDoubtful = true
        // The first look is the only one before anything is sent.
        windowEnd = .zero
    }

    /// Begins: with the first sending, or for a change of an earlier run with the first look.
    /// - Parameter now: A time that never goes back.
    /// - Returns: The first step.
    public mutating func begin(now: Duration) -> Step {
        isDoubtful ? look(now: now) : send(after: .zero)
    }

    /// Takes in what came back of a sending.
    /// - Parameters:
    ///   - reply: What came back.
    ///   - isTransient: Whether what kept it from being sent may pass by itself.
    ///   - now: A time that never goes back.
    /// - Returns: The next step.
    public mutating func replied(
        _ reply: ReplyPolicy.Reply,
        isTransient: Bool = false,
        now: Duration
    ) -> Step {
        unsent = reply == .notSent ? unsent + 1 : 0
        let action = ReplyPolicy.next(
            reply,
            isDoubtful: isDoubtful,
            unsent: unsent,
            isTransient: isTransient && !isStopping
        )
        if reply == .notSent { attempts -= 1 }
        switch action {
        case .succeed: return .end(.accepted)
        case .fail:
            // A machine that was checked out a moment ago: whoever checked it in wants to be named.
            guard reply == .refused, intent.kind == .deleteCheckOut, intent.holder != nil,
                !isStopping
            else { return .end(.failed) }
            isRefused = true
            return look(now: now)
        case .sendAgain(let delay): return send(after: delay)
        case .observe:
            isDoubtful = true
            windowEnd = nil
            nextDelay = Self.firstDelay
            return look(now: now)
        }
    }

    /// Takes in what was read of the history.
    public mutating func took(history: Observation.Part<[Observation.Change]>, now: Duration)
        -> Step
    {
        seen.take(history: history)
        return decide(now: now)
    }

    /// Takes in what was read of the state.
    public mutating func took(state: Observation.Part<Observation.State>, now: Duration) -> Step {
        seen.take(state: state)
        return decide(now: now)
    }

    /// The wait is over.
    public mutating func waited(now: Duration) -> Step { look(now: now) }

    private mutating func send(after delay: Duration) -> Step {
        attempts += 1
        return .send(after: delay)
    }

    private mutating func look(now: Duration) -> Step {
        if windowEnd == nil { windowEnd = now + limits.settle }
        seen = Observation()
        return decide(now: now)
    }

    private mutating func decide(now: Duration) -> Step {
        let rest = (windowEnd ?? now) - now
        let budget = Reconciliation.Budget(
            nextWait: rest > .zero ? min(nextDelay, rest) : nil,
            resends: isStopping ? 0 : resends,
            isExpired: isExpired
        )
        switch Reconciliation.next(intent, seen, budget) {
        case .wait where isRefused, .send where isRefused: return .end(.failed)
        case .readHistory: return .readHistory
        case .readState: return .readState
        case .wait(let delay):
            nextDelay = min(nextDelay * 2, Self.longestDelay)
            return .wait(delay)
        case .send:
            resends -= 1
            // Its time begins anew.
            isExpired = false
            return send(after: .zero)
        case .conclude(let verdict):
            guard isRefused else { return .end(.settled(verdict)) }
            if case .checkedIn = verdict { return .end(.settled(verdict)) }
            return .end(.failed)
        }
    }
}
