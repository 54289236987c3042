/// How deep Lua source is nested: for indentation, for pairs of brackets, for finding the call
/// around the cursor.
///
/// Works on tokens alone, so that it knows what to do about source that is being typed.
public struct LuaNesting {
    /// Something that was opened and not closed.
    public struct Opening: Equatable {
        /// Its place among the tokens.
        public let token: Int
        /// Whether only brackets are meant, not blocks.
        public let isBracket: Bool
    }

    /// What is open behind the last token, outermost first.
    public private(set) var open: [Opening] = []
    /// For each bracket or block that has both: the place of its partner among the tokens.
    public private(set) var partners: [Int: Int] = [:]

    /// Reads tokens from the beginning.
    public init(_ tokens: ArraySlice<LuaToken>) {
        for (index, token) in tokens.enumerated() { read(token, at: index) }
    }

    /// How many levels a line that begins here is indented by.
    public var depth: Int { open.count }

    private mutating func read(_ token: LuaToken, at index: Int) {
        switch token.kind {
        // `while` and `for` are opened by their `do`, `if` by its first `then`.
        case .keyword(.function), .keyword(.do), .keyword(.repeat), .keyword(.then):
            open.append(Opening(token: index, isBracket: false))
        case .keyword(.elseif), .keyword(.end), .keyword(.until):
            close(at: index, isBracket: false)
        case .keyword(.else):
            close(at: index, isBracket: false)
            open.append(Opening(token: index, isBracket: false))
        case .symbol(.leftParenthesis), .symbol(.leftBrace), .symbol(.leftBracket):
            open.append(Opening(token: index, isBracket: true))
        case .symbol(.rightParenthesis), .symbol(.rightBrace), .symbol(.rightBracket):
            close(at: index, isBracket: true)
        default: break
        }
    }

    private mutating func close(at index: Int, isBracket: Bool) {
        // What does not match is left alone: the source is being typed.
        guard let last = open.last, last.isBracket == isBracket else { return }
        open.removeLast()
        partners[index] = last.token
        partners[last.token] = index
    }

    /// Whether a line that begins with this token stands one level further out.
    public static func closesLevel(_ token: LuaToken) -> Bool {
        switch token.kind {
        case .keyword(.end), .keyword(.else), .keyword(.elseif), .keyword(.until): true
        case .symbol(.rightParenthesis), .symbol(.rightBrace), .symbol(.rightBracket): true
        default: false
        }
    }
}
