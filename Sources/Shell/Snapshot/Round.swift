/// Work that is done when all of its parts are.
final class Round {
    private var open = 1
    private let done: () -> Void

    /// Begins; the one who begins it leaves it too.
    init(_ done: @escaping () -> Void) { self.done = done }

    /// Adds parts.
    func enter(_ count: Int = 1) { open += count }

    /// Ends a part; the last one ends the whole.
    func leave() {
        open -= 1
        if open == 0 { done() }
    }
}
