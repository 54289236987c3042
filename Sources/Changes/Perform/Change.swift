public import Buffers
internal import Journal
internal import Posix
internal import Text
public import VSphere

/// One changing call, from its claim to its verdict.
///
/// Lock, settle what earlier runs left open, read, record the intent, send, and if the reply leaves a
/// doubt, look until it is settled. Nothing is sent before the intent is on the disk. Before that it
/// can be cancelled; afterwards it is waited for.
public final class Change {
    let changes: RunChanges
    let caller: any ChangeCaller
    let vcenter: VCenter
    let reader: StateReader
    let request: Call
    let expectedLatest: String?
    /// The step of the script that asks for it; nil outside of steps.
    let step: RunSteps.Step?
    var record: OperationRecord
    /// Its place in the trace of the run.
    private let span: Span?
    /// Set where the run is held to a plan.
    let held: HeldChange?
    private let began: Duration
    /// The outcome, once known; and the HTTP status of the last answer.
    var outcome = OperationRecord.Outcome.notSent
    private var status: Int?
    /// The call as it is sent: the message has our mark.
    private var marked: Call?
    /// Releases the claim on the item.
    var release: (() -> Void)?
    /// The change that an earlier run left open at the same place of the step, while it is looked for; and what stops
    /// that.
    var sought: (record: OperationRecord, stop: () -> Void)?
    /// Stops to settle what an earlier run left open.
    var stopSettling: () -> Void = {}
    private var driver: CourseDriver?
    private var ticket: PendingCall?
    private let out = ValueBuffer()
    /// Whether it has one of the vCenter's turns.
    private var hasTurn = false
    /// Whether everything is as wanted, so that there is nothing to send.
    var isSo = false
    /// Whether the intent is on the disk, or on its way there.
    private(set) var isIntended = false
    /// Whether its outcome is known and is being written to the disk.
    private var isEnding = false
    /// Whether the caller has been told.
    private var isFinished = false
    /// The error of the last attempt.
    private var lastError: VSphereError?
    /// Whether the journal is asked if the first request may be sent.
    private var isConfirming = false

    /// Makes a change; `start` starts it.
    /// - Parameters:
    ///   - request: The call.
    ///   - arguments: Its arguments.
    ///   - vcenter: The vCenter it is made in.
    ///   - changes: The changes of the run; its journal is open.
    ///   - ifLatest: The version that must be the latest.
    ///   - step: The step that asks for it.
    ///   - caller: The caller that waits for it.
    public init(
        _ request: Call,
        _ arguments: [Value],
        at vcenter: VCenter,
        in changes: RunChanges,
        ifLatest: String? = nil,
        in step: RunSteps.Step? = nil,
        for caller: any ChangeCaller
    ) {
        self.request = request
        self.vcenter = vcenter
        self.changes = changes
        self.caller = caller
        expectedLatest = ifLatest
        self.step = step
        span = (step?.span ?? changes.span)?.part()
        reader = StateReader(vcenter)
        reader.span = span
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
        record.connection = vcenter.profile.note?.text
        let endpoint = record.vcenter
        held = changes.settings.approved.map {
            HeldChange($0, PlannedCall(request.operation, at: endpoint, arguments))
        }
        record.subject = request.subject
        let secrets = Set(request.secrets)
        record.pin(arguments, of: request.operation) { text in
            secrets.contains(text) || vcenter.isSecret(text)
        }
        guard let step else { return }
        record.step = step.name
        record.place = step.takePlace()
    }

    /// A description for messages about waiting: `rollback (item …)`; safe to show.
    public var subject: String { "\(record.operation) (\(record.subject))" }

    /// The item it is about; nil for a change of something else.
    public var item: String? { record.item.isEmpty ? nil : record.item }

    // MARK: Before anything is sent

    /// Starts the change.
    public func start() {
        changes.begin(self)
        do throws(VSphereError) { try held?.take() } catch { return refuse(error) }
        if let step { recall(in: step) } else { claim() }
    }

