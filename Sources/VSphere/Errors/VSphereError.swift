public import JSON
internal import Text

/// The error of an operation.
///
/// The description is one line: operation, object and error. It never contains a password,
/// a session identifier, or a control character from the server.
public struct VSphereError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The known effect of the call.
    public enum Outcome: String, Sendable {
        /// Nothing was changed: the call only reads, or it was not sent.
        case none
        /// The server refused; nothing was changed.
        case rejected
        /// A change was sent and it is unknown whether it happened.
        case unknown
    }

    /// One message of the server, raw; `Display.escape` it before showing it.
    public struct Message: Sendable, Equatable {
        /// The identifier in the server's catalogue of messages.
        public var id: String
        /// The text in English.
        public var defaultMessage: String
        /// The values inserted into the text.
        public var arguments: [String]
        /// The text in the requested language, if the server sent it.
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

    /// The kind of the error.
    public var kind: ErrorKind
    /// The server's name for an unknown kind: `kind` then follows from the status.
    ///
    /// Safe to show.
    public var type: String?
    /// The error message, on one line, safe to show.
    public var message: String
    /// The HTTP status, if there was an answer.
    public var status: Int?
    /// The operation's name in Lua, such as `getCheckOut`; `login` and `logout` for the session.
    public var operation: String
    /// The objects it was about, such as `item 5f3c, vm vm-12`; safe to show, may be empty.
    public var subject: String
    /// The vCenter, as `host` or `host:port`.
    public var vcenter: String
    /// The server's messages, outermost cause first.
    public var messages: [Message] = []
    /// Whether the same call may succeed later, and may safely be repeated.
    public var isRetryable = false
    /// The known effect of the call.
    public var outcome: Outcome
    /// Advice on what to try.
    public var hint: String?
    /// The kind of the error that caused an unknown outcome.
    public var cause: ErrorKind?
    /// The message of the cause; `message` repeats it after our own words.
    public var causeMessage: String?
    /// More about the error, in a form of its own for each kind.
    public var data: JSONValue?
    /// How to authenticate, if the server said so (`WWW-Authenticate` style).
    public var challenge: String?

    /// Makes an error without the participation of a server; the call adds the objects it was about.
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

    /// Operation, object and error, on one line.
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
