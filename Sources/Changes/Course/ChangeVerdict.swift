internal import Journal

/// The verdict on a change.
public enum ChangeVerdict: Sendable, Equatable {
    /// It happened, once.
    ///
    /// The result is the new version or machine, nil for a deletion; `supersededBy` is the latest
    /// version if that is a later one, with its author and time if the history has them.
    case done(result: String?, supersededBy: Superseding?)
    /// It did not happen and cannot any more: somebody else used the version or machine that it
    /// named.
    ///
    /// The payload is their change, if the history shows it.
    case conflict(Observation.Change?)
    /// The machine that was to be discarded was checked in: the version that holds it, and the entry of
    /// the history, if there is one.
    case checkedIn(version: String, Observation.Change?)
    /// It was not seen for so long, by the server's clock, that it counts as lost.
    case notSeen(within: Duration)
    /// The outcome is unknown.
    case unknown(Reason)

    /// A later version than the one that a change made.
    public struct Superseding: Sendable, Equatable {
        /// The latest version.
        public var version: String
        /// Its entry in the history; nil if the history has none.
        public var change: Observation.Change?

        /// Makes a value.
        public init(_ version: String, _ change: Observation.Change?) {
            self.version = version
            self.change = change
        }
    }

    /// Why the outcome is unknown.
    public enum Reason: Sendable, Equatable {
        /// It is not there so far, and may still come.
        case notSeenYet
        /// The waiting ended: the run ended, or the user at the prompt stopped waiting.
        case stopped
        /// The operation leaves no trace that could be observed.
        case unobservable
        /// A machine that was to be switched has another power state.
        case otherPower(String)
        /// This vCenter has no data that would tell.
        case notTold
        /// The vCenter could not be read; one line says why.
        case unreadable(String)
        /// A machine is checked out that may be ours; one line says why it is not known whose it
        /// is.
        case unclear(vm: String, String)
        /// A machine or item exists that may be the new one; nothing proves it.
        case candidate(String)
        /// The item was deleted, and its history with it.
        case itemGone
        /// The machine is gone: whether it was switched before cannot be determined.
        case machineGone
        /// The object is gone: whether it was as wanted before cannot be determined.
        case objectGone
        /// The target is gone, and there is no history that says who used it.
        case noHistory
        /// Later changes have removed the traces.
        case tracksCovered
        /// The vCenter says that the state is already so, but it was not before and is not now.
        case madeAndUndone

        /// The sentence about it, as the journal keeps it.
        var detail: Detail {
            switch self {
            case .notSeenYet: Detail(.notSeenYet)
            case .stopped: Detail(.stopped)
            case .unobservable: Detail(.unobservable)
            case .otherPower(let state): Detail(.otherPower, state)
            case .notTold: Detail(.notTold)
            case .unreadable(let problem): Detail(.unreadable, problem)
            case .unclear(let vm, let problem): Detail(.unclear, vm, problem)
            case .candidate(let thing): Detail(.candidate, thing)
            case .itemGone: Detail(.itemGone)
            case .machineGone: Detail(.machineGone)
            case .objectGone: Detail(.objectGone)
            case .noHistory: Detail(.noHistory)
            case .tracksCovered: Detail(.tracksCovered)
            case .madeAndUndone: Detail(.madeAndUndone)
            }
        }
    }
}
