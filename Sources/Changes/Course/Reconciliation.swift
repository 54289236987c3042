internal import Text
internal import VSphere

/// Decides how to settle a change whose outcome is doubtful: pure, `(intent, observation,
/// budget)` to action.
///
/// Two rules. First, the history has precedence: an entry with our mark is proof.
/// Second, a missing target alone proves nothing: the history has to be read *after* the target was found
/// missing, since our own request may have been carried out between the two reads.
public enum Reconciliation {
    /// The time and the number of sendings that are left.
    public struct Budget: Sendable, Equatable {
        /// The time to wait before the next look; nil when the window is over.
        public var nextWait: Duration?
        /// How many times the identical request may be sent again.
        public var resends: Int
        /// The time after which a change that was not seen counts as lost, if it has passed by
        /// the server's clock; else nil.
        public var lostAfter: Duration?

        /// Makes a budget.
        public init(nextWait: Duration?, resends: Int, lostAfter: Duration? = nil) {
            self.nextWait = nextWait
            self.resends = resends
            self.lostAfter = lostAfter
        }
    }

    /// The next action.
    public enum Action: Sendable, Equatable {
        /// Ask, and add the answer to the same observation.
        case read(Observation.Question)
        /// Wait, then begin a new observation.
        case wait(Duration)
        /// Send the identical request again, then begin a new observation.
        case send
        /// End with this verdict.
        case conclude(ChangeVerdict)
    }

    /// The state of the target that fences the change.
    private enum TargetState {
        /// The target is unchanged: nothing has happened so far.
        case untouched
        /// It happened, and the state alone proves it.
        case done(String?)
        /// The target was used, by us or by others.
        case consumed
        /// Others used the target.
        case takenByOthers
        /// The machine that was to be discarded is a version now.
        case checkedIn(version: String)
        /// A machine that may be ours is checked out; the data that would tell could not be read.
        case unclear(vm: String, problem: String)
        /// A machine that may be ours is checked out, and nothing proves it.
        case candidate(String)
        /// The data that would tell could not be read.
        case unreadable(String)
        /// The target is gone; only later changes could show why, and they do not.
        case covered
    }

    /// Decides the next action.
    /// - Parameters:
    ///   - intent: The state that was pinned before the change was sent.
    ///   - seen: The answers since then, in this round.
    ///   - budget: The time and the sendings that are left.
    /// - Returns: The next action.
    public static func next(
        _ intent: ChangeIntent,
        _ seen: Observation,
        _ budget: Budget
    ) -> Action {
        switch intent.kind.scope {
        case .item: nextOfItem(intent, seen, budget)
        case .machine: nextOfMachine(intent, seen, budget)
        case .name: nextOfName(intent, seen, budget)
        case .settings: nextOfSettings(intent, seen, budget)
        }
    }

    private static func nextOfItem(
        _ intent: ChangeIntent,
        _ seen: Observation,
        _ budget: Budget
    ) -> Action {
        if intent.kind.leavesMessage, seen.history == .unread { return .read(.history) }
        if let change = ownChange(intent, in: seen) {
            if seen.state == .unread { return .read(.state) }
            return .conclude(.done(result: change.version, supersededBy: later(change, seen)))
        }
        return afterState(intent, seen, budget)
    }

    /// Decides from the state of the item.
    private static func afterState(
        _ intent: ChangeIntent,
        _ seen: Observation,
        _ budget: Budget
    ) -> Action {
        switch seen.state {
        case .unread: return .read(.state)
        case .failed(let problem): return unsettled(.unreadable(problem), budget)
        case .unavailable: return unsettled(.notTold, budget)
        case .gone where intent.kind == .deleteItem:
            return .conclude(.done(result: nil, supersededBy: nil))
        case .gone: return .conclude(.unknown(.itemGone))
        case .read where intent.kind == .deleteItem: return untouched(intent, budget)
        case .read(let state):
            if !seen.isHistoryNewer, needsHistory(intent, state) { return .read(.history) }
            return next(standing(intent, state, seen), intent, seen, budget)
        }
    }

