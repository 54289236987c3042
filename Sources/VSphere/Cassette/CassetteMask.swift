internal import JSON
internal import Text

/// Replaces hosts, users, names and identifiers, the same one by the same text each time, so that what belongs together
/// still does.
///
/// Nothing is kept because it looks harmless: of an answer only the words of the API are, its numbers and its times. A
/// name that somebody gives it is found again in any spelling, in the texts of messages too; those of answers are too many
/// for that, and no message of ours has them.
public final class CassetteMask {
    /// The mask of a name.
    enum Kind: Hashable {
        case host, user, text, uuid
        /// An identifier such as `vm-12`, with what stands before its number.
        case object(String)
    }

    private var masks: [String: String] = [:]
    private var counts: [Kind: Int] = [:]
    /// The names that are looked for in texts.
    private var patterns = SecretPatterns()
    private var sought: Set<String> = []
    /// Names that are too short to be looked for inside of words.
    private var shortNames: [String] = []
    /// Everything that was masked, in small letters: no mask may look like it.
    private var taken: Set<String> = []

    /// Whether a long text has a long mask.
    private let keepsLength: Bool

    /// Makes one that knows no name yet.
    /// - Parameter keepsLength: Whether a text that is longer than a line has a mask of its length.
    public init(keepsLength: Bool = false) { self.keepsLength = keepsLength }

    /// Keeps masks from being equal to a text, whatever is masked until it comes.
    public func avoid(_ text: String) { taken.insert(text.lowercased()) }

    /// The mask of a text of an answer; it is not looked for inside of other texts.
    public func mark(_ text: String) -> String { given(text) }

    /// The mask of a host.
    @discardableResult
    public func host(_ name: String) -> String {
        let label = name.prefix { $0 != "." }
        if label.contains(where: \.isLetter), label.utf8.count < name.utf8.count {
            _ = mask(String(label), as: .text)
        }
        return mask(name, as: .host)
    }

    /// The mask of a user.
    @discardableResult
    public func user(_ name: String) -> String {
        // The parts of a user's name are found alone too.
        let parts = name.split { $0 == "@" || $0 == "\\" }.map(String.init)
        let whole = mask(name, as: .user)
        if parts.count > 1 { for part in parts { _ = mask(part, as: .text) } }
        return whole
    }

    /// The mask of any other name or identifier.
    @discardableResult
    public func name(_ text: String) -> String { mask(text, as: Self.kind(of: text)) }

    /// A text of ours with every known name in it replaced.
    public func cleaned(_ text: String) -> String {
        var text = String(decoding: patterns.cleaned(Array(text.utf8)), as: UTF8.self)
        for name in shortNames { text = text.replacingWord(name, with: masks[name] ?? "***") }
        return text
    }

    /// The mask of a name that is looked for in texts.
    private func mask(_ text: String, as kind: Kind) -> String {
        let mask = given(text, as: kind)
        guard !text.isEmpty, text != "***", sought.insert(text).inserted else { return mask }
        guard text.utf8.count >= SecretPattern.least else {
            shortNames.append(text)
            return mask
        }
        for spelling in Set([text, text.lowercased(), text.uppercased()]) {
            patterns.hide(spelling, as: mask)
        }
        return mask
    }

    /// The mask of a name, a new one for a name that has none.
    private func given(_ text: String, as kind: Kind? = nil) -> String {
        let kind = kind ?? Self.kind(of: text)
        guard !text.isEmpty, text != "***" else { return text }
        if let known = masks[text] { return known }
        taken.insert(text.lowercased())
        var mask: String
        repeat {
            counts[kind, default: 0] += 1
            mask = Self.mask(kind, counts[kind] ?? 0)
        } while taken.contains(mask)
        if keepsLength, text.count > 80 {
            mask += "-" + String(repeating: "x", count: max(0, text.count - mask.count - 1))
        }
        masks[text] = mask
        return mask
    }

    private static func mask(_ kind: Kind, _ number: Int) -> String {
        switch kind {
        case .host: return "host-\(number).invalid"
        case .user: return "user-\(number)@masked.invalid"
        case .text: return "name-\(number)"
        case .object(let prefix): return "\(prefix)\(900_000 + number)"
        case .uuid:
            let digits = String(number, radix: 16)
            let zeros = String(repeating: "0", count: max(0, 12 - digits.count))
            return "00000000-0000-4000-8000-\(zeros)\(digits)"
        }
    }

    /// The form of a name decides about the form of its mask, so that what reads answers still can.
    private static func kind(of text: String) -> Kind {
        if text.isUUID { return .uuid }
        let digits = text.reversed().prefix { $0.isASCII && $0.isNumber }.count
        let prefix = String(text.dropLast(digits))
        return digits > 0 && CassetteVocabulary.prefixes.contains(prefix) ? .object(prefix) : .text
    }
}

// MARK: Recordings

extension CassetteMask {
    /// A recording with every name masked.
    /// - Parameter text: The recording, as `CassetteRecorder` writes it.
    /// - Returns: A recording that plays.
    /// - Throws: If it is no recording.
    public func masked(_ text: String) throws(Cassette.Problem) -> String {
        let cassette = try Cassette(parsing: text)
        // The first time only tells what names there are: a key may be one that comes later.
        for entry in cassette.entries { _ = masked(entry) }
        let entries = cassette.entries.map(masked)
        let head = text.prefix { $0 != "\n" }
        return entries.reduce(into: head + "\n") { lines, entry in
            lines += JSONEncoder().encode(entry.document) + "\n"
        }
    }