    /// Continues when the vCenter takes one more change.
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
        nameItem()
        do throws(VSphereError) {
            marked = try record.isMarked ? record.call(of: request) : request
        } catch {
            return refuse(error)
        }
        record.attempts = isSo ? 0 : 1
        record.deadline = deadline()
        record.serverTime = vcenter.serverTime
        // Once the intent is on the disk it counts, even if the run is stopped meanwhile.
        let before = step?.takeWrites() ?? []
        isIntended = true
        let fence = changes.claims?.fence(vcenter: record.vcenter, item: record.item)
        changes.record(before + intentWrites(under: fence)) { [self] error in
            if let error {
                isIntended = false
                step?.putBack(before)
                // Where the connection broke, the journal may have it all the same.
                if fence != nil, error.kind == .away || error.kind == .lost {
                    let settlement = Settlement(.notSent, time: now)
                    changes.settle(record.identifier, settlement, ifOpen: true)
                }
                if !caller.isOver { refuse(VSphereError(error)) }
                return
            }
            guard !caller.isOver else {
                var settlement = Settlement(.notSent, time: now)
                if step != nil { settlement.error = VSphereError.cancelled.kept }
                return changes.settle(record.identifier, settlement)
            }
            if isSo {
                outcome = .done
                return finish(nil)
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

    /// Sends once; a further attempt is on the disk before it is sent.
    private func attempt(_ count: Int, _ replied: @escaping (VSphereError?) -> Void) {
        let isFurther = count > record.attempts
        func go() {
            send { [self] error in
                lastError = error ?? lastError
                // While this change only looks, others may have the turn.
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
                serverTime: record.serverTime,
                under: changes.claims?.fence(vcenter: record.vcenter, item: record.item)
            )
            changes.record([write]) { [self] error in
                guard !caller.isOver else { return endTurn() }
                // An attempt that cannot be recorded is not sent: the doubt about the earlier one remains.
                if error != nil { end(.settled(.unknown(.notSeenYet))) } else { go() }
            }
        }
    }

    /// Sends, if nobody has taken over: a process that was stopped, or was slow, asks the journal first.
    private func send(_ replied: @escaping (VSphereError?) -> Void) {
        guard let claims = changes.claims, !claims.isCertain else { return sendNow(replied) }
        isConfirming = record.attempts <= 1
        claims.confirm { [self] error in
            isConfirming = false
            guard !isEnding, !caller.isOver else { return }
            guard let error else { return sendNow(replied) }
            guard record.attempts <= 1 else { return end(.settled(.unknown(.notSeenYet))) }
            lastError = error
            end(.failed)
        }
    }

    private func sendNow(_ replied: @escaping (VSphereError?) -> Void) {
        guard let marked else { preconditionFailure("a change is recorded before it is sent") }
        out.clear()
        var isDone = false
        let sent = vcenter.perform(marked, into: out, span: span) { [self] error in
            isDone = true
            status = ticket?.status ?? error?.status
            ticket = nil
            replied(error)
        }
        if !isDone { ticket = sent }
    }

    /// Stops because the run ends: nothing is sent for the first time or again.
    public func stop() {
        caller.isAbandoned = true
        if !caller.isShielded { giveUp() }
    }

    /// Cancels it: the run has no more time, or the caller went away before it was sent.
    public func giveUp() {
        // The end of another change may have ended this one, while all are being stopped.
        guard !isFinished else { return }
        let wasSent = caller.isShielded
        let given = ticket
        ticket = nil
        if let sought { return stopLooking(for: sought) }
        driver?.cancel()
        stopSettling()
        reader.cancel()
        guard wasSent else { return refuse(.cancelled) }
        if isConfirming, !isEnding { return end(.failed) }
        if let given { vcenter.cancel(given) }
        // A known outcome counts, whether it is on the disk or not.
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
            let kept = record.step == nil ? result?.string : request.keptResult(result)
            conclude(Settlement(.done, result: kept, time: now), result, nil)
        case .failed:
            let error = lastError ?? .cancelled
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

    /// Records the outcome, and tells the caller.
    ///
    /// A version with our mark can be found again by looking, so the caller need not wait for the disk.
    /// Any other outcome is on the disk before the item is released: the next process could not tell a refusal
    /// from a request that is still on its way.
    private func conclude(_ settlement: Settlement, _ result: Value?, _ error: VSphereError?) {
        isEnding = true
        var settlement = settlement
        if record.step != nil { settlement.error = error?.kept }
        outcome = settlement.outcome
        // The run may end before the outcome is on the disk.
        let isDoubt = settlement.outcome == .unknown
        let id = record.identifier
        if isDoubt { caller.leftOpen(id) }
        func tell() {
            guard !caller.isOver else { return }
            finish(error, result)
        }
        let isMarked = record.intent?.kind.leavesMessage == true && settlement.outcome == .done
        if isMarked {
            changes.settle(record.identifier, settlement)
            tell()
        } else {
            // What a look of another process has found out meanwhile is more than a doubt.
            changes.settle(id, settlement, isUrgent: true, ifOpen: isDoubt, then: tell)
        }
    }

    /// Ends, and tells the caller.
    func finish(_ error: VSphereError?, _ result: Value? = nil) {
        isFinished = true
        changes.end(self)
        held?.end(outcome, result: result?.string)
        giveBack()
        endTurn()
        step?.took(error)
        observe(error)
        caller.ended(result, error)
    }

    func giveBack() {
        release?()
        release = nil
    }

    /// Reports it to log and metrics.
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
        event.itemName = item.flatMap { vcenter.names.path(ofItem: $0) }
        // Without an intent it is not in the journal.
        event.identifier = isIntended ? record.identifier : nil
        event.status = status
        event.span = span?.place
        if let error { event.fail(error) }
        observe(event)
    }
}
