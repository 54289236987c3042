internal import Buffers
internal import Journal
internal import LuaHost
internal import Posix
internal import Text
internal import Transport
public import VSphere

/// One changing call of a script, from its lock to its verdict.
///
/// Lock, settle what earlier runs left open, read, record the intent, send, and when the reply leaves a
/// doubt, look until it is settled. Nothing is sent before the intent is on the disk. Until then it
/// can be given up; afterwards it is waited for.
final class Change {
    private let runtime: Runtime
    private let pending: Pending
    private let vcenter: VCenter
    private let reader: StateReader
    private let journal: Changes.Opened
    private let request: Call
    private let expectedLatest: String?
    private var record: OperationRecord
    private let began: Duration
    /// What became of it, once that is known; and the HTTP status of the last answer.
    private var outcome = OperationRecord.Outcome.notSent
    private var status: Int?
    /// The call as it is sent: the message has our mark.
    private var marked: Call?
    private var claim: ItemLocks.Claim?
    private var driver: CourseDriver?
    private var ticket: PendingCall?
    private let out = ValueBuffer()
    /// Whether one of the vCenter's turns is ours.
    private var hasTurn = false
    /// Whether its outcome is known, and on its way to the disk.
    private var isEnding = false
    /// What the last attempt came back with.
    private var lastError: VSphereError?

    init(
        _ runtime: Runtime,
        _ pending: Pending,
        _ request: Call,
        _ target: Runtime.Target,
        _ journal: Changes.Opened,
        ifLatest: String?
    ) {
        self.runtime = runtime
        self.pending = pending
        self.request = request
        self.journal = journal
        vcenter = target.vcenter
        expectedLatest = ifLatest
        reader = StateReader(vcenter)
        began = runtime.multi.now
        let now = ChangeSettings.wallTime()
        record = OperationRecord(
            identifier: RandomIdentifier.make(),
            run: runtime.changes.settings.run.identifier,
            operation: request.operation.name,
            vcenter: vcenter.profile.endpoint.description,
            user: vcenter.profile.user,
            intended: now,
            deadline: now
        )
        record.subject = request.subject
        record.pin(target.arguments, of: request.operation)
    }

    // MARK: Before anything is sent

    /// Begins.
    func start() {
        runtime.changes.begin(self)
        pending.cancellation = .other { [self] in giveUp() }
        pending.subject = "\(record.operation) (\(record.subject))"
        guard let intent = record.intent else { return takeTurn { self.recordIntent() } }
        switch intent.kind.scope {
        case .name: return readName(intent)
        case .machine: return settleEarlier()
        case .item: break
        }
        claim = journal.locks.claim(
            vcenter: record.vcenter,
            item: record.item,
            wait: runtime.changes.settings.lockWait
        ) { [self] error in
            guard let error else { return settleEarlier() }
            refuse(error)
        }
        // A claim may be granted, and even given back, before it is known here.
        if pending.isOver, let claim { journal.locks.release(claim) }
    }

    /// Settles what earlier runs left open on this item or machine: on top of a doubt nothing can be
    /// decided.
    private func settleEarlier() {
        switch runtime.changes.openOperations(inTheWayOf: record) {
        case .success(let open): settle(open[...])
        case .failure(let error): refuse(error)
        }
    }

    private func settle(_ open: ArraySlice<OperationRecord>) {
        guard let first = open.first else { return read() }
        let reconciler = Reconciler(first, vcenter, runtime.changes)
        pending.cancellation = .other { [self] in
            reconciler.cancel()
            giveUp()
        }
        reconciler.settle { [self] settled in
            pending.cancellation = .other { [self] in giveUp() }
            guard settled.isOpen else { return settle(open.dropFirst()) }
            refuse(.blocked(by: settled))
        }
    }

    /// Looks what has the name already, where no mark in it will be proof.
    private func readName(_ intent: ChangeIntent) {
        guard !intent.isNameMarked else { return takeTurn { self.recordIntent() } }
        reader.readNamed(for: intent) { [self] part in
            // What cannot be read is not refused: the change is only harder to settle.
            record.namedBefore = part.content
            takeTurn { self.recordIntent() }
        }
    }

    private func read() {
        guard record.intent?.kind.scope == .item else { return takeTurn { self.recordIntent() } }
        let item = record.item
        reader.ask([
            .init(.getItem, item), .init(.listVersions, item), .init(.listCheckOuts, item),
            .init(.listChanges, item),
        ]) { [self] answers in
            do throws(VSphereError) {
                let state = try Observation.state(answers)
                let history = try Observation.historyBefore(answers[3])
                if let expectedLatest, expectedLatest != state.latest {
                    throw .latestIsNot(expectedLatest, but: state.latest)
                }
                record.pin(state, history: history)
                try refuseCheckedIn(state, history)
            } catch {
                return refuse(error)
            }
            takeTurn { self.recordIntent() }
        }
    }

