internal import LuaSyntax

/// Assigns a style to each character of Lua source.
struct Highlighter: Sendable {
    /// The names of our functions and of Lua's.
    let functions: Set<String>

    /// Returns the styles of a part of a text.
    /// - Parameters:
    ///   - text: The text.
    ///   - range: The visible characters.
    ///   - cursor: The cursor: the bracket at it and its partner are marked.
    /// - Returns: One style for each character of the range.
    func styles(of text: LexedText, in range: Range<Int>, cursor: Int?) -> [Style] {
        var styles = [Style](repeating: .plain, count: range.count)
        guard text.characters.first != "." else { return styles }
        let owners = text.owners(of: range)
        let start = text.byte(of: range.lowerBound)
        let bytes = start..<start + owners.count - 1
        /// The index into the styles for a byte.
        func place(_ byte: Int) -> Int { owners[byte - start] - range.lowerBound }
        let tokens = text.tokens
        for token in tokens[tokens.firstPlace { $0.range.upperBound > bytes.lowerBound }...] {
            guard token.range.lowerBound < bytes.upperBound else { break }
            let style = style(of: token, in: text.bytes)
            guard style != .plain else { continue }
            let seen = token.range.clamped(to: bytes)
            for index in place(seen.lowerBound)..<place(seen.upperBound) { styles[index] = style }
        }
        guard let cursor else { return styles }
        for byte in brackets(at: cursor, in: text) where bytes.contains(byte) {
            styles[place(byte)] = .matched
        }
        return styles
    }

    private func style(of token: LuaToken, in bytes: [UInt8]) -> Style {
        switch token.kind {
        case .keyword(.nil), .keyword(.true), .keyword(.false): .number
        case .keyword: .keyword
        case .number: .number
        case .string: .string
        case .comment: .comment
        // An unfinished string is not a mistake yet.
        case .invalid: token.isOpen ? .string : .invalid
        case .symbol: .plain
        case .name:
            functions.contains(String(decoding: bytes[token.range], as: UTF8.self))
                ? .function : .plain
        }
    }

    /// The places of the bracket at the cursor, else of the one before it, and of its partner.
    private func brackets(at cursor: Int, in text: LexedText) -> [Int] {
        let tokens = text.tokens
        for place in [cursor, cursor - 1] where text.characters.indices.contains(place) {
            guard "()[]{}".contains(text.characters[place]) else { continue }
            let byte = text.byte(of: place)
            let index = tokens.firstPlace { $0.range.lowerBound >= byte }
            guard index < tokens.count, tokens[index].range.lowerBound == byte,
                case .symbol = tokens[index].kind
            else { continue }
            guard let partner = LuaNesting(tokens[...]).partners[index] else { return [] }
            return [byte, tokens[partner].range.lowerBound]
        }
        return []
    }
}

extension [LuaToken] {
    /// The index of the first token that satisfies a condition; the tokens before it do not.
    fileprivate func firstPlace(_ isFarEnough: (LuaToken) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isFarEnough(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
