internal import NIOCore
internal import Synchronization
internal import Text

/// The simulated clock, and what waits for it.
extension Simulation {
    /// Runs a step on a connection's loop when some time has passed by the simulated clock.
    /// - Parameters:
    ///   - wait: The time; the step runs at once where there is none.
    ///   - connection: The connection whose client waits for it.
    ///   - loop: Its loop, on which the caller is.
    ///   - step: The step; it runs also if the client has gone by then.
    func later(
        _ wait: Duration,
        for connection: Int,
        on loop: any EventLoop,
        _ step: @escaping () -> Void
    ) {
        guard wait > .zero else { return step() }
        let step = NIOLoopBound(step, eventLoop: loop)
        schedule(wait, for: connection, on: loop) {
            if loop.inEventLoop { step.value() } else { loop.execute { step.value() } }
        }
    }

    /// Does something, for which nobody waits, when some time has passed.
    func later(_ wait: Duration, on loop: any EventLoop, _ step: @escaping @Sendable () -> Void) {
        schedule(wait, for: nil, on: loop, step)
    }

    private func schedule(
        _ wait: Duration,
        for connection: Int?,
        on loop: any EventLoop,
        _ action: @escaping @Sendable () -> Void
    ) {
        let now = now
        let number = withState {
            $0.delays.add(at: now + wait, connection: connection, on: loop, action)
        }
        startTimer(number, wait, on: loop)
    }

    /// Waits by the real clock, unless the simulated one is moved.
    private func startTimer(_ number: Int, _ wait: Duration, on loop: any EventLoop) {
        let timer = loop.scheduleTask(in: .nanoseconds(wait.nanosecondsOfTimer)) { [self] in
            withState { $0.delays.take(number) }?()
        }
        withState { $0.delays.set({ timer.cancel() }, of: number) }
    }

    /// Moves the clock forward: what becomes due meanwhile happens at its own time, in order.
    func advance(by span: Duration) {
        let end = now + span
        while true {
            let action = withState { state -> (@Sendable () -> Void)? in
                guard let next = state.delays.nextDue, next <= end else { return nil }
                state.moveClock(to: next, from: wallClock())
                return state.delays.takeDue(at: next)
            }
            guard let action else { break }
            action()
        }
        let waiting = withState { state in
            state.moveClock(to: end, from: wallClock())
            return state.delays.waiting
        }
        for (number, due, loop) in waiting {
            startTimer(number, .milliseconds(due.milliseconds - end.milliseconds), on: loop)
        }
    }

    /// Puts everything back to the beginning: the inventory to that of the start, or to the last one that was put in;
    /// sessions, faults, stubs, requests, and what was to happen later are gone; the clock is right again.
    func reset() {
        let (inventory, generation) = withState { state in
            state.delays.removeAll()
            state.inventory = state.base
            state.sessions.closeAll()
            state.faults.removeAll()
            state.stubs.removeAll()
            state.log = RequestLog()
            state.clockOffset = .zero
            state.generation += 1
            return (state.inventory, state.generation)
        }
        hasEarlyFaults.store(false, ordering: .relaxed)
        save(inventory, generation)
    }
}

extension Simulation.State {
    /// Moves the clock forward to a time; never back.
    fileprivate mutating func moveClock(to time: Instant, from wall: Instant) {
        let rest = time.milliseconds - (wall + clockOffset).milliseconds
        if rest > 0 { clockOffset += .milliseconds(rest) }
    }
}

extension Duration {
    /// Nanoseconds for a timer: 290 years at most.
    fileprivate var nanosecondsOfTimer: Int64 {
        let (seconds, rest) = (components.seconds, components.attoseconds / 1_000_000_000)
        return seconds < 9_000_000_000 ? seconds * 1_000_000_000 + rest : .max
    }
}
