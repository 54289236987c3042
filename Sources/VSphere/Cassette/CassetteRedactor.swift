internal import Buffers
internal import JSON

/// Takes secrets out of what is written to a cassette: each has a stand-in that stays the same.
struct CassetteRedactor {
    private struct Rule {
        let needle: [UInt8]
        let stand: [UInt8]
    }

    private var rules: [Rule] = []
    private var known: Set<String> = []

    /// Adds a secret: as it is, and as JSON, a URL and the log-in's header would spell it.
    /// - Parameters:
    ///   - secret: The text; an empty one hides nothing.
    ///   - name: What stands for it.
    ///   - user: Whose password it is; nil for other secrets.
    mutating func hide(_ secret: String, as name: String, of user: String? = nil) {
        guard !secret.isEmpty, known.insert(secret).inserted else { return }
        let json = String(JSONEncoder().encode(.string(secret)).dropFirst().dropLast())
        let query = ByteBuffer()
        query.append(query: secret)
        let segment = ByteBuffer()
        segment.append(segment: secret)
        var spellings: Set<String> = [
            secret, json, json.replacing("/", with: "\\/"), query.text, segment.text,
        ]
        // Basic, and the user's own line in it.
        spellings.insert(Base64.encode(Array(secret.utf8)))
        if let user { spellings.insert(Base64.encode(Array("\(user):\(secret)".utf8))) }
        rules += spellings.map { Rule(needle: Array($0.utf8), stand: Array(name.utf8)) }
        // Of two that begin alike the longer one is meant.
        rules.sort { $0.needle.count > $1.needle.count }
    }

    /// The bytes with every secret replaced.
    func cleaned(_ bytes: [UInt8]) -> [UInt8] {
        rules.reduce(bytes) { text, rule in Self.replace(rule.needle, with: rule.stand, in: text) }
    }

    /// The text with every secret replaced.
    func cleaned(_ text: String) -> String {
        String(decoding: cleaned(Array(text.utf8)), as: UTF8.self)
    }

    /// The body of a request or an answer with every secret replaced, known or under a name that says it is one.
    func cleaned(body: [UInt8]) -> [UInt8] { cleaned(Self.withoutSecretMembers(body)) }

    /// A path with its query, with every secret replaced, known or under a name that says it is one.
    func cleaned(path: String) -> String {
        guard let mark = path.firstIndex(of: "?") else { return cleaned(path) }
        let query = path.suffix(from: path.index(after: mark))
        let pairs = query.split(separator: "&", omittingEmptySubsequences: false).map { pair in
            guard let equal = pair.firstIndex(of: "="), String(pair.prefix(upTo: equal)).namesSecret
            else { return String(pair) }
            return String(pair.prefix(through: equal)) + "***"
        }
        return cleaned(String(path.prefix(through: mark)) + pairs.joined(separator: "&"))
    }

    /// An entry with every secret replaced.
    func cleaned(_ entry: CassetteEntry) -> CassetteEntry {
        var entry = entry
        entry.path = cleaned(path: entry.path)
        entry.body = entry.body.map(cleaned(body:))
        switch entry.outcome {
        case .answer(let status, let headers, let body):
            let fields = headers.map {
                CassetteEntry.Field(name: $0.name, value: cleaned($0.value))
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

    /// JSON with `***` for what stands under a name such as `password`; other bytes as they are.
    private static func withoutSecretMembers(_ bytes: [UInt8]) -> [UInt8] {
        guard let text = String(validating: bytes, as: UTF8.self),
            let shown = (try? JSONValue(parsing: text))?.withoutSecretMembers
        else { return bytes }
        return Array(JSONEncoder().encode(shown).utf8)
    }

    /// Replaces a run of bytes wherever it stands.
    static func replace(_ needle: [UInt8], with stand: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard let first = needle.first, bytes.count >= needle.count else { return bytes }
        var out: [UInt8]?
        var kept = 0
        var at = 0
        while at <= bytes.count - needle.count {
            if bytes[at] == first, bytes[at..<at + needle.count].elementsEqual(needle) {
                out = (out ?? []) + bytes[kept..<at] + stand
                at += needle.count
                kept = at
            } else {
                at += 1
            }
        }
        guard let out else { return bytes }
        return out + bytes[kept...]
    }
}

extension JSONValue {
    /// The document with `***` for each text under a name that says it is a secret, however deep; nil where there
    /// is none.
    var withoutSecretMembers: JSONValue? {
        var hasFound = false
        func shown(_ value: JSONValue, isSecret: Bool = false) -> JSONValue {
            switch value {
            case .string where isSecret:
                hasFound = true
                return "***"
            case .array(let elements):
                return .array(elements.map { shown($0, isSecret: isSecret) })
            case .object(let members):
                // `/rest` spells a map as pairs, and properties of an OVF package are such.
                let isPair = ["key", "id"].contains { value[$0]?.string?.namesSecret == true }
                return .object(
                    members.map { member in
                        let isSecretToo =
                            member.name.namesSecret || isPair && member.name == "value"
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
}

extension String {
    private static let secretNames = [
        "password", "passwd", "passphrase", "pwd", "secret", "token", "credential", "bearer",
        "privatekey", "apikey", "accesskey", "sessionid", "userdata", "authorization",
    ]

    /// Whether a member of this name holds a secret, other than the mark of a page in a list.
    fileprivate var namesSecret: Bool {
        // In whatever way words are joined: user_data, userData, user-data.
        let name = lowercased().filter { $0.isLetter || $0.isNumber }
        if ["pagetoken", "nexttoken", "continuationtoken"].contains(name) { return false }
        return Self.secretNames.contains { name.contains($0) }
    }
}
