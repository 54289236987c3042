public import Buffers
internal import Journal
internal import Posix
internal import Text
public import VSphere

/// One changing call, from its claim to its verdict.
///
/// Lock, settle what earlier runs left open, read, record the intent, send, and when the reply leaves a
/// doubt, look until it is settled. Nothing is sent before the intent is on the disk. Until then it
/// can be given up; afterwards it is waited for.
public final class Change {
    private let changes: RunChanges
    private let caller: any ChangeCaller
    let vcenter: VCenter
    let reader: StateReader
    private let request: Call
    let expectedLatest: String?
    var record: OperationRecord
    private let began: Duration
    /// What became of it, once that is known; and the HTTP status of the last answer.
    private var outcome = OperationRecord.Outcome.notSent
    private var status: Int?
    /// The call as it is sent: the message has our mark.
    private var marked: Call?
    /// Gives the item back.
    private var release: (() -> Void)?
    /// Settles what an earlier run left open.
    private var reconciler: Reconciler?
    private var driver: CourseDriver?
    private var ticket: PendingCall?
    private let out = ValueBuffer()
    /// Whether one of the vCenter's turns is ours.
    private var hasTurn = false
    /// Whether its outcome is known, and on its way to the disk.
    private var isEnding = false
    /// What the last attempt came back with.
    private var lastError: VSphereError?

    /// Makes a change that has not begun.
    /// - Parameters:
    ///   - request: The call.
    ///   - arguments: Its arguments.
    ///   - vcenter: Where it is made.
    ///   - changes: The changes of the run; its journal is open.
    ///   - ifLatest: The version that must be the latest.
    ///   - caller: Whoever waits for it.
    public init(
        _ request: Call,
        _ arguments: [Value],
        at vcenter: VCenter,
        in changes: RunChanges,
        ifLatest: String? = nil,
        for caller: any ChangeCaller
    ) {
        self.request = request
        self.vcenter = vcenter
        self.changes = changes
        self.caller = caller
        expectedLatest = ifLatest
        reader = StateReader(vcenter)
        began = changes.loop.now
        let now = changes.loop.wallTime
        record = OperationRecord(
            identifier: RandomIdentifier.make(),
            run: changes.settings.run.identifier,
            operation: request.operation.name,
            vcenter: vcenter.profile.endpoint.description,
            user: vcenter.profile.user,
            intended: now,
            deadline: now
        )
        record.subject = request.subject
        record.pin(arguments, of: request.operation)
    }

    /// What it is, for whoever waits for it: `rollback (item …)`; safe to show.
    public var subject: String { "\(record.operation) (\(record.subject))" }

    /// The item it is about; nil where it is about something else.
    public var item: String? { record.item.isEmpty ? nil : record.item }

    // MARK: Before anything is sent

    /// Begins.
    public func start() {
        changes.begin(self)
        guard let intent = record.intent else {
            return record.vm == nil ? takeTurn { self.recordIntent() } : settleEarlier()
        }
        switch intent.kind.scope {
        case .name: return readName(intent)
        case .machine: return settleEarlier()
        case .item: break
        }
        release = changes.claims?.claim(
            vcenter: record.vcenter,
            item: record.item,
            wait: changes.settings.lockWait
        ) { [self] error in
            guard let error else { return settleEarlier() }
            refuse(error)
        }
        // A claim may be granted, and even given back, before it is known here.
        if caller.isOver { giveBack() }
    }

    /// Settles what earlier runs left open on this item or machine: on top of a doubt nothing can be
    /// decided.
    private func settleEarlier() {
        switch changes.openOperations(inTheWayOf: record) {
        case .success(let open): settle(open[...])
        case .failure(let error): refuse(error)
        }
    }

    private func settle(_ open: ArraySlice<OperationRecord>) {
        guard let first = open.first else { return read() }
        let reconciler = Reconciler(first, vcenter, changes)
        self.reconciler = reconciler
        reconciler.settle { [self] settled in
            self.reconciler = nil
            guard settled.isOpen else { return settle(open.dropFirst()) }
            refuse(.blocked(by: settled))
        }
    }

