/// Text that must never be shown: a password or a session identifier.
///
/// Every description of it is `***`; only `reveal()` returns the text, and its callers are few enough
/// to be read one by one.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    /// Wraps a text.
    public init(_ text: String) { self.text = text }

    /// The text itself, for the wire.
    public func reveal() -> String { text }

    /// Three asterisks.
    public var description: String { "***" }
    /// Three asterisks.
    public var debugDescription: String { "***" }
    /// Empty, so that `dump` shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
