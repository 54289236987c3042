/// The nesting of Lua source: for indentation, for pairs of brackets, for finding the call
/// around the cursor.
///
/// Works on tokens alone, so that it can handle unfinished source.
public struct LuaNesting {
    /// A bracket or block that was opened and not closed.
    public struct Opening: Equatable {
        /// Its index among the tokens.
        public let token: Int
        /// Whether it is a bracket, not a block.
        public let isBracket: Bool
    }

    /// The openings without an end so far, outermost first.
    public private(set) var open: [Opening] = []
    /// For each complete bracket or block: the token index of its partner.
    public private(set) var partners: [Int: Int] = [:]

    /// Reads tokens from the beginning.
    public init(_ tokens: ArraySlice<LuaToken>) {
        for (index, token) in tokens.enumerated() { read(token, at: index) }
    }

    /// The indentation level of a line that begins here.
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
        // An end without a match is ignored: the source is unfinished.
        guard let last = open.last, last.isBracket == isBracket else { return }
        open.removeLast()
        partners[index] = last.token
        partners[last.token] = index
    }

    /// Whether a line that begins with this token is indented one level less.
    public static func closesLevel(_ token: LuaToken) -> Bool {
        switch token.kind {
        case .keyword(.end), .keyword(.else), .keyword(.elseif), .keyword(.until): true
        case .symbol(.rightParenthesis), .symbol(.rightBrace), .symbol(.rightBracket): true
        default: false
        }
    }
}