    /// Discarding a machine that somebody has checked in is no misuse: it would have lost a version.
    private func refuseCheckedIn(
        _ state: Observation.State,
        _ history: [Observation.Change]
    ) throws(VSphereError) {
        guard record.intent?.kind == .deleteCheckOut, record.holder == nil, let vm = record.vm,
            let version = state.version(heldBy: vm)?.identifier
        else { return }
        throw .checkedIn(version, history.first { $0.version == version }, record)
    }

    /// Goes on when the vCenter takes one more change.
    private func takeTurn(_ action: @escaping () -> Void) {
        runtime.changes.takeTurn(at: vcenter) { [self] in
            hasTurn = true
            if pending.isOver { endTurn() } else { action() }
        }
    }

    private func endTurn() {
        guard hasTurn else { return }
        hasTurn = false
        runtime.changes.endTurn(at: vcenter)
    }

    private func recordIntent() {
        do throws(VSphereError) {
            marked = try record.isMarked ? record.call() : request
        } catch {
            return refuse(error)
        }
        record.attempts = 1
        record.deadline = deadline()
        record.serverTime = vcenter.serverTime
        // What the disk has taken counts, also when the run is stopped meanwhile.
        runtime.changes.record([.intend(record)]) { [self] error in
            if let error { return refuse(VSphereError(error)) }
            guard !pending.isOver else {
                let settlement = Settlement(.notSent, time: now)
                return runtime.changes.settle(record.identifier, settlement)
            }
            pending.isShielded = true
            follow()
        }
    }

    // MARK: Sending and looking

    private func follow() {
        guard let intent = record.intent else {
            return send { [self] error in
                lastError = error
                guard error?.outcome == .unknown else {
                    return end(error == nil ? .accepted : .failed)
                }
                end(.settled(.unknown(.unobservable)))
            }
        }
        let driver = CourseDriver(
            ChangeCourse(intent, limits: runtime.changes.settings.limits),
            reader: reader,
            multi: runtime.multi,
            shouldStop: { [pending] in pending.isAbandoned },
            hooks: .init(
                send: { [self] attempts, replied in attempt(attempts, replied) },
                end: { [self] ending in end(ending) }
            )
        )
        self.driver = driver
        driver.start()
    }

    /// Sends once; a further attempt is on the disk before it is on the wire.
    private func attempt(_ count: Int, _ replied: @escaping (VSphereError?) -> Void) {
        let isFurther = count > record.attempts
        func go() {
            send { [self] error in
                lastError = error ?? lastError
                // While it is only looked at, others may have the turn.
                endTurn()
                replied(error)
            }
        }
        guard !hasTurn || isFurther else { return go() }
        takeTurn { [self] in
            record.attempts = count
            record.deadline = deadline()
            record.serverTime = vcenter.serverTime
            let write = JournalWrite.attempt(
                operation: record.identifier,
                count: count,
                deadline: record.deadline,
                serverTime: record.serverTime
            )
            runtime.changes.record([write]) { [self] error in
                guard !pending.isOver else { return endTurn() }
                // What cannot be recorded is not sent: the doubt about the earlier attempt stays.
                if error != nil { end(.settled(.unknown(.notSeenYet))) } else { go() }
            }
        }
    }

    private func send(_ replied: @escaping (VSphereError?) -> Void) {
        guard let marked else { preconditionFailure("a change is recorded before it is sent") }
        out.clear()
        var isDone = false
        let sent = vcenter.perform(marked, into: out) { [self] error in
            isDone = true
            status = ticket?.status ?? error?.status
            ticket = nil
            replied(error)
        }
        if !isDone { ticket = sent }
    }

    /// The run ends: what was not sent never is, and nothing is sent again.
    func stop() {
        pending.isAbandoned = true
        if !pending.isShielded { giveUp() }
    }

    /// The run has no more time, or nobody wanted it before it was sent.
    func giveUp() {
        let wasSent = pending.isShielded
        let given = ticket
        ticket = nil
        driver?.cancel()
        reader.cancel()
        guard wasSent else { return refuse(VSphereError(.cancelled, "cancelled")) }
        if let given { vcenter.cancel(given) }
        // An outcome that is known counts, whether the disk has it or not.
        guard !isEnding else { return }
        if driver?.course.isRefused == true { return end(.failed) }
        end(.settled(.unknown(record.intent == nil ? .unobservable : .stopped)))
    }

    // MARK: The end

