/// The precedence of operators (Lua 5.4 manual §3.4.8).
enum LuaPrecedence {
    /// `not`, `#`, `-`, `~` before an operand.
    static let unary = 12

    /// The precedence of a binary operator to its left and to its right; nil for any other token.
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
        // Right-associative: a .. b .. c is a .. (b .. c).
        case .symbol(.concatenation): (9, 8)
        case .symbol(.plus), .symbol(.minus): (10, 10)
        case .symbol(.star), .symbol(.slash), .symbol(.doubleSlash), .symbol(.percent): (11, 11)
        case .symbol(.caret): (14, 13)
        default: nil
        }
    }
}
