internal import LuaSyntax

extension Editor {
    /// The number of spaces per level.
    static var indentWidth: Int { 2 }

    /// Whether only white space is before the cursor in its line, and the text has several
    /// lines: Tab indents there.
    var isIndenting: Bool {
        let start = buffer.lineStart(buffer.cursor)
        return start > 0 && buffer.characters[start..<buffer.cursor].allSatisfy(\.isWhitespace)
    }

    /// Inserts a line feed and the indentation for the open blocks before it.
    mutating func insertNewline() {
        let before = String(buffer.characters[..<buffer.cursor])
        let tokens = LuaLexer.tokens(of: before)
        // Inside a long string every space is part of it.
        let isText = tokens.last.map { $0.isOpen } ?? false
        let depth = isText ? 0 : LuaNesting(tokens[...]).depth
        let indentation = String(repeating: " ", count: depth * Self.indentWidth)
        change(.other) { buffer in
            // The rest of the line has its own white space.
            var end = buffer.cursor
            while end < buffer.count, buffer.characters[end] == " " { end += 1 }
            if !isText { buffer.remove(buffer.cursor..<end) }
            buffer.insert("\n" + indentation)
        }
    }

    mutating func indent() -> [Effect] {
        let column = buffer.cursor - buffer.lineStart(buffer.cursor)
        let width = Self.indentWidth - column % Self.indentWidth
        change(.other) { $0.insert(String(repeating: " ", count: width)) }
        return []
    }

    /// Removes one level of indentation from the line.
    mutating func outdent() -> [Effect] {
        let start = buffer.lineStart(buffer.cursor)
        var end = start
        while end < buffer.count, end - start < Self.indentWidth, buffer.characters[end] == " " {
            end += 1
        }
        guard end > start else { return [.bell] }
        change(.other) { $0.remove(start..<end) }
        return []
    }

    /// Indents a line one level less when the typed text makes it close a level: `end`, `else`,
    /// `}`.
    mutating func outdentCloser(_ typed: String) {
        guard let last = typed.last, last.isLetter || "})]".contains(last) else { return }
        let cursor = buffer.cursor
        let start = buffer.lineStart(cursor)
        guard start > 0, cursor == buffer.lineEnd(cursor) else { return }
        let line = buffer.characters[start..<cursor]
        let words = line.drop { $0 == " " }
        guard !words.isEmpty, words.count <= "elseif".count else { return }
        let tokens = LuaLexer.tokens(of: String(words))
        guard tokens.count == 1, let token = tokens.first, LuaNesting.closesLevel(token) else {
            return
        }
        let before = LuaLexer.tokens(of: String(buffer.characters[..<start]))
        guard before.last?.isOpen != true else { return }
        let wanted = max(LuaNesting(before[...]).depth - 1, 0) * Self.indentWidth
        let width = line.count - words.count
        guard width > wanted else { return }
        change(.typing) { buffer in
            buffer.remove(start..<start + width - wanted)
        }
    }
}
