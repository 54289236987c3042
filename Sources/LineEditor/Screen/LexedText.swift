internal import LuaSyntax

/// A text being typed, with its tokens: unchanged parts are not split into
/// tokens again.
///
/// The text is divided into segments, whole lines with whole tokens; the tokens of a segment do not depend
/// on earlier ones. A key press changes one segment.
public struct LexedText: Sendable {
    /// Lines, including the line feed of the last; only the end of the text has none.
    private struct Segment {
        /// The number of characters.
        let count: Int
        let bytes: [UInt8]
        /// Their places, counted from the beginning of the segment.
        let tokens: [LuaToken]

        /// Whether every byte is a character.
        var isASCII: Bool { bytes.count == count }
        /// Whether its tokens cannot change, whatever follows it.
        var isClosed: Bool { bytes.last == UInt8(ascii: "\n") && !LexedText.goesOn(tokens) }
    }

    /// The text.
    public private(set) var characters: [Character] = []
    /// Its bytes.
    private(set) var bytes: [UInt8] = []
    /// Its tokens, in order.
    private(set) var tokens: [LuaToken] = []
    private var segments: [Segment] = []
    /// The number of segments split into tokens by the last update; tests check it.
    private(set) var freshSegments = 0

    /// Whether every byte is a character.
    var isASCII: Bool { bytes.count == characters.count }

    /// Makes an empty text.
    public init() {}

    /// Splits a text into tokens.
    public init(_ characters: [Character]) { update(to: characters) }

    /// Splits only the changed part of a text into tokens.
    public mutating func update(to new: [Character]) {
        freshSegments = 0
        // Of arrays that share their memory this looks at no element.
        guard characters != new else { return }
        var (same, rest) = (0, min(characters.count, new.count))
        while rest > 0, characters[same] == new[same] {
            same += 1
            rest -= 1
        }
        var tail = 0
        while tail < rest, characters[characters.count - 1 - tail] == new[new.count - 1 - tail] {
            tail += 1
        }
        var made: [Segment] = []
        var position = 0
        for segment in segments {
            guard segment.isClosed, position + segment.count <= same else { break }
            made.append(segment)
            position += segment.count
        }
        // The old segments after the change, and the place of the first in the new text.
        var behind = segments[made.count...]
        var place = position + new.count - characters.count
        while let first = behind.first, place < new.count - tail {
            place += first.count
            behind = behind.dropFirst()
        }
        while position < new.count {
            while place < position, let first = behind.first {
                place += first.count
                behind = behind.dropFirst()
            }
            if place == position, !behind.isEmpty {
                made += behind
                break
            }
            let segment = Self.segment(of: new, from: position)
            made.append(segment)
            position += segment.count
            freshSegments += 1
        }
        characters = new
        segments = made
        join()
    }

    /// The bytes and tokens before a place, as if the text ended there.
    func before(_ place: Int) -> (bytes: [UInt8], tokens: [LuaToken]) {
        var (start, byte, count) = (0, 0, 0)
        for segment in segments {
            guard start + segment.count <= place else { break }
            start += segment.count
            byte += segment.bytes.count
            count += segment.tokens.count
        }
        var (bytes, tokens) = (Array(bytes[..<byte]), Array(tokens[..<count]))
        guard start < place else { return (bytes, tokens) }
        let last = Self.utf8(characters[start..<place])
        tokens += Self.tokens(of: last, isFirst: start == 0).map { $0.moved(by: byte) }
        bytes += last
        return (bytes, tokens)
    }

    /// The byte offset at which a character begins.
    func byte(of place: Int) -> Int {
        var (start, byte) = (0, 0)
        for segment in segments {
            guard start + segment.count <= place else {
                if segment.isASCII { return byte + place - start }
                return byte + Self.utf8(characters[start..<place]).count
            }
            start += segment.count
            byte += segment.bytes.count
        }
        return byte
    }

    /// The character that each byte of a range belongs to, and one more for the end.
    /// - Parameter range: Places among the characters.
    /// - Returns: Places among the characters, one for each byte, and `range.upperBound`.
    func owners(of range: Range<Int>) -> [Int] {
        if isASCII { return Array(range.lowerBound...range.upperBound) }
        var owners: [Int] = []
        owners.reserveCapacity(range.count + 1)
        for index in range {
            let length = characters[index].asciiValue == nil ? characters[index].utf8.count : 1
            for _ in 0..<length { owners.append(index) }
        }
        owners.append(range.upperBound)
        return owners
    }

    // MARK: Splitting

    private mutating func join() {
        bytes.removeAll(keepingCapacity: true)
        tokens.removeAll(keepingCapacity: true)
        for segment in segments {
            let start = bytes.count
            bytes += segment.bytes
            for token in segment.tokens { tokens.append(token.moved(by: start)) }
        }
    }

    /// The segment that begins at a place.
    private static func segment(of characters: [Character], from start: Int) -> Segment {
        var lines = 1
        while true {
            var end = start
            var left = lines
            while end < characters.count, left > 0 {
                if characters[end] == "\n" { left -= 1 }
                end += 1
            }
            let bytes = utf8(characters[start..<end])
            let tokens = tokens(of: bytes, isFirst: start == 0)
            guard goesOn(tokens), end < characters.count else {
                return Segment(count: end - start, bytes: bytes, tokens: tokens)
            }
            lines *= 2
        }
    }

    /// Whether a string or comment is still open at the end; an unclosed quoted string ends with its line,
    /// as a mistake.
    private static func goesOn(_ tokens: [LuaToken]) -> Bool {
        tokens.last.map { $0.isOpen && $0.kind != .invalid } ?? false
    }

    private static func tokens(of bytes: [UInt8], isFirst: Bool) -> [LuaToken] {
        // Only the first line of a text may begin with `#` and be skipped by Lua.
        guard !isFirst, bytes.first == UInt8(ascii: "#") else { return LuaLexer.tokens(of: bytes) }
        return LuaLexer.tokens(of: [UInt8(ascii: " ")] + bytes).map { $0.moved(by: -1) }
    }

    private static func utf8(_ characters: ArraySlice<Character>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count)
        for character in characters {
            if let byte = character.asciiValue {
                bytes.append(byte)
            } else {
                bytes += character.utf8
            }
        }
        return bytes
    }
}

extension LuaToken {
    fileprivate func moved(by distance: Int) -> LuaToken {
        guard distance != 0 else { return self }
        return LuaToken(
            kind,
            range.lowerBound + distance..<range.upperBound + distance,
            isOpen: isOpen
        )
    }
}
