/// The text that is being edited, as characters a person counts, and the place of the cursor in
/// it.
struct TextBuffer: Sendable, Equatable {
    /// The characters; line feeds divide lines.
    private(set) var characters: [Character] = []
    /// Before which character the cursor stands; `count` is behind the last.
    var cursor = 0 {
        didSet { precondition(characters.indices.contains(cursor) || cursor == characters.count) }
    }

    /// An empty text.
    init() {}

    /// A text with the cursor behind it.
    init(_ text: String) {
        characters = Array(text)
        cursor = characters.count
    }

    var text: String { String(characters) }
    var count: Int { characters.count }
    var isEmpty: Bool { characters.isEmpty }

    // MARK: Changing

    /// Inserts a text at the cursor, which then stands behind it.
    ///
    /// What is inserted may join the characters around it (an accent, half of a flag), so the
    /// neighbours are taken apart again.
    mutating func insert(_ text: String) {
        guard !text.isEmpty else { return }
        let before = cursor > 0 ? cursor - 1 : 0
        let after = min(cursor + 1, count)
        let head = String(characters[before..<cursor]) + text
        let joined = Array(head + String(characters[cursor..<after]))
        let headCount = head.count
        characters.replaceSubrange(before..<after, with: joined)
        // Where what follows joined the last character, the cursor stands behind both.
        cursor = before + min(headCount, joined.count)
    }

    /// Removes a part; the cursor stays at its place in what is left.
    /// - Returns: What was removed.
    @discardableResult
    mutating func remove(_ range: Range<Int>) -> String {
        let removed = String(characters[range])
        let distance =
            cursor <= range.lowerBound ? 0 : min(cursor, range.upperBound) - range.lowerBound
        // Before the array shrinks, so that the cursor is never behind its end.
        cursor -= distance
        characters.removeSubrange(range)
        rejoin(at: range.lowerBound)
        return removed
    }

    /// Two characters that have become neighbours may be one now.
    private mutating func rejoin(at place: Int) {
        guard place > 0, place < count else { return }
        let joined = Array(String(characters[place - 1...place]))
        guard joined.count == 1 else { return }
        // Never between the two, which are one: behind them.
        if cursor > place { cursor -= 1 }
        characters.replaceSubrange(place - 1...place, with: joined)
    }

    /// Replaces a part; the cursor then stands behind what came.
    mutating func replace(_ range: Range<Int>, with text: String) {
        remove(range)
        cursor = min(range.lowerBound, count)
        insert(text)
    }

    // MARK: Lines

    /// The beginning of the line that a place lies in.
    func lineStart(_ place: Int) -> Int {
        var place = place
        while place > 0, characters[place - 1] != "\n" { place -= 1 }
        return place
    }

    /// The end of the line that a place lies in, before its line feed.
    func lineEnd(_ place: Int) -> Int {
        var place = place
        while place < count, characters[place] != "\n" { place += 1 }
        return place
    }

    /// The same distance from the beginning, one line up; nil in the first line.
    func placeAbove(column: Int) -> Int? {
        let start = lineStart(cursor)
        guard start > 0 else { return nil }
        let above = lineStart(start - 1)
        return min(above + column, start - 1)
    }

    /// The same distance from the beginning, one line down; nil in the last line.
    func placeBelow(column: Int) -> Int? {
        let end = lineEnd(cursor)
        guard end < count else { return nil }
        return min(end + 1 + column, lineEnd(end + 1))
    }

    // MARK: Words

    /// Behind the next word, as Emacs counts: letters, digits and underscores.
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

    /// The beginning of the word before a place, where only white space divides words.
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