    private static func nextOfMachine(
        _ intent: ChangeIntent,
        _ seen: Observation,
        _ budget: Budget
    ) -> Action {
        switch seen.machine {
        case .unread: return .read(.machine)
        case .failed(let problem): return unsettled(.unreadable(problem), budget)
        case .unavailable: return unsettled(.notTold, budget)
        // A machine that was checked out may have been checked in: a template's machine is not visible either.
        case .gone where intent.kind == .deleteVM && !intent.item.isEmpty:
            return afterState(intent, seen, budget)
        case .gone where intent.kind == .deleteVM:
            return .conclude(.done(result: nil, supersededBy: nil))
        case .gone: return .conclude(.unknown(.machineGone))
        case .read(let machine):
            guard let wanted = intent.kind.power else { return untouched(intent, budget) }
            if machine.power == wanted {
                return .conclude(.done(result: nil, supersededBy: nil))
            }
            return untouched(intent, budget, machine.power.map { .otherPower($0) } ?? .notTold)
        }
    }

    /// Decides from the object that a change sets something of: it is so, or not yet.
    private static func nextOfSettings(
        _ intent: ChangeIntent,
        _ seen: Observation,
        _ budget: Budget
    ) -> Action {
        switch seen.settings {
        case .unread: .read(.settings)
        case .failed(let problem): unsettled(.unreadable(problem), budget)
        case .unavailable: unsettled(.notTold, budget)
        case .gone where intent.kind == .deleteLibrary:
            .conclude(.done(result: nil, supersededBy: nil))
        case .gone: .conclude(.unknown(.objectGone))
        case .read(true): .conclude(.done(result: nil, supersededBy: nil))
        case .read(false): untouched(intent, budget)
        }
    }

    private static func nextOfName(
        _ intent: ChangeIntent,
        _ seen: Observation,
        _ budget: Budget
    ) -> Action {
        switch seen.named {
        case .unread: return .read(.named)
        case .failed(let problem): return unsettled(.unreadable(problem), budget)
        case .unavailable, .gone: return unsettled(.notTold, budget)
        case .read(let things):
            let known = intent.namedBefore ?? []
            let new = things.filter { thing in
                !known.contains { MachineName.isSame($0, thing) }
            }
            guard let first = new.first else { return untouched(intent, budget) }
            if intent.isNameMarked {
                return .conclude(.done(result: first, supersededBy: nil))
            }
            let names = new.map { Display.escape($0) }.joined(separator: ", ")
            let name = Display.escape(intent.name ?? "")
            return .conclude(.unknown(.candidate("\(names) has the name \(name) now")))
        }
    }

    private static func next(
        _ standing: TargetState,
        _ intent: ChangeIntent,
        _ seen: Observation,
        _ budget: Budget
    ) -> Action {
        switch standing {
        case .untouched: return untouched(intent, budget)
        case .done(let result): return .conclude(.done(result: result, supersededBy: nil))
        case .takenByOthers: return .conclude(.conflict(foreignChange(intent, in: seen)))
        case .checkedIn(let version):
            let change = seen.history.content?.first { $0.version == version }
            return .conclude(.checkedIn(version: version, change))
        case .covered: return .conclude(.unknown(.tracksCovered))
        case .candidate(let thing): return .conclude(.unknown(.candidate(thing)))
        case .unclear(let vm, let problem): return unsettled(.unclear(vm: vm, problem), budget)
        case .unreadable(let problem): return unsettled(.unreadable(problem), budget)
        case .consumed:
            switch seen.history {
            case .read: return .conclude(.conflict(foreignChange(intent, in: seen)))
            case .failed(let problem): return unsettled(.unreadable(problem), budget)
            case .unavailable: return .conclude(.unknown(.noHistory))
            case .gone: return .conclude(.unknown(.itemGone))
            case .unread: return .read(.history)
            }
        }
    }

    /// Decides while nothing has happened.
    ///
    /// A request that was sent may be carried out at any later time, even long after our timeout.
    private static func untouched(
        _ intent: ChangeIntent,
        _ budget: Budget,
        _ reason: ChangeVerdict.Reason = .notSeenYet
    ) -> Action {
        if let time = budget.lostAfter { return .conclude(.notSeen(within: time)) }
        if let delay = budget.nextWait { return .wait(delay) }
        if budget.resends > 0 { return .send }
        return .conclude(.unknown(reason))
    }

    /// Decides when nothing could be read: look again while there is time; never send blindly.
    private static func unsettled(_ reason: ChangeVerdict.Reason, _ budget: Budget) -> Action {
        budget.nextWait.map { .wait($0) } ?? .conclude(.unknown(reason))
    }

