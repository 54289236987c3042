internal import Journal
internal import Posix
internal import Text
public import VSphere

/// The changes of one run, with the journal, which is opened before the first change and written on
/// its own thread, all writes of one turn of the loop in one transaction.
public final class RunChanges {
    let loop: any ChangeLoop
    /// How they are recorded, locked and observed.
    public let settings: ChangeSettings
    /// The changes that a dry run has planned so far.
    public let plan = Plan()
    /// The steps of the run.
    public private(set) lazy var steps = RunSteps(self, settings.history)
    /// The lists that are shared with the copies of the run.
    public internal(set) var shares: [WorkShare] = []
    /// Called with every change that has its verdict; for logs and metrics.
    public var observe: ((OperationEvent) -> Void)?
    /// The run's place in its trace; nil if it is not traced.
    public var span: Span?
    /// Called with every step that has ended, where the run is traced.
    public var observeStep: ((StepEvent) -> Void)?
    private var opened: Opened?
    /// How many changes each vCenter has under way, and the actions that wait for a turn.
    private var turns: [ObjectIdentifier: (taken: Int, waiting: [() -> Void])] = [:]
    /// Settled operations of this run whose outcome is not on the disk yet.
    private var justSettled: Set<String> = []
    /// The changes that have no verdict yet, by their identifiers, whether anybody waits for it or not.
    private var underWay: [String: Change] = [:]
    /// The next commit; one that is not urgent gives way to one that is, with its writes.
    private var planned: (isUrgent: Bool, cancel: ChangeLoop.Cancellation)?
    /// The writes that the journal must have first, and how many times they have grown: the run itself, and the
    /// outcomes that it could not take.
    private var beginning: (writes: [JournalWrite], count: Int) = ([], 0)
    private var problem: JournalError?
    /// Whether the journal gets what starts the run again.
    private var keepsRecipe = false

    struct Opened {
        let store: any JournalStore
        let commits: any Commits
        let claims: any Claims
        let leases: Leases?
    }

    /// Makes the changes of a run; the journal is not opened yet.
    public init(loop: any ChangeLoop, settings: ChangeSettings) {
        self.loop = loop
        self.settings = settings
    }

    /// Opens the journal, before the first change.
    /// - Returns: Why nothing can be changed, kind `journal`; nil on success.
    public func begin() -> VSphereError? {
        if case .failure(let error) = open() { error } else { nil }
    }

    /// The opened journal; a failure is not remembered, since a lock or a full disk is temporary.
    func open() -> Swift.Result<Opened, VSphereError> {
        if let opened { return .success(opened) }
        return settings.open().flatMap { place in
            // As long as it is held, the run is known to be at work. Where no lock can be made, the journal says
            // better what is wrong.
            _ = settings.hold(settings.run)
            do throws(JournalError) {
                let made = try place.opened(in: loop)
                opened = made
                let age = Retention.age.wholeMilliseconds
                var run = settings.run
                run.arguments = run.arguments.map(settings.cleaned)
                run.script = settings.cleaned(run.script)
                writeFirst([.begin(run), .retire(after: age)])
                return .success(made)
            } catch {
                return .failure(VSphereError(error))
            }
        }
    }

    /// Whether the journal is being written.
    public var isWriting: Bool { opened?.commits.isWriting ?? false }

    /// Whether the journal is open.
    var isOpen: Bool { opened != nil }

    /// Opens the journal before the first step, and keeps what starts the run again.
    /// - Returns: Why no step can be kept; nil on success.
    public func beginSteps() -> VSphereError? {
        guard !keepsRecipe else { return nil }
        if let error = begin() ?? settings.hold(settings.run) { return error }
        keepsRecipe = true
        if let recipe = settings.recipe() {
            writeFirst([.recipe(run: settings.run.identifier, recipe)])
            record([], isUrgent: false) { _ in }
        }
        return nil
    }

    var claims: (any Claims)? { opened?.claims }

    /// The claims in a journal that hosts share.
    var leases: Leases? { opened?.leases }

    /// The journal, once it is open.
    var journal: (any JournalStore)? { opened?.store }

