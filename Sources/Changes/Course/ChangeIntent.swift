public import JSON
public import VSphere

/// The intent of a change, pinned before it is sent: the part of a journal's row that
/// decisions need.
///
/// The version or machine it names is a fencing token: identifiers are never used again, and each can be
/// consumed once. A request that is repeated with the same one can take effect at most once; choosing
/// the target again for a retry would break that: it could undo a successful roll-back.
public struct ChangeIntent: Sendable, Equatable {
    /// The kind of change, which decides how to find out afterwards whether it happened.
    public typealias Kind = Effect.Kind

    /// The identifier of this operation, a UUID.
    public var identifier: String
    /// The kind of change.
    public var kind: Kind
    /// The item it is about.
    public var item: String
    /// The user of the session.
    public var user: String
    /// The version that is rolled back to, or deleted.
    public var version: String?
    /// The machine that is checked in, discarded, deleted or switched.
    public var vm: String?
    /// The name for the new machine or item.
    public var name: String?
    /// The library of the new item.
    public var library: String?
    /// The settings it makes: its arguments by their names, for a change that is seen by that.
    public var wanted: JSONValue?
    /// The machine that held the target before: the template of `version`, or
    /// `vm` itself; nil if the target was not there, or the object was as wanted already.
    public var holder: String?
    /// The machine that was checked out already, before a check-out.
    public var checkedOutBefore: String?
    /// The objects that had the new name before; nil if not read.
    public var namedBefore: [String]?
    /// The latest version before.
    public var latestBefore: String?
    /// The newest entry of the history before.
    public var newestBefore: String?
    /// The server's clock when the change was last sent, in milliseconds since
    /// 1970-01-01T00:00:00Z; nil if the server does not report it.
    public var serverTime: Int64?

    /// Makes an intent; the optional parts are set afterwards.
    public init(_ kind: Kind, identifier: String, item: String, user: String) {
        self.kind = kind
        self.identifier = identifier
        self.item = item
        self.user = user
    }

    /// Whether an object with the name is proof of this change.
    public var isNameMarked: Bool {
        name.map { OperationToken.isMarked(name: $0, by: identifier) } ?? false
    }
}

/// The mark of an operation in the message of a change, or in the name of what it makes.
public enum OperationToken {
    /// The text that is replaced by the mark in the `name` of a specification.
    public static let placeholder = "{op}"

    /// The message as it is sent: the mark first, because `short_message` keeps 80 characters.
    public static func message(_ text: String, marked identifier: String) -> String {
        mark(identifier) + " " + text
    }

    /// Whether a message carries the mark of an operation.
    public static func isMarked(_ message: String, by identifier: String) -> Bool {
        message.hasPrefix(mark(identifier))
    }

    /// A message without the mark of any operation.
    static func withoutMark(_ message: String) -> String { split(message).text }

    /// A message, apart from the identifier of the operation that it is marked with; nil for none.
    public static func split(_ message: String) -> (identifier: String?, text: String) {
        let start = "[vmoon:"
        guard message.hasPrefix(start), let end = message.firstRange(of: "] ") else {
            return (nil, message)
        }
        let identifier = message[..<end.lowerBound].dropFirst(start.count)
        return (String(identifier), String(message[end.upperBound...]))
    }

    /// A name as it is sent: with the operation's first eight digits in place of `{op}`.
    public static func name(_ name: String, marked identifier: String) -> String {
        var parts: [Substring] = []
        var rest = name[...]
        while let place = rest.firstRange(of: placeholder) {
            parts.append(rest[..<place.lowerBound])
            rest = rest[place.upperBound...]
        }
        return (parts + [rest]).joined(separator: digits(identifier))
    }

    /// Whether a name carries the mark of an operation.
    static func isMarked(name: String, by identifier: String) -> Bool {
        name.firstRange(of: digits(identifier)) != nil
    }

    private static func mark(_ identifier: String) -> String { "[vmoon:\(identifier)]" }
    private static func digits(_ identifier: String) -> String { String(identifier.prefix(8)) }
}

/// Identifiers of machines, which vCenter writes in two ways: `vm-12`, and `vm-12:` with the
/// identifier of the server.
public enum MachineName {
    /// The names that the server may list a machine under: it keeps a slash as %2f.
    static func spellings(of name: String) -> [String] {
        let kept = name.split(separator: "/", omittingEmptySubsequences: false)
        return kept.count > 1 ? [name, kept.joined(separator: "%2f")] : [name]
    }

    /// Whether two identifiers are of the same machine; a plain one is of any server.
    public static func isSame(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        let (one, other) = (parts(one), parts(other))
        return one.machine == other.machine && (one.server == nil || other.server == nil)
    }

    private static func parts(_ text: String) -> (machine: Substring, server: Substring?) {
        guard let colon = text.firstIndex(of: ":") else { return (text[...], nil) }
        return (text[..<colon], text[text.index(after: colon)...])
    }
}
