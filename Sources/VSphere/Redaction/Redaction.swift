public import JSON
public import Transport

/// Takes the secrets of a run out of whatever somebody else says, before that is kept or shown.
///
/// Proxies and broken servers repeat what they were sent, headers among it. All that a run has sent or may send
/// in secret is noted here; the text of every failed answer goes through it where it becomes an error, so that
/// logs, the journal and all that shows errors have nothing to hide.
public final class Redaction {
    private var patterns = SecretPatterns()

    /// Makes one that knows no secret.
    public init() {}

    /// Notes a secret.
    /// - Parameters:
    ///   - secret: The secret; one of fewer than four bytes is left alone where it stands in the clear.
    ///   - user: Whose password it is, if it is one: both together are what Basic authentication sends.
    public func hide(_ secret: Secret, of user: String? = nil) {
        patterns.hide(secret.reveal(), as: "***", of: user)
    }

    /// The text with `***` for every secret.
    public func cleaned(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let shown = patterns.cleaned(bytes)
        return Self.withoutCredentials(
            shown == bytes ? text : String(decoding: shown, as: UTF8.self)
        )
    }

    /// The value with `***` for every secret in its texts and names.
    public func cleaned(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(cleaned(text))
        case .array(let elements): .array(elements.map(cleaned))
        case .object(let members):
            .object(members.map { JSONValue.Member(cleaned($0.name), cleaned($0.value)) })
        case .null, .boolean, .integer, .double: value
        }
    }

    /// The error of a transfer with `***` for every secret.
    public func cleaned(_ error: TransportError) -> TransportError {
        TransportError(
            error.kind,
            cleaned(error.message),
            code: error.code,
            mayHaveBeenSent: error.mayHaveBeenSent,
            hint: error.hint
        )
    }

    /// The error with `***` for every secret.
    public func cleaned(_ error: VSphereError) -> VSphereError {
        var error = error
        error.message = cleaned(error.message)
        error.kind = cleaned(error.kind)
        error.challenge = error.challenge.map(cleaned)
        error.data = error.data.map(cleaned)
        error.messages = error.messages.map { message in
            VSphereError.Message(
                id: cleaned(message.id),
                defaultMessage: cleaned(message.defaultMessage),
                arguments: message.arguments.map(cleaned),
                localized: message.localized.map(cleaned),
                parameters: message.parameters.map(cleaned)
            )
        }
        return error
    }

    /// A kind that is no plain word is whatever a server has written there, perhaps in lower case now.
    private func cleaned(_ kind: ErrorKind) -> ErrorKind {
        let name = Array(kind.rawValue.lowercased().utf8)
        let isWord = name.allSatisfy {
            $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") || $0 == UInt8(ascii: "_")
        }
        guard !isWord else { return kind }
        let shown = patterns.lowercased.cleaned(name)
        return shown == name ? kind : ErrorKind(rawValue: String(decoding: shown, as: UTF8.self))
    }

    func cleaned(_ failure: Failure) -> Failure {
        var failure = failure
        failure.error = cleaned(failure.error)
        return failure
    }

    /// Whether a word that ends like Basic or Bearer stands before a space: most texts need no closer look.
    private static func mayNameScheme(_ text: String) -> Bool {
        var before: (UInt8, UInt8) = (0, 0)
        for byte in text.utf8 {
            let word = (before.0 | 0x20, before.1 | 0x20)
            if byte == 0x20,
                word == (UInt8(ascii: "i"), UInt8(ascii: "c"))
                    || word == (UInt8(ascii: "e"), UInt8(ascii: "r"))
            {
                return true
            }
            before = (before.1, byte)
        }
        return false
    }

    /// The text with `***` for what stands behind the word Basic or Bearer and is no word itself: a proxy may
    /// show a part of ours only, or credentials of its own.
    static func withoutCredentials(_ text: String) -> String {
        let pattern = /(?i)\b(basic|bearer) +([a-z0-9+\/_.~=-]{8,})/
        guard mayNameScheme(text) else { return text }
        return text.replacing(pattern) { match in
            let isWord =
                match.output.2.allSatisfy(\.isLetter)
                && match.output.2.dropFirst().allSatisfy(\.isLowercase)
            return isWord ? String(match.output.0) : "\(match.output.1) ***"
        }
    }
}
