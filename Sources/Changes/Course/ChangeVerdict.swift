internal import Text
internal import VSphere

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

        /// One line for a person.
        public var explanation: String {
            switch self {
            case .notSeenYet: "it has not happened so far, and may still"
            case .stopped: "vmoon stopped waiting before that could be seen"
            case .unobservable:
                "nothing in the vCenter tells it afterwards; look by hand, then close it with --resolve"
            case .otherPower(let state):
                "the machine is \(Display.escape(state)) now: it has not happened so far, or was "
                    + "undone since; if it stays so, close it with --resolve"
            case .notTold: "this vCenter does not say what became of it"
            case .unreadable(let problem): "what is there could not be read: \(problem)"
            case .unclear(let vm, let problem):
                "\(Display.escape(vm)) is checked out now, but whose it is could not be read: "
                    + problem
            case .candidate(let thing):
                "\(thing): it may be the one, and nothing proves it ({op} in the name would); look, "
                    + "then close it with --resolve"
            case .machineGone: "the machine is gone"
            case .itemGone: "the item was deleted, and its history with it"
            case .noHistory:
                "what it named is gone, and this vCenter keeps no history that says why"
            case .madeAndUndone:
                "it was refused as if it were so already, which it was not before, and is not now: it may "
                    + "have been made, and undone since"
            case .tracksCovered: "what it named is gone, and later changes have covered the tracks"
            }
        }
    }
}
