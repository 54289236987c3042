internal import Changes
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
        for record in records {
            var result: Swift.Result<OperationRecord, VSphereError>?
            let cancel = changes.reconcile(record, at: vcenter, isResending: isResending) {
                result = $0
            }
            while result == nil, interpreter.interruption == nil { turn(nil) }
            switch result {
            case .success(let settled): each(settled)
            case .failure(let error): return error
            case nil:
                cancel()
                return VSphereError(.cancelled, "cancelled")
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
        var result: Swift.Result<OperationRecord, VSphereError>?
        changes.resolve(record, as: outcome) { result = $0 }
        while result == nil, interpreter.interruption == nil { turn(nil) }
        return result ?? .failure(VSphereError(.cancelled, "cancelled"))
    }
}
