extension String {
    /// Escaped as a description in an `_arguments` specification of zsh inside single quotes.
    public var zshEscaped: String {
        flatMap { character -> String in
            switch character {
            case "'": "'\\''"
            case "[", "]", ":", "\\": "\\\(character)"
            default: String(character)
            }
        }.map(String.init).joined()
    }

    /// Escaped as a single-quoted string of fish.
    public var fishEscaped: String {
        map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    }
}
