import VSphere

/// The address of a vCenter as people write it, with the credentials that may be in it.
struct AddressText {
    let endpoint: Endpoint
    let user: String?
    let password: Secret?

    /// Reads `https://user:password@host:port/path`, of which only the host is needed.
    ///
    /// What is refused is described without showing any of it: it may hold a password.
    static func parse(_ text: String) throws(QuantityProblem) -> AddressText {
        var rest = text.drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        let scheme = try takeScheme(&rest)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let at = authority.lastIndex(of: "@")
        let place = at.map { authority[authority.index(after: $0)...] } ?? authority
        let (host, port) = try split(place)
        var user: String?
        var password: Secret?
        if let at {
            let parts = authority[..<at].split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            user = try decode(parts[0])
            if parts.count == 2 { password = Secret(try decode(parts[1])) }
        }
        return AddressText(
            endpoint: Endpoint(scheme: scheme, host: host, port: port),
            user: user.flatMap { $0.isEmpty ? nil : $0 },
            password: password.flatMap { $0.reveal().isEmpty ? nil : $0 }
        )
    }

    private static func takeScheme(_ rest: inout Substring) throws(QuantityProblem)
        -> Endpoint.Scheme
    {
        guard let separator = rest.firstRange(of: "://") else { return .https }
        // `user:p://x@host` has no scheme; such a password must be percent-encoded.
        let name = rest[..<separator.lowerBound].lowercased()
        guard let scheme = Endpoint.Scheme(rawValue: name) else {
            throw QuantityProblem(
                reason: "its scheme is neither https nor http",
                hint: "write https://host"
            )
        }
        rest = rest[separator.upperBound...]
        return scheme
    }

    private static func split(_ place: Substring) throws(QuantityProblem) -> (String, Int?) {
        var host = place
        var port: Int?
        if place.hasPrefix("[") {
            guard let end = place.firstIndex(of: "]") else {
                throw QuantityProblem(reason: "a bracket is not closed", hint: "write [::1]:443")
            }
            host = place[place.index(after: place.startIndex)..<end]
            let tail = place[place.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else {
                throw QuantityProblem(reason: "it is not an address", hint: "write [::1]:443")
            }
            if !tail.isEmpty { port = try parsePort(tail.dropFirst()) }
        } else if let colon = place.lastIndex(of: ":") {
            host = place[..<colon]
            guard !host.contains(":") else {
                throw QuantityProblem(
                    reason: "it has more than one colon",
                    hint: "an IPv6 address stands in brackets: [::1]"
                )
            }
            port = try parsePort(place[place.index(after: colon)...])
        }
        let allowed = host.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x20 && scalar.value != 0x7f
                && !"%\\<>\"^`{|}@[]".unicodeScalars.contains(scalar)
        }
        guard !host.isEmpty, allowed else {
            throw QuantityProblem(reason: "it names no host", hint: "write https://host or host")
        }
        return (String(host), port)
    }

    private static func parsePort(_ text: Substring) throws(QuantityProblem) -> Int? {
        if text.isEmpty { return nil }
        guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(text),
            (1...65535).contains(port)
        else {
            throw QuantityProblem(
                reason: "its port is not a number from 1 to 65535",
                hint: "write host:443"
            )
        }
        return port
    }

    /// Percent-decodes a part of the credentials.
    private static func decode(_ text: Substring) throws(QuantityProblem) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit),
                let value = UInt8(digits, radix: 16)
            else {
                throw QuantityProblem(
                    reason: "a % in it is not followed by two hexadecimal digits",
                    hint: "write a percent sign as %25"
                )
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Endpoint {
    /// Whether it is this machine: the one place where a connection may go unencrypted.
    var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
