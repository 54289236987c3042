internal import Buffers
internal import Journal
internal import Text
internal import VSphere

/// Settles an operation that an earlier run left open: by looking only, unless the identical
/// request is to be sent again.
final class Reconciler {
    /// How it is gone about.
    enum Manner {
        /// With one look.
        case once
        /// The identical request is sent once more if nothing has happened.
        case resending
        /// As by the run that asked for it: it is observed, and sent again where a live run would do that.
        case continuing
    }

    private let vcenter: VCenter
    private let changes: RunChanges
    private let reader: StateReader
    private let manner: Manner
    private let shouldStop: () -> Bool
    private let onSending: () -> Void
    private(set) var record: OperationRecord
    private var driver: CourseDriver?
    private var isCancelled = false
    private var last: VSphereError?
    private let out = ValueBuffer()

    init(
        _ record: OperationRecord,
        _ vcenter: VCenter,
        _ changes: RunChanges,
        _ manner: Manner = .once,
        shouldStop: @escaping () -> Bool = { false },
        onSending: @escaping () -> Void = {}
    ) {
        self.record = record
        self.vcenter = vcenter
        self.changes = changes
        self.manner = manner
        self.shouldStop = shouldStop
        self.onSending = onSending
        reader = StateReader(vcenter)
    }

    /// Cancels; the completion is not called.
    func cancel() {
        isCancelled = true
        driver?.cancel()
        driver = nil
    }

    /// Looks for the outcome and records it.
    /// - Parameter completion: Called with the record afterwards.
    func settle(completion: @escaping (OperationRecord) -> Void) {
        guard let intent = record.intent else {
            return end(.settled(.unknown(.unobservable)), completion)
        }
        var limits = changes.settings.limits
        switch manner {
        case .once: limits.resends = 0
        case .resending: limits.resends = 1
        // All runs together send it as many times as a live one: each sending also begins its day anew.
        case .continuing: limits.resends = max(0, limits.resends + 1 - max(record.attempts, 1))
        }
        let course = ChangeCourse(
            reopening: intent,
            limits: limits,
            isObserved: manner == .continuing
        )
        let driver = CourseDriver(
            course,
            reader: reader,
            loop: changes.loop,
            shouldStop: shouldStop,
            hooks: .init(
                send: { [self] _, replied in resend(replied) },
                end: { [self] ending in end(ending, completion) }
            )
        )
        self.driver = driver
        driver.start()
    }

    private func resend(_ replied: @escaping (VSphereError?) -> Void) {
        let call: Call
        do throws(VSphereError) {
            call = try record.call()
        } catch {
            last = error
            return replied(error)
        }
        record.attempts += 1
        record.deadline =
            changes.loop.wallTime + vcenter.profile.operationTimeout.wholeMilliseconds
        record.serverTime = vcenter.serverTime
        let write = JournalWrite.attempt(
            operation: record.identifier,
            count: record.attempts,
            deadline: record.deadline,
            serverTime: record.serverTime,
            under: changes.claims?.fence(vcenter: record.vcenter, item: record.thing)
        )
        changes.record([write]) { [self] error in
            // A cancelled operation is not sent.
            guard driver != nil else { return }
            if let error {
                last = VSphereError(error)
                return replied(last)
            }
            onSending()
            vcenter.perform(call, into: out) { [self] error in
                last = error
                replied(error)
            }
        }
    }

    private func end(
        _ ending: ChangeCourse.Ending,
        _ completion: @escaping (OperationRecord) -> Void
    ) {
        driver = nil
        let now = changes.loop.wallTime
        let settlement: Settlement
        switch ending {
        case .accepted: settlement = Settlement(.done, result: out.root?.string, time: now)
        // Only a second request can fail here, and that says nothing about the first.
        case .failed:
            settlement = Settlement(.unknown, detail: Detail(text: last?.description), time: now)
        case .settled(let verdict):
            let reply = last?.reply ?? record.reply
            settlement = Settlement(of: verdict, record.intent?.kind, after: reply, time: now)
        }
        record.take(settlement)
        noteServerTime()
        // The trace that it was found by may be gone when the next run looks.
        changes.settle(record.identifier, settlement, isUrgent: true, ifOpen: true) { [self] in
            if !isCancelled { completion(record) }
        }
    }

    /// Takes the server's clock of now for one whose own is not known: from then on at the latest it counts how
    /// long nothing was seen.
    private func noteServerTime() {
        guard record.isOpen, record.serverTime == nil, let time = vcenter.serverTime else { return }
        record.serverTime = time
        let write = JournalWrite.attempt(
            operation: record.identifier,
            count: record.attempts,
            deadline: record.deadline,
            serverTime: time
        )
        changes.record([write], isUrgent: false) { _ in }
    }
}
