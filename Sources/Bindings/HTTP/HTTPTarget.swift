internal import VSphere

/// The address of another service, checked before anything is sent.
struct HTTPTarget {
    /// The address as it is sent.
    let url: String
    /// The address without its query, which may contain a token: for logs and errors.
    let shown: String
    /// The host, without its port.
    let host: String

    /// The host without the brackets of an IPv6 address.
    var bareHost: String {
        host.first == "[" ? String(host.dropFirst().dropLast()) : host
    }

    /// The service's address, as the proxies of the environment are found for it.
    var endpoint: Endpoint {
        Endpoint(scheme: url.lowercased().hasPrefix("http:") ? .http : .https, host: bareHost)
    }

    /// Why a text is not an address for `http`.
    struct Problem: Error, Equatable {
        let message: String
    }

    /// Whether what is sent can be read on the way: `http://` to another machine.
    var isInTheOpen: Bool { endpoint.scheme == .http && !endpoint.isLoopback }

    /// Checks an address: `https://…`, or `http://…` on this computer.
    /// - Parameters:
    ///   - text: The address.
    ///   - allowsPlain: Whether `http://` may lead to another machine.
    /// - Throws: `Problem`, without the address.
    init(_ text: String, allowsPlain: Bool = false) throws(Problem) {
        let isLegal = text.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}".utf8.contains($0)
        }
        guard isLegal else { throw Problem(message: "url must be percent-encoded") }
        guard let mark = text.firstRange(of: "://") else {
            throw Problem(message: "url must begin with https://")
        }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else {
            throw Problem(message: "url must begin with https://")
        }
        guard !text.contains("#") else { throw Problem(message: "url must not have a fragment") }
        let rest = text[mark.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else {
            throw Problem(message: "url must not hold a user or a password; use a header")
        }
        let host = Self.host(authority)
        guard !host.isEmpty else { throw Problem(message: "url names no host") }
        let bare = host.first == "[" ? String(host.dropFirst().dropLast()) : host
        guard scheme == "https" || allowsPlain || Endpoint(host: bare).isLoopback else {
            throw Problem(message: "url must begin with https://: http:// is for this machine only")
        }
        self.host = host
        url = text
        shown = String(text.prefix { $0 != "?" })
    }

    /// The host without its port, in lower case.
    private static func host(_ authority: Substring) -> String {
        if authority.hasPrefix("[") { return authority.prefix { $0 != "]" }.lowercased() + "]" }
        return authority.prefix { $0 != ":" }.lowercased()
    }
}
