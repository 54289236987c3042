/// Decides what is done about a change whose outcome is doubtful: pure, `(intent, observation,
/// budget)` to action.
///
/// Two rules carry it. The history is believed before anything else: an entry with our mark is proof.
/// And that a target is gone proves nothing by itself: the history has to be read *after* that was seen,
/// since our own request may have been carried out between the two reads.
public enum Reconciliation {
    /// What may still be spent.
    public struct Budget: Sendable, Equatable {
        /// How long to wait before the next look; nil when the window is over.
        public var nextWait: Duration?
        /// How often the identical request may be sent again.
        public var resends: Int
        /// Whether no request of this change can be carried out any more: its time was over
        /// before this observation began.
        public var isExpired: Bool

        /// Makes a budget.
        public init(nextWait: Duration?, resends: Int, isExpired: Bool) {
            self.nextWait = nextWait
            self.resends = resends
            self.isExpired = isExpired
        }
    }

    /// What is done next.
    public enum Action: Sendable, Equatable {
        /// Read the history, into the same observation.
        case readHistory
        /// Read the state, into the same observation.
        case readState
        /// Wait, then begin a new observation.
        case wait(Duration)
        /// Send the identical request again, then begin a new observation.
        case send
        /// Nothing more: this is what became of it.
        case conclude(ChangeVerdict)
    }

    /// Where the thing stands that the change is fenced by.
    private enum Standing {
        /// The target is as it was: nothing has happened so far.
        case untouched(mayResend: Bool)
        /// It happened, and the state alone proves it.
        case done(String?)
        /// The target was used, by us or by others.
        case consumed
        /// Others used the target.
        case takenByOthers
        /// The machine that was to be discarded is a version now.
        case checkedIn(version: String)
        /// A machine that may be ours is checked out; what would tell whose it is could not be read.
        case unclear(vm: String, problem: String)
        /// The target is gone; only later changes could say why, and they do not.
        case covered
    }

    /// Decides.
    /// - Parameters:
    ///   - intent: What was pinned before the change was sent.
    ///   - seen: What was read since, in this round.
    ///   - budget: What may still be spent.
    /// - Returns: The next step.
    public static func next(
        _ intent: ChangeIntent,
        _ seen: Observation,
        _ budget: Budget
    ) -> Action {
        if intent.kind.leavesMessage, seen.history == .unread { return .readHistory }
        if let change = ownChange(intent, in: seen) {
            if seen.state == .unread { return .readState }
            return .conclude(.done(result: change.version, supersededBy: later(change, seen)))
        }
        switch seen.state {
        case .unread: return .readState
        case .failed(let problem): return unsettled(.unreadable(problem), budget)
        case .unavailable: return unsettled(.unreadable("this vCenter does not say"), budget)
        case .itemGone: return .conclude(.unknown(.itemGone))
        case .read(let state):
            if !seen.isHistoryNewer, needsHistory(intent, state) { return .readHistory }
            return next(standing(intent, state, seen), intent, seen, budget)
        }
    }

    private static func next(
        _ standing: Standing,
        _ intent: ChangeIntent,
        _ seen: Observation,
        _ budget: Budget
    ) -> Action {
        switch standing {
        case .untouched(let mayResend):
            if budget.isExpired { return .conclude(.notApplied) }
            if let delay = budget.nextWait { return .wait(delay) }
            if mayResend, budget.resends > 0 { return .send }
            return .conclude(.unknown(.notSeenYet))
        case .done(let result): return .conclude(.done(result: result, supersededBy: nil))
        case .takenByOthers: return .conclude(.conflict(foreignChange(intent, in: seen)))
        case .checkedIn(let version):
            let change = seen.history.content?.first { $0.version == version }
            return .conclude(.checkedIn(version: version, change))
        case .covered: return .conclude(.unknown(.tracksCovered))
        case .unclear(let vm, let problem): return unsettled(.unclear(vm: vm, problem), budget)
        case .consumed:
            switch seen.history {
            case .read: return .conclude(.conflict(foreignChange(intent, in: seen)))
            case .failed(let problem): return unsettled(.unreadable(problem), budget)
            case .unavailable: return .conclude(.unknown(.noHistory))
            case .itemGone: return .conclude(.unknown(.itemGone))
            case .unread: return .readHistory
            }
        }
    }