    // MARK: What the state of an item shows

    /// Whether the state leaves a question that only a history read after it can answer.
    private static func needsHistory(_ intent: ChangeIntent, _ state: Observation.State) -> Bool {
        switch intent.kind {
        case .rollback, .checkIn, .deleteCheckOut, .deleteVM: isTargetGone(intent, state)
        // A check-out may have been made and checked in again.
        case .checkOut: true
        default: false
        }
    }

    private static func standing(
        _ intent: ChangeIntent,
        _ state: Observation.State,
        _ seen: Observation
    ) -> TargetState {
        if intent.kind == .checkOut { return checkedOut(intent, state, seen) }
        guard isTargetGone(intent, state) else { return .untouched }
        switch intent.kind {
        case .deleteVersion:
            // A template that still exists under another version was rolled back to, not deleted.
            guard let holder = intent.holder else { return .takenByOthers }
            return state.version(heldBy: holder) == nil ? .done(nil) : .takenByOthers
        case .deleteCheckOut, .deleteVM:
            if let vm = intent.vm, let version = state.version(heldBy: vm) {
                return .checkedIn(version: version.identifier)
            }
            guard intent.holder != nil else { return .takenByOthers }
            return discarded(intent, state, seen)
        default: return .consumed
        }
    }

    /// Whether the target that the change would use up is gone.
    private static func isTargetGone(_ intent: ChangeIntent, _ state: Observation.State) -> Bool {
        switch intent.kind {
        case .rollback:
            // One that was the latest already is refused only until another version comes.
            intent.version == state.latest && intent.version != intent.latestBefore
                || !state.versions.contains { $0.identifier == intent.version }
        case .deleteVersion: !state.versions.contains { $0.identifier == intent.version }
        default: intent.vm.flatMap { state.checkOut(of: $0) } == nil
        }
    }

    /// Decides about a machine that is neither checked out nor a live template: it was deleted, or checked
    /// in and its version purged since.
    private static func discarded(
        _ intent: ChangeIntent,
        _ state: Observation.State,
        _ seen: Observation
    ) -> TargetState {
        guard let history = seen.history.content else {
            return seen.history == .unavailable ? .covered : .consumed
        }
        // It is not known which entries are new, so none of them tells.
        guard intent.newestBefore != nil else { return .covered }
        // While it was checked out, only its own check-in could make a version: the first new
        // one tells, if it is live and so is seen to be made from another machine.
        guard let first = newChanges(intent, history).first else { return .done(nil) }
        let isLive = state.versions.contains { $0.identifier == first.version }
        return isLive ? .done(nil) : .covered
    }

    /// A check-out has no message: only a name with the mark of the operation proves that a
    /// machine is ours.
    ///
    /// Its user, its time and a name without a mark prove nothing: another run of the same
    /// account may have made it.
    private static func checkedOut(
        _ intent: ChangeIntent,
        _ state: Observation.State,
        _ seen: Observation
    ) -> TargetState {
        let others = state.checkOuts.filter { other in
            !(intent.checkedOutBefore.map { MachineName.isSame($0, other.vm) } ?? false)
        }
        if let own = others.first(where: { isOwn($0, intent) == true }) {
            return intent.isNameMarked ? .done(own.vm) : .candidate(own.line)
        }
        if let other = others.first(where: { isOwn($0, intent) == nil }) {
            return .unclear(vm: other.vm, problem: other.problem ?? "")
        }
        // A new version may be our own check-out, checked in by somebody.
        switch seen.history {
        case .read(let history):
            return newChanges(intent, history).isEmpty ? .untouched : .covered
        case .failed(let problem): return .unreadable(problem)
        case .unread, .unavailable, .gone: return .untouched
        }
    }

    /// Whether a machine may be the new one; nil if too little of it was
    /// read.
    private static func isOwn(_ other: Observation.CheckOut, _ intent: ChangeIntent) -> Bool? {
        if let name = other.name, let own = intent.name, name != own { return false }
        if intent.isNameMarked, other.name != nil { return true }
        if let user = other.user, !UserName.isSame(user, intent.user) { return false }
        let isNamed = intent.name == nil || other.name != nil
        if other.user != nil, isNamed { return true }
        return other.problem == nil ? false : nil
    }
}
