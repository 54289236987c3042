internal import NIOCore

/// What is to happen later by the simulated clock: answers that are held back, changes that are applied late, the
/// next bytes of a slow answer.
///
/// It happens when the clock has come so far, by itself or because it was moved.
struct Delays: Sendable {
    /// One thing that is to happen.
    private struct Entry: Sendable {
        let number: Int
        let due: Instant
        /// The connection whose client waits for it; nil if nobody does.
        var connection: Int?
        /// The loop that has its timer.
        let loop: any EventLoop
        /// Carries it out, or passes it to the thread that may.
        let action: @Sendable () -> Void
        /// Ends the timer of the real clock.
        var cancel: @Sendable () -> Void = {}
    }

    private var entries: [Entry] = []
    private var lastNumber = 0
    /// The connections whose client waits for an answer that never comes.
    private var silent: Set<Int> = []

    /// How many requests wait for nothing but time.
    var held: Int { silent.count + entries.count { $0.connection != nil } }

    /// When the next thing happens.
    var nextDue: Instant? { entries.map(\.due).min() }

    /// Everything that is to happen, with the loop of its timer.
    var waiting: [(number: Int, due: Instant, loop: any EventLoop)] {
        entries.map { ($0.number, $0.due, $0.loop) }
    }

    /// Adds something.
    /// - Returns: Its number.
    mutating func add(
        at due: Instant,
        connection: Int?,
        on loop: any EventLoop,
        _ action: @escaping @Sendable () -> Void
    ) -> Int {
        lastNumber += 1
        entries.append(
            Entry(number: lastNumber, due: due, connection: connection, loop: loop, action: action)
        )
        return lastNumber
    }

    /// Notes how the timer of something ends; one that was taken meanwhile ends at once.
    mutating func set(_ cancel: @escaping @Sendable () -> Void, of number: Int) {
        if let place = entries.firstIndex(where: { $0.number == number }) {
            entries[place].cancel()
            entries[place].cancel = cancel
        } else {
            cancel()
        }
    }

    /// Removes something, and returns how to carry it out; nil if that was done already.
    mutating func take(_ number: Int) -> (@Sendable () -> Void)? {
        guard let place = entries.firstIndex(where: { $0.number == number }) else { return nil }
        let entry = entries.remove(at: place)
        entry.cancel()
        return entry.action
    }

    /// Removes the first thing that is due at a time, and returns how to carry it out.
    mutating func takeDue(at now: Instant) -> (@Sendable () -> Void)? {
        let first = entries.filter { $0.due <= now }.min {
            ($0.due, $0.number) < ($1.due, $1.number)
        }
        return first.flatMap { take($0.number) }
    }

    /// Notes that a client waits for an answer that never comes.
    mutating func beSilent(to connection: Int) { silent.insert(connection) }

    /// Notes that the client of a connection does not wait any more; what is under way happens nevertheless.
    mutating func leave(_ connection: Int) {
        silent.remove(connection)
        for place in entries.indices where entries[place].connection == connection {
            entries[place].connection = nil
        }
    }

    /// Forgets everything: it does not happen any more.
    mutating func removeAll() {
        for entry in entries { entry.cancel() }
        entries = []
        silent = []
    }
}
