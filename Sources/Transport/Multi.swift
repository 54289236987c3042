import CCurlShims
import Glibc

/// The one loop that waits for everything: transfers, timers, descriptors, and signal handlers.
///
/// One thread owns it. Callbacks run inside `turn`, never inside libcurl: they may start and cancel
/// anything, and may even turn the loop themselves. The first `start` opens libcurl.
///
/// The limits of a transfer count only the time that the loop spends working or waiting, and are checked
/// after all received data has been processed: a script that computes for a minute loses neither an
/// answer that has arrived nor a connection that would have been made.
public final class Multi {
    /// An eventfd: writing eight bytes to it ends the wait of `turn`, also from a signal handler.
    public let wakeDescriptor: Int32
    /// The number of connections kept open for later requests, to all servers together.
    public var connectionLimit = 64 {
        didSet { try? engine?.set(connectionLimit: connectionLimit) }
    }

    /// Lets time pass where nothing else is waited for; nil for the real time.
    public var timekeeper: (any Timekeeper)?
    /// How far the time is ahead of CLOCK_MONOTONIC, in nanoseconds.
    private var ahead: Int64 = 0

    private var engine: Engine?
    private var timers = TimerQueue()
    private var watches: WatchList
    /// Transfers that failed before they started; their completions run in the next turn.
    private var unstarted: [FailedTransfer] = []
    /// Transfers that ended in the last turn, with their answers.
    ///
    /// Their memory is freed after the next requests have been sent, so that no
    /// answer waits for it.
    private var spent: [Transfer] = []
    /// The number of callbacks so far: a turn ends when it has grown.
    private var callbacks = 0
    private var turnsWithoutLooking = 0

    /// The loop's own clock, in nanoseconds: it stops while other code computes.
    private var present: Int64 = 0
    /// The time when `present` was last set.
    private var presentSince: Int64 = 0
    private var connectLimit = LastDuration()
    private var wholeLimit = LastDuration()
    /// No transfer reaches a limit before this time; it may be too early, never too late.
    private var nextLimit: Int64 = .max

    /// Makes a loop without opening libcurl.
    public init() {
        wakeDescriptor = vm_curl_eventfd()
        precondition(wakeDescriptor >= 0, "no descriptor is left for the loop's eventfd")
        watches = WatchList(wakeDescriptor: wakeDescriptor)
    }

    deinit { close(wakeDescriptor) }

    /// The time on CLOCK_MONOTONIC, and what the timekeeper has let pass; `after` uses it.
    public var now: Duration { .nanoseconds(clock()) }

    /// The number of transfers that have been started and have not ended.
    public var transferCount: Int { (engine?.count ?? 0) + unstarted.count }

    /// Starts a request; a later `turn` sends it.
    /// - Parameters:
    ///   - request: The request; its body must not change before the end.
    ///   - completion: Called once, in a turn, unless the transfer is cancelled first.
    /// - Returns: The transfer, to cancel it.
    @discardableResult
    public func start(
        _ request: Request,
        completion: @escaping (Result<Response, TransportError>) -> Void
    ) -> Transfer {
        let transfer = Transfer(request, completion: completion)
        do throws(TransportError) {
            if engine == nil { engine = try Engine(connectionLimit: connectionLimit) }
            try engine?.add(transfer)
            setLimits(of: transfer)
        } catch {
            unstarted.append(FailedTransfer(transfer: transfer, error: error))
        }
        return transfer
    }

    /// Stops a transfer in any state: its completion is never called.
    ///
    /// Has no effect after it has ended.
    public func cancel(_ transfer: Transfer) {
        engine?.remove(transfer)
        unstarted.removeAll { $0.transfer === transfer }
    }

    /// Runs an action once, in a turn, after a delay.
    /// - Parameters:
    ///   - delay: From now; not before the next turn, even if it is zero or less.
    ///   - action: The action. Of two that are due, the earlier runs first.
    /// - Returns: The timer, to cancel it.
    @discardableResult
    public func after(_ delay: Duration, _ action: @escaping () -> Void) -> TimerID {
        let (due, isNever) = clock().addingReportingOverflow(max(0, delay.nanoseconds))
        return timers.add(at: isNever ? .max : due, action)
    }

