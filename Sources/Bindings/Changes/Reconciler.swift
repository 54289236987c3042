internal import Buffers
internal import Journal
internal import VSphere

/// Settles an operation that an earlier run left open: by looking only, unless the identical
/// request is to be sent again.
final class Reconciler {
    private let vcenter: VCenter
    private let changes: Changes
    private let reader: ItemReader
    private let isResending: Bool
    private(set) var record: OperationRecord
    private var driver: CourseDriver?
    private var watch: MachineWatch?
    private var last: VSphereError?
    private let out = ValueBuffer()

    init(
        _ record: OperationRecord,
        _ vcenter: VCenter,
        _ changes: Changes,
        isResending: Bool = false
    ) {
        self.record = record
        self.vcenter = vcenter
        self.changes = changes
        self.isResending = isResending
        reader = ItemReader(vcenter)
    }

    /// Gives up; the completion is not called.
    func cancel() {
        driver?.cancel()
        watch?.cancel()
    }

    /// Looks what became of it and records that.
    /// - Parameter completion: Gets the record as it stands then.
    func settle(completion: @escaping (OperationRecord) -> Void) {
        // Looked at before the first read: what is read later may only be truer.
        let isExpired = ChangeSettings.wallTime() >= record.deadline
        guard let intent = record.intent else { return look(isExpired, completion) }
        let course = ChangeCourse(
            reopening: intent,
            isExpired: isExpired && !isResending,
            resends: isResending ? 1 : 0,
            settle: changes.settings.limits.settle
        )
        let driver = CourseDriver(
            course,
            reader: reader,
            multi: changes.multi,
            hooks: .init(
                send: { [self] _, replied in resend(replied) },
                end: { [self] ending in end(ending, completion) }
            )
        )
        self.driver = driver
        driver.start()
    }

    /// Looks at the machine of an operation that no item was about.
    private func look(_ isExpired: Bool, _ completion: @escaping (OperationRecord) -> Void) {
        guard let goal = record.goal, let vm = record.vm else {
            return end(.settled(.unknown(.unobservable)), completion)
        }
        let watch = MachineWatch(
            goal,
            of: vm,
            reader: reader,
            multi: changes.multi,
            isExpired: isExpired
        ) { [self] in end(.settled($0), completion) }
        self.watch = watch
        watch.start(for: .zero)
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
            ChangeSettings.wallTime() + vcenter.profile.operationTimeout.wholeMilliseconds
        let write = JournalWrite.attempt(
            operation: record.identifier,
            count: record.attempts,
            deadline: record.deadline
        )
        changes.record([write]) { [self] error in
            if let error {
                last = VSphereError(error)
                return replied(last)
            }
            vcenter.perform(call, into: out) { [self] error in
                last = error
                replied(error)
            }
        }
    }

    private func end(
        _ ending: ChangeCourse.Ending,
        _ completion: (OperationRecord) -> Void
    ) {
        driver = nil
        let now = ChangeSettings.wallTime()
        let settlement: Settlement
        switch ending {
        case .accepted: settlement = Settlement(.done, result: out.root?.string, time: now)
        // Only a second request can fail here, and that says nothing about the first.
        case .failed: settlement = Settlement(.unknown, detail: last?.description, time: now)
        case .settled(let verdict):
            let reply = last?.reply ?? record.reply
            settlement = Settlement(of: verdict, after: reply, time: now)
        }
        record.outcome = settlement.outcome
        record.result = settlement.result
        record.detail = settlement.detail
        record.settled = settlement.time
        changes.settle(record.identifier, settlement)
        completion(record)
    }
}
