/// Walking through the history: the entries, and where one stands among them.
struct HistoryRecall: Sendable {
    /// The entries, oldest first.
    private(set) var entries: [String]
    /// The entry shown; nil for what is being typed.
    private(set) var position: Int?
    /// What was being typed when the walk began.
    private var draft: TextBuffer?
    /// Only entries that begin so are shown in this walk.
    private var prefix = ""
    private var isWalking = false

    init(_ entries: [String]) { self.entries = entries }

    /// Adds an entry; an equal one goes away.
    mutating func add(_ entry: String) {
        entries.removeAll { $0 == entry }
        entries.append(entry)
    }

    /// The next walk begins at the end.
    mutating func restart() {
        position = nil
        draft = nil
        isWalking = false
    }

    /// The text was changed: the next walk looks for what begins like it.
    mutating func leave() { isWalking = false }

    /// Goes to an older entry; nil when there is none.
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

    /// Goes to a newer entry, and at last back to what was being typed; nil when that is shown.
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

    /// Goes to the oldest entry.
    mutating func oldest(from buffer: TextBuffer) -> TextBuffer? {
        guard !entries.isEmpty else { return nil }
        if position == nil { draft = buffer }
        position = 0
        prefix = ""
        isWalking = true
        return TextBuffer(entries[0])
    }

    /// Shows this entry, found by a search.
    mutating func jump(to place: Int, from buffer: TextBuffer) {
        if position == nil { draft = buffer }
        position = place
        prefix = ""
        isWalking = true
    }
}
