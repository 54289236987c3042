/// The text being edited, as characters that a person counts, and the position of the cursor in
/// it.
struct TextBuffer: Sendable, Equatable {
    /// The characters; line feeds divide lines.
    private(set) var characters: [Character] = []
    /// The index of the character after the cursor; `count` at the end.
    var cursor = 0 {
        didSet { precondition(characters.indices.contains(cursor) || cursor == characters.count) }
    }

    /// Makes an empty text.
    init() {}

    /// Makes a text with the cursor at its end.
    init(_ text: String) {
        characters = Array(text)
        cursor = characters.count
    }

    var text: String { String(characters) }
    var count: Int { characters.count }
    var isEmpty: Bool { characters.isEmpty }

    // MARK: Changing

    /// Inserts a text at the cursor and moves the cursor behind it.
    ///
    /// Inserted characters may combine with those around them (an accent, half of a flag), so the
    /// neighbours are split into characters again.
    mutating func insert(_ text: String) {
        guard !text.isEmpty else { return }
        let before = cursor > 0 ? cursor - 1 : 0
        let after = min(cursor + 1, count)
        let head = String(characters[before..<cursor]) + text
        let joined = Array(head + String(characters[cursor..<after]))
        let headCount = head.count
        characters.replaceSubrange(before..<after, with: joined)
        // If the last character combined with the following one, the cursor is after both.
        cursor = before + min(headCount, joined.count)
    }

    /// Removes a part; the cursor keeps its place in the remaining text.
    /// - Returns: The removed text.
    @discardableResult
    mutating func remove(_ range: Range<Int>) -> String {
        let removed = String(characters[range])
        let distance =
            cursor <= range.lowerBound ? 0 : min(cursor, range.upperBound) - range.lowerBound
        // Before the array shrinks, so that the cursor is never beyond its end.
        cursor -= distance
        characters.removeSubrange(range)
        rejoin(at: range.lowerBound)
        return removed
    }

    /// Combines two characters that have become neighbours, if they form one.
    private mutating func rejoin(at place: Int) {
        guard place > 0, place < count else { return }
        let joined = Array(String(characters[place - 1...place]))
        guard joined.count == 1 else { return }
        // The cursor is never inside a combined character, but after it.
        if cursor > place { cursor -= 1 }
        characters.replaceSubrange(place - 1...place, with: joined)
    }

    /// Replaces a part and moves the cursor behind the new text.
    mutating func replace(_ range: Range<Int>, with text: String) {
        remove(range)
        cursor = min(range.lowerBound, count)
        insert(text)
    }

    // MARK: Lines

    /// The beginning of the line that contains a place.
    func lineStart(_ place: Int) -> Int {
        var place = place
        while place > 0, characters[place - 1] != "\n" { place -= 1 }
        return place
    }

    /// The end of the line that contains a place, before its line feed.
    func lineEnd(_ place: Int) -> Int {
        var place = place
        while place < count, characters[place] != "\n" { place += 1 }
        return place
    }

    /// The place in the same column, one line up; nil in the first line.
    func placeAbove(column: Int) -> Int? {
        let start = lineStart(cursor)
        guard start > 0 else { return nil }
        let above = lineStart(start - 1)
        return min(above + column, start - 1)
    }

    /// The place in the same column, one line down; nil in the last line.
    func placeBelow(column: Int) -> Int? {
        let end = lineEnd(cursor)
        guard end < count else { return nil }
        return min(end + 1 + column, lineEnd(end + 1))
    }

    // MARK: Words

    /// The end of the next word, as in Emacs: letters, digits and underscores.
    func wordEnd(_ place: Int) -> Int {
        var place = place
        while place < count, !characters[place].isWordPart { place += 1 }
        while place < count, characters[place].isWordPart { place += 1 }
        return place
    }

    /// The beginning of the word before a place.
    func wordStart(_ place: Int) -> Int {
        var place = place
        while place > 0, !characters[place - 1].isWordPart { place -= 1 }
        while place > 0, characters[place - 1].isWordPart { place -= 1 }
        return place
    }

    /// The beginning of the word before a place, if only white space divides words.
    func spacedWordStart(_ place: Int) -> Int {
        var place = place
        while place > 0, characters[place - 1].isWhitespace { place -= 1 }
        while place > 0, !characters[place - 1].isWhitespace { place -= 1 }
        return place
    }
}

extension Character {
    /// Whether it belongs to a word.
    var isWordPart: Bool { isLetter || isNumber || self == "_" }
}