    private func end(_ ending: ChangeCourse.Ending) {
        guard !pending.isOver, !isEnding else { return }
        switch ending {
        case .accepted:
            let result = out.root
            conclude(Settlement(.done, result: result?.string, time: now), result, nil)
        case .failed:
            let error = lastError ?? VSphereError(.cancelled, "cancelled")
            let outcome: OperationRecord.Outcome = error.outcome == .rejected ? .rejected : .notSent
            conclude(Settlement(outcome, detail: error.description, time: now), nil, error)
        case .settled(let verdict):
            let settlement = Settlement(
                of: verdict,
                record.intent?.kind,
                after: lastError?.reply,
                time: now
            )
            if case .done(let result, _) = verdict {
                let values = arguments { buffer in if let result { buffer.put(result) } }
                return conclude(settlement, values.first, nil)
            }
            record.take(settlement)
            conclude(settlement, nil, VSphereError(record, lastError))
        }
    }

    /// Records what became of it, and says so.
    ///
    /// A version that carries our mark is found again by whoever looks, so nobody waits for the disk.
    /// Anything else is on the disk before the item is free: the next process could not tell a refusal
    /// from a request that is still on its way.
    private func conclude(_ settlement: Settlement, _ result: Value?, _ error: VSphereError?) {
        isEnding = true
        outcome = settlement.outcome
        // The run may end before the disk has it.
        if settlement.outcome == .unknown {
            runtime.leaveOpen(record.identifier, pending)
        }
        func tell() {
            guard !pending.isOver else { return }
            if let result { pending.call.result.put(result) }
            finish(error)
        }
        let isMarked = record.intent?.kind.leavesMessage == true && settlement.outcome == .done
        if isMarked {
            runtime.changes.settle(record.identifier, settlement)
            tell()
        } else {
            runtime.changes.settle(record.identifier, settlement, isUrgent: true, then: tell)
        }
    }

    /// An error before anything was recorded.
    private func refuse(_ error: VSphereError) {
        var error = error
        // A read that failed is part of this operation for whoever called it.
        error.operation = record.operation
        error.subject = record.subject
        error.vcenter = record.vcenter
        finish(error)
    }

    private func finish(_ error: VSphereError?) {
        runtime.changes.end(self)
        if let claim { journal.locks.release(claim) }
        claim = nil
        endTurn()
        observe(error)
        guard let error, error.isAboutCheckOut else { return runtime.finish(pending, error) }
        let steps = Steps(
            pending: pending,
            runtime: runtime,
            vcenter: vcenter,
            name: record.operation
        )
        let item = record.item.isEmpty ? nil : arguments { $0.put(record.item) }.first
        steps.explain(error, about: item) { [self] in runtime.finish(pending, $0) }
    }

    /// Tells log and metrics.
    private func observe(_ error: VSphereError?) {
        guard let observe = runtime.configuration.observe, !pending.isOver else { return }
        let item = record.item.isEmpty ? request.item : record.item
        var event = OperationEvent(
            operation: record.operation,
            vcenter: record.vcenter,
            item: item,
            attempts: record.attempts,
            outcome: outcome.rawValue,
            duration: runtime.multi.now - began,
            isChanging: true
        )
        // Without an attempt the journal does not know it.
        event.identifier = record.attempts > 0 ? record.identifier : nil
        event.status = status
        if let error { event.fail(error) }
        observe(event)
    }

    private var now: Int64 { ChangeSettings.wallTime() }

    /// When the time of a request that is sent now is over.
    private func deadline() -> Int64 { now + vcenter.profile.operationTimeout.wholeMilliseconds }
}

extension Runtime {
    /// Makes a changing call so that it is known what it did.
    /// - Parameters:
    ///   - request: The call.
    ///   - target: What it was made from.
    ///   - call: The call of the script.
    ///   - ifLatest: The version that must be the latest.
    /// - Returns: The verdict of the script's call.
    func change(
        _ request: Call,
        _ target: Target,
        _ call: HostCall,
        ifLatest: String? = nil
    ) -> Verdict {
        switch changes.open() {
        case .failure(var error):
            error.operation = request.operation.name
            error.subject = request.subject
            error.vcenter = target.vcenter.profile.endpoint.description
            return raise(error, in: call)
        case .success(let journal):
            return waits(call) { pending in
                Change(self, pending, request, target, journal, ifLatest: ifLatest).start()
            }
        }
    }

    /// Notes in the journal how the run ended.
    /// - Parameter ending: The exit code, or `signal 15`.
    /// - Returns: Why the journal is incomplete, if it is.
    public func closeJournal(ending: String) -> VSphereError? { changes.close(ending: ending) }
}
