import VSphere

/// Passwords by host, in the file that ftp(1), curl and git share.
struct Netrc {
    struct Entry {
        let machine: String
        var login: String?
        var password: Secret?
    }

    private let entries: [Entry]

    /// The password for a host.
    /// - Parameters:
    ///   - host: The host's name; case is ignored.
    ///   - user: The user; empty takes the first entry of the host, for any user.
    /// - Returns: The entry; nil if none matches.
    func entry(host: String, user: String) -> Entry? {
        entries.first { entry in
            entry.machine.lowercased() == host.lowercased() && entry.password != nil
                && (user.isEmpty || entry.login == nil || entry.login == user)
        }
    }

    /// Reads the file.
    ///
    /// Its `default` entry is ignored: the password of a vCenter is not meant for every host.
    /// Unknown words are skipped, as other readers of the file do.
    init(parsing text: String) {
        var entries: [Entry] = []
        var current: Entry?
        var tokens = Tokens(text)
        while let word = tokens.next() {
            switch word {
            case "machine":
                if let current { entries.append(current) }
                current = tokens.next().map { Entry(machine: $0) }
            case "default":
                if let current { entries.append(current) }
                current = nil
            case "login": if let login = tokens.next() { current?.login = login }
            case "password": current?.password = tokens.next().map { Secret($0) }
            case "account": _ = tokens.next()
            case "macdef": tokens.skipMacro()
            default: break
            }
        }
        if let current { entries.append(current) }
        self.entries = entries
    }

    /// Words between white space; in double quotes a word may contain spaces, and a backslash escapes.
    private struct Tokens {
        private var rest: Substring

        init(_ text: String) { rest = text[...] }

        mutating func next() -> String? {
            rest = rest.drop { $0.isWhitespace }
            while rest.first == "#" {
                rest = rest.drop { !$0.isNewline }.drop { $0.isWhitespace }
            }
            guard rest.first == "\"" else {
                let word = rest.prefix { !$0.isWhitespace }
                rest = rest.dropFirst(word.count)
                return word.isEmpty ? nil : String(word)
            }
            rest.removeFirst()
            var word = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\", let escaped = rest.popFirst() else {
                    word.append(character)
                    continue
                }
                word.append(escaped == "n" ? "\n" : escaped == "t" ? "\t" : escaped)
            }
            return word
        }

        /// A macro ends at an empty line.
        mutating func skipMacro() {
            if let end = rest.firstRange(of: "\n\n") {
                rest = rest[end.upperBound...]
            } else {
                rest = ""
            }
        }
    }
}
