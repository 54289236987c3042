public import Buffers

/// What a change of a machine is to bring about, where that can be seen afterwards: pure.
///
/// A machine's identifier is never used again, and a machine is either there and on, or it is not. What
/// else machines go through, such as a reset, leaves nothing to look for.
public enum MachineGoal: Sendable, Equatable {
    /// The machine is not there.
    case deleted
    /// The machine is in this state of power.
    case powered(String)

    /// What a look at the machine shows.
    public enum Sight: Sendable, Equatable {
        /// It is as it was to be, whoever did it.
        case reached
        /// It is not; the state of power, where that was asked for.
        case missed(String?)
        /// It could not be read; one line says why.
        case unreadable(String)
    }

    /// The goal of an operation; nil for one that cannot be seen afterwards.
    public init?(operation: String, action: String?) {
        switch (operation, action) {
        case (Operation.deleteVM.name, _): self = .deleted
        case (Operation.setPower.name, "start"): self = .powered("POWERED_ON")
        case (Operation.setPower.name, "stop"): self = .powered("POWERED_OFF")
        default: return nil
        }
    }

    /// What is asked of the machine.
    public var question: Operation { self == .deleted ? .getVM : .getPower }

    /// Reads the answer to the question.
    public func sight(_ answer: Result<Value?, VSphereError>) -> Sight {
        switch (self, answer) {
        case (.deleted, .failure(let error)) where error.kind == .notFound: .reached
        case (_, .failure(let error)): .unreadable(error.description)
        case (.deleted, .success): .missed(nil)
        case (.powered(let wanted), .success(let value)):
            value?["state"]?.string == wanted ? .reached : .missed(value?["state"]?.string)
        }
    }

    /// Decides what is done about a change whose outcome is doubtful.
    /// - Parameters:
    ///   - seen: What the last look showed.
    ///   - nextWait: How long to wait before the next look; nil when there is no time left.
    ///   - isExpired: Whether the time of the request was over before the look.
    /// - Returns: To wait, or the verdict.
    public func next(
        _ seen: Sight,
        nextWait: Duration?,
        isExpired: Bool
    ) -> Reconciliation.Action {
        switch seen {
        case .reached: return .conclude(.done(result: nil, supersededBy: nil))
        // A deletion cannot be undone; what was switched on may be off again.
        case .missed where self == .deleted && isExpired: return .conclude(.notApplied)
        case .missed(let state):
            if let nextWait { return .wait(nextWait) }
            return .conclude(.unknown(state.map { .otherPower($0) } ?? .notSeenYet))
        case .unreadable(let problem):
            return nextWait.map { .wait($0) } ?? .conclude(.unknown(.unreadable(problem)))
        }
    }
}