    /// Forgets a timer; has no effect after it has fired.
    public func cancel(_ timer: TimerID) { timers.remove(timer) }

    /// Runs an action in every turn that finds a descriptor ready, hung up or in error.
    /// - Parameters:
    ///   - descriptor: The descriptor; it must stay open until `unwatch`.
    ///   - events: The events to watch for.
    ///   - action: The action.
    /// - Returns: The watch, to end it.
    @discardableResult
    public func watch(
        _ descriptor: Int32,
        for events: Events,
        _ action: @escaping () -> Void
    ) -> WatchID {
        watches.add(descriptor, events, action)
    }

    /// Ends a watch.
    public func unwatch(_ watch: WatchID) { watches.remove(watch) }

    /// Works and waits until at least one callback has run, the time is over, or it was woken.
    ///
    /// Handles everything that is ready (transfers, then timers and limits); only then does it wait.
    /// - Parameter limit: The longest wait; nil for no limit, zero not to wait.
    /// - Throws: `.unavailable` if libcurl or poll(2) itself fails; the loop cannot continue then.
    public func turn(waitingAtMost limit: Duration? = nil) throws(TransportError) {
        presentSince = clock()
        let end = limit.map { presentSince.addingReportingOverflow($0.nanoseconds) }
            .map { $0.overflow ? .max : $0.partialValue }
        let callbacksBefore = callbacks
        var hasWaited = false
        while true {
            if let engine, engine.count > 0 { try engine.perform() }
            if !spent.isEmpty { spent.removeAll(keepingCapacity: true) }
            account()
            finishTransfers()
            runTimers()
            guard callbacks == callbacksBefore else {
                // Under load turns end before they wait; descriptors must be served nevertheless.
                if !hasWaited { try lookNowAndThen() }
                return
            }
            let time = presentSince
            if hasWaited, let end, time >= end { return }
            hasWaited = true
            guard try !wait(until: end, from: time), callbacks == callbacksBefore else { return }
        }
    }

    /// Frees the memory of ended transfers, as the next turn would.
    ///
    /// To be called if no turn follows: a completion may refer to the owner of the loop.
    public func tidy() { spent = [] }

    // MARK: One turn, step by step

