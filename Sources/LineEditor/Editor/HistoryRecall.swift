/// Moving through the history: the entries, and the current position.
struct HistoryRecall: Sendable {
    /// The entries, oldest first.
    private(set) var entries: [String]
    /// The index of the shown entry; nil for the text being typed.
    private(set) var position: Int?
    /// The text being typed when the moving began.
    private var draft: TextBuffer?
    /// Only entries with this beginning are shown until the text changes.
    private var prefix = ""
    private var isWalking = false

    init(_ entries: [String]) { self.entries = entries }

    /// Adds an entry; an equal earlier one is removed.
    mutating func add(_ entry: String) {
        entries.removeAll { $0 == entry }
        entries.append(entry)
    }

    /// Makes the next move start at the end.
    mutating func restart() {
        position = nil
        draft = nil
        isWalking = false
    }

    /// Ends the moving because the text was changed: the next move searches for its beginning.
    mutating func leave() { isWalking = false }

    /// Moves to an older entry; nil if there is none.
    mutating func older(than buffer: TextBuffer, matching prefix: String) -> TextBuffer? {
        if !isWalking {
            isWalking = true
            self.prefix = prefix
            if position == nil { draft = buffer }
        }
        var place = position ?? entries.count
        while place > 0 {
            place -= 1
            guard entries[place].hasPrefix(self.prefix), entries[place] != buffer.text else {
                continue
            }
            position = place
            return TextBuffer(entries[place])
        }
        return nil
    }

    /// Moves to a newer entry, and finally back to the text being typed; nil if that is shown already.
    mutating func newer(than buffer: TextBuffer) -> TextBuffer? {
        guard var place = position else { return nil }
        while place + 1 < entries.count {
            place += 1
            guard entries[place].hasPrefix(prefix), entries[place] != buffer.text else { continue }
            position = place
            return TextBuffer(entries[place])
        }
        let typed = draft ?? TextBuffer()
        restart()
        return typed
    }

    /// Moves to the oldest entry.
    mutating func oldest(from buffer: TextBuffer) -> TextBuffer? {
        guard !entries.isEmpty else { return nil }
        if position == nil { draft = buffer }
        position = 0
        prefix = ""
        isWalking = true
        return TextBuffer(entries[0])
    }

    /// Shows this entry, which a search has found.
    mutating func jump(to place: Int, from buffer: TextBuffer) {
        if position == nil { draft = buffer }
        position = place
        prefix = ""
        isWalking = true
    }
}
