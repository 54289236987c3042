internal import Transport
internal import VSphere

/// The time of a dry run: no `sleep` waits, and yet time passes, in the order in which tasks would go on.
struct VirtualTime {
    /// How much has passed beyond what the clock shows.
    private(set) var passed: Duration = .zero
    private var sleepers: [(number: Int, wake: Duration, action: () -> Void)] = []
    private var count = 0
    /// Whether the loop is to wake somebody.
    var isRunning = false

    /// After so much of it nothing is waited for any more, nor after so many sleeps.
    static let limit: (time: Duration, sleeps: Int) = (.seconds(7 * 86_400), 1_000_000)

    /// Whether anybody sleeps.
    var hasSleepers: Bool { !sleepers.isEmpty }

    /// Lets somebody sleep.
    /// - Parameters:
    ///   - span: How long.
    ///   - action: What to do then.
    /// - Returns: A number to end it early; nil where the limit is reached.
    mutating func wait(_ span: Duration, then action: @escaping () -> Void) -> Int? {
        count += 1
        let wake = passed + span
        guard wake <= Self.limit.time, count <= Self.limit.sleeps else { return nil }
        let place = sleepers.firstIndex { $0.wake > wake } ?? sleepers.endIndex
        sleepers.insert((count, wake, action), at: place)
        return count
    }

    /// Ends a sleep; its action is not called.
    mutating func end(_ number: Int) { sleepers.removeAll { $0.number == number } }

    /// Lets time pass until the next one wakes.
    /// - Returns: What it does then; nil where nobody sleeps.
    mutating func next() -> (() -> Void)? {
        guard !sleepers.isEmpty else { return nil }
        let first = sleepers.removeFirst()
        passed = max(passed, first.wake)
        return first.action
    }
}

extension Runtime {
    /// The time of day, as scripts are told it.
    var scriptTime: Duration { configuration.wallTime() + virtualTime.passed }

    /// The time by which waiting is measured: that of the loop, and in a dry run what passes there.
    var waitingTime: Duration { multi.now + virtualTime.passed }

    /// Lets time pass for a waiting call: in a dry run nobody waits for it.
    /// - Parameters:
    ///   - span: How long.
    ///   - pending: The call that waits.
    ///   - function: Its name in errors.
    ///   - next: What comes then.
    func pass(
        _ span: Duration,
        _ pending: Pending,
        _ function: String,
        then next: @escaping () -> Void
    ) {
        guard configuration.changes == .planned else {
            let timer = multi.after(span, next)
            pending.cancellation = .other { [self] in
                multi.cancel(timer)
                finish(pending, VSphereError(.cancelled, "cancelled"))
            }
            return
        }
        guard let number = virtualTime.wait(span, then: next) else {
            return finish(
                pending,
                VSphereError(
                    .usage,
                    "a dry run has waited for 7 days of its own time, or a million times: what this "
                        + "waits for does not come",
                    operation: function,
                    hint: "leave the loop where isDryRun() says so"
                )
            )
        }
        pending.cancellation = .other { [self] in
            virtualTime.end(number)
            finish(pending, VSphereError(.cancelled, "cancelled"))
        }
        guard !virtualTime.isRunning else { return }
        virtualTime.isRunning = true
        letTimePass(wasQuiet: false)
    }

    /// Wakes one sleeper after another, where the loop has nothing else to wait for: an answer that comes
    /// in a moment is there before the next second has passed.
    private func letTimePass(wasQuiet: Bool) {
        let isBusy = multi.transferCount > 0 || programCount > 0
        multi.after(isBusy ? .milliseconds(1) : .zero) { [self] in
            let isQuiet = multi.transferCount == 0 && programCount == 0
            // A task reacts to an answer one turn later.
            if isQuiet, wasQuiet { virtualTime.next()?() }
            guard virtualTime.hasSleepers else {
                virtualTime.isRunning = false
                return
            }
            letTimePass(wasQuiet: isQuiet)
        }
    }
}
