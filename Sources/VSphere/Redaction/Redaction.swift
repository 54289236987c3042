public import JSON
public import Transport

/// Removes the secrets of a run from texts of others, before these are kept or shown.
///
/// Proxies and broken servers repeat what they received, headers included. All secrets that a run has sent or may
/// send are registered here; the text of every failed answer is cleaned when it becomes an error, so that
/// logs, the journal and other outputs of errors need not clean it.
public final class Redaction {
    private var patterns = SecretPatterns()
    private var secrets: Set<String> = []

    /// Makes one without secrets.
    public init() {}

    /// Registers a secret.
    /// - Parameters:
    ///   - secret: The secret; one of fewer than four bytes is not replaced in plain text.
    ///   - user: The user whose password it is, if any: Basic authentication sends both together.
    public func hide(_ secret: Secret, of user: String? = nil) {
        let text = secret.reveal()
        patterns.hide(text, as: "***", of: user)
        secrets.insert(text)
    }

    /// Tells whether a text is a secret of the run, as a whole.
    public func isSecret(_ text: String) -> Bool { secrets.contains(text) }

    /// The text with `***` for every secret.
    public func cleaned(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let shown = patterns.cleaned(bytes)
        return Self.withoutCredentials(
            shown == bytes ? text : String(decoding: shown, as: UTF8.self)
        )
    }

    /// A text of vmoon, perhaps with a name from elsewhere in it, with `***` for every secret that is not
    /// an ordinary word itself.
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
        var clean = TransportError(
            error.kind,
            cleaned(error.message),
            code: error.code,
            mayHaveBeenSent: error.mayHaveBeenSent,
            hint: error.hint
        )
        clean.shown = error.shown
        clean.proxyStatus = error.proxyStatus
        clean.isOtherHost = error.isOtherHost
        return clean
    }

    /// The error with `***` for every secret; the operation, its subject, the vCenter and the hint are texts of ours.
    public func cleaned(_ error: VSphereError) -> VSphereError {
        var error = error
        // Of an endless answer only a part is kept.
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

    /// A kind that is a plain word decides what is done next, so it is kept even if it equals a password.
    private func cleaned(_ kind: ErrorKind) -> ErrorKind {
        let isWord = kind.rawValue.utf8.allSatisfy {
            $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") || $0 == UInt8(ascii: "_")
        }
        return isWord ? kind : ErrorKind(rawValue: cleaned(name: kind.rawValue))
    }

    /// A server's name for an error, which may have been converted to lower case.
    private func cleaned(name: String) -> String {
        let shown = cleaned(name)
        let lowered = Array(name.lowercased().utf8)
        let loweredShown = patterns.lowercased.cleaned(lowered)
        return loweredShown == lowered ? shown : String(decoding: loweredShown, as: UTF8.self)
    }

    /// The amount of an error's texts that is kept.
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

    /// Tells whether a word that ends like Basic or Bearer precedes a space: most texts need no further check.
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

    /// The text with `***` for credentials after the word Basic or Bearer: a proxy may
    /// show only a part of ours, or credentials of its own.
    static func withoutCredentials(_ text: String) -> String {
        guard mayNameScheme(text) else { return text }
        // Making it costs more than everything else here.
        let pattern = /(?i)\b(basic|bearer) +([a-z0-9+\/_.~=-]{8,})/
        return text.replacing(pattern) { match in
            let isWord =
                match.output.2.allSatisfy(\.isLetter)
                && match.output.2.dropFirst().allSatisfy(\.isLowercase)
            return isWord ? String(match.output.0) : "\(match.output.1) ***"
        }
    }
}
