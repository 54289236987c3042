internal import Buffers
public import Changes
public import VSphere

/// The rules of the run: `--read-only` and `--dry-run`.
extension Runtime {
    /// Refuses a change under `--read-only`.
    ///
    /// To be called before anything is sent, a log-in included.
    /// - Throws: kind `forbidden_by_policy`.
    func checkPolicy(_ operation: String, isChanging: Bool) throws(VSphereError) {
        guard isChanging, configuration.changes == .refused else { return }
        throw VSphereError(
            .forbiddenByPolicy,
            "it changes something, and this run only reads",
            operation: operation,
            hint: "without --read-only it is sent"
        )
    }

    /// Tells whether a call is written into the plan and not sent.
    ///
    /// A change is; so is a read of what is only planned, or of a state of power that a planned change has set.
    func isPlanned(_ request: Call, at vcenter: VCenter) -> Bool {
        guard configuration.changes == .planned else { return false }
        return request.operation.isChanging || request.containsText(where: Placeholder.isIn)
            || request.operation === VSphere.Operation.getPower
                && changes.plan.power(of: request.argument(0)?.string ?? "", at: vcenter) != nil
    }

    /// The changes that a dry run has planned, without secrets.
    /// - Parameter redaction: The secrets of the run.
    /// - Returns: A plan without its script.
    public func planned(_ redaction: Redaction) -> PlanDocument {
        changes.plan.document { redaction.cleaned($0) }
    }

    /// Asks the plan that the run is held to for a program, or for a request to another service.
    /// - Throws: kind `forbidden_by_policy` if it is not planned.
    func takeLeave(_ function: String, _ subject: String) throws(VSphereError) {
        try changes.settings.approved?.take(function, about: subject)
    }

    /// Takes note, in a dry run, of a read that is sent.
    /// - Throws: kind `usage` for one that is repeated as if something were to come of it.
    func noteRead(
        _ request: Call,
        _ arguments: [Value],
        at vcenter: VCenter
    ) throws(VSphereError) {
        guard configuration.changes == .planned else { return }
        try changes.plan.note(request, arguments, at: vcenter)
    }
}

extension CallSequence {
    /// Writes a call into the plan, and continues with the placeholder for its result.
    func plan(
        _ request: Call,
        _ arguments: [Value],
        then next: @escaping (Swift.Result<Value?, VSphereError>) -> Void
    ) {
        guard !pending.isOver else { return }
        runtime.configuration.noteCall?(request)
        var isDone = false
        let cancel = runtime.changes.plan.add(request, arguments, at: vcenter) { result in
            isDone = true
            pending.cancellation = .none
            next(result)
        }
        guard !isDone else { return }
        pending.cancellation = .other { [runtime, pending] in
            cancel()
            runtime.finish(pending, VSphereError(.cancelled, "cancelled"))
        }
    }
}
