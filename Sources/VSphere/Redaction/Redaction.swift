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

    /// A text of our own words, with a name from elsewhere in it perhaps, with `***` for every secret that is no
    /// ordinary word itself.
    public func cleaned(ours text: String) -> String {
        let bytes = Array(text.utf8)
        let shown = patterns.withoutWords.cleaned(bytes)
        return shown == bytes ? text : String(decoding: shown, as: UTF8.self)
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

    /// The error with `***` for every secret; the operation, its subject, the vCenter and the hint are words of ours.
    public func cleaned(_ error: VSphereError) -> VSphereError {
        var error = error
        // What a server says without end is nothing to be kept.
        var room = Room()
        func shown(_ text: String) -> String { cleaned(room.fitting(text)) }
        error.message = shown(error.message)
        error.kind = cleaned(error.kind)
        error.operation = cleaned(ours: error.operation)
        error.subject = cleaned(ours: error.subject)
        error.vcenter = cleaned(ours: error.vcenter)
        error.hint = error.hint.map { cleaned(ours: $0) }
        error.cause = error.cause.map(cleaned)
        error.causeMessage = error.causeMessage.map(shown)
        error.type = error.type.map { cleaned(name: room.fitting($0)) }
        error.challenge = error.challenge.map(shown)
        error.messages = error.messages.map { message in
            VSphereError.Message(
                id: shown(message.id),
                defaultMessage: shown(message.defaultMessage),
                arguments: message.arguments.map(shown),
                localized: message.localized.map(shown),
                parameters: message.parameters.map { cleaned(room.fitting($0)) }
            )
        }
        error.data = error.data.map { cleaned(room.fitting($0)) }
        return error
    }

    /// A kind that is a plain word decides what is done next, also where it is somebody's password.
    private func cleaned(_ kind: ErrorKind) -> ErrorKind {
        let isWord = kind.rawValue.utf8.allSatisfy {
            $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") || $0 == UInt8(ascii: "_")
        }
        return isWord ? kind : ErrorKind(rawValue: cleaned(name: kind.rawValue))
    }

    /// The name that a server has for an error, perhaps in lower case now.
    private func cleaned(name: String) -> String {
        let shown = cleaned(name)
        let lowered = Array(name.lowercased().utf8)
        let loweredShown = patterns.lowercased.cleaned(lowered)
        return loweredShown == lowered ? shown : String(decoding: loweredShown, as: UTF8.self)
    }

    /// How much of an error's texts is kept.
    private struct Room {
        private var rest = 64 << 10

        mutating func fitting(_ text: String) -> String {
            let length = text.utf8.count
            defer { rest = max(0, rest - length) }
            guard length > rest else { return text }
            return String(decoding: text.utf8.prefix(rest), as: UTF8.self) + "…"
        }

        mutating func fitting(_ value: JSONValue) -> JSONValue {
            switch value {
            case .string(let text): .string(fitting(text))
            case .array(let elements): .array(elements.map { fitting($0) })
            case .object(let members):
                .object(members.map { JSONValue.Member(fitting($0.name), fitting($0.value)) })
            case .null, .boolean, .integer, .double: value
            }
        }
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
