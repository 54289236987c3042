internal import Text
internal import VSphere

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
        /// The target is gone, and there is no history that says who used it.
        case noHistory
        /// Later changes have removed the traces.
        case tracksCovered
        /// The vCenter says that the state is already so, but it was not before and is not now.
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
