/// The address of a journal in a database: `postgres://user@host/name`, as libpq reads it.
public struct JournalAddress: Sendable, Equatable, CustomStringConvertible {
    /// Why a text is no address: one line that holds nothing of a password.
    public struct Problem: Error, Equatable {
        /// The reason.
        public let message: String
        /// The replacement.
        public let hint: String
    }

    /// The whole text for libpq; it may hold a password.
    let text: String
    /// The same without a password, for messages and records.
    public let description: String
    /// The passwords in it: never shown.
    public let secrets: [String]

    /// Reads an address.
    /// - Parameter text: `postgres://…` or `postgresql://…`.
    /// - Throws: Why it is none.
    public init(_ text: String) throws(Problem) {
        guard let scheme = Self.schemes.first(where: { text.hasPrefix($0) }) else {
            throw Problem(
                message: "it does not begin with postgres://",
                hint: "postgres://USER@HOST/DATABASE, as libpq reads it"
            )
        }
        guard !text.unicodeScalars.contains(where: { $0.value <= 0x20 || $0.value == 0x7F }) else {
            throw Problem(
                message: "it has a space or a control character in it",
                hint: "write %20 for a space"
            )
        }
        // By scalars: a combining mark makes another character of what libpq, which goes by bytes, ends a part with.
        let rest = text.unicodeScalars.dropFirst(scheme.unicodeScalars.count)
        var found: [String] = []
        var shown = scheme
        var place = rest
        // As libpq reads it: the first @ ends user and password, whatever stands in them, if no / comes before it.
        if let at = rest.prefix(while: { $0 != "/" }).firstIndex(of: "@") {
            let user = rest[..<at].prefix { $0 != ":" }
            found.append(String(rest[user.endIndex..<at].dropFirst()))
            shown += String(user) + "@"
            place = rest[at...].dropFirst()
        }
        let question = place.firstIndex(of: "?") ?? place.endIndex
        guard !place.contains("@"), Self.hasPorts(place[..<question].prefix { $0 != "/" }) else {
            throw Problem(
                message:
                    "user, password, host and port cannot be told apart, and so it is not shown",
                hint: "in user and password write %40 for @, %2F for /, %3A for : and %25 for %"
            )
        }
        shown += String(place[..<question])
        var mark = "?"
        for parameter in place[question...].dropFirst().split(separator: "&") {
            let name = parameter.prefix { $0 != "=" }
            if Self.secretNames.contains(Self.plain(String(name))) {
                found.append(String(parameter[name.endIndex...].dropFirst()))
            } else {
                shown += mark + String(parameter)
                mark = "&"
            }
        }
        self.text = text
        description = shown
        secrets = found.filter { !$0.isEmpty }.reduce(into: []) { secrets, text in
            for secret in [text, Self.plain(text)] where !secrets.contains(secret) {
                secrets.append(secret)
            }
        }
    }

    /// Whether all that stands for ports in a list of hosts may be ports: else it is the password of somebody who
    /// left out the host, or wrote a / in the password.
    private static func hasPorts(_ hosts: Substring.UnicodeScalarView) -> Bool {
        hosts.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { host in
            let name = host.first == "[" ? host.drop { $0 != "]" } : host
            return name.drop { $0 != ":" }.dropFirst().allSatisfy { ("0"..."9").contains($0) }
        }
    }

    /// The parameters that are secret.
    private static let secretNames: Set = [
        "password", "sslpassword", "scram_client_key", "scram_server_key", "oauth_client_secret",
    ]

    /// The beginnings of an address.
    private static let schemes = ["postgres://", "postgresql://"]

    /// Whether a password stands in it.
    public var holdsPassword: Bool { !secrets.isEmpty }

    /// A text without the passwords of the address.
    func cleaned(_ text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "***") }
    }

    /// A text with its percent signs resolved.
    private static func plain(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
