internal import Text
public import VSphere

/// The course of one change, from the first sending to its verdict: a pure state machine that takes events
/// and returns steps.
///
/// Its driver carries out each step and reports the outcome. `Reconciliation` decides what
/// an observation means and `ReplyPolicy` what a reply means; this keeps the count of attempts and the time.
public struct ChangeCourse: Sendable {
    /// The limits of a course.
    public struct Limits: Sendable, Equatable {
        /// How long a doubtful change is observed after each sending.
        public var settle: Duration
        /// How many times the identical request may be sent again.
        public var resends: Int
        /// The time, by the server's clock, after which a change that was not seen counts as lost.
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

    /// The next step for the driver.
    public enum Step: Sendable, Equatable {
        /// Send the request, the same bytes every time, after a delay.
        case send(after: Duration)
        /// Ask one question.
        case read(Observation.Question)
        /// Wait.
        case wait(Duration)
        /// The course has ended.
        case end(Ending)
    }

    /// How a course ended.
    public enum Ending: Sendable, Equatable {
        /// By a success reply, which has the result.
        case accepted
        /// By a reply that says, or implies, that nothing was changed.
        case failed
        /// By a verdict from observation.
        case settled(ChangeVerdict)
    }

    /// The state that was pinned before the change.
    public let intent: ChangeIntent
    /// How many times it was sent, or may have been: attempts that were certainly not sent do not count.
    public private(set) var attempts: Int
    /// Set when the run is to end: then nothing is sent again.
    public var isStopping = false

    /// The server's clock as last reported, in milliseconds since 1970-01-01T00:00:00Z; nil if
    /// the server does not report it.
    public var serverTime: Int64?

    /// Whether it was refused, so that nothing happened: then only the reason is still sought.
    public private(set) var isRefused = false
    /// Whether the refusal is only the one that a repeated request would get.
    private var isRefusedAsRepeated = false

    private let limits: Limits
    private var resends: Int
    private var unsent = 0
    private var isDoubtful: Bool
    private var sentAt: Int64?
    /// When it was last sent, by our monotonic clock.
    private var sentNow: Duration = .zero
    private var seen = Observation()
    private var windowEnd: Duration?
    private var nextDelay: Duration = Self.firstDelay

    static let firstDelay: Duration = .seconds(1)
    static let longestDelay: Duration = .seconds(16)
    /// Nobody checks a machine out, gives it back and checks out another one in less.
    static let quickestReplacement: Duration = .seconds(1)

    /// Makes the course of a change that was not sent yet.
    public init(_ intent: ChangeIntent, limits: Limits) {
        self.intent = intent
        self.limits = limits
        resends = limits.resends
        attempts = 0
        isDoubtful = false
        sentAt = intent.serverTime
    }

    /// Makes the course of a change that an earlier run left open: it begins with a look.
    /// - Parameters:
    ///   - intent: The state that run pinned.
    ///   - limits: How long it is observed, how many times the identical request may be sent again, and when it
    ///     counts as lost.
    ///   - isObserved: Whether it is observed as after a sending of our own; otherwise there is only one look before
    ///     anything is sent.
    public init(reopening intent: ChangeIntent, limits: Limits, isObserved: Bool = false) {
        self.init(intent, limits: limits)
        isDoubtful = true
        if !isObserved { windowEnd = .zero }
    }

    /// Starts with the first sending, or for a change of an earlier run with the first look.
    /// - Parameter now: A monotonic time.
    /// - Returns: The first step.
    public mutating func begin(now: Duration) -> Step {
        isDoubtful ? look(now: now) : send(after: .zero, now: now)
    }

