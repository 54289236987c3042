/// The address of one vCenter.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// The scheme of an address: encrypted or not.
    public enum Scheme: String, Sendable, Hashable {
        case https, http

        /// The port of a URL that names none.
        var usualPort: Int { self == .https ? 443 : 80 }
    }

    /// `https`, unless the URL has `http`.
    public let scheme: Scheme
    /// The host: a name, an IPv4 address, or an IPv6 address without brackets.
    ///
    /// Lower case.
    public let host: String
    /// The port; 443 or 80 if the URL has none.
    public let port: Int

    /// Makes an address from its parts.
    public init(scheme: Scheme = .https, host: String, port: Int? = nil) {
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port ?? scheme.usualPort
    }

    /// The URL without a path; with the port only if it is not the scheme's default.
    public var url: String {
        let name = host.contains(":") ? "[\(host)]" : host
        let isDefault = port == scheme.usualPort
        return "\(scheme.rawValue)://\(name)\(isDefault ? "" : ":\(port)")"
    }

    /// The host, with its port if that is not the scheme's default: a vCenter's name in messages.
    public var description: String { String(url.dropFirst(scheme.rawValue.count + 3)) }
}
