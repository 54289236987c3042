/// The earlier states of a text, for undo.
struct UndoHistory: Sendable, Equatable {
    /// The kind of a change; consecutive small ones of the same kind are undone together.
    enum Change: Sendable, Equatable {
        case typing, deleting
        case other
    }

    private var past: [TextBuffer] = []
    private var future: [TextBuffer] = []
    private var last: Change?
    private static let limit = 500

    /// Stores the state before a change.
    /// - Parameters:
    ///   - buffer: The state.
    ///   - change: The kind of the change.
    mutating func willChange(_ buffer: TextBuffer, _ change: Change) {
        future = []
        defer { last = change }
        if change != .other, change == last { return }
        past.append(buffer)
        if past.count > Self.limit { past.removeFirst() }
    }

    /// Makes the next change a group of its own.
    mutating func endGroup() { last = nil }

    /// Restores the previous state; false if there is none.
    mutating func undo(_ buffer: inout TextBuffer) -> Bool {
        guard let before = past.popLast() else { return false }
        future.append(buffer)
        buffer = before
        last = nil
        return true
    }

    /// Restores the state before the last undo; false if there is none.
    mutating func redo(_ buffer: inout TextBuffer) -> Bool {
        guard let after = future.popLast() else { return false }
        past.append(buffer)
        buffer = after
        last = nil
        return true
    }
}
