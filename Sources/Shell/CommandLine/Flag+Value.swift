internal import Text

extension Flag {
    /// Parses a value from the command line, a variable or a profile.
    /// - Parameters:
    ///   - text: The text; ignored for a toggle.
    ///   - spelling: The name of the option in a message: `--timeout`, `VMOON_API`.
    /// - Returns: The value.
    /// - Throws: An error with option, value, reason and advice. The text of an address is not shown.
    func value(_ text: String, spelling: String) throws(UsageError) -> OptionValue {
        do throws(QuantityProblem) {
            return try value(text)
        } catch {
            // It may contain a password.
            let shown =
                switch (option, kind) {
                case (.user, _) where text.contains(":"): "the name"
                case (_, .address): "the address"
                default: text.quotedForMessage
                }
            throw UsageError("\(spelling): \(shown) is refused: \(error.reason)", hint: error.hint)
        }
    }

    private func value(_ text: String) throws(QuantityProblem) -> OptionValue {
        switch kind {
        case .toggle: return .toggle(true)
        case .text, .path, .address:
            // -e '' is a valid chunk; an empty name or file comes from an unset variable.
            guard !text.isEmpty || option == .execute else {
                throw QuantityProblem(reason: "it is empty", hint: "give a value or leave it out")
            }
            guard option != .user || !text.contains(":") else {
                throw QuantityProblem(
                    reason: "no name holds a colon, and a password must not stand behind it",
                    hint: "use --password-file, --password-command or VMOON_PASSWORD"
                )
            }
            return isRepeatable ? .texts([text]) : .text(text)
        case .pin:
            guard Self.isPin(text) else {
                throw QuantityProblem(
                    reason: "it is not the hash of a key",
                    hint: "write sha256// and the 44 characters of base64"
                )
            }
            return .texts([text])
        case .duration(let least):
            let duration = try SpanText.parse(text)
            // No run is meant to last longer, and clock arithmetic cannot overflow below it.
            guard duration <= .seconds(8760 * 3600) else {
                throw QuantityProblem(reason: "it is too long", hint: "at most 8760h, a year")
            }
            guard duration >= least else {
                throw QuantityProblem(reason: "it is too short", hint: "give more than 0")
            }
            return .duration(duration)
        case .size(let least):
            let size = try SizeText.parse(text)
            guard size >= least else {
                throw QuantityProblem(
                    reason: "it is too small",
                    hint: "give at least \(least >> 10)K"
                )
            }
            return .size(size)
        case .count(let range):
            guard let count = Int(text), range.contains(count) else {
                throw QuantityProblem(
                    reason: "it is not a number from \(range.lowerBound) to \(range.upperBound)",
                    hint: defaultText.map { "the default is \($0)" } ?? ""
                )
            }
            return .count(count)
        case .lockName:
            guard LockName.isValid(text) else {
                throw QuantityProblem(reason: "it is no name of a lock", hint: LockName.hint)
            }
            return .text(text)
        case .shard:
            _ = try ShardText.parse(text)
            return .text(text)
        case .choice(let names):
            guard names.contains(text) else {
                throw QuantityProblem(
                    reason: "there is no such choice",
                    hint: "it is \(Self.list(names))"
                )
            }
            return .text(text)
        }
    }

    /// Whether a text is `sha256//` and 32 bytes in Base64: 43 characters and one `=`.
    private static func isPin(_ text: String) -> Bool {
        let prefix = "sha256//"
        let code = text.utf8.dropFirst(prefix.utf8.count)
        return text.hasPrefix(prefix) && code.count == 44
            && Base64.decode(String(text.dropFirst(prefix.count)))?.count == 32
    }

    /// Joins names: `a, b or c`.
    private static func list(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }
}
