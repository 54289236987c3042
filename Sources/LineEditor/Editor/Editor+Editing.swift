extension Editor {
    /// Changes the text in a way that can be undone.
    mutating func change(_ kind: UndoHistory.Change, _ body: (inout TextBuffer) -> Void) {
        undo.willChange(buffer, kind)
        body(&buffer)
        recall.leave()
    }

    mutating func type(_ text: String) {
        // A space ends the group of characters that one undo removes.
        if text == " " { undo.endGroup() }
        change(.typing) { $0.insert(text) }
        outdentCloser(text)
    }

    mutating func move(to place: Int) -> [Effect] {
        undo.endGroup()
        guard (0...buffer.count).contains(place), place != buffer.cursor else { return [.bell] }
        buffer.cursor = place
        return []
    }

    mutating func deleteBackward() -> [Effect] {
        let cursor = buffer.cursor
        guard cursor > 0 else { return [.bell] }
        // In the indentation, delete one level at a time.
        let start = buffer.lineStart(cursor)
        let column = cursor - start
        let isIndentation = column > 0 && buffer.characters[start..<cursor].allSatisfy { $0 == " " }
        let width = isIndentation ? (column - 1) % Self.indentWidth + 1 : 1
        change(.deleting) { $0.remove(cursor - width..<cursor) }
        return []
    }

    mutating func deleteForward() -> [Effect] {
        guard buffer.cursor < buffer.count else { return [.bell] }
        change(.deleting) { $0.remove($0.cursor..<$0.cursor + 1) }
        return []
    }

    // MARK: Cutting and pasting

    mutating func kill(from start: Int, _ side: KillRing.Direction, _ action: LastAction) {
        cut(start..<buffer.cursor, side, action)
    }

    mutating func kill(to end: Int, _ side: KillRing.Direction, _ action: LastAction) {
        cut(buffer.cursor..<end, side, action)
    }

    private mutating func cut(
        _ range: Range<Int>,
        _ side: KillRing.Direction,
        _ action: LastAction
    ) {
        guard !range.isEmpty else { return }
        var removed = ""
        change(.other) { removed = $0.remove(range) }
        killRing.add(removed, side, joins: action == .kill)
        lastAction = .kill
    }

    mutating func yank() -> [Effect] {
        guard let text = killRing.text else { return [.bell] }
        putBack(text)
        return []
    }

    private mutating func putBack(_ text: String) {
        let before = buffer.cursor
        change(.other) { $0.insert(text) }
        lastAction = .yank(count: buffer.cursor - before)
    }

    /// Replaces the text that was just pasted with the previous cut.
    mutating func yankEarlier(after action: LastAction) -> [Effect] {
        guard case .yank(let count) = action, count > 0, count <= buffer.cursor else {
            return [.bell]
        }
        killRing.rotate()
        guard let text = killRing.text else { return [.bell] }
        change(.other) { $0.remove($0.cursor - count..<$0.cursor) }
        putBack(text)
        return []
    }

    // MARK: Transposing

    /// Exchanges the characters around the cursor; at the end of a line, the last two.
    mutating func transposeCharacters() -> [Effect] {
        let start = buffer.lineStart(buffer.cursor)
        var second = buffer.cursor
        if second == buffer.lineEnd(second) { second -= 1 }
        guard second > start else { return [.bell] }
        let pair = buffer.characters[second - 1...second]
        change(.other) {
            $0.replace(second - 1..<second + 1, with: String(pair.reversed()))
        }
        return []
    }

    /// Exchanges the word at the cursor with the one before it.
    mutating func transposeWords() -> [Effect] {
        let end = buffer.wordEnd(buffer.cursor)
        let second = buffer.wordStart(end)..<end
        let start = buffer.wordStart(second.lowerBound)
        let first = start..<buffer.wordEnd(start)
        guard first.upperBound <= second.lowerBound, !first.isEmpty, !second.isEmpty else {
            return [.bell]
        }
        let characters = buffer.characters
        let turned =
            String(characters[second]) + String(characters[first.upperBound..<second.lowerBound])
            + String(characters[first])
        change(.other) { $0.replace(first.lowerBound..<second.upperBound, with: turned) }
        return []
    }

    /// Changes the word after the cursor and moves the cursor behind it.
    mutating func changeWord(_ body: (String) -> String) -> [Effect] {
        let range = buffer.cursor..<buffer.wordEnd(buffer.cursor)
        guard !range.isEmpty else { return [.bell] }
        let changed = body(String(buffer.characters[range]))
        change(.other) { $0.replace(range, with: changed) }
        return []
    }
}
