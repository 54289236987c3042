internal import JSON

/// The way to a vCenter, without a secret: with it and a password it is reached again.
///
/// A connection whose certificate was not verified is not noted as such: that is for a person to say each time.
public struct ConnectionNote: Sendable, Equatable {
    /// The scheme of its address.
    public var scheme: Endpoint.Scheme
    /// The files with the authorities that were trusted, named from the root; empty for the system's.
    public var authorities: [String]
    /// The public keys that were accepted, each `sha256//BASE64`.
    public var pins: [String]

    /// Makes a note; nil where there is nothing to note.
    public init?(scheme: Endpoint.Scheme, authorities: [String], pins: [String]) {
        guard scheme != .https || !authorities.isEmpty || !pins.isEmpty else { return nil }
        (self.scheme, self.authorities, self.pins) = (scheme, authorities, pins)
    }

    /// Reads the text that a journal has; nil if it is none.
    public init?(_ text: String) {
        guard let tree = try? JSONValue(parsing: text),
            let scheme = tree["scheme"]?.string.flatMap(Endpoint.Scheme.init)
        else { return nil }
        func list(_ name: String) -> [String] { tree[name]?.array?.compactMap(\.string) ?? [] }
        self.init(scheme: scheme, authorities: list("ca_files"), pins: list("pins"))
    }

    /// The text for the journal, such as `{"scheme":"https","ca_files":["/etc/vmoon/ca.pem"],"pins":[]}`.
    public var text: String {
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        return JSONEncoder().encode([
            "scheme": .string(scheme.rawValue), "ca_files": list(authorities), "pins": list(pins),
        ])
    }
}
