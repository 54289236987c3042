/// How strongly operators bind (Lua 5.4 manual §3.4.8).
enum LuaPrecedence {
    /// `not`, `#`, `-`, `~` before an operand.
    static let unary = 12

    /// How strongly a binary operator holds what is left and right of it; nil for anything else.
    static func of(_ operation: LuaSymbolOrKeyword) -> (left: Int, right: Int)? {
        switch operation {
        case .keyword(.or): (1, 1)
        case .keyword(.and): (2, 2)
        case .symbol(.less), .symbol(.greater), .symbol(.lessOrEqual), .symbol(.greaterOrEqual),
            .symbol(.equal), .symbol(.notEqual):
            (3, 3)
        case .symbol(.bar): (4, 4)
        case .symbol(.tilde): (5, 5)
        case .symbol(.ampersand): (6, 6)
        case .symbol(.shiftLeft), .symbol(.shiftRight): (7, 7)
        // To the right first: a .. b .. c is a .. (b .. c).
        case .symbol(.concatenation): (9, 8)
        case .symbol(.plus), .symbol(.minus): (10, 10)
        case .symbol(.star), .symbol(.slash), .symbol(.doubleSlash), .symbol(.percent): (11, 11)
        case .symbol(.caret): (14, 13)
        default: nil
        }
    }
}

/// What a string in source stands for.
enum LuaStringText {
    /// The text of a literal in quotes or long brackets; escapes that name bytes beyond ASCII stay as they are
    /// written.
    static func value(of literal: ArraySlice<UInt8>) -> String {
        guard let first = literal.first else { return "" }
        guard first == UInt8(ascii: "[") else {
            return unescaped(literal.dropFirst().dropLast())
        }
        let level = literal.dropFirst().prefix { $0 == UInt8(ascii: "=") }.count
        var text = literal.dropFirst(level + 2).dropLast(level + 2)
        // A line break right behind the opening does not count.
        if text.first == UInt8(ascii: "\r") { text = text.dropFirst() }
        if text.first == UInt8(ascii: "\n") { text = text.dropFirst() }
        return String(decoding: text, as: UTF8.self)
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
        guard text.contains(UInt8(ascii: "\\")) else {
            return String(decoding: text, as: UTF8.self)
        }
        var result: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < text.endIndex else {
                result.append(byte)
                continue
            }
            let escaped = text[index]
            index += 1
            switch escaped {
            case UInt8(ascii: "n"), UInt8(ascii: "\n"): result.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "t"): result.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "r"): result.append(UInt8(ascii: "\r"))
            case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): result.append(escaped)
            default: result += [UInt8(ascii: "\\"), escaped]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
