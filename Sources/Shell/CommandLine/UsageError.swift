public import VSphere

internal import Text

/// A command line that cannot be understood; vmoon prints it in one line and ends with 64.
public struct UsageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Option, value and reason; it never contains a password.
    public let message: String
    /// Advice on what to try; may be empty.
    public let hint: String

    /// Makes an error.
    public init(_ message: String, hint: String = "") {
        self.message = message
        self.hint = hint
    }

    /// One line for a person.
    public var description: String { hint.isEmpty ? message : "\(message); \(hint)" }

    /// The exit code.
    public var exitCode: ExitCode { .usage }
}

extension String {
    /// The text in single quotes, on one line, with escapes for control characters, including those that reverse the
    /// direction of text.
    ///
    /// Long texts are cut.
    var quotedForMessage: String {
        let beginning = Display.escape(String(unicodeScalars.prefix(200)))
        return "'" + beginning + (unicodeScalars.count > 200 ? "…'" : "'")
    }
}
