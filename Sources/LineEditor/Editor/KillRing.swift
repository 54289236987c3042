/// The cut texts, the latest last; consecutive cuts make one entry.
struct KillRing: Sendable, Equatable {
    /// The side of the cursor on which text was cut.
    enum Direction: Sendable { case forward, backward }

    private var entries: [String] = []
    private var current = 0
    private static let limit = 60

    /// Stores a cut text.
    /// - Parameters:
    ///   - text: The cut text.
    ///   - direction: The side; decides at which end the text is added to the last entry.
    ///   - joins: Whether the last key was a cut too.
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

    /// The text to paste; nil if nothing was cut.
    var text: String? { entries.isEmpty ? nil : entries[current] }

    /// Selects the previous entry.
    mutating func rotate() {
        guard !entries.isEmpty else { return }
        current = current == 0 ? entries.count - 1 : current - 1
    }
}
