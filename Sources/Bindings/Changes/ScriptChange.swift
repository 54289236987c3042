internal import Buffers
internal import Changes
internal import LuaHost
public import VSphere

/// The call of a script that waits for the verdict of a change.
final class ScriptChange: ChangeCaller {
    private let runtime: Runtime
    private let pending: Pending
    private let vcenter: VCenter
    private var change: Change?
    /// The next part; nil where the call ends with it.
    private let next: Next?

    /// Continues with the result of a change, or with its error.
    typealias Next = (Swift.Result<Value?, VSphereError>) -> Void

    private init(_ runtime: Runtime, _ pending: Pending, _ vcenter: VCenter, _ next: Next?) {
        self.runtime = runtime
        self.pending = pending
        self.vcenter = vcenter
        self.next = next
    }

    /// Starts a change for a call that waits.
    static func start(
        _ request: Call,
        _ target: Runtime.Target,
        ifLatest: String?,
        in step: RunSteps.Step?,
        for pending: Pending,
        in runtime: Runtime,
        then next: Next? = nil
    ) {
        let caller = ScriptChange(runtime, pending, target.vcenter, next)
        let change = Change(
            request,
            target.arguments,
            at: target.vcenter,
            in: runtime.changes,
            ifLatest: ifLatest,
            in: step,
            for: caller
        )
        caller.change = change
        pending.cancellation = .change(change)
        change.start()
    }

    var isOver: Bool { pending.isOver }

    var isAbandoned: Bool {
        get { pending.isAbandoned }
        set { pending.isAbandoned = newValue }
    }

    var isShielded: Bool {
        get { pending.isShielded }
        set { pending.isShielded = newValue }
    }

    func leftOpen(_ identifier: String) {
        runtime.leaveOpen(identifier, change?.subject, pending)
    }

    func ended(_ result: Value?, _ error: VSphereError?) {
        let item = change?.item
        change = nil
        guard !pending.isOver else { return }
        if let next {
            pending.cancellation = .none
            pending.isShielded = false
            return next(error.map { .failure($0) } ?? .success(result))
        }
        if let result { pending.call.result.put(result) }
        guard let error, error.isExplained else { return runtime.finish(pending, error) }
        let steps = CallSequence(pending: pending, vcenter: vcenter, name: error.operation)
        let about = item.flatMap { item in ValueBuffer.values { $0.put(item) }.first }
        steps.explain(error, about: about) { [self] in runtime.finish(pending, $0) }
    }
}

extension Runtime {
    /// Makes a changing call so that its outcome becomes known.
    /// - Parameters:
    ///   - request: The call.
    ///   - target: The vCenter and the item that it is for.
    ///   - call: The call of the script.
    ///   - ifLatest: The version that must be the latest.
    /// - Returns: The verdict of the script's call.
    func change(
        _ request: Call,
        _ target: Target,
        _ call: HostCall,
        ifLatest: String? = nil
    ) -> Verdict {
        let step: RunSteps.Step?
        do throws(VSphereError) {
            step = try prepare(request, at: target.vcenter, call)
        } catch {
            return raise(error, in: call)
        }
        return waits(call) { pending in
            ScriptChange.start(
                request,
                target,
                ifLatest: ifLatest,
                in: step,
                for: pending,
                in: self
            )
        }
    }

    /// Opens the journal for a change, and finds its step.
    fileprivate func prepare(
        _ request: Call,
        at vcenter: VCenter,
        _ call: HostCall
    ) throws(VSphereError) -> RunSteps.Step? {
        for secret in request.secrets { configuration.secrets.hide(Secret(secret)) }
        if var error = changes.begin() {
            error.operation = request.operation.name
            error.subject = vcenter.names.naming(request.subject, item: request.item)
            error.vcenter = vcenter.profile.endpoint.description
            throw error
        }
        return try step(of: call, request.operation.name)
    }

    /// Records the run at once: one that continues another is seen whatever it does.
    /// - Returns: Why the journal cannot be written; nil on success.
    public func recordRun() -> VSphereError? { changes.beginSteps() }

    /// The names of the steps that the script has used.
    public var usedSteps: Set<String> { changes.steps.usedNames }

    /// Writes into the journal how the run ended.
    /// - Parameter ending: The exit code, or `signal 15`.
    /// - Returns: The error if the journal is incomplete; else nil.
    public func closeJournal(ending: String) -> VSphereError? { changes.close(ending: ending) }
}

extension CallSequence {
    /// Makes one change, or plans it, and goes on when it has its verdict.
    func change(
        _ operation: VSphere.Operation,
        _ arguments: [Value],
        then next: @escaping ScriptChange.Next
    ) {
        guard !pending.isOver else { return }
        do throws(VSphereError) {
            try runtime.checkPolicy(operation.name, isChanging: true)
            let request = try Call(operation, arguments)
            guard !runtime.isPlanned(request, at: vcenter) else {
                return plan(request, arguments, then: next)
            }
            // A change before this one may have been waited for by nobody.
            guard !pending.isAbandoned else { throw VSphereError(.cancelled, "cancelled") }
            ScriptChange.start(
                request,
                Runtime.Target(vcenter: vcenter, arguments: arguments, item: nil),
                ifLatest: nil,
                in: try runtime.prepare(request, at: vcenter, pending.call),
                for: pending,
                in: runtime,
                then: next
            )
        } catch {
            next(.failure(error))
        }
    }
}