    /// An entry with every name masked.
    func masked(_ entry: CassetteEntry) -> CassetteEntry {
        var entry = entry
        entry.server = masked(server: entry.server)
        entry.path = masked(path: entry.path)
        entry.user = entry.user.map { user($0) }
        entry.body = entry.body.map { masked(body: $0) }
        switch entry.outcome {
        case .answer(let status, let headers, let body):
            let fields = headers.compactMap { masked(field: $0) }
            let isSession = Dialect.isLogIn(entry) && CassetteVocabulary.isSession(body)
            let shown = isSession ? body : masked(body: body)
            entry.outcome = .answer(status: status, headers: fields, body: shown)
        case .failure(let kind, _, let code, let mayHaveBeenSent):
            entry.outcome = .failure(
                kind: kind,
                message: "the message is masked",
                code: code,
                mayHaveBeenSent: mayHaveBeenSent
            )
        }
        return entry
    }

    private func masked(server: String) -> String {
        guard let endpoint = try? Endpoint.parse(server).endpoint else { return name(server) }
        return Endpoint(
            scheme: endpoint.scheme,
            host: host(endpoint.host),
            port: endpoint.port
        ).url
    }

    private func masked(field: CassetteEntry.Field) -> CassetteEntry.Field? {
        let words = field.value.lowercased()
        switch field.name {
        case "date", "retry-after": return field
        case "content-type" where CassetteVocabulary.contentTypes.contains(words): return field
        case "content-type": return .init(name: field.name, value: "text/plain")
        case "www-authenticate":
            let schemes = Failure.schemes(of: field.value).filter {
                CassetteVocabulary.schemes.contains($0)
            }
            return .init(name: field.name, value: schemes.joined(separator: ", "))
        case "location": return .init(name: field.name, value: "https://masked.invalid/")
        default: return nil
        }
    }

    /// A path: what is a word of the API stays, everything else is an identifier.
    func masked(path: String) -> String {
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let segments = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        var before: Substring = ""
        var out = segments.map { segment -> String in
            defer { before = segment }
            // Versions are numbers, and stand under their own name in answers.
            let isVersion = before == "versions" || before == "changes"
            if isVersion, CassetteVocabulary.keeps(String(segment), under: "version") {
                return String(segment)
            }
            let hasMark = segment.hasPrefix("id:")
            let text = String(segment.dropFirst(hasMark ? 3 : 0))
            let isWord = !hasMark && CassetteVocabulary.segments.contains(text)
            return isWord ? text : (hasMark ? "id:" : "") + masked(argument: text)
        }.joined(separator: "/")
        guard parts.count == 2 else { return out }
        out += "?"
        out += parts[1].split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard halves.count == 2 else { return CassetteVocabulary.word(halves.first ?? "") }
            let isAction = halves[0].hasSuffix("action")
            let value =
                isAction ? CassetteVocabulary.word(halves[1]) : masked(argument: halves[1])
            return "\(CassetteVocabulary.word(halves[0]))=\(value)"
        }.joined(separator: "&")
        return out
    }

    private func masked(argument: String) -> String {
        let text = Endpoint.decoded(argument[...]) ?? argument
        return text.isEmpty || text == Probe.madeUp ? text : given(text)
    }

    private func masked(body: [UInt8]) -> [UInt8] {
        guard !body.isEmpty else { return body }
        let text = String(decoding: body, as: UTF8.self)
        if CassetteVocabulary.texts.contains(text) { return body }
        guard let document = try? JSONValue(parsing: text) else {
            // Whether it is a page or not is all that is read of it.
            let isPage = text.drop { $0.isWhitespace }.hasPrefix("<")
            return Array((isPage ? "<masked>" : "masked").utf8)
        }
        return Array(JSONEncoder().encode(masked(document, under: "")).utf8)
    }

    private func masked(_ value: JSONValue, under field: String) -> JSONValue {
        switch value {
        case .string(let text):
            return .string(CassetteVocabulary.keeps(text, under: field) ? text : given(text))
        case .array(let elements): return .array(elements.map { masked($0, under: field) })
        case .object(let members):
            return .object(
                members.map { member in
                    let isName =
                        !CassetteVocabulary.fields.contains(member.name)
                        && (!member.name.isFieldName || taken.contains(member.name.lowercased()))
                    return JSONValue.Member(
                        isName ? given(member.name) : member.name,
                        masked(member.value, under: member.name)
                    )
                }
            )
        case .null, .boolean, .integer, .double: return value
        }
    }
}

extension String {
    /// Whether it has the form of a UUID.
    fileprivate var isUUID: Bool {
        let groups = split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
    }

    /// Whether it is spelled as the fields of the API are: small letters, digits and underscores.
    fileprivate var isFieldName: Bool {
        !isEmpty && utf8.count <= 40
            && utf8.allSatisfy {
                $0 >= 0x61 && $0 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x5F
            }
    }

    /// The text with every occurrence replaced that has no letter or digit beside it, in small or capital letters.
    fileprivate func replacingWord(_ word: String, with mask: String) -> String {
        let wanted = Array(word.lowercased())
        let text = Array(self)
        var out: [Character] = []
        var at = 0
        func isInside(_ place: Int) -> Bool {
            text.indices.contains(place) && (text[place].isLetter || text[place].isNumber)
        }
        while at < text.count {
            let end = at + wanted.count
            if end <= text.count, String(text[at..<end]).lowercased() == String(wanted),
                !isInside(at - 1), !isInside(end)
            {
                out += Array(mask)
                at = end
            } else {
                out.append(text[at])
                at += 1
            }
        }
        return String(out)
    }
}
