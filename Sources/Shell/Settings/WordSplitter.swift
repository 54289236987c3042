internal import Text

/// Splits a command into words as a shell does, without its other features.
enum WordSplitter {
    /// Splits at spaces, tabs and newlines.
    ///
    /// Single quotes keep everything, double quotes everything but a backslash before `"`, `\`, `$` or a
    /// backquote; outside quotes a backslash keeps the next character. Variables, wildcards and
    /// substitutions are not expanded.
    static func split(_ text: String) throws(QuantityProblem) -> [String] {
        var words: [String] = []
        var word: String?
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case " ", "\t", "\n", "\r\n":
                if let word { words.append(word) }
                word = nil
            case "'":
                guard let end = rest.firstIndex(of: "'") else { throw unclosed }
                word = (word ?? "") + rest[..<end]
                rest = rest[rest.index(after: end)...]
            case "\"": word = (word ?? "") + (try quoted(&rest))
            case "\\":
                guard let escaped = rest.popFirst() else {
                    throw QuantityProblem(
                        reason: "it ends with a backslash",
                        hint: "write \\\\ for a backslash"
                    )
                }
                word = (word ?? "") + String(escaped)
            default: word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        guard let program = words.first, !program.isEmpty else {
            throw QuantityProblem(reason: "it names no program", hint: "write the program first")
        }
        return words
    }

    private static let unclosed = QuantityProblem(
        reason: "a quote is not closed",
        hint: "close it, or write a backslash before it"
    )

    private static func quoted(_ rest: inout Substring) throws(QuantityProblem) -> String {
        var text = ""
        while let character = rest.popFirst() {
            if character == "\"" { return text }
            if character == "\\", let escaped = rest.first, "\"\\$`".contains(escaped) {
                text.append(escaped)
                rest.removeFirst()
            } else {
                text.append(character)
            }
        }
        throw unclosed
    }
}
