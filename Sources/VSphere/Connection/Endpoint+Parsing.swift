extension Endpoint {
    /// An address as written by users, split into its parts.
    public struct Parsed: Sendable, Equatable {
        /// The vCenter.
        public let endpoint: Endpoint
        /// The user part, percent-decoded; nil if there is none.
        public let user: String?
        /// The password part, percent-decoded; nil if there is none.
        public let password: Secret?
    }

    /// Why a text is not an address, with advice.
    ///
    /// No part of the text is shown: it may contain a password, even in a wrong place.
    public struct ParsingError: Error, Equatable, Sendable, CustomStringConvertible {
        /// The mistake, as the rest of a sentence: "its port is not a number".
        public let reason: String
        /// Advice on what to write.
        public let hint: String

        /// One line for a person.
        public var description: String { "not an address of a vCenter: \(reason); \(hint)" }
    }

    /// Parses an address: `https://host[:port]`, or bare `host[:port]`.
    ///
    /// A path such as `/sdk` is dropped, with query and fragment; `user:password@` may precede the
    /// host. An IPv6 address needs brackets if a port follows.
    /// - Parameter text: The text of the user.
    /// - Returns: The parts.
    /// - Throws: `ParsingError` for another scheme, a host that cannot be one, a port out of range.
    public static func parse(_ text: String) throws(ParsingError) -> Parsed {
        var rest = text.drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        var scheme = Scheme.https
        if let colon = rest.firstRange(of: "://") {
            guard let known = Scheme(rawValue: rest[..<colon.lowerBound].lowercased()) else {
                throw ParsingError(
                    reason: "its scheme is neither https nor http",
                    hint: "write https://host"
                )
            }
            scheme = known
            rest = rest[colon.upperBound...]
        }
        if let end = rest.firstIndex(where: { "/?#".contains($0) }) {
            // The part before it would be taken for the host, and the rest is part of a password.
            guard !rest[end...].contains("@") || rest[end] != "#" && rest[..<end].contains("@")
            else {
                let mark = rest[end]
                let code = mark == "#" ? "%23" : mark == "?" ? "%3F" : "%2F"
                throw ParsingError(
                    reason: "a \(mark) stands before its @, where it ends the host",
                    hint: "write a \(mark) in a user or password as \(code)"
                )
            }
            rest = rest[..<end]
        }
        var user: String?
        var password: Secret?
        // The last `@` ends the user part: passwords may contain one.
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            user = decoded(parts[0])
            password = parts.count > 1 ? decoded(parts[1]).map { Secret($0) } : nil
            guard user != nil, (password != nil) == (parts.count > 1) else {
                throw ParsingError(
                    reason: "a % before its @ does not begin a percent-encoded character",
                    hint: "write a percent sign as %25"
                )
            }
            rest = rest[rest.index(after: at)...]
        }
        let (host, port) = try hostAndPort(rest)
        return Parsed(
            endpoint: Endpoint(scheme: scheme, host: host, port: port),
            user: user?.isEmpty == true ? nil : user,
            password: password?.reveal().isEmpty == true ? nil : password
        )
    }

    /// The user and the password of an address of any scheme, percent-decoded; nil if it has none.
    public static func credentials(in text: String) -> (user: String, password: Secret)? {
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        let end = text[start...].firstIndex { "/?#".contains($0) } ?? text.endIndex
        guard let at = text[start..<end].lastIndex(of: "@"),
            let colon = text[start..<at].firstIndex(of: ":"), text.index(after: colon) < at
        else { return nil }
        let (user, password) = (text[start..<colon], text[text.index(after: colon)..<at])
        return (decoded(user) ?? String(user), Secret(decoded(password) ?? String(password)))
    }

    /// The text of an address without its password.
    public static func withoutPassword(_ text: String) -> String {
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        let end = text[start...].firstIndex { "/?#".contains($0) } ?? text.endIndex
        guard let at = text[start..<end].lastIndex(of: "@"),
            let colon = text[start..<at].firstIndex(of: ":")
        else { return text }
        return String(text[..<colon] + text[at...])
    }

    private static func hostAndPort(
        _ text: Substring
    ) throws(ParsingError) -> (host: String, port: Int?) {
        var host = text
        var port: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else {
                throw ParsingError(reason: "a bracket is not closed", hint: "write [::1]:443")
            }
            host = text[text.index(after: text.startIndex)..<end]
            let behind = text[text.index(after: end)...]
            guard behind.isEmpty || behind.first == ":" else {
                throw ParsingError(
                    reason: "only a port may follow its bracket",
                    hint: "write [::1]:443"
                )
            }
            port = behind.isEmpty ? nil : behind.dropFirst()
            guard isIPv6(host) else {
                throw ParsingError(
                    reason: "no IPv6 address stands in its brackets",
                    hint: "write [::1]:443"
                )
            }
        } else if text.count(where: { $0 == ":" }) > 1 {
            // More colons than for a port: an IPv6 address without brackets, and without a port.
            guard isIPv6(host) else {
                throw ParsingError(
                    reason: "it has more than one colon and is no IPv6 address",
                    hint: "write host:443, or [::1]:443 for an IPv6 address"
                )
            }
        } else {
            if let colon = text.firstIndex(of: ":") {
                host = text[..<colon]
                port = text[text.index(after: colon)...]
            }
            guard !host.isEmpty else {
                throw ParsingError(reason: "it names no host", hint: "write https://host or host")
            }
            let isName = host.utf8.allSatisfy { byte in
                byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
                    || "-._".utf8.contains(byte)
            }
            guard isName else {
                throw ParsingError(
                    reason: "its host is no name and no address",
                    hint: "write https://host or host"
                )
            }
        }
        guard let port else { return (String(host), nil) }
        guard port.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(port),
            (1...65535).contains(number)
        else {
            throw ParsingError(
                reason: "its port is not a number from 1 to 65535",
                hint: "write host:443"
            )
        }
        return (String(host), number)
    }

    private static func isIPv6(_ text: Substring) -> Bool {
        // RFC 4291 §2.2: eight groups, one run of them as `::`, the last two optionally as an IPv4 address.
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var count = 0
        for (number, half) in halves.enumerated() where !half.isEmpty {
            let groups = half.split(separator: ":", omittingEmptySubsequences: false)
            for (place, group) in groups.enumerated() {
                let isLast = number == halves.count - 1 && place == groups.count - 1
                if isLast, isIPv4(group) {
                    count += 2
                } else {
                    let isGroup =
                        (1...4).contains(group.utf8.count)
                        && group.allSatisfy { $0.isASCII && $0.isHexDigit }
                    guard isGroup else { return false }
                    count += 1
                }
            }
        }
        return halves.count == 2 ? count < 8 : count == 8
    }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.allSatisfy { $0.isASCII && $0.isNumber } && UInt8(part) != nil
            }
    }

    /// Reads a text in which `%41` stands for a byte; nil if a `%` has no two digits, or the bytes are no UTF-8.
    public static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            guard digits.count == 2 else { return nil }
            bytes.append(UInt8(digits[0] * 16 + digits[1]))
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension Endpoint {
    /// Whether it is this computer: the only one to which a connection may be unencrypted.
    public var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
