/// A type of the Automation API.
public indirect enum APIType: Sendable, Equatable {
    case string, integer, double, boolean, void
    /// A text that is never shown.
    case secret
    /// Bytes, Base64 on the wire.
    case blob
    /// A time, `2026-11-21T10:11:12.345Z` on the wire.
    case time
    case uri
    /// A value that keeps its form of the wire.
    case opaque
    /// Any error.
    case error
    /// An identifier of these types of objects; of any if there are none.
    case identifier([String])
    /// An identifier of the type that another field of the structure tells.
    case identifierTyped(by: String)
    case optional(APIType)
    case list(APIType)
    case set(APIType)
    case map(APIType, APIType)
    /// The name of a structure or an error.
    case structure(String)
    /// The name of an enumeration.
    case enumeration(String)
    /// Any structure that has the fields of these.
    case dynamic([String])

    /// Reads the notation of the index; nil for one that is none.
    init?(_ text: Substring) {
        guard let mark = text.first else { return nil }
        let rest = text.dropFirst()
        switch mark {
        case "?": self.init(rest) { .optional($0) }
        case "[": self.init(rest) { .list($0) }
        case "{": self.init(rest) { .set($0) }
        case "<":
            // A key is no map, so that the first comma is the one between key and value.
            let key = rest.prefix { $0 != "," }
            guard let keys = APIType(key), let values = APIType(rest.dropFirst(key.count + 1))
            else { return nil }
            self = .map(keys, values)
        case "@": self = .structure(String(rest))
        case "#": self = .enumeration(String(rest))
        case "*": self = .dynamic(rest.split(separator: "*").map(String.init))
        default:
            if text.hasPrefix("id:$") {
                self = .identifierTyped(by: String(text.dropFirst(4)))
            } else if text.hasPrefix("id:") {
                self = .identifier(text.dropFirst(3).split(separator: "|").map(String.init))
            } else if let simple = Self.simple[text] {
                self = simple
            } else {
                return nil
            }
        }
    }

    private init?(_ text: Substring, _ wrap: (APIType) -> APIType) {
        guard let type = APIType(text) else { return nil }
        self = wrap(type)
    }

    /// The type without its first `optional`.
    public var unwrapped: APIType { if case .optional(let type) = self { type } else { self } }

    /// Whether nothing needs to be there.
    public var isOptional: Bool { if case .optional = self { true } else { false } }

    private static let simple: [Substring: APIType] = [
        "string": .string, "integer": .integer, "double": .double, "boolean": .boolean,
        "void": .void, "secret": .secret, "blob": .blob, "time": .time, "uri": .uri,
        "opaque": .opaque, "error": .error, "id": .identifier([]),
    ]
}