    private func clock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) + ahead
    }

    /// Adds the time since the last call to the loop's own clock.
    private func account() {
        let time = clock()
        present += time - presentSince
        presentSince = time
    }

    private func finishTransfers() {
        while let engine, let (transfer, result) = engine.nextDone() {
            callbacks += 1
            transfer.completion(result)
            if transfer.isSmall { spent.append(transfer) }
        }
        guard !unstarted.isEmpty else { return }
        for transfer in unstarted.map(\.transfer) {
            // An earlier completion may have cancelled it.
            guard let at = unstarted.firstIndex(where: { $0.transfer === transfer }) else {
                continue
            }
            let failed = unstarted.remove(at: at)
            callbacks += 1
            transfer.completion(.failure(failed.error))
        }
    }

    private func runTimers() {
        if present >= nextLimit { endOverdueTransfers() }
        guard timers.nextDue() != nil else { return }
        let time = clock()
        let mark = timers.mark
        while let action = timers.takeDue(at: time, before: mark) {
            callbacks += 1
            action()
        }
    }

    private func setLimits(of transfer: Transfer) {
        func later(_ limit: Int64) -> Int64 {
            let (sum, isNever) = present.addingReportingOverflow(max(0, limit))
            return isNever ? .max : sum
        }
        let connectTimeout = transfer.request.connectTimeout
        transfer.connectDeadline = later(connectLimit.nanoseconds(of: connectTimeout))
        if let timeout = transfer.request.timeout {
            transfer.deadline = later(wholeLimit.nanoseconds(of: timeout))
        }
        nextLimit = min(nextLimit, transfer.connectDeadline, transfer.deadline)
    }

    private func endOverdueTransfers() {
        guard let engine else { return }
        var overdue: [FailedTransfer] = []
        nextLimit = .max
        for transfer in engine.running {
            guard let slot = transfer.slot else { continue }
            let isSent = engine.handle(of: slot).isSending
            let isConnecting = !isSent && transfer.connectDeadline <= present
            if isConnecting || transfer.deadline <= present {
                let error = TransportError.timedOut(
                    transfer,
                    connecting: isConnecting,
                    wasSent: isSent
                )
                overdue.append(FailedTransfer(transfer: transfer, error: error))
            } else {
                let limit =
                    isSent ? transfer.deadline : min(transfer.connectDeadline, transfer.deadline)
                nextLimit = min(nextLimit, limit)
            }
        }
        for failed in overdue {
            // A completion may have ended another transfer.
            guard failed.transfer.slot != nil else { continue }
            engine.remove(failed.transfer)
            callbacks += 1
            failed.transfer.completion(.failure(failed.error))
        }
    }

    /// A transfer that ends without an answer, and why.
    private struct FailedTransfer {
        let transfer: Transfer
        let error: TransportError
    }

    /// Waits; returns whether it was woken.
    private func wait(until end: Int64?, from time: Int64) throws(TransportError) -> Bool {
        var delay = end.map { $0 - time } ?? .max
        if let due = timers.nextDue() { delay = min(delay, due - time) }
        let isTransferring = (engine?.count ?? 0) > 0
        if isTransferring { delay = min(delay, nextLimit - present) }
        // Rounded up: waking before a timer is due costs a turn.
        let whole = delay <= 0 ? 0 : (delay - 1) / 1_000_000 + 1
        let milliseconds = delay == .max ? -1 : Int32(min(whole, 3_600_000))
        let (isWoken, ready) = try look(within: milliseconds, isTransferring, orUntil: delay)
        account()
        if isWoken { forgetWaking() }
        for watch in ready {
            guard let action = watches.action(of: watch) else { continue }
            callbacks += 1
            action()
        }
        return isWoken
    }

    /// Waits for descriptors and transfers; where there is a timekeeper, it lets the time pass.
    private func look(
        within milliseconds: Int32,
        _ isTransferring: Bool,
        orUntil delay: Int64
    ) throws(TransportError) -> (isWoken: Bool, ready: [WatchID]) {
        let multi = isTransferring ? engine?.multi : nil
        guard let timekeeper, milliseconds != 0 else {
            return try watches.wait(with: multi, milliseconds: milliseconds)
        }
        let found = try watches.wait(with: multi, milliseconds: 0)
        guard !found.isWoken, found.ready.isEmpty else { return found }
        let limit: Duration? = delay == .max ? nil : .nanoseconds(delay)
        if !timekeeper.isBusy,
            let passed = timekeeper.pass(atMost: limit, requests: engine?.count ?? 0)
        {
            ahead += passed.nanoseconds
            return found
        }
        // Short, since a server that answers does not wake us before it has done so.
        let longest: Int32 = isTransferring || timekeeper.isBusy ? 2 : 1000
        let wait = milliseconds < 0 ? longest : min(milliseconds, longest)
        return try watches.wait(with: multi, milliseconds: wait)
    }

    /// Checks the descriptors in every sixteenth call.
    private func lookNowAndThen() throws(TransportError) {
        turnsWithoutLooking += 1
        guard turnsWithoutLooking >= 16 else { return }
        turnsWithoutLooking = 0
        let (isWoken, ready) = try watches.wait(with: nil, milliseconds: 0)
        if isWoken { forgetWaking() }
        for watch in ready { watches.action(of: watch)?() }
    }

    private func forgetWaking() {
        var count: UInt64 = 0
        _ = read(wakeDescriptor, &count, 8)
    }
}
