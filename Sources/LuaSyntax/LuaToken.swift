/// One token of Lua 5.4 source: its kind and its place.
public struct LuaToken: Sendable, Equatable {
    /// The kinds of token.
    public enum Kind: Sendable, Equatable {
        case name
        case keyword(LuaKeyword)
        case number
        /// A string in quotes or long brackets.
        case string
        case comment
        /// An operator, a bracket or a separator.
        case symbol(LuaSymbol)
        /// A byte that begins no token, or a malformed number or string.
        case invalid
    }

    /// The kind.
    public let kind: Kind
    /// Its bytes in the source.
    public let range: Range<Int>
    /// Whether the source ends inside it: a string or comment in long brackets that more lines
    /// may close, or a quoted string up to the end of its line.
    public let isOpen: Bool

    /// Makes a token.
    public init(_ kind: Kind, _ range: Range<Int>, isOpen: Bool = false) {
        self.kind = kind
        self.range = range
        self.isOpen = isOpen
    }

    /// Whether it is this keyword.
    public func isKeyword(_ keyword: LuaKeyword) -> Bool { kind == .keyword(keyword) }

    /// Whether it is this symbol.
    public func isSymbol(_ symbol: LuaSymbol) -> Bool { kind == .symbol(symbol) }
}

/// The reserved words (Lua 5.4 manual §3.1).
public enum LuaKeyword: String, Sendable, CaseIterable {
    case and, `break`, `do`, `else`, elseif, end, `false`, `for`, function, goto, `if`, `in`
    case local, `nil`, not, or, `repeat`, `return`, then, `true`, until, `while`
}

/// The other tokens of the language (Lua 5.4 manual §3.1).
public enum LuaSymbol: String, Sendable, CaseIterable {
    case plus = "+"
    case minus = "-"
    case star = "*"
    case slash = "/"
    case percent = "%"
    case caret = "^"
    case hash = "#"
    case ampersand = "&"
    case tilde = "~"
    case bar = "|"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case doubleSlash = "//"
    case equal = "=="
    case notEqual = "~="
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
    case assign = "="
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case leftBrace = "{"
    case rightBrace = "}"
    case leftBracket = "["
    case rightBracket = "]"
    case label = "::"
    case semicolon = ";"
    case colon = ":"
    case comma = ","
    case dot = "."
    case concatenation = ".."
    case varargs = "..."
}
