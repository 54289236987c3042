internal import Changes
internal import LuaHost
internal import Posix
internal import VSphere

/// The work that a waiting call waits for, and how to cancel it.
final class Pending {
    /// The call that waits.
    ///
    /// Calls are pooled: once this is over, the object may serve another call.
    let call: HostCall
    /// The run that it is a call of.
    let runtime: Runtime
    /// Whether it changes something: then it is waited for, even when nobody wants it any more.
    var isShielded: Bool
    /// Whether no caller wants its verdict any more, and it is only waited for.
    var isAbandoned = false
    /// Whether the call has its verdict; a later one is ignored.
    private(set) var isOver = false
    /// Whether its time has passed.
    private(set) var isGivenUp = false
    /// The way to cancel it.
    enum Cancellation {
        case none
        /// What it waits for is one call of a vCenter: most are.
        case call(PendingCall)
        case change(Change)
        case other(() -> Void)
    }

    var cancellation = Cancellation.none
    /// A description for messages about waiting, `rollback (item …)`; nil for what is no change.
    var subject: String? {
        if case .change(let change) = cancellation { change.subject } else { nil }
    }

    init(_ call: HostCall, of runtime: Runtime, isShielded: Bool = false) {
        self.call = call
        self.runtime = runtime
        self.isShielded = isShielded
    }

    /// Cancels it; its verdict comes soon.
    func cancel() {
        switch cancellation {
        case .none: break
        case .call(let call): call.vcenter.cancel(call)
        case .change(let change): change.giveUp()
        case .other(let cancel): cancel()
        }
    }

    /// Cancels it when its time has passed; only once.
    func giveUp() {
        guard !isGivenUp else { return }
        isGivenUp = true
        cancel()
    }

    func end() {
        isOver = true
        cancellation = .none
        if isAbandoned, isShielded { runtime.hasEnded(pending: self) }
    }
}

extension VSphereError {
    /// The want of memory; a script gets Lua's own error, see `raise`.
    static let noMemory = VSphereError(.noMemory, "not enough memory")

    /// The refusal of a call in a process that a C module has forked.
    static let forked = VSphereError(
        .usage,
        "a process that a C module has forked cannot wait: sessions and loop are its parent's",
        hint: "exec runs programs beside the script"
    )
}

extension Runtime {
    /// Starts something that answers later, or at once, through `finish`.
    /// - Parameters:
    ///   - call: The call that waits for it.
    ///   - isShielded: Whether it is waited for even when no caller wants it any more.
    ///   - start: Starts it, and may set how to cancel it; until then cancelling ends only the waiting.
    /// - Returns: Always `.waiting`.
    func waits(
        _ call: HostCall,
        isShielded: Bool = false,
        start: (_ pending: Pending) -> Void
    ) -> Verdict {
        guard !CurrentProcess.isForked else { return raise(.forked, in: call) }
        let pending = Pending(call, of: self, isShielded: isShielded)
        call.pending = pending
        pending.cancellation = .other { [self, unowned pending] in
            finish(pending, VSphereError(.cancelled, "cancelled"))
        }
        start(pending)
        return .waiting
    }

    /// Gives a waiting call its verdict: the values in its result buffer, or an error.
    func finish(_ pending: Pending, _ error: VSphereError?) {
        guard !pending.isOver else { return }
        pending.end()
        let call = pending.call
        let stands = pending.isAbandoned && pending.isShielded
        call.complete(error.map { raise($0, in: call) } ?? .returned, stands: stands)
    }
}
