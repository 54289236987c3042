public import VSphere

/// Decides the meaning of one reply to a change: pure.
public enum ReplyPolicy {
    /// The reply to one attempt.
    public enum Reply: Sendable, Equatable, CaseIterable {
        /// A success with a well-formed result.
        case accepted
        /// A complete refusal in the form of vCenter's API.
        case refused
        /// Certainly not a byte of the request was sent.
        case notSent
        /// Anything else.
        case doubtful
    }

    /// The next action.
    public enum Action: Sendable, Equatable {
        /// The change happened; the reply has its result.
        case succeed
        /// The change did not happen.
        case fail
        /// The same attempt is made again after a delay.
        case sendAgain(after: Duration)
        /// Only an observation can tell.
        case observe
    }

    /// How many times an attempt that was not sent is made again.
    static let mostUnsent = 3

    /// Decides the next action.
    ///
    /// A refusal is final on the first attempt only: a second one may be refused *because* the first has
    /// been carried out.
    /// - Parameters:
    ///   - reply: The reply.
    ///   - isDoubtful: Whether an earlier attempt may have been carried out.
    ///   - unsent: How many attempts in a row were not sent, this one included.
    ///   - isTransient: Whether the reason that it was not sent may pass by itself.
    /// - Returns: The next action.
    public static func next(
        _ reply: Reply,
        isDoubtful: Bool,
        unsent: Int = 0,
        isTransient: Bool = false
    ) -> Action {
        switch reply {
        case .accepted: .succeed
        case .doubtful: .observe
        case .refused: isDoubtful ? .observe : .fail
        case .notSent where isTransient && unsent <= mostUnsent:
            .sendAgain(after: .seconds(1 << max(0, unsent - 1)))
        case .notSent: isDoubtful ? .observe : .fail
        }
    }
}

extension ReplyPolicy.Reply {
    /// Classifies the outcome of a call that was made by `VCenter`.
    public init(_ error: VSphereError?) {
        switch error?.outcome {
        case nil: self = .accepted
        case .rejected?: self = .refused
        case .unknown?: self = .doubtful
        // For a change `none` means: nothing of it left this computer.
        case VSphereError.Outcome.none?: self = .notSent
        }
    }
}
