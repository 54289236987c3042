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
        let rest = text.dropFirst(scheme.count)
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        let authority = rest[..<(rest[..<question].firstIndex(of: "/") ?? question)]
        var found: [String] = []
        var shown = scheme
        if let at = authority.lastIndex(of: "@") {
            let user = authority[..<at]
            let colon = user.firstIndex(of: ":") ?? user.endIndex
            if colon < user.endIndex { found.append(String(user[colon...].dropFirst())) }
            shown += user[..<colon] + rest[at..<question]
        } else {
            shown += rest[..<question]
        }
        var mark = "?"
        for parameter in rest[question...].dropFirst().split(separator: "&") {
            let name = parameter.prefix { $0 != "=" }
            if ["password", "sslpassword"].contains(Self.plain(name)) {
                found.append(String(parameter.dropFirst(name.count + 1)))
            } else {
                shown += mark + parameter
                mark = "&"
            }
        }
        self.text = text
        description = shown
        secrets = found.flatMap { [$0, Self.plain($0[...])] }.filter { !$0.isEmpty }
    }

    /// The beginnings of an address.
    private static let schemes = ["postgres://", "postgresql://"]

    /// Whether a password stands in it.
    public var holdsPassword: Bool { !secrets.isEmpty }

    /// A text without the passwords of the address.
    func cleaned(_ text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "***") }
    }

    /// A text with its percent signs resolved.
    private static func plain(_ text: Substring) -> String {
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
