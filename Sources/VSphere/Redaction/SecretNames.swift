/// Names and forms that indicate a secret that was not registered: the one list for logs, cassettes, the
/// journal and the history.
extension StringProtocol {
    /// Whether a value with this name is a secret: a field, a variable, an option, a header.
    ///
    /// Words may be joined in any way: `user_data`, `userData`, `--user-data`. The name of a file or a command with
    /// the secret is not one, nor is the marker of a page in a list.
    public var namesSecret: Bool {
        let words = nameWords
        if let last = words.last, ["file", "command"].contains(last) { return false }
        let name = words.joined()
        if ["pagetoken", "nexttoken", "continuationtoken"].contains(name) { return false }
        return SecretNames.parts.contains { name.contains($0) }
            || words.contains { SecretNames.words.contains($0) }
    }

    /// Whether a parameter of a URL or a field of a request with this name is a secret; short names are usual there.
    public var namesSecretParameter: Bool {
        namesSecret || SecretNames.parameters.contains(lowercased())
    }

    /// The words of a name in lower case.
    private var nameWords: [String] {
        var words: [String] = []
        var word = ""
        var wasLower = false
        for character in self {
            guard character.isLetter || character.isNumber else {
                if !word.isEmpty { words.append(word) }
                (word, wasLower) = ("", false)
                continue
            }
            if wasLower, character.isUppercase {
                words.append(word)
                word = ""
            }
            word += character.lowercased()
            wasLower = character.isLowercase
        }
        return word.isEmpty ? words : words + [word]
    }

    /// The text with `***` for parts that are marked as secret: `name=value` and `Name: value`, parameters of a
    /// URL, the password in an address, text after Basic or Bearer, options of a command line within it.
    public var withoutTelltaleSecrets: String {
        // Most texts have nothing that the other rules look for, and some are names of thousands of steps.
        guard CommandText.mayTell(utf8) else { return Redaction.withoutCredentials(String(self)) }
        var text = SecretNames.withoutParameters(String(self))
        text = SecretNames.withoutAddressPassword(text)
        text = Redaction.withoutCredentials(text)
        if let mark = text.firstIndex(where: { $0 == "=" || $0 == ":" }),
            !text[mark...].hasPrefix("://"),
            !text[..<mark].contains(where: { "?&/ ".contains($0) }),
            text[..<mark].namesSecret,
            text[mark...].dropFirst().contains(where: { !$0.isWhitespace })
        {
            let space = text[mark...].dropFirst().prefix { $0 == " " }
            return text[...mark] + space + "***"
        }
        return CommandText.withoutSecrets(text)
    }

    /// Tells whether the next word on a command line is a secret: `--token`, `-u` of curl with `me:secret`, `-p`.
    /// - Parameter value: That word.
    /// - Returns: Whether it is one.
    public func isOptionWithSecret(_ value: some StringProtocol) -> Bool {
        guard hasPrefix("-"), !contains("="), !contains(":") else { return false }
        if self == "-p" { return SecretNames.mayBePassword(value) }
        return namesSecret || SecretNames.userOptions.contains(String(self)) && value.contains(":")
    }

    /// Whether the word contains the option and a password.
    ///
    /// `-pS3cret` is such a word, `-print` is not.
    var isOptionAndSecret: Bool {
        let value = dropFirst(2)
        return hasPrefix("-p") && value.count >= 4 && SecretNames.mayBePassword(value)
            && value.contains { !$0.isLetter && $0 != "-" }
    }
}

extension [String] {
    /// The words of a command line with `***` for those that look like a secret.
    public var withoutTelltaleSecrets: [String] {
        var before = ""
        let takesPassword = contains { SecretNames.takesPassword($0) }
        return map { word in
            defer { before = word }
            if before.isOptionWithSecret(word) { return "***" }
            if takesPassword, word.hasPrefix("-p"), !word.hasPrefix("--"), word.count > 2 {
                return "-p***"
            }
            return word.withoutTelltaleSecrets
        }
    }
}

enum SecretNames {
    /// Parts of names, with all words joined.
    static let parts = [
        "password", "passwd", "passphrase", "passwort", "pwd", "secret", "token", "credential",
        "bearer", "privatekey", "apikey", "accesskey", "sessionid", "userdata", "authorization",
        "cookie", "cloneticket", "samlassertion",
    ]
    /// Single words of names.
    static let words = ["pw", "pass", "auth", "sig", "signature", "jwt", "otp", "saml"]
    /// Complete names of parameters; in other places a key names things, and a ticket may be one of a help desk.
    static let parameters = [
        "key", "code", "sid", "hmac", "ticket", "pin", "session", "nonce", "assertion",
    ]
    /// Options of curl, wget and similar programs that take `user:password`.
    static let userOptions = ["-u", "-U", "--user", "--proxy-user"]

    /// Programs that take a password immediately after `-p`.
    private static let passwordPrograms = [
        "mysql", "mysqldump", "mysqladmin", "mysqlimport", "mariadb", "mariadb-dump", "sshpass",
        "7z",
        "7za",
    ]

    /// Tells whether a program, perhaps with its path, takes a password immediately after `-p`.
    static func takesPassword(_ program: String) -> Bool {
        program.split(separator: "/").last.map { passwordPrograms.contains(String($0)) } ?? false
    }

    /// Tells whether the text after `-p` may be a password: a number is a port or a process, a path is a path.
    static func mayBePassword(_ value: some StringProtocol) -> Bool {
        !value.isEmpty && !value.hasPrefix("-") && !value.hasPrefix(".") && !value.contains("/")
            && !value.allSatisfy { $0.isNumber || $0 == ":" || $0 == "," }
    }

    /// The text with `***` for the secret parameters after each question mark.
    static func withoutParameters(_ text: String) -> String {
        guard let mark = text.firstIndex(of: "?") else { return text }
        var shown = String(text[...mark])
        var name = ""
        var isSecret = false
        var isValue = false
        for character in text[text.index(after: mark)...] {
            if "&;? \"'<>".contains(character) {
                (name, isValue, isSecret) = ("", false, false)
                shown.append(character)
            } else if !isValue, character == "=" {
                isValue = true
                isSecret = (percentDecoded(name) ?? name).namesSecretParameter
                shown += isSecret ? "=***" : "="
            } else if isValue {
                if !isSecret { shown.append(character) }
            } else {
                name.append(character)
                shown.append(character)
            }
        }
        return shown
    }

    /// The text with `***` for the password of `scheme://user:password@host`.
    static func withoutAddressPassword(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return text }
        let authority = text[scheme.upperBound...].prefix { !"/?# \"'".contains($0) }
        // A password may contain the character that ends the authority; then the last @ of the text ends it.
        let end = authority.contains("@") ? authority.endIndex : text.endIndex
        guard let at = text[scheme.upperBound..<end].lastIndex(of: "@"),
            let colon = text[scheme.upperBound..<at].firstIndex(of: ":")
        else { return text }
        return text[...colon] + "***" + text[at...]
    }

    private static func percentDecoded(_ text: String) -> String? {
        text.contains("%") ? Endpoint.decoded(text[...]) : text
    }
}
