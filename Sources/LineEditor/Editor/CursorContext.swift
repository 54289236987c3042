internal import LuaSyntax

/// The syntax around the cursor, as far as completion needs it.
///
/// Determined from the tokens alone: unfinished source does not parse.
public struct CursorContext: Sendable, Equatable {
    /// The call whose arguments the cursor is among.
    public struct CallSite: Sendable, Equatable {
        /// The names of the function, such as `json`, `encode`.
        public internal(set) var path: [String]
        /// Whether the last name follows a colon.
        public internal(set) var isMethod: Bool
        /// The index of the argument, from 0.
        public internal(set) var argument: Int
        /// The source of the first argument.
        public internal(set) var firstArgument: String
        /// Whether the cursor is in a table between braces.
        public internal(set) var isInTable: Bool
        /// The keys of the tables in it that the cursor is in, outermost first; nil for an element of a list.
        public internal(set) var tables: [String?] = []
        /// The option whose value is typed, in a table of options.
        public internal(set) var option: String?
    }

    /// The kind of text that is being typed.
    public enum Subject: Sendable, Equatable {
        /// A name, after the names before it.
        case name(path: [String], isMethod: Bool)
        /// The inside of a string in quotes.
        case string(quote: Character)
        /// Nothing yet.
        case nothing
        /// The inside of a comment or a number: nothing can be completed.
        case closed
    }

    /// The kind of text that is being typed.
    public let subject: Subject
    /// The part of it typed so far.
    public let typed: String
    /// The character where that begins.
    public let start: Int
    /// The innermost call around the cursor.
    public let call: CallSite?

    /// Analyses the text before the cursor.
    public init(_ text: LexedText, cursor: Int) {
        let (bytes, tokens) = text.before(cursor)
        let reader = TokenReader(bytes: bytes, tokens: tokens)
        let last = tokens.last
        let touches = last?.range.upperBound == bytes.count
        var inner = tokens.count
        // Counted from the end: the part being typed is short, the block may be long.
        func place(_ byte: Int) -> Int {
            cursor - String(decoding: bytes[byte...], as: UTF8.self).count
        }
        switch last?.kind {
        case .name where touches, .keyword where touches:
            inner -= 1
            let (path, isMethod) = reader.path(before: inner)
            subject = .name(path: path, isMethod: isMethod)
            typed = reader.text(inner)
            start = place(tokens[inner].range.lowerBound)
        case .symbol(.dot) where touches, .symbol(.colon) where touches:
            let (path, isMethod) = reader.path(before: inner)
            subject = path.isEmpty ? .closed : .name(path: path, isMethod: isMethod)
            typed = ""
            start = cursor
        case .string where last?.isOpen == true && touches, .invalid where last?.isOpen == true:
            inner -= 1
            let quote = reader.text(inner).first ?? "\""
            subject = quote == "[" ? .closed : .string(quote: quote)
            typed = String(reader.text(inner).dropFirst())
            start = place(tokens[inner].range.lowerBound + 1)
        case .comment where touches, .number where touches, .string where touches,
            .invalid where touches:
            subject = .closed
            typed = ""
            start = cursor
        default:
            subject = .nothing
            typed = ""
            start = cursor
        }
        var call = reader.callSite(before: inner)
        if call?.isInTable == true { call?.option = reader.option(before: inner) }
        self.call = call
    }
}

/// Reads tokens backwards.
private struct TokenReader {
    let bytes: [UInt8]
    let tokens: [LuaToken]

    func text(_ index: Int) -> String {
        String(decoding: bytes[tokens[index].range], as: UTF8.self)
    }

    /// The names before a place: `a.b:` gives `a`, `b`, and that a method follows.
    func path(before place: Int) -> (path: [String], isMethod: Bool) {
        var names: [String] = []
        var index = place - 1
        let isMethod = index >= 0 && tokens[index].isSymbol(.colon)
        while index >= 1, tokens[index].isSymbol(.dot) || tokens[index].isSymbol(.colon),
            tokens[index - 1].kind == .name
        {
            names.insert(text(index - 1), at: 0)
            index -= 2
        }
        // The result of `f().x` cannot be known.
        if index >= 0, tokens[index].isSymbol(.dot) || tokens[index].isSymbol(.colon) {
            return ([], isMethod)
        }
        return (names, isMethod)
    }

    /// The name before an equals sign that stands before a place.
    func option(before place: Int) -> String? {
        guard place > 1, tokens[place - 1].isSymbol(.assign), tokens[place - 2].kind == .name else {
            return nil
        }
        return text(place - 2)
    }

    /// The innermost call that is open at a place.
    func callSite(before place: Int) -> CursorContext.CallSite? {
        // `item "gold`: a string after a name is a call without parentheses.
        if place < tokens.count, tokens[place].kind == .string || tokens[place].kind == .invalid,
            place > 0, tokens[place - 1].kind == .name, let site = site(calling: place)
        {
            return site
        }
        let open = LuaNesting(tokens[..<place]).open
        var isInTable = false
        var keys: [String?] = []
        for opening in open.reversed() where opening.isBracket {
            switch tokens[opening.token].kind {
            case .symbol(.leftBrace):
                isInTable = true
                // `session{`: the brace itself is the argument.
                if opening.token > 0, tokens[opening.token - 1].kind == .name,
                    var site = site(calling: opening.token)
                {
                    site.isInTable = true
                    site.tables = keys
                    return site
                }
                keys.insert(option(before: opening.token), at: 0)
            case .symbol(.leftParenthesis):
                guard var site = site(calling: opening.token) else { return nil }
                site.isInTable = isInTable
                // The outermost brace is the argument itself.
                site.tables = Array(keys.dropFirst())
                let (count, first) = arguments(from: opening.token + 1, to: place)
                site.argument = count
                site.firstArgument = first
                return site
            default: break
            }
        }
        return nil
    }

    /// The function whose name is before a place.
    private func site(calling place: Int) -> CursorContext.CallSite? {
        guard place > 0, tokens[place - 1].kind == .name else { return nil }
        // `function f(` is a declaration.
        let (path, isMethod) = path(before: place - 1)
        let begin = place - 1 - 2 * path.count
        if begin > 0, tokens[begin - 1].isKeyword(.function) { return nil }
        return CursorContext.CallSite(
            path: path + [text(place - 1)],
            isMethod: isMethod,
            argument: 0,
            firstArgument: "",
            isInTable: false
        )
    }

    /// The number of complete arguments, and the source of the first.
    private func arguments(from start: Int, to end: Int) -> (count: Int, first: String) {
        var depth = 0
        var count = 0
        var firstEnd = end
        for index in start..<max(end, start) {
            switch tokens[index].kind {
            case .symbol(.leftParenthesis), .symbol(.leftBrace), .symbol(.leftBracket),
                .keyword(.function):
                depth += 1
            case .symbol(.rightParenthesis), .symbol(.rightBrace), .symbol(.rightBracket),
                .keyword(.end):
                depth -= 1
            case .symbol(.comma) where depth == 0:
                if count == 0 { firstEnd = index }
                count += 1
            default: break
            }
        }
        guard firstEnd > start else { return (count, "") }
        let range = tokens[start].range.lowerBound..<tokens[firstEnd - 1].range.upperBound
        return (count, String(decoding: bytes[range], as: UTF8.self))
    }
}