    /// Goes on when the vCenter takes one more change.
    func takeTurn(_ action: @escaping () -> Void) {
        changes.takeTurn(at: vcenter) { [self] in
            hasTurn = true
            if caller.isOver { endTurn() } else { action() }
        }
    }

    private func endTurn() {
        guard hasTurn else { return }
        hasTurn = false
        changes.endTurn(at: vcenter)
    }

    func recordIntent() {
        do throws(VSphereError) {
            marked = try record.isMarked ? record.call() : request
        } catch {
            return refuse(error)
        }
        record.attempts = 1
        record.deadline = deadline()
        record.serverTime = vcenter.serverTime
        // What the disk has taken counts, also when the run is stopped meanwhile.
        changes.record([.intend(record)]) { [self] error in
            if let error { return refuse(VSphereError(error)) }
            guard !caller.isOver else {
                let settlement = Settlement(.notSent, time: now)
                return changes.settle(record.identifier, settlement)
            }
            caller.isShielded = true
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
            ChangeCourse(intent, limits: changes.settings.limits),
            reader: reader,
            loop: changes.loop,
            shouldStop: { [caller] in caller.isAbandoned },
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
            changes.record([write]) { [self] error in
                guard !caller.isOver else { return endTurn() }
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
    public func stop() {
        caller.isAbandoned = true
        if !caller.isShielded { giveUp() }
    }

    /// The run has no more time, or nobody wanted it before it was sent.
    public func giveUp() {
        let wasSent = caller.isShielded
        let given = ticket
        ticket = nil
        driver?.cancel()
        reconciler?.cancel()
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
        guard !caller.isOver, !isEnding else { return }
        switch ending {
        case .accepted:
            let result = out.root
            conclude(Settlement(.done, result: result?.string, time: now), result, nil)
        case .failed:
            let error = lastError ?? VSphereError(.cancelled, "cancelled")
            let outcome: OperationRecord.Outcome = error.outcome == .rejected ? .rejected : .notSent
            conclude(
                Settlement(outcome, detail: Detail(text: error.description), time: now),
                nil,
                error
            )
        case .settled(let verdict):
            let settlement = Settlement(
                of: verdict,
                record.intent?.kind,
                after: lastError?.reply,
                time: now
            )
            if case .done(let result, _) = verdict {
                let values = ValueBuffer.values { buffer in if let result { buffer.put(result) } }
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
            caller.leftOpen(record.identifier)
        }
        func tell() {
            guard !caller.isOver else { return }
            finish(error, result)
        }
        let isMarked = record.intent?.kind.leavesMessage == true && settlement.outcome == .done
        if isMarked {
            changes.settle(record.identifier, settlement)
            tell()
        } else {
            changes.settle(record.identifier, settlement, isUrgent: true, then: tell)
        }
    }

    /// An error before anything was recorded.
    func refuse(_ error: VSphereError) {
        var error = error
        // A read that failed is part of this operation for whoever called it.
        error.operation = record.operation
        error.subject = record.subject
        error.vcenter = record.vcenter
        finish(error)
    }

    private func finish(_ error: VSphereError?, _ result: Value? = nil) {
        changes.end(self)
        giveBack()
        endTurn()
        observe(error)
        caller.ended(result, error)
    }

    private func giveBack() {
        release?()
        release = nil
    }

    /// Tells log and metrics.
    private func observe(_ error: VSphereError?) {
        guard let observe = changes.observe, !caller.isOver else { return }
        let item = record.item.isEmpty ? request.item : record.item
        var event = OperationEvent(
            operation: record.operation,
            vcenter: record.vcenter,
            item: item,
            attempts: record.attempts,
            outcome: outcome.rawValue,
            duration: changes.loop.now - began,
            isChanging: true
        )
        // Without an attempt the journal does not know it.
        event.identifier = record.attempts > 0 ? record.identifier : nil
        event.status = status
        if let error { event.fail(error) }
        observe(event)
    }

    private var now: Int64 { changes.loop.wallTime }

    /// When the time of a request that is sent now is over.
    private func deadline() -> Int64 { now + vcenter.profile.operationTimeout.wholeMilliseconds }
}
