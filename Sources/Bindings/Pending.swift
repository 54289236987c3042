internal import LuaHost
internal import Posix
internal import VSphere

/// What a waiting call waits for, and how to take it back.
final class Pending {
    /// The call that waits.
    ///
    /// Calls are pooled: once this is over, it may be somebody else's.
    let call: HostCall
    /// The run that it is a call of.
    let runtime: Runtime
    /// Whether it changes something: then it is waited for, even when nobody wants it any more.
    var isShielded: Bool
    /// Whether nobody wants its verdict any more, and it is only waited for.
    var isAbandoned = false
    /// Whether the call has its verdict; what comes later is not for it.
    private(set) var isOver = false
    /// How it is given up.
    enum Cancellation {
        case none
        /// What it waits for is one call of a vCenter: most are.
        case call(PendingCall)
        case other(() -> Void)
    }

    var cancellation = Cancellation.none
    /// What it is, for whoever waits for it: `rollback (item …)`.
    var subject: String?
    /// Told when it is over.
    var onEnd: (() -> Void)?

    init(_ call: HostCall, of runtime: Runtime, isShielded: Bool = false) {
        self.call = call
        self.runtime = runtime
        self.isShielded = isShielded
    }

    /// Gives it up; its verdict comes soon.
    func cancel() {
        switch cancellation {
        case .none: break
        case .call(let call): call.vcenter.cancel(call)
        case .other(let cancel): cancel()
        }
    }

    /// Gives up what has had its time; once.
    func giveUp() {
        guard !isGivenUp else { return }
        isGivenUp = true
        cancel()
    }

    private(set) var isGivenUp = false

    func end() {
        isOver = true
        cancellation = .none
        onEnd?()
        onEnd = nil
    }
}

extension VSphereError {
    /// The refusal of what a process forked by a C module asks for.
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
    ///   - isShielded: Whether it is waited for even when nobody wants it any more.
    ///   - start: Starts it, and may set how to take it back; until then giving up ends only the waiting.
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

    /// Gives a waiting call its verdict: what is in its result buffer, or an error.
    func finish(_ pending: Pending, _ error: VSphereError?) {
        guard !pending.isOver else { return }
        pending.end()
        let call = pending.call
        let stands = pending.isAbandoned && pending.isShielded
        call.complete(error.map { raise($0, in: call) } ?? .returned, stands: stands)
    }
}