    /// Continues after the reply to a sending.
    /// - Parameters:
    ///   - reply: The reply.
    ///   - kind: The kind of its error; nil for none.
    ///   - now: A monotonic time.
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
            isRefusedAsRepeated = saysItIsSo(kind)
            return look(now: now)
        case .sendAgain(let delay): return send(after: delay, now: now)
        case .observe:
            isDoubtful = true
            windowEnd = nil
            nextDelay = Self.firstDelay
            return look(now: now)
        }
    }

    /// Continues after an answer to a question.
    public mutating func took(_ answer: Observation.Answer, now: Duration) -> Step {
        seen.take(answer)
        return decide(now: now)
    }

    /// Continues after a wait.
    public mutating func waited(now: Duration) -> Step { look(now: now) }

    /// Whether a refusal alone is not conclusive.
    ///
    /// A proxy may have sent the request twice and returned the second answer: if the mark is found,
    /// or the target that was there before is gone, the change was made. And if a machine that was just
    /// checked out is gone, the error should name the user who checked it in.
    private func refusalIsLookedAt(_ kind: ErrorKind?) -> Bool {
        // These are about who asks, not about what is there.
        if [.unauthenticated, .unauthorized, .serviceUnavailable].contains(kind) { return false }
        return switch intent.kind {
        case .rollback, .checkIn: true
        case .deleteCheckOut, .deleteVersion, .deleteVM, .powerOn, .powerOff, .suspend:
            intent.holder != nil
        case .deleteItem: intent.latestBefore != nil
        // A check-out or name that was there when it was read may have gone before the request came.
        case .checkOut, .deploy, .createTemplate, .createLibrary: true
        // It was not so before: if it is now, the request was sent twice, or somebody else did it.
        case .setHardware, .updateItem, .attachTag, .detachTag, .deleteLibrary:
            intent.holder != nil
        }
    }

    private mutating func send(after delay: Duration, now: Duration) -> Step {
        attempts += 1
        sentNow = now + delay
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

    /// Whether by the server's own clock the request can have no effect any more.
    ///
    /// Our clock is not used: it may be wrong, and our timeout does not limit the server's work.
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
            return send(after: .zero, now: now)
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

    /// Decides after a refusal: it stands, unless the observation contradicts it.
    private mutating func decideRefused(now: Duration) -> Step {
        switch Reconciliation.next(intent, seen, .init(nextWait: nil, resends: 0)) {
        // Without our mark in the history there is nothing more to ask.
        case .read(.state)
        where intent.kind.leavesMessage && seen.history.content != nil && !isMarkSeen:
            return .end(.failed)
        case .read(let question): return .read(question)
        case .wait, .send: return .end(.failed)
        case .conclude(let verdict):
            switch verdict {
            case .checkedIn, .done, .unknown(.candidate): return .end(.settled(verdict))
            case .unknown(.notSeenYet), .unknown(.otherPower), .notSeen:
                return .end(endingWithoutTrace(now: now))
            case .unknown(.unreadable), .unknown(.unclear), .unknown(.notTold):
                return nextWait(now: now).map { wait($0) } ?? .end(.settled(verdict))
            // The target that was there before is gone, and nothing tells who used it.
            case .unknown: return .end(wasUntouched ? .settled(verdict) : .failed)
            case .conflict: return .end(.failed)
            }
        }
    }

    /// The ending of a refused change that left no trace: if the refusal says that the state is already so, but
    /// nothing of others' explains that, the change may have been made and undone since.
    private func endingWithoutTrace(now: Duration) -> Ending {
        let others = seen.state.content?.checkOuts ?? []
        let isExplained = others.contains { explainsRefusal($0, now: now) }
        return isRefusedAsRepeated && !isExplained ? .settled(.unknown(.madeAndUndone)) : .failed
    }

    /// Whether somebody else's check-out was there when the request came.
    ///
    /// It was if it is older than the request, by the server's clock. A newer one may have come after ours was
    /// made and given back, unless the time was too short for that. One whose name could not be read may be ours.
    private func explainsRefusal(_ other: Observation.CheckOut, now: Duration) -> Bool {
        let wasThere = intent.checkedOutBefore.map { MachineName.isSame($0, other.vm) } ?? false
        if wasThere { return true }
        guard other.name != nil else { return false }
        if now - sentNow < Self.quickestReplacement { return true }
        guard let sentAt, let time = other.time.flatMap({ Timestamp(parsing: $0) }) else {
            return false
        }
        return time < Timestamp(milliseconds: Int(sentAt))
    }

    /// Whether a refusal says that it is so already, and has no other cause.
    private func saysItIsSo(_ kind: ErrorKind?) -> Bool {
        switch kind {
        case .alreadyInDesiredState: true
        case .alreadyExists: intent.isNameMarked
        // Of a check-out it means that the item has one, as the API defines it.
        case .unableToAllocateResource: intent.kind == .checkOut
        default: false
        }
    }

    /// Whether it was seen before that it could be done; of what is made, that goes without saying.
    private var wasUntouched: Bool {
        if intent.kind == .rollback, intent.version == intent.latestBefore { return false }
        return intent.holder != nil || intent.kind == .checkOut || intent.kind.scope == .name
    }
}
