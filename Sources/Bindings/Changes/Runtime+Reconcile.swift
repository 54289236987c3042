internal import LuaHost
public import Journal
public import VSphere

/// Settling what earlier runs left open: `vmoon reconcile`.
extension Runtime {
    /// Looks what became of operations, one after another, and records it.
    /// - Parameters:
    ///   - records: The operations, all of the vCenter that a bare call would be for.
    ///   - isResending: Whether the identical request is sent once more where nothing has happened.
    ///   - each: Told of each as it stands then.
    /// - Returns: Why no more could be looked at: the journal, the session, an interruption.
    public func reconcile(
        _ records: [OperationRecord],
        isResending: Bool = false,
        each: (OperationRecord) -> Void
    ) -> VSphereError? {
        let vcenter: VCenter
        switch connections.defaultVCenter() {
        case .success(let found): vcenter = found
        case .failure(let error): return error
        }
        let journal: Changes.Opened
        switch changes.open() {
        case .success(let opened): journal = opened
        case .failure(let error): return error
        }
        for record in records {
            switch reconcile(record, isResending, vcenter, journal) {
            case .success(let settled): each(settled)
            case .failure(let error): return error
            }
        }
        return nil
    }

    /// Closes an operation by hand.
    /// - Parameters:
    ///   - record: The operation.
    ///   - outcome: What somebody found out: `resolvedDone` or `resolvedNotApplied`.
    /// - Returns: The record as it stands then, or why it cannot be written.
    public func resolve(
        _ record: OperationRecord,
        as outcome: OperationRecord.Outcome
    ) -> Swift.Result<OperationRecord, VSphereError> {
        changes.open().flatMap { _ in
            var record = record
            let time = ChangeSettings.wallTime()
            record.outcome = outcome
            record.detail = "settled by hand"
            record.settled = time
            let settlement = Settlement(
                outcome,
                result: record.result,
                detail: record.detail,
                time: time
            )
            var written: JournalError??
            changes.record([.settle(operation: record.identifier, settlement)]) { written = $0 }
            while written == nil, interpreter.interruption == nil { turn(nil) }
            if case .some(.some(let error)) = written { return .failure(VSphereError(error)) }
            return .success(record)
        }
    }

    private func reconcile(
        _ record: OperationRecord,
        _ isResending: Bool,
        _ vcenter: VCenter,
        _ journal: Changes.Opened
    ) -> Swift.Result<OperationRecord, VSphereError> {
        var result: Swift.Result<OperationRecord, VSphereError>?
        let reconciler = Reconciler(record, vcenter, changes, isResending: isResending)
        let claim = journal.locks.claim(
            vcenter: record.vcenter,
            item: record.item,
            wait: changes.settings.lockWait
        ) { error in
            guard error == nil else {
                // Whoever holds the item is at work on it, maybe on this very operation.
                var record = record
                record.detail = "another vmoon is changing this item now"
                result = .success(record)
                return
            }
            // Whoever held the item until now may have settled it.
            switch self.changes.current(record) {
            case .success(let current) where !current.isOpen: result = .success(current)
            case .success: reconciler.settle { result = .success($0) }
            case .failure(let error): result = .failure(error)
            }
        }
        while result == nil {
            turn(nil)
            guard interpreter.interruption == nil else {
                reconciler.cancel()
                result = .failure(VSphereError(.cancelled, "cancelled"))
                break
            }
        }
        journal.locks.release(claim)
        guard let result else { preconditionFailure("the loop ends with a result") }
        return result
    }
}
