/// Splits Lua 5.4 source into tokens, as `llex.c` does, but never fails: malformed text becomes
/// an `invalid` token, unfinished text an open one.
///
/// The prompt uses it for colours, indentation and rewriting; the checker for parsing.
public struct LuaLexer: Sendable {
    private let source: [UInt8]
    private var position = 0
    private static let keywords = Dictionary(
        uniqueKeysWithValues: LuaKeyword.allCases.map { ($0.rawValue, $0) }
    )

    /// Splits a text into tokens.
    /// - Parameter text: The source.
    /// - Returns: Its tokens in order, including comments, without white space.
    public static func tokens(of text: String) -> [LuaToken] { tokens(of: Array(text.utf8)) }

    /// Splits the bytes of a source into tokens.
    /// - Parameter source: The source; it need not be UTF-8, as for Lua itself.
    /// - Returns: Its tokens in order, including comments, without white space.
    public static func tokens(of source: [UInt8]) -> [LuaToken] {
        var lexer = LuaLexer(source)
        var tokens: [LuaToken] = []
        while let token = lexer.next() { tokens.append(token) }
        return tokens
    }

    private init(_ source: [UInt8]) {
        self.source = source
        // Lua skips a first line that begins with `#` when it loads a file.
        if source.first == UInt8(ascii: "#") {
            while position < source.count, source[position] != UInt8(ascii: "\n") { position += 1 }
        }
    }

    private func byte(_ ahead: Int = 0) -> UInt8? {
        position + ahead < source.count ? source[position + ahead] : nil
    }

