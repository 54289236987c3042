/// A structure or an error of the Automation API.
public final class APIStructure: Sendable {
    /// Its name in the index.
    public let name: String
    /// Its fields, sorted by name.
    public let fields: [APIField]
    /// How many of them must be there.
    public let requiredCount: Int
    /// How some fields depend on one.
    public let unions: [APIUnion]
    /// Whether it is an error.
    public let isError: Bool

    /// Its name on the wire.
    ///
    /// Two structures share one: the index marks the second with `~2`.
    public let wireName: String

    /// A field; nil if there is none of that name.
    public subscript(name: String) -> APIField? { fields.first { $0.name == name } }

    /// Reads a line of the index, without its letter.
    init(_ line: String, isError: Bool) {
        let words = line.split(separator: " ")
        name = String(words[0])
        wireName = APIOperation.prefix + words[0].prefix { $0 != "~" }
        self.isError = isError
        fields = words.dropFirst().compactMap { APIField($0) }
        requiredCount = fields.count(where: \.isRequired)
        unions = words.dropFirst().filter { $0.first == "|" }.map { APIUnion($0.dropFirst()) }
    }
}

/// How the value of one field tells which others belong to it.
public struct APIUnion: Sendable, Equatable {
    /// A field that belongs to a value.
    public struct Member: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Whether it must be there.
        public let isRequired: Bool
    }

    /// The field that tells.
    public let discriminant: String
    /// The fields that belong to each of its values; other fields of any case must not be there.
    public let cases: [String: [Member]]

    /// Reads `field:VALUE=member,?member;VALUE=…`.
    init(_ text: Substring) {
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        discriminant = String(text[..<colon])
        var cases: [String: [Member]] = [:]
        for part in text[colon...].dropFirst().split(separator: ";") {
            let halves = part.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            let members = halves.count == 2 ? halves[1].split(separator: ",") : []
            cases[String(halves[0])] = members.map { member in
                let isOptional = member.first == "?"
                return Member(
                    name: String(isOptional ? member.dropFirst() : member),
                    isRequired: !isOptional
                )
            }
        }
        self.cases = cases
    }
}
