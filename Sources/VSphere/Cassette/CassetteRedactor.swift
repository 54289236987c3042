internal import Buffers
public import JSON

/// Removes secrets from a cassette: each is replaced by a constant text.
struct CassetteRedactor {
    private var patterns = SecretPatterns()

    /// Adds a secret.
    /// - Parameters:
    ///   - secret: The text; an empty one hides nothing.
    ///   - name: The replacement.
    ///   - user: The user whose password it is; nil for other secrets.
    mutating func hide(_ secret: String, as name: String, of user: String? = nil) {
        patterns.hide(secret, as: name, of: user)
    }

    /// The bytes with every secret replaced.
    func cleaned(_ bytes: [UInt8]) -> [UInt8] { patterns.cleaned(bytes) }

    /// The text with every secret replaced.
    func cleaned(_ text: String) -> String {
        String(decoding: cleaned(Array(text.utf8)), as: UTF8.self)
    }

    /// The body of a request or an answer with every secret replaced: the known ones, and texts under a secret name.
    func cleaned(body: [UInt8]) -> [UInt8] { cleaned(Self.withoutSecretMembers(body)) }

    /// The same for a request, where short names are usual; an answer is played to a script, which may need a ticket.
    func cleaned(request body: [UInt8]) -> [UInt8] {
        cleaned(Self.withoutSecretMembers(body, inRequest: true))
    }

    /// A path with its query, with every secret replaced: the known ones, and texts under a secret name.
    func cleaned(path: String) -> String {
        cleaned(SecretNames.withoutParameters(path))
    }

    /// An entry with every secret replaced.
    func cleaned(_ entry: CassetteEntry) -> CassetteEntry {
        var entry = entry
        entry.path = cleaned(path: entry.path)
        entry.body = entry.body.map(cleaned(request:))
        switch entry.outcome {
        case .answer(let status, let headers, let body):
            let fields = headers.map {
                CassetteEntry.Field(name: $0.name, value: cleaned(path: $0.value))
            }
            let shown = cleaned(body: body)
            entry.outcome = .answer(status: status, headers: fields, body: shown)
        case .failure(let kind, let message, let code, let mayHaveBeenSent):
            entry.outcome = .failure(
                kind: kind,
                message: cleaned(message),
                code: code,
                mayHaveBeenSent: mayHaveBeenSent
            )
        }
        return entry
    }

    /// JSON with `***` for texts under a name such as `password`; other bytes unchanged.
    private static func withoutSecretMembers(
        _ bytes: [UInt8],
        inRequest: Bool = false
    ) -> [UInt8] {
        guard let text = String(validating: bytes, as: UTF8.self),
            let shown = (try? JSONValue(parsing: text))?.withoutSecretMembers(inRequest: inRequest)
        else { return bytes }
        return Array(JSONEncoder().encode(shown).utf8)
    }

    /// Replaces all occurrences of a run of bytes.
    static func replace(_ needle: [UInt8], with stand: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard let first = needle.first, bytes.count >= needle.count else { return bytes }
        var out: [UInt8] = []
        var kept = 0
        var at = 0
        while at <= bytes.count - needle.count {
            if bytes[at] == first, bytes[at..<at + needle.count].elementsEqual(needle) {
                out += bytes[kept..<at]
                out += stand
                at += needle.count
                kept = at
            } else {
                at += 1
            }
        }
        return kept == 0 ? bytes : out + bytes[kept...]
    }
}

extension JSONValue.Member {
    /// The member with `***` for each text under a secret name.
    public var withoutSecrets: JSONValue.Member {
        JSONValue.object([self]).withoutSecretMembers()?.members?.first ?? self
    }
}

extension JSONValue {
    /// The document with `***` for each text under a secret name, at any depth, also in JSON that
    /// is a text within it; nil if there is none.
    /// - Parameter inRequest: Whether short names count as secret too, and assignments within a text.
    /// - Returns: The document, or nil.
    func withoutSecretMembers(inRequest: Bool = false) -> JSONValue? {
        var hasFound = false
        func shown(_ value: JSONValue, isSecret: Bool = false) -> JSONValue {
            switch value {
            case .string where isSecret:
                hasFound = true
                return "***"
            case .string(let text):
                guard let shown = text.withoutInnerSecrets(inRequest: inRequest) else {
                    return value
                }
                hasFound = true
                return .string(shown)
            case .array(let elements):
                return .array(elements.map { shown($0, isSecret: isSecret) })
            case .object(let members):
                // `/rest` writes a map as pairs, and properties of an OVF package are such pairs.
                let isPair = ["key", "id"].contains { value[$0]?.string?.namesSecret == true }
                return .object(
                    members.map { member in
                        let isSecretToo =
                            member.name.namesSecret || isPair && member.name == "value"
                            || inRequest && isShortSecret(member, of: value)
                        return Member(
                            member.name,
                            shown(member.value, isSecret: isSecret || isSecretToo)
                        )
                    }
                )
            default: return value
            }
        }
        let result = shown(self)
        // A literal nil would be JSON's null.
        return hasFound ? result : Optional.none
    }

    /// Tells whether a text has a name that is secret in requests; the key of a pair does not count.
    private func isShortSecret(_ member: Member, of object: JSONValue) -> Bool {
        member.value.members == nil && member.name.namesSecretParameter
            && !(member.name == "key" && object["value"] != nil)
    }
}

extension String {
    /// The text with `***` for the secrets in it, if it is JSON or a text that assigns them; nil if it
    /// has none.
    fileprivate func withoutInnerSecrets(inRequest: Bool) -> String? {
        if let first = utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let inner = try? JSONValue(parsing: self)
        {
            return inner.withoutSecretMembers(inRequest: inRequest)
                .map { JSONEncoder().encode($0) }
        }
        guard inRequest else { return nil }
        let shown = withoutTelltaleSecrets
        return shown == self ? nil : shown
    }
}