    /// Whether any change has no verdict yet.
    public var areUnderWay: Bool { !underWay.isEmpty }

    /// Takes note of a change that begins.
    func begin(_ change: Change) { underWay[change.record.identifier] = change }

    /// Takes note of a change that has its verdict.
    func end(_ change: Change) { underWay[change.record.identifier] = nil }

    /// Stops because the run ends: nothing is sent for the first time or again.
    public func stop() { for change in Array(underWay.values) { change.stop() } }

    /// Cancels every change: unsent ones are never sent, the outcome of the others is unknown.
    public func giveUp() { for change in Array(underWay.values) { change.giveUp() } }

    /// Waits for a turn: no more changes of a vCenter are recorded than it takes at once.
    ///
    /// A recorded one is then sent at once, so that the deadline of its request, by which it is judged
    /// after a crash, is counted from shortly after it was recorded.
    func takeTurn(at vcenter: VCenter, _ action: @escaping () -> Void) {
        if vcenter.mayChange == nil, opened?.claims.fence(vcenter: "", item: "") != nil {
            vcenter.mayChange = { [self] in
                opened?.claims.isCertain == false ? Self.isUncertain : nil
            }
            vcenter.changesEnd = { [self] in opened?.claims.certainUntil }
        }
        let key = ObjectIdentifier(vcenter)
        if turns[key, default: (0, [])].taken < vcenter.profile.requestLimit {
            turns[key, default: (0, [])].taken += 1
            action()
        } else {
            turns[key]?.waiting.append(action)
        }
    }

    /// The error of a request that was not sent, since nobody knows any more whether another run has taken over.
    private static var isUncertain: VSphereError {
        VSphereError(.conflict, "not sent: another run may have taken over meanwhile")
    }

    /// Releases a turn.
    func endTurn(at vcenter: VCenter) {
        let key = ObjectIdentifier(vcenter)
        guard let next = turns[key]?.waiting.first else {
            turns[key]?.taken -= 1
            return
        }
        turns[key]?.waiting.removeFirst()
        next()
    }

    /// Writes, together with all other writes of this turn of the loop.
    /// - Parameters:
    ///   - writes: The writes.
    ///   - isUrgent: Whether a caller waits for it; else it may wait a moment to be written with others.
    ///   - completion: Called when it is on the disk, or with why it is not.
    func record(
        _ writes: [JournalWrite],
        isUrgent: Bool = true,
        completion: @escaping (JournalError?) -> Void
    ) {
        guard let opened else {
            preconditionFailure("nothing is recorded before the journal is open")
        }
        let (first, count) = (beginning.writes, beginning.count)
        opened.commits.append(first + writes) { [self] error in
            if error == nil, count == beginning.count {
                beginning.writes = []
                problem = nil
            }
            completion(error)
        }
        if let planned {
            guard isUrgent, !planned.isUrgent else { return }
            planned.cancel()
        }
        let cancel = loop.after(isUrgent ? .zero : Self.batchingDelay) { [self] in
            planned = nil
            opened.commits.commit()
        }
        planned = (isUrgent, cancel)
    }

    /// Puts writes before all others until the disk has taken them.
    private func writeFirst(_ writes: [JournalWrite]) {
        beginning.writes += writes
        beginning.count += 1
    }

    /// The delay of writes that no caller waits for.
    private static let batchingDelay: Duration = .milliseconds(50)

    /// Records the outcome of an operation.
    /// - Parameters:
    ///   - operation: The operation.
    ///   - settlement: The outcome.
    ///   - isUrgent: Whether a caller waits for it.
    ///   - ifOpen: Whether an outcome recorded meanwhile is kept.
    ///   - told: Called when it is on the disk, or cannot be written.
    func settle(
        _ operation: String,
        _ settlement: Settlement,
        isUrgent: Bool = false,
        ifOpen: Bool = false,
        then told: @escaping () -> Void = {}
    ) {
        if !settlement.outcome.isOpen { justSettled.insert(operation) }
        let write = JournalWrite.settle(operation: operation, settlement, ifOpen: ifOpen)
        record([write], isUrgent: isUrgent) { [self] error in
            if let error {
                problem = error
                // The next change may use up what this one made, and nothing would tell any more that it was done.
                writeFirst([write])
            } else {
                justSettled.remove(operation)
            }
            told()
        }
    }

