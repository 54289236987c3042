/// The states of a text that can be gone back to.
struct UndoHistory: Sendable, Equatable {
    /// What a change was; equal small ones that follow one another are undone together.
    enum Change: Sendable, Equatable {
        case typing, deleting
        case other
    }

    private var past: [TextBuffer] = []
    private var future: [TextBuffer] = []
    private var last: Change?
    private static let limit = 500

    /// Keeps the state before a change.
    /// - Parameters:
    ///   - buffer: The state.
    ///   - change: What is about to happen to it.
    mutating func willChange(_ buffer: TextBuffer, _ change: Change) {
        future = []
        defer { last = change }
        if change != .other, change == last { return }
        past.append(buffer)
        if past.count > Self.limit { past.removeFirst() }
    }

    /// What comes next is a change of its own, whatever came before.
    mutating func endGroup() { last = nil }

    /// Goes back; false when there is nothing to go back to.
    mutating func undo(_ buffer: inout TextBuffer) -> Bool {
        guard let before = past.popLast() else { return false }
        future.append(buffer)
        buffer = before
        last = nil
        return true
    }

    /// Takes going back back.
    mutating func redo(_ buffer: inout TextBuffer) -> Bool {
        guard let after = future.popLast() else { return false }
        past.append(buffer)
        buffer = after
        last = nil
        return true
    }
}
