/// What was cut, the latest last; cuts that follow one another make one entry.
struct KillRing: Sendable, Equatable {
    /// On which side of the cursor something was cut.
    enum Direction: Sendable { case forward, backward }

    private var entries: [String] = []
    private var current = 0
    private static let limit = 60

    /// Keeps what was cut.
    /// - Parameters:
    ///   - text: What was cut.
    ///   - direction: On which side; decides on which end it joins the last entry.
    ///   - joins: Whether the last key cut something too.
    mutating func add(_ text: String, _ direction: Direction, joins: Bool) {
        guard !text.isEmpty else { return }
        if joins, let last = entries.popLast() {
            entries.append(direction == .forward ? last + text : text + last)
        } else {
            entries.append(text)
            if entries.count > Self.limit { entries.removeFirst() }
        }
        current = entries.count - 1
    }

    /// What would be put back; nil when nothing was cut.
    var text: String? { entries.isEmpty ? nil : entries[current] }

    /// Turns to the entry before.
    mutating func rotate() {
        guard !entries.isEmpty else { return }
        current = current == 0 ? entries.count - 1 : current - 1
    }
}
