internal import LuaSyntax
internal import VSphere

/// Decides which inputs are kept in the history.
enum HistoryRules {
    /// Whether an entry is kept.
    ///
    /// Not a line that begins with a space, as in shells; nor one that seems to contain a
    /// secret, because the file outlives the session.
    static func keeps(_ entry: String) -> Bool {
        guard let first = entry.first, first != " ", first != "\t", first != "\n" else {
            return false
        }
        guard entry.utf8.count <= 64 << 10 else { return false }
        return !holdsSecret(entry)
    }

    /// Whether a string literal is a secret, by its name, by its form, or by the option before it.
    private static func holdsSecret(_ entry: String) -> Bool {
        let bytes = Array(entry.utf8)
        let tokens = LuaLexer.tokens(of: bytes)
        var literals: [String] = []
        for (index, token) in tokens.enumerated() {
            let text = String(decoding: bytes[token.range], as: UTF8.self)
            switch token.kind {
            case .name: break
            case .string, .comment:
                let content = contents(text, isComment: token.kind == .comment)
                literals.append(content)
                guard token.kind == .string else { continue }
            default: continue
            }
            if contents(text).namesSecret, text.utf8.count <= 60,
                isNamed(tokens[(index + 1)...])
            {
                return true
            }
        }
        return literals.withoutTelltaleSecrets != literals
    }

    /// Whether the preceding name belongs to a string: `name = "…"`, `name("…")`, `name "…"`, `["name"] = "…"`,
    /// `("name", "…")`.
    private static func isNamed(_ tokens: ArraySlice<LuaToken>) -> Bool {
        for next in tokens.filter({ $0.kind != .comment }).prefix(4) {
            switch next.kind {
            case .string: return true
            case .invalid where next.isOpen: return true
            case .symbol(.assign), .symbol(.leftParenthesis), .symbol(.rightBracket),
                .symbol(.comma), .symbol(.equal), .symbol(.concatenation):
                continue
            default: return false
            }
        }
        return false
    }

    /// The contents of a literal or a comment, as far as this check needs them.
    private static func contents(_ text: String, isComment: Bool = false) -> String {
        var text = text[...]
        let beginning = "\"'[= " + (isComment ? "-" : "")
        while let first = text.first, beginning.contains(first) { text.removeFirst() }
        while let last = text.last, "\"']".contains(last) { text.removeLast() }
        return String(text)
    }
}
