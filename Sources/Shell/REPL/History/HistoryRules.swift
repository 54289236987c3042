/// What may be kept of what was typed.
enum HistoryRules {
    /// Whether an entry is kept.
    ///
    /// A line that begins with a space stays out, as in the shells; so does one that looks as if a
    /// secret were written in it, because the file outlives the session.
    static func keeps(_ entry: String) -> Bool {
        guard let first = entry.first, first != " ", first != "\t", first != "\n" else {
            return false
        }
        guard entry.utf8.count <= 64 << 10 else { return false }
        return !holdsSecret(entry)
    }

    /// Whether a string literal stands where a secret would: after a name such as `password`.
    private static func holdsSecret(_ entry: String) -> Bool {
        let bytes = Array(entry.utf8)
        let tokens = LuaLexer.tokens(of: bytes).filter { $0.kind != .comment }
        func text(_ token: LuaToken) -> String {
            String(decoding: bytes[token.range], as: UTF8.self).lowercased()
        }
        for (index, token) in tokens.enumerated() {
            switch token.kind {
            case .name, .string: break
            default: continue
            }
            guard isSecretName(text(token)) else { continue }
            // name = "…", name("…"), name "…", ["name"] = "…", ("name", "…")
            for next in tokens[(index + 1)...].prefix(4) {
                switch next.kind {
                case .string: return true
                case .invalid where next.isOpen: return true
                case .symbol(.assign), .symbol(.leftParenthesis), .symbol(.rightBracket),
                    .symbol(.comma), .symbol(.equal), .symbol(.concatenation):
                    continue
                default: break
                }
                break
            }
        }
        return entry.lowercased().contains("authorization: basic ")
            || entry.lowercased().contains("vmware-api-session-id")
    }

    private static func isSecretName(_ name: String) -> Bool {
        // A file or a command that holds it is no secret.
        guard !name.hasSuffix("_file"), !name.hasSuffix("_command") else { return false }
        let marks = ["password", "passwd", "secret", "token", "api_key", "apikey", "authorization"]
        return marks.contains { name.contains($0) } && name.count <= 40
    }
}