    /// The open operations that, if carried out late, could conflict with a change: those of its item,
    /// those of its machine, and those that make the same.
    func openOperations(
        inTheWayOf record: OperationRecord
    ) -> Swift.Result<[OperationRecord], VSphereError> {
        guard let store = opened?.store else { return .success([]) }
        do throws(JournalError) {
            // The index of items is used if no machine is named.
            let isOfItem = record.vm == nil && record.intent?.kind.scope != .name
            let open =
                try isOfItem
                ? store.openOperations(vcenter: record.vcenter, item: record.item)
                : store.openOperations(vcenter: record.vcenter)
            return .success(open.filter { isInTheWay($0, of: record) })
        } catch {
            return .failure(VSphereError(error))
        }
    }

    /// An operation as it is in the journal now.
    func current(_ record: OperationRecord) -> Swift.Result<OperationRecord, VSphereError> {
        do throws(JournalError) {
            let found = try opened?.store.operations(startingWith: record.identifier)
            return .success(found?.first ?? record)
        } catch {
            return .failure(VSphereError(error))
        }
    }

    private func isInTheWay(_ open: OperationRecord, of record: OperationRecord) -> Bool {
        // Changes of machines take no lock: one under way in this run is not left by an earlier one. One that the run
        // has left in doubt stays a doubt, even where the disk could not take that.
        if justSettled.contains(open.identifier) || underWay[open.identifier] != nil {
            return false
        }
        let kind = open.intent?.kind
        // Carried out late, it would make a second thing of that name, or take the name away.
        if let own = record.intent, own.kind.scope == .name {
            return kind == own.kind && open.name == record.name
                && open.intent?.library == own.library
        }
        if let vm = record.vm, let other = open.vm, MachineName.isSame(vm, other) {
            // The same operation once more has the same effect on the machine as the late one.
            return kind == nil || kind?.scope != .machine || kind != record.intent?.kind
        }
        // A machine that is deleted may have been checked out of it; of what is not known nothing is assumed.
        let isAboutItem = kind?.scope == .item || kind == .updateItem || kind == .deleteVM
        guard kind == nil || isAboutItem else { return false }
        return !record.item.isEmpty && open.item == record.item
    }

    /// Records how the run ended and writes what is left.
    /// - Parameter ending: The exit code, or `signal 15`.
    /// - Returns: Why part of it could not be written; nil on success.
    public func close(ending: String) -> VSphereError? {
        guard let opened else { return nil }
        // Whoever is stopped from outside has not failed: the others go on with what it had.
        var untold: JournalError?
        for share in shares {
            untold = share.close(hasFailed: ending.hasPrefix("exit ")) ?? untold
        }
        let end = JournalWrite.end(
            run: settings.run.identifier,
            ending: ending,
            time: loop.wallTime
        )
        opened.commits.append(beginning.writes + [end], completion: nil)
        let last = opened.commits.flush()
        return (last ?? problem ?? untold).map { VSphereError($0) }
    }
}

extension VSphereError {
    /// The error of a change that was refused because it could not be recorded.
    init(_ error: JournalError) {
        self.init(
            error.kind == .lost ? .conflict : .journal,
            Display.escape(error.message),
            hint: error.hint
        )
    }
}

extension ChangeSettings.Place {
    /// The opened journal and the claims of a run.
    fileprivate func opened(in loop: any ChangeLoop) throws(JournalError) -> RunChanges.Opened {
        let commits: any Commits
        if let given = self.commits {
            commits = given
        } else {
            let queue = try CommitQueue(store)
            loop.watch(queue.descriptor) { queue.deliver() }
            commits = queue
        }
        if let leases { loop.watch(leases.descriptor) { leases.deliver() } }
        let claims = self.claims ?? ItemLocks(loop: loop, folder: locks, leases: leases)
        return .init(store: store, commits: commits, claims: claims, leases: leases)
    }
}