    /// Nothing could be read: look again while there is time; never send blindly.
    private static func unsettled(_ reason: ChangeVerdict.Reason, _ budget: Budget) -> Action {
        budget.nextWait.map { .wait($0) } ?? .conclude(.unknown(reason))
    }

    // MARK: What an observation shows

    /// Whether the state leaves a question that only a history read after it can answer.
    private static func needsHistory(_ intent: ChangeIntent, _ state: Observation.State) -> Bool {
        switch intent.kind {
        case .rollback, .checkIn, .deleteCheckOut: isTargetGone(intent, state)
        // A check-out may have been made and checked in again.
        case .checkOut: true
        case .deleteVersion: false
        }
    }

    private static func standing(
        _ intent: ChangeIntent,
        _ state: Observation.State,
        _ seen: Observation
    ) -> Standing {
        let isGone = isTargetGone(intent, state)
        switch intent.kind {
        case .rollback, .checkIn: return isGone ? .consumed : .untouched(mayResend: true)
        case .deleteVersion:
            guard isGone else { return .untouched(mayResend: true) }
            // A template that lives on under another identifier was rolled back to, not deleted.
            guard let holder = intent.holder else { return .takenByOthers }
            return state.version(heldBy: holder) == nil ? .done(nil) : .takenByOthers
        case .deleteCheckOut:
            guard isGone else { return .untouched(mayResend: true) }
            if let vm = intent.vm, let version = state.version(heldBy: vm) {
                return .checkedIn(version: version.identifier)
            }
            guard intent.holder != nil else { return .takenByOthers }
            return discarded(intent, state, seen)
        case .checkOut: return checkedOut(intent, state, seen)
        }
    }

    /// Whether what the change would use up is no longer there to be used.
    private static func isTargetGone(_ intent: ChangeIntent, _ state: Observation.State) -> Bool {
        switch intent.kind {
        case .rollback:
            intent.version == state.latest
                || !state.versions.contains { $0.identifier == intent.version }
        case .deleteVersion: !state.versions.contains { $0.identifier == intent.version }
        case .checkIn, .deleteCheckOut: !state.checkOuts.contains { $0.vm == intent.vm }
        case .checkOut: false
        }
    }

    /// A machine is neither checked out nor a live template: it was deleted, or it was checked
    /// in and its version purged since.
    private static func discarded(
        _ intent: ChangeIntent,
        _ state: Observation.State,
        _ seen: Observation
    ) -> Standing {
        guard let history = seen.history.content else {
            return seen.history == .unavailable ? .covered : .consumed
        }
        // Without knowing which entries are new, none of them tells.
        guard intent.newestBefore != nil else { return .covered }
        // While it was checked out, nothing but its own check-in could make a version: the first new
        // one tells, as long as it lives and is seen to be made of another machine.
        guard let first = newChanges(intent, history).first else { return .done(nil) }
        let isLive = state.versions.contains { $0.identifier == first.version }
        return isLive ? .done(nil) : .covered
    }

    /// A check-out carries no message: it is known by its user and its machine's name, and by
    /// not having been there before.
    ///
    /// Its time says nothing more, and two clocks need not agree.
    private static func checkedOut(
        _ intent: ChangeIntent,
        _ state: Observation.State,
        _ seen: Observation
    ) -> Standing {
        let others = state.checkOuts.filter { $0.vm != intent.checkedOutBefore }
        if let own = others.first(where: { isOwn($0, intent) == true }) { return .done(own.vm) }
        if let other = others.first(where: { isOwn($0, intent) == nil }) {
            return .unclear(vm: other.vm, problem: other.problem ?? "")
        }
        // A new version may be our own check-out, checked in by somebody.
        guard let history = seen.history.content else {
            return .untouched(mayResend: false)
        }
        guard newChanges(intent, history).isEmpty else { return .covered }
        return .untouched(mayResend: state.checkOuts.isEmpty)
    }

