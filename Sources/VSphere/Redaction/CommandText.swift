/// A command, or another text of several words, as written on one line: `curl -u me:secret https://host`.
enum CommandText {
    /// The text with `***` for each word that looks like a secret.
    /// - Parameters:
    ///   - text: The text.
    ///   - depth: How many levels of quoted texts are searched.
    /// - Returns: The text, with its blanks and quotes unchanged.
    static func withoutSecrets(_ text: String, depth: Int = 3) -> String {
        guard mayTell(text.utf8) else { return text }
        var shown = ""
        var word = ""
        var before = ""
        var program = ""
        var quote: Character?
        var quoted = false
        func finish() {
            defer { (word, quoted) = ("", false) }
            guard !word.isEmpty || quoted else { return }
            if program.isEmpty { program = bare(word) }
            shown += withoutSecret(word, behind: before, of: program, depth)
            before = bare(word)
        }
        for character in text {
            if let open = quote {
                if character == open { quote = nil }
                word.append(character)
            } else if character == "\"" || character == "'" {
                // A quote within a word, as in isn't, is not an opening quote.
                if word.isEmpty || word.hasSuffix("=") { (quote, quoted) = (character, true) }
                word.append(character)
            } else if character.isWhitespace {
                finish()
                shown.append(character)
            } else {
                word.append(character)
            }
        }
        finish()
        return shown
    }

    /// Tells whether a text has a character that a secret could stand behind; a dash only where a word begins.
    static func mayTell(_ text: some Sequence<UInt8>) -> Bool {
        var before = UInt8(ascii: " ")
        for byte in text {
            switch byte {
            case UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "?"):
                return true
            case UInt8(ascii: "-"):
                // Beyond ASCII there are other blanks.
                let isBlank = before <= UInt8(ascii: " ") || before >= 0x80
                if isBlank || before == UInt8(ascii: "\"") || before == UInt8(ascii: "'") {
                    return true
                }
            default: break
            }
            before = byte
        }
        return false
    }

    /// A word with `***` for its secret part.
    private static func withoutSecret(
        _ word: String,
        behind before: String,
        of program: String,
        _ depth: Int
    ) -> String {
        let text = bare(word)
        if before.isOptionWithSecret(text) || isField(before) && !text.isEmpty { return "***" }
        if text.isOptionAndSecret
            || SecretNames.takesPassword(program) && text.hasPrefix("-p") && text.count > 2
                && !text.hasPrefix("--")
        {
            return "-p***"
        }
        if word == text, let mark = word.firstIndex(of: "="), word[..<mark].namesSecret,
            !bare(String(word[mark...].dropFirst())).isEmpty
        {
            return word[...mark] + "***"
        }
        if text != word, depth > 0 {
            // For example a header, or a line for another shell.
            let inner = withoutSecrets(text, depth: depth - 1)
            return inner == text ? word : word.replacing(text, with: inner)
        }
        return withoutHostPassword(word)
    }

    /// Tells whether a word is the name of a header or a field that is secret: `Cookie:`.
    private static func isField(_ word: String) -> Bool {
        word.hasSuffix(":") && !word.hasSuffix("://") && word.dropLast().namesSecret
    }

    /// A word with `***` for the password of `user:password@host`; other words are unchanged.
    private static func withoutHostPassword(_ word: String) -> String {
        guard let colon = word.firstIndex(of: ":"), let at = word.lastIndex(of: "@"), colon < at,
            !word[colon...].hasPrefix("://"), word.startIndex < colon,
            !word[..<colon].contains(where: { "@/".contains($0) }),
            !["mailto", "sip", "xmpp", "acct"].contains(word[..<colon].lowercased()),
            !word[at...].hasPrefix("@sha256:"), word.index(after: colon) < at
        else { return word }
        return word[...colon] + "***" + word[at...]
    }

    /// A word without the quotes around it.
    private static func bare(_ word: String) -> String {
        guard let first = word.first, first == "\"" || first == "'" else { return word }
        let inner = word.dropFirst()
        return String(inner.last == first ? inner.dropLast() : inner)
    }
}
