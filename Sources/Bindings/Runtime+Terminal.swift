public import Buffers
public import LuaHost
internal import Transport
public import VSphere

/// The parts of a run that the prompt needs: the one loop waits for the terminal too.
extension Runtime {
    /// Runs tasks and transfers until a descriptor can be read, a time has passed, or a
    /// signal arrived.
    /// - Parameters:
    ///   - descriptors: The descriptors to wait for.
    ///   - limit: The longest wait; nil for none.
    ///   - wake: Gets a closure that ends the wait; it may be called from the loop, any number of times.
    /// - Throws: `LuaError` when there is no memory to wait.
    public func wait(
        forInputOn descriptors: [Int32],
        within limit: Duration?,
        wake: (@escaping () -> Void) -> Void = { _ in }
    ) throws(LuaError) {
        var watches: [WatchID] = []
        var timer: TimerID?
        try interpreter.wait { call in
            let pending = Pending(call, of: self)
            call.pending = pending
            let end = { [self] in finish(pending, nil) }
            pending.cancellation = .other(end)
            watches = descriptors.map { multi.watch($0, for: .readable, end) }
            timer = limit.map { multi.after($0, end) }
            stopping.onOpenChange = end
            wake(end)
        }
        stopping.onOpenChange = nil
        for watch in watches { multi.unwatch(watch) }
        if let timer { multi.cancel(timer) }
    }

    /// Prints from now on above the last lines of the terminal, where a line is being typed or bars
    /// are drawn.
    func printAbove() {
        guard interpreter.printer == nil else { return }
        interpreter.printer = { [unowned self] bytes in
            if let showAbove { return showAbove(String(decoding: bytes, as: UTF8.self)) }
            for bar in bars.values { bar.hide() }
            Interpreter.put(bytes)
            for bar in bars.values { bar.reappear() }
        }
    }

    /// The terminal where a person watches the run; output goes above the line that is being typed.
    var terminal: Terminal {
        Terminal(
            columns: { [unowned self] in showAbove == nil ? configuration.terminal.columns() : nil
            },
            write: { [unowned self] text in (showAbove ?? configuration.terminal.write)(text) }
        )
    }

    /// Tells whether a text contains a secret of the run.
    public func holdsSecret(_ text: String) -> Bool {
        configuration.secrets.redaction.cleaned(text) != text
    }

    /// The loop's clock, for limits on waiting.
    public var now: Duration { multi.now }

    /// The identifier of an item object of a script; nil for any other value.
    public func itemIdentifier(of value: Value) -> String? {
        guard let object = value.object, object.kind == ObjectKind.item.rawValue else { return nil }
        return items[object.identifier]?.id
    }

    /// The vCenters and users of the sessions that are open now.
    public var openSessions: [(vcenter: String, user: String)] {
        connections.open.map { ($0.profile.endpoint.description, $0.profile.user) }
    }

    /// Logs out everywhere and forgets every connection with its password and failed log-
    /// ins: the next call starts from the beginning.
    /// - Returns: The log-outs that failed.
    public func reconnect() -> [VSphereError] {
        defer { connections.forgetAll() }
        return logOut()
    }

    /// Lets the next input log in again where a log-in has failed.
    /// - Returns: Whether a password stays refused, which was not typed: only `reconnect` reads it again.
    public func forgetRefusals() -> Bool { connections.forgetRefusals() }

    /// The names of what is in the vCenters whose sessions are open.
    public func makeLiveNames() -> LiveNames {
        LiveNames(vcenters: { [connections] in connections.open }, now: { [multi] in multi.now })
    }
}