    /// Whether a machine is the one that was to be made; nil where it was not read enough of it.
    private static func isOwn(_ other: Observation.CheckOut, _ intent: ChangeIntent) -> Bool? {
        if let user = other.user, !UserName.isSame(user, intent.user) { return false }
        if let name = other.name, let own = intent.name, name != own { return false }
        let isNamed = intent.name == nil || other.name != nil
        if other.user != nil, isNamed { return true }
        return other.problem == nil ? false : nil
    }

    // MARK: What the history says

    private static func ownChange(
        _ intent: ChangeIntent,
        in seen: Observation
    ) -> Observation.Change? {
        guard intent.kind.leavesMessage else { return nil }
        return seen.history.content?.first {
            OperationToken.isMarked($0.message, by: intent.identifier)
        }
    }

    /// The entries since the change was pinned, oldest first.
    ///
    /// The server's order is not promised; times order them, and entries of one moment by place.
    private static func newChanges(
        _ intent: ChangeIntent,
        _ history: [Observation.Change]
    ) -> [Observation.Change] {
        let ordered = chronological(history)
        guard let newest = intent.newestBefore,
            let place = ordered.lastIndex(where: { $0.version == newest })
        else { return ordered }
        return Array(ordered[(place + 1)...])
    }

    /// The first change of somebody else's since ours was pinned.
    private static func foreignChange(
        _ intent: ChangeIntent,
        in seen: Observation
    ) -> Observation.Change? {
        guard intent.newestBefore != nil, let history = seen.history.content else { return nil }
        return newChanges(intent, history).first
    }

    /// What came after our own change, where the latest version is another one.
    ///
    /// The latest version may have been read before the history was: then it may be the one that ours
    /// replaced, and only its place in the history tells.
    private static func later(
        _ change: Observation.Change,
        _ seen: Observation
    ) -> ChangeVerdict.Superseding? {
        guard let latest = seen.state.content?.latest, latest != change.version else { return nil }
        let ordered = chronological(seen.history.content ?? [])
        let own = ordered.lastIndex { $0.version == change.version } ?? 0
        guard let place = ordered.lastIndex(where: { $0.version == latest }) else {
            return seen.isHistoryNewer ? nil : .init(latest, nil)
        }
        return place > own ? .init(latest, ordered[place]) : nil
    }

    /// The newest entry of a history.
    ///
    /// One pass, without sorting: it is asked for before every change, and histories grow long.
    /// - Parameter history: The entries in the server's order, oldest or newest first.
    /// - Returns: The entry; nil for an empty history.
    public static func newest(_ history: [Observation.Change]) -> Observation.Change? {
        guard let first = history.first, let last = history.last else { return nil }
        var newest = first
        let isNewestFirst = first.time > last.time
        for entry in history.dropFirst()
        where isNewestFirst ? entry.time > newest.time : entry.time >= newest.time {
            newest = entry
        }
        return newest
    }

    /// The entries of a history, oldest first.
    /// - Parameter history: The entries in the server's order, oldest or newest first.
    /// - Returns: The same entries.
    static func chronological(_ history: [Observation.Change]) -> [Observation.Change] {
        // RFC 3339 in UTC with a fixed number of digits sorts as text. Entries of one moment keep the
        // order they came in; a list that comes newest first is turned round before.
        var entries = history
        if let first = history.first, let last = history.last, first.time > last.time {
            entries.reverse()
        }
        return entries.enumerated()
            .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
    }
}