    private mutating func next() -> LuaToken? {
        while let byte = byte(), byte.isLuaSpace { position += 1 }
        guard let first = byte() else { return nil }
        let start = position
        if first.isLuaNameStart { return name(from: start) }
        if first.isDigit || (first == UInt8(ascii: ".") && byte(1)?.isDigit == true) {
            return number(from: start)
        }
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return quoted(by: first, from: start)
        case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"): return comment(from: start)
        case UInt8(ascii: "["):
            if let level = longBracketLevel() { return long(.string, level, from: start) }
        default: break
        }
        return symbol(from: start)
    }

    private mutating func name(from start: Int) -> LuaToken {
        while let byte = byte(), byte.isLuaNamePart { position += 1 }
        // No keyword is longer than `function`; so most names need no conversion to a `String`.
        let keyword =
            (2...8).contains(position - start)
            ? Self.keywords[String(decoding: source[start..<position], as: UTF8.self)] : nil
        let kind = keyword.map(LuaToken.Kind.keyword) ?? .name
        return LuaToken(kind, start..<position)
    }

    /// Reads a number like `read_numeral` of `llex.c`: everything that looks like a part of it, then
    /// checks it.
    private mutating func number(from start: Int) -> LuaToken {
        let isHexadecimal =
            byte() == UInt8(ascii: "0") && byte(1).map { $0 | 0x20 } == UInt8(ascii: "x")
        if isHexadecimal { position += 2 }
        let exponent = UInt8(ascii: isHexadecimal ? "p" : "e")
        while let here = byte() {
            if here | 0x20 == exponent {
                position += 1
                if let sign = byte(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                    position += 1
                }
            } else if here.isHexadecimalDigit || here == UInt8(ascii: ".") {
                position += 1
            } else {
                break
            }
        }
        while let here = byte(), here.isLuaNamePart { position += 1 }
        let isValid = Self.isNumber(source[start..<position], isHexadecimal, exponent)
        return LuaToken(isValid ? .number : .invalid, start..<position)
    }

    private static func isNumber(
        _ text: ArraySlice<UInt8>,
        _ isHexadecimal: Bool,
        _ exponent: UInt8
    ) -> Bool {
        var rest = isHexadecimal ? text.dropFirst(2) : text
        func takeDigits(hexadecimal: Bool) -> Int {
            let before = rest.count
            rest = rest.drop { hexadecimal ? $0.isHexadecimalDigit : $0.isDigit }
            return before - rest.count
        }
        var digits = takeDigits(hexadecimal: isHexadecimal)
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            digits += takeDigits(hexadecimal: isHexadecimal)
        }
        guard digits > 0 else { return false }
        guard let mark = rest.first else { return true }
        guard mark | 0x20 == exponent else { return false }
        rest = rest.dropFirst()
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            rest = rest.dropFirst()
        }
        return takeDigits(hexadecimal: false) > 0 && rest.isEmpty
    }

    private mutating func quoted(by quote: UInt8, from start: Int) -> LuaToken {
        position += 1
        while let here = byte() {
            position += 1
            if here == quote { return LuaToken(.string, start..<position) }
            if here == UInt8(ascii: "\n") || here == UInt8(ascii: "\r") {
                position -= 1
                return LuaToken(.invalid, start..<position, isOpen: true)
            }
            guard here == UInt8(ascii: "\\"), let escaped = byte() else { continue }
            position += 1
            // `\z` skips the white space after it, line breaks included.
            if escaped == UInt8(ascii: "z") {
                while let space = byte(), space.isLuaSpace { position += 1 }
            }
        }
        return LuaToken(.string, start..<position, isOpen: true)
    }

    private mutating func comment(from start: Int) -> LuaToken {
        position += 2
        if byte() == UInt8(ascii: "["), let level = longBracketLevel() {
            return long(.comment, level, from: start)
        }
        while let here = byte(), here != UInt8(ascii: "\n") { position += 1 }
        return LuaToken(.comment, start..<position)
    }

    /// The number of equals signs of a long bracket that opens here; nil if none does.
    private func longBracketLevel() -> Int? {
        var level = 0
        while byte(1 + level) == UInt8(ascii: "=") { level += 1 }
        return byte(1 + level) == UInt8(ascii: "[") ? level : nil
    }

    private mutating func long(_ kind: LuaToken.Kind, _ level: Int, from start: Int) -> LuaToken {
        position += level + 2
        while let here = byte() {
            position += 1
            guard here == UInt8(ascii: "]") else { continue }
            var count = 0
            while byte(count) == UInt8(ascii: "=") { count += 1 }
            if count == level, byte(count) == UInt8(ascii: "]") {
                position += count + 1
                return LuaToken(kind, start..<position)
            }
        }
        return LuaToken(kind, start..<position, isOpen: true)
    }

    /// The longest symbol that begins here, found by its bytes: this runs for every key press.
    private func symbolHere() -> (LuaSymbol, Int)? {
        guard let first = byte() else { return nil }
        let second = byte(1)
        func pair(_ text: Unicode.Scalar, _ long: LuaSymbol, _ short: LuaSymbol) -> (LuaSymbol, Int)
        {
            second == UInt8(ascii: text) ? (long, 2) : (short, 1)
        }
        switch first {
        case UInt8(ascii: "+"): return (.plus, 1)
        case UInt8(ascii: "-"): return (.minus, 1)
        case UInt8(ascii: "*"): return (.star, 1)
        case UInt8(ascii: "/"): return pair("/", .doubleSlash, .slash)
        case UInt8(ascii: "%"): return (.percent, 1)
        case UInt8(ascii: "^"): return (.caret, 1)
        case UInt8(ascii: "#"): return (.hash, 1)
        case UInt8(ascii: "&"): return (.ampersand, 1)
        case UInt8(ascii: "|"): return (.bar, 1)
        case UInt8(ascii: "~"): return pair("=", .notEqual, .tilde)
        case UInt8(ascii: "="): return pair("=", .equal, .assign)
        case UInt8(ascii: "<"):
            return second == UInt8(ascii: "<") ? (.shiftLeft, 2) : pair("=", .lessOrEqual, .less)
        case UInt8(ascii: ">"):
            return second == UInt8(ascii: ">")
                ? (.shiftRight, 2) : pair("=", .greaterOrEqual, .greater)
        case UInt8(ascii: "("): return (.leftParenthesis, 1)
        case UInt8(ascii: ")"): return (.rightParenthesis, 1)
        case UInt8(ascii: "{"): return (.leftBrace, 1)
        case UInt8(ascii: "}"): return (.rightBrace, 1)
        case UInt8(ascii: "["): return (.leftBracket, 1)
        case UInt8(ascii: "]"): return (.rightBracket, 1)
        case UInt8(ascii: ":"): return pair(":", .label, .colon)
        case UInt8(ascii: ";"): return (.semicolon, 1)
        case UInt8(ascii: ","): return (.comma, 1)
        case UInt8(ascii: "."):
            guard second == first else { return (.dot, 1) }
            return byte(2) == first ? (.varargs, 3) : (.concatenation, 2)
        default: return nil
        }
    }

    private mutating func symbol(from start: Int) -> LuaToken {
        if let (symbol, length) = symbolHere() {
            position += length
            return LuaToken(.symbol(symbol), start..<position)
        }
        position += 1
        // The other bytes of the same character belong to the same mistake.
        while let here = byte(), here & 0xC0 == 0x80 { position += 1 }
        return LuaToken(.invalid, start..<position)
    }
}

extension UInt8 {
    fileprivate var isLuaSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isHexadecimalDigit: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
    fileprivate var isLuaNameStart: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) || self == UInt8(ascii: "_")
    }
    fileprivate var isLuaNamePart: Bool { isLuaNameStart || isDigit }
}
