public import JSON
internal import Text

/// Why an operation gave no result.
///
/// The description is one line: what was attempted, on what, what came back. It never holds a password,
/// a session identifier, or a control character of the server's.
public struct VSphereError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is known about the effect of the call.
    public enum Outcome: String, Sendable {
        /// Nothing was changed: the call only reads, or it was not sent.
        case none
        /// The server refused; nothing was changed.
        case rejected
        /// A change was sent and nobody knows whether it happened.
        case unknown
    }

    /// One message of the server's, raw; `Display.escape` it before showing it.
    public struct Message: Sendable, Equatable {
        /// Names the message in the server's catalogue.
        public var id: String
        /// The text in English.
        public var defaultMessage: String
        /// What was put into the text.
        public var arguments: [String]
        /// The text in the language asked for, where the server gave it.
        public var localized: String?
        /// The named arguments: an object, in both dialects.
        public var parameters: JSONValue?

        /// Makes a message.
        public init(
            id: String,
            defaultMessage: String,
            arguments: [String] = [],
            localized: String? = nil,
            parameters: JSONValue? = nil
        ) {
            self.id = id
            self.defaultMessage = defaultMessage
            self.arguments = arguments
            self.localized = localized
            self.parameters = parameters
        }
    }

    /// What went wrong.
    public var kind: ErrorKind
    /// What the server calls it, where that is no kind that is known: `kind` then goes by the status.
    ///
    /// Safe to show.
    public var type: String?
    /// What came back, on one line, safe to show.
    public var message: String
    /// The HTTP status, where an answer came.
    public var status: Int?
    /// The operation as scripts know it, such as `getCheckOut`; `login` and `logout` for the session.
    public var operation: String
    /// What it was about, such as `item 5f3c, vm vm-12`; safe to show, may be empty.
    public var subject: String
    /// The vCenter, as `host` or `host:port`.
    public var vcenter: String
    /// The server's messages, outermost cause first.
    public var messages: [Message] = []
    /// Whether the same call may succeed later, and is safe to be made again.
    public var isRetryable = false
    /// What is known about its effect.
    public var outcome: Outcome
    /// What to try.
    public var hint: String?
    /// What went wrong underneath an unknown outcome.
    public var cause: ErrorKind?
    /// What was said then; the message says it too, behind words of ours.
    public var causeMessage: String?
    /// More about the error, in a form of its own for each kind.
    public var data: JSONValue?
    /// How to authenticate, where the server said so (`WWW-Authenticate` style).
    public var challenge: String?

    /// Makes an error that no server had a part in; the call fills in what it was about.
    public init(
        _ kind: ErrorKind,
        _ message: String,
        status: Int? = nil,
        operation: String = "",
        subject: String = "",
        vcenter: String = "",
        outcome: Outcome = .none,
        hint: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.status = status
        self.operation = operation
        self.subject = subject
        self.vcenter = vcenter
        self.outcome = outcome
        self.hint = hint
    }

    /// What was attempted, on what, and what came back, on one line.
    public var description: String {
        var line = operation.isEmpty ? "" : operation
        if !subject.isEmpty { line += line.isEmpty ? subject : " (\(subject))" }
        if !vcenter.isEmpty { line += line.isEmpty ? vcenter : " at \(vcenter)" }
        if !line.isEmpty { line += ": " }
        line += Display.escape(kind.rawValue)
        if let status { line += " (HTTP \(status))" }
        return line + ": " + message
    }
}
