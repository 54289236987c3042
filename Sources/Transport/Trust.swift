/// How a server's identity is checked.
public struct Trust: Sendable, Hashable {
    /// The authorities that certify a server.
    public enum Authorities: Sendable, Hashable {
        /// The roots of the system.
        case system
        /// The certificates of these PEM files, instead of the system's roots.
        case files([String])
        /// None: any certificate is accepted, for any name.
        case unverified
        /// None, and no certificate is accepted: the request only looks at what the server shows, and is never
        /// sent. Its error has `shown`.
        case looking
    }

    /// The authorities that certify a server.
    public var authorities: Authorities
    /// Public keys, each `sha256//BASE64`; when not empty the server's key must be one of them.
    ///
    /// With `.system` authorities a pin alone is enough; with `.files` both must match.
    public var pins: [String]

    /// Makes a rule; the default is the system's roots and no pins.
    public init(_ authorities: Authorities = .system, pins: [String] = []) {
        self.authorities = authorities
        self.pins = pins
    }
}
