extension Editor {
    /// The beginning that the arrow keys search for: the text before the cursor.
    var prefixBeforeCursor: String { String(buffer.characters[..<buffer.cursor]) }

    mutating func moveUp(after action: LastAction) -> [Effect] {
        undo.endGroup()
        let column = verticalColumn(action)
        if let place = buffer.placeAbove(column: column) {
            buffer.cursor = place
            lastAction = .vertical(column: column)
            return []
        }
        return recallOlder(matching: prefixBeforeCursor)
    }

    mutating func moveDown(after action: LastAction) -> [Effect] {
        undo.endGroup()
        let column = verticalColumn(action)
        if let place = buffer.placeBelow(column: column) {
            buffer.cursor = place
            lastAction = .vertical(column: column)
            return []
        }
        return recallNewer()
    }

    private func verticalColumn(_ action: LastAction) -> Int {
        if case .vertical(let column) = action { return column }
        return buffer.cursor - buffer.lineStart(buffer.cursor)
    }

    mutating func recallOlder(matching prefix: String) -> [Effect] {
        show(recall.older(than: buffer, matching: prefix))
    }

    mutating func recallNewer() -> [Effect] { show(recall.newer(than: buffer)) }

    mutating func recallOldest() -> [Effect] { show(recall.oldest(from: buffer)) }

    mutating func recallDraft() -> [Effect] {
        guard recall.position != nil else { return [.bell] }
        var draft = recall.newer(than: buffer)
        while recall.position != nil { draft = recall.newer(than: buffer) }
        return show(draft)
    }

    private mutating func show(_ entry: TextBuffer?) -> [Effect] {
        guard let entry else { return [.bell] }
        undo.willChange(buffer, .other)
        buffer = entry
        return []
    }

    // MARK: Searching

    /// Handles a key while Ctrl-R searches; nil if the key ends the search and has its usual
    /// meaning.
    mutating func handleInSearch(_ key: Key) -> [Effect]? {
        guard var search else { return nil }
        defer { lastAction = .other }
        switch (key.code, key.modifiers) {
        case (.text(let text), []): search.text += text
        case (.paste(let text), _): search.text += text
        case (.backspace, _), (.text("h"), .control):
            guard !search.text.isEmpty else { return [.bell] }
            search.text.removeLast()
            search.found = nil
        case (.text("r"), .control), (.up, _):
            return findNext(in: &search, older: true)
        case (.text("s"), .control), (.down, _):
            return findNext(in: &search, older: false)
        case (.text("g"), .control), (.text("c"), .control), (.escape, _):
            buffer = search.draft
            self.search = nil
            return []
        default:
            // The found entry is kept, and the key has its usual effect.
            self.search = nil
            return nil
        }
        search.isFailing = !search.find(in: recall.entries)
        show(search)
        return search.isFailing ? [.bell] : []
    }

    private mutating func findNext(in search: inout HistorySearch, older: Bool) -> [Effect] {
        let found = search.findNext(in: recall.entries, older: older)
        search.isFailing = !found
        show(search)
        return found ? [] : [.bell]
    }

    private mutating func show(_ search: HistorySearch) {
        self.search = search
        guard let found = search.found else {
            if search.text.isEmpty { buffer = search.draft }
            return
        }
        recall.jump(to: found.entry, from: search.draft)
        var entry = TextBuffer(recall.entries[found.entry])
        entry.cursor = min(found.place, entry.count)
        if buffer.text != entry.text { undo.willChange(buffer, .other) }
        buffer = entry
    }
}
