public import VSphere

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
        /// After how long, by the server's clock, a change that was not seen is taken to be lost.
        public var giveUp: Duration

        /// Makes limits.
        public init(
            settle: Duration = .seconds(120),
            resends: Int = 1,
            giveUp: Duration = .seconds(86_400)
        ) {
            self.settle = settle
            self.resends = resends
            self.giveUp = giveUp
        }
    }

    /// What the driver does next.
    public enum Step: Sendable, Equatable {
        /// Send the request, the same bytes every time, after a delay.
        case send(after: Duration)
        /// Ask.
        case read(Observation.Question)
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

    /// The server's clock as it was last heard of, in milliseconds since 1970-01-01T00:00:00Z; nil where
    /// the server does not say.
    public var serverTime: Int64?

    /// Whether it was refused, so that nothing happened: then it is only asked why.
    public private(set) var isRefused = false
    /// Whether it was refused as a second request would be, and nothing else.
    private var isRefusedAsRepeated = false

    private let limits: Limits
    private var resends: Int
    private var unsent = 0
    private var isDoubtful: Bool
    private var sentAt: Int64?
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
        sentAt = intent.serverTime
    }

    /// Makes the course of a change that an earlier run left behind: it only looks.
    /// - Parameters:
    ///   - intent: What that run pinned.
    ///   - limits: How long it is observed after a sending, how often the identical request may be
    ///     sent again by a deliberate act, and when it is taken to be lost.
    public init(reopening intent: ChangeIntent, limits: Limits) {
        self.init(intent, limits: limits)
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
    ///   - kind: The kind of its error; nil for none.
    ///   - now: A time that never goes back.
    /// - Returns: The next step.
    public mutating func replied(
        _ reply: ReplyPolicy.Reply,
        _ kind: ErrorKind? = nil,
        now: Duration
    ) -> Step {
        unsent = reply == .notSent ? unsent + 1 : 0
        let action = ReplyPolicy.next(
            reply,
            isDoubtful: isDoubtful,
            unsent: unsent,
            isTransient: !isStopping && (kind == .transport || kind == .timeout)
        )
        if reply == .notSent { attempts -= 1 }
        switch action {
        case .succeed: return .end(.accepted)
        case .fail:
            guard reply == .refused, refusalIsLookedAt(kind) else { return .end(.failed) }
            isRefused = true
            isRefusedAsRepeated =
                kind == .alreadyInDesiredState || kind == .alreadyExists && intent.isNameMarked
            return look(now: now)
        case .sendAgain(let delay): return send(after: delay)
        case .observe:
            isDoubtful = true
            windowEnd = nil
            nextDelay = Self.firstDelay
            return look(now: now)
        }
    }

    /// Takes in what was read.
    public mutating func took(_ answer: Observation.Answer, now: Duration) -> Step {
        seen.take(answer)
        return decide(now: now)
    }

    /// The wait is over.
    public mutating func waited(now: Duration) -> Step { look(now: now) }

    /// Whether a refusal alone does not tell enough.
    ///
    /// Something on the way may have sent the request twice and passed on the second answer: where a mark
    /// tells, or what was there a moment ago is gone, the change was made. And of a machine that was checked
    /// out a moment ago, whoever checked it in wants to be named.
    private func refusalIsLookedAt(_ kind: ErrorKind?) -> Bool {
        // These are about who asks, not about what is there.
        if [.unauthenticated, .unauthorized, .serviceUnavailable].contains(kind) { return false }
        return switch intent.kind {
        case .rollback, .checkIn: true
        case .deleteCheckOut, .deleteVersion, .deleteVM, .powerOn, .powerOff: intent.holder != nil
        case .deleteItem: intent.latestBefore != nil
        case .checkOut, .deploy, .createTemplate: intent.isNameMarked || !intent.wasSoBefore
        }
    }

    private mutating func send(after delay: Duration) -> Step {
        attempts += 1
        // A request that is sent later may also be carried out later.
        sentAt = serverTime ?? sentAt
        return .send(after: delay)
    }

    private mutating func look(now: Duration) -> Step {
        if windowEnd == nil { windowEnd = now + limits.settle }
        seen = Observation()
        return decide(now: now)
    }

    private var isMarkSeen: Bool { Reconciliation.ownChange(intent, in: seen) != nil }

    /// Whether the server's own clock says that nothing can come of it any more.
    ///
    /// Ours says nothing: it may be wrong, and the time of our request is not that of the server's work.
    private var isLost: Bool {
        guard let sentAt, let serverTime else { return false }
        return .milliseconds(serverTime - sentAt) >= limits.giveUp
    }

    private mutating func decide(now: Duration) -> Step {
        if isRefused { return decideRefused(now: now) }
        let left = isStopping || !intent.kind.isFenced ? 0 : resends
        let budget = Reconciliation.Budget(
            nextWait: nextWait(now: now),
            resends: left,
            lostAfter: isLost && left == 0 ? limits.giveUp : nil
        )
        switch Reconciliation.next(intent, seen, budget) {
        case .read(let question): return .read(question)
        case .wait(let delay): return wait(delay)
        case .send:
            resends -= 1
            return send(after: .zero)
        case .conclude(let verdict): return .end(.settled(verdict))
        }
    }

    private func nextWait(now: Duration) -> Duration? {
        let rest = (windowEnd ?? now) - now
        return rest > .zero ? min(nextDelay, rest) : nil
    }

    private mutating func wait(_ delay: Duration) -> Step {
        nextDelay = min(nextDelay * 2, Self.longestDelay)
        return .wait(delay)
    }

    /// After a refusal: it stands, unless what is there now speaks against it.
    private mutating func decideRefused(now: Duration) -> Step {
        switch Reconciliation.next(intent, seen, .init(nextWait: nil, resends: 0)) {
        // Without our mark in it there is nothing more to be asked.
        case .read(.state)
        where intent.kind.leavesMessage && seen.history.content != nil && !isMarkSeen:
            return .end(.failed)
        case .read(let question): return .read(question)
        case .wait, .send: return .end(.failed)
        case .conclude(let verdict):
            switch verdict {
            case .checkedIn, .done, .unknown(.candidate): return .end(.settled(verdict))
            case .unknown(.notSeenYet), .unknown(.otherPower), .notSeen:
                return .end(untouchedEnding)
            case .unknown(.unreadable), .unknown(.unclear), .unknown(.notTold):
                return nextWait(now: now).map { wait($0) } ?? .end(.settled(verdict))
            // What was there a moment ago is gone, and nothing tells who used it.
            case .unknown: return .end(wasUntouched ? .settled(verdict) : .failed)
            case .conflict: return .end(.failed)
            }
        }
    }

    /// Refused, and nothing is to be seen of it: where the refusal says that it is so already, which it
    /// neither was nor is, it may have been made and undone since.
    private var untouchedEnding: Ending {
        isRefusedAsRepeated ? .settled(.unknown(.madeAndUndone)) : .failed
    }

    /// Whether it was seen before that it could be done; of what is made, that goes without saying.
    private var wasUntouched: Bool {
        if intent.kind == .rollback, intent.version == intent.latestBefore { return false }
        return intent.holder != nil || intent.kind == .checkOut || intent.kind.scope == .name
    }
}
