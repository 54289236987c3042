internal import Journal

/// What became of a change.
public enum ChangeVerdict: Sendable, Equatable {
    /// It happened, once.
    ///
    /// The result is the new version or machine, nil for a deletion; `supersededBy` names the latest
    /// version where that is a later one, with who made it and when, if the history says.
    case done(result: String?, supersededBy: Superseding?)
    /// It did not happen and cannot any more: somebody else used the version or machine it
    /// named.
    ///
    /// The change is theirs, where the history tells.
    case conflict(Observation.Change?)
    /// The machine that was to be discarded was checked in: the version that holds it, and how that
    /// came about, where the history tells.
    case checkedIn(version: String, Observation.Change?)
    /// It was not seen for so long, by the server's clock, that it is taken to be lost.
    case notSeen(within: Duration)
    /// Nobody can tell.
    case unknown(Reason)

    /// A later version than the one that a change made.
    public struct Superseding: Sendable, Equatable {
        /// The latest version.
        public var version: String
        /// How it came about; nil where the history does not say.
        public var change: Observation.Change?

        /// Makes one.
        public init(_ version: String, _ change: Observation.Change?) {
            self.version = version
            self.change = change
        }
    }

    /// Why nobody can tell.
    public enum Reason: Sendable, Equatable {
        /// It is not there so far, and may still come.
        case notSeenYet
        /// It was waited for no longer: the run ended, or somebody at the prompt gave it up.
        case stopped
        /// The operation leaves nothing that could be seen.
        case unobservable
        /// A machine that was to be switched is in another state of power.
        case otherPower(String)
        /// This vCenter has nothing that would tell.
        case notTold
        /// The vCenter could not be asked; one line says why.
        case unreadable(String)
        /// A machine is checked out that may be the one; one line says why nothing tells whose it
        /// is.
        case unclear(vm: String, String)
        /// A machine or item is there now that may be the one that was to be made; nothing proves it.
        case candidate(String)
        /// The item was deleted, and its history with it.
        case itemGone
        /// The machine is gone: whether it was switched before cannot be seen.
        case machineGone
        /// The target is gone, and there is no history that says who used it.
        case noHistory
        /// Later changes have covered the tracks.
        case tracksCovered
        /// The vCenter says that it is so already, which it was not before, and is not now.
        case madeAndUndone

        /// What the journal keeps of it.
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
            case .noHistory: Detail(.noHistory)
            case .tracksCovered: Detail(.tracksCovered)
            case .madeAndUndone: Detail(.madeAndUndone)
            }
        }
    }
}
