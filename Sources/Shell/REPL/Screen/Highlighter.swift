/// Gives each character of Lua source its style.
struct Highlighter: Sendable {
    /// The names that are functions of ours or of Lua's.
    let functions: Set<String>

    /// Styles a text.
    /// - Parameters:
    ///   - characters: The text.
    ///   - cursor: Where the cursor stands: the bracket at it and its partner are marked.
    /// - Returns: One style for each character.
    func styles(of characters: [Character], cursor: Int?) -> [Style] {
        var styles = [Style](repeating: .plain, count: characters.count)
        guard characters.first != "." else { return styles }
        var bytes: [UInt8] = []
        // The character that each byte belongs to.
        var owner: [Int] = []
        bytes.reserveCapacity(characters.count)
        owner.reserveCapacity(characters.count + 1)
        for (index, character) in characters.enumerated() {
            if let byte = character.asciiValue {
                bytes.append(byte)
                owner.append(index)
            } else {
                for byte in character.utf8 {
                    bytes.append(byte)
                    owner.append(index)
                }
            }
        }
        owner.append(characters.count)
        let tokens = LuaLexer.tokens(of: bytes)
        for token in tokens {
            let style = style(of: token, in: bytes)
            guard style != .plain else { continue }
            for index in owner[token.range.lowerBound]..<owner[token.range.upperBound] {
                styles[index] = style
            }
        }
        guard let cursor else { return styles }
        mark(at: cursor, tokens, owner, &styles)
        return styles
    }

    private func style(of token: LuaToken, in bytes: [UInt8]) -> Style {
        switch token.kind {
        case .keyword(.nil), .keyword(.true), .keyword(.false): .number
        case .keyword: .keyword
        case .number: .number
        case .string: .string
        case .comment: .comment
        // A string that is being typed is no mistake yet.
        case .invalid: token.isOpen ? .string : .invalid
        case .symbol: .plain
        case .name:
            functions.contains(String(decoding: bytes[token.range], as: UTF8.self))
                ? .function : .plain
        }
    }

    private func mark(
        at cursor: Int,
        _ tokens: [LuaToken],
        _ owner: [Int],
        _ styles: inout [Style]
    ) {
        // The bracket under the cursor, else the one before it.
        let isBracket = { (token: LuaToken) in
            switch token.kind {
            case .symbol(.leftParenthesis), .symbol(.rightParenthesis), .symbol(.leftBrace),
                .symbol(.rightBrace), .symbol(.leftBracket), .symbol(.rightBracket):
                true
            default: false
            }
        }
        let near = [cursor, cursor - 1].lazy.compactMap { place in
            tokens.firstIndex { owner[$0.range.lowerBound] == place && isBracket($0) }
        }.first
        guard let index = near, let partner = LuaNesting(tokens).partners[index] else { return }
        for token in [tokens[index], tokens[partner]] {
            styles[owner[token.range.lowerBound]] = .matched
        }
    }
}
