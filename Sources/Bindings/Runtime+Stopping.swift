internal import Changes
public import Journal
public import LuaHost
internal import Posix
internal import Text
internal import Transport
internal import VSphere

/// Stopping: changes in flight are waited for up to the grace; those still open then are reported.
extension Runtime {
    /// The state of stopping.
    struct Stopping {
        /// Changes that are waited for although no caller wants their verdict any more.
        var shielded: [ObjectIdentifier: Pending] = [:]
        /// The timer that ends the waiting for those.
        var timer: (identifier: TimerID, end: Duration)?
        /// When the grace of the run that is being stopped ends.
        var graceEnd: Duration?
        var hasToldWait = false
        /// The changes with an unknown outcome since the last `takeOpenChanges`.
        var openChanges: [(identifier: String, text: String)] = []
        /// Called when there is one more, while the prompt waits for input.
        var onOpenChange: (() -> Void)?
    }

    /// Stops the run when its time is over by the loop's own clock, which may be ahead of the real one.
    public func reachDeadline(after span: Duration) {
        multi.after(span) { [self] in interpreter.interrupt(reason: Interpreter.deadline) }
    }

    /// Stops the run when its lock, which is one of these claims, is another run's.
    public func stop(whenLost leases: Leases) {
        leases.onLoss = { [unowned self] in interpreter.interrupt(reason: Interpreter.lost) }
        multi.watch(leases.descriptor, for: .readable) { leases.deliver() }
    }

    /// Cancels the work a call waits for; a change in flight is left alone until the grace
    /// is over.
    public func abandon(_ call: HostCall) {
        guard let pending = call.pending as? Pending else { return call.complete(.returned) }
        pending.isAbandoned = true
        guard pending.isShielded else { return pending.cancel() }
        stopping.shielded[ObjectIdentifier(pending)] = pending
        limitGrace()
    }

    /// Ends the wait for a change that nobody wanted any more.
    func hasEnded(pending: Pending) {
        stopping.shielded[ObjectIdentifier(pending)] = nil
        // The next one gets the whole grace again.
        guard stopping.shielded.isEmpty, let timer = stopping.timer else { return }
        multi.cancel(timer.identifier)
        stopping.timer = nil
    }

    /// Checks, before each turn of the loop, whether the run is being stopped.
    /// - Returns: Whether something was cancelled: then its call may have its verdict, and the loop must not block.
    func lookForInterrupt() -> Bool {
        if interpreter.interruption != nil {
            if stopping.graceEnd == nil { stopping.graceEnd = multi.now + configuration.grace }
            limitGrace()
            if interpreter.isForced {
                let hasNews = stopping.shielded.values.contains { !$0.isGivenUp }
                giveUpShielded()
                return hasNews
            }
            tellWait()
        } else if isEnding {
            tellWait()
        } else {
            stopping.graceEnd = nil
            stopping.hasToldWait = false
        }
        return false
    }

    /// Gives changes in flight the grace, counted from the first moment that something has to stop.
    private func limitGrace() {
        guard stopping.timer == nil, !stopping.shielded.isEmpty else { return }
        let timer = multi.after(configuration.grace) { [self] in
            stopping.timer = nil
            giveUpShielded()
        }
        stopping.timer = (timer, multi.now + configuration.grace)
    }

    private func giveUpShielded() {
        for pending in Array(stopping.shielded.values) { pending.giveUp() }
    }

    /// Forgets an interrupt that was handled; changes that have no time left because of it are cancelled.
    public func clearInterrupt() {
        if interpreter.isForced { giveUpShielded() }
        interpreter.clearInterrupt()
        RunWatch.endGrace()
    }

    /// Waits for the changes in flight up to the end of the grace, then reports the rest as having an
    /// unknown outcome.
    ///
    /// Scripts may have ended, been stopped or called `os.exit` by then: requests that were sent are still ours,
    /// and others are never sent.
    func settleChanges() {
        changes.stop()
        guard changes.areUnderWay else { return }
        let isStopped = interpreter.interruption != nil
        let end = (isStopped ? stopping.graceEnd : nil) ?? multi.now + configuration.grace
        tellWait()
        while changes.areUnderWay, !interpreter.isForced, multi.now < end {
            turn(end - multi.now)
        }
        changes.giveUp()
        // What a verdict still waits for is the disk.
        let last = multi.now + Self.shortGrace
        while changes.areUnderWay, multi.now < last { turn(last - multi.now) }
    }

    // MARK: Telling

    /// The changes still waited for although no caller wants their verdict, and the limit; nil for none.
    public var awaitedChanges: String? {
        let subjects = stopping.shielded.values.filter { !$0.isGivenUp }.compactMap(\.subject)
            .sorted().map(Display.escape)
        guard let first = subjects.first else { return nil }
        let ends = [stopping.graceEnd, stopping.timer?.end].compactMap { $0 }
        let rest = (ends.min() ?? multi.now + configuration.grace) - multi.now
        let length = SpanText.length(seconds: max(rest / .seconds(1), 0))
        let others = subjects.count - 1
        return "waiting up to \(length) for \(first)" + (others > 0 ? " and \(others) more" : "")
    }

    /// Reports once what a run that is being stopped waits for, and how to end the wait early.
    private func tellWait() {
        guard !stopping.hasToldWait, let notice = configuration.notice, let what = awaitedChanges
        else { return }
        stopping.hasToldWait = true
        let isInterrupt = interpreter.interruption == 2  // SIGINT
        notice("\(what); \(isInterrupt ? "Ctrl-C again" : "Ctrl-C twice") leaves that open")
    }

    /// Notes that a change is left with an unknown outcome; a caller that still waits gets an error that says so.
    func leaveOpen(_ identifier: String, _ subject: String?, _ pending: Pending) {
        hasUnknownOutcome = true
        doubtCount += 1
        guard pending.isAbandoned else { return }
        let text = Display.escape(subject ?? "a change")
        stopping.openChanges.append((identifier, text))
        stopping.onOpenChange?()
    }

    /// The changes left with an unknown outcome while no caller waited, since the last call of this
    /// function: the journal's identifier, and a description that is safe to show.
    public func takeOpenChanges() -> [(identifier: String, text: String)] {
        defer { stopping.openChanges = [] }
        return stopping.openChanges
    }
}
