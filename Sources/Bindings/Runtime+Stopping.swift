internal import Changes
public import LuaHost
internal import Posix
internal import Text
internal import Transport
internal import VSphere

/// Stopping: what is on its way is waited for, for as long as the grace, and what is left open is said.
extension Runtime {
    /// What is known of stopping.
    struct Stopping {
        /// What is waited for although nobody wants its verdict any more: it changes something.
        var shielded: [ObjectIdentifier: Pending] = [:]
        /// Ends the time of those.
        var timer: (identifier: TimerID, end: Duration)?
        /// When the run that is being stopped has had its time.
        var graceEnd: Duration?
        var hasToldWait = false
        /// The changes whose outcome is not known, since `takeOpenChanges` was last asked.
        var openChanges: [(identifier: String, text: String)] = []
        /// Called when there is one more, while somebody waits at the prompt.
        var onOpenChange: (() -> Void)?
    }

    /// Cancels what a call waits for; a change that is on the way is left alone until the grace
    /// is over.
    public func abandon(_ call: HostCall) {
        guard let pending = call.pending as? Pending else { return call.complete(.returned) }
        pending.isAbandoned = true
        guard pending.isShielded else { return pending.cancel() }
        stopping.shielded[ObjectIdentifier(pending)] = pending
        pending.onEnd = { [self] in
            stopping.shielded[ObjectIdentifier(pending)] = nil
            // The next one has all its time.
            guard stopping.shielded.isEmpty, let timer = stopping.timer else { return }
            multi.cancel(timer.identifier)
            stopping.timer = nil
        }
        limitGrace()
    }

    /// Looks, before each turn of the loop, whether the run is being stopped.
    /// - Returns: Whether something was given up: then its call may have its verdict, and nobody waits for the loop.
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

    /// From the first moment that something has to stop, changes in flight have this long.
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

    /// Forgets an interrupt that was dealt with; what it leaves no more time for is given up.
    public func clearInterrupt() {
        if interpreter.isForced { giveUpShielded() }
        interpreter.clearInterrupt()
        RunWatch.endGrace()
    }

    /// Waits for the changes in flight up to the end of the grace, then says of the rest that their
    /// outcome is unknown.
    ///
    /// Scripts may be over by then, stopped or left by `os.exit`: what was sent is still ours, and what was not
    /// is never sent.
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

    /// What is still waited for although nobody wants its verdict, and how long at most; nil for nothing.
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

    /// Says once what a run that is being stopped waits for, and how that is cut short.
    private func tellWait() {
        guard !stopping.hasToldWait, let notice = configuration.notice, let what = awaitedChanges
        else { return }
        stopping.hasToldWait = true
        let isInterrupt = interpreter.interruption == 2  // SIGINT
        notice("\(what); \(isInterrupt ? "Ctrl-C again" : "Ctrl-C twice") leaves that open")
    }

    /// Notes that a change is left with an unknown outcome; whoever still waits for it gets an error that says so.
    func leaveOpen(_ identifier: String, _ pending: Pending) {
        hasUnknownOutcome = true
        guard pending.isAbandoned else { return }
        let text = Display.escape(pending.subject ?? "a change")
        stopping.openChanges.append((identifier, text))
        stopping.onOpenChange?()
    }

    /// The changes that were left with an unknown outcome, when nobody waited for them any more, since this was
    /// last asked: the journal's identifier, and what they are, safe to show.
    public func takeOpenChanges() -> [(identifier: String, text: String)] {
        defer { stopping.openChanges = [] }
        return stopping.openChanges
    }
}
