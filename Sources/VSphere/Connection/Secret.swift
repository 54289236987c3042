/// Text that must never be shown: a password or a session identifier.
///
/// Every description of it is `***`; only `reveal()` returns the text, and its callers are few enough
/// to be read one by one.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Where a password came from.
    public enum Source: Sendable {
        /// Somebody typed it: it may be typed again.
        case typed
        /// From here, as a message names it, such as `the file /run/password`.
        case place(String)
    }

    private let text: String
    /// Where it came from, where that is known; two secrets of one text are equal all the same.
    public var source: Source?

    /// Wraps a text.
    public init(_ text: String, from source: Source? = nil) {
        self.text = text
        self.source = source
    }

    /// Tells whether the texts are the same.
    public static func == (one: Self, other: Self) -> Bool { one.text == other.text }

    /// Whether somebody typed it.
    public var isTyped: Bool { if case .typed = source { true } else { false } }

    /// The text itself, for the wire.
    public func reveal() -> String { text }

    /// How many bytes it has.
    public var size: Int { text.utf8.count }

    /// Three asterisks.
    public var description: String { "***" }
    /// Three asterisks.
    public var debugDescription: String { "***" }
    /// Empty, so that `dump` shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
