/// The kinds of object that scripts use.
public enum ObjectKind: UInt32, Sendable, CaseIterable {
    case session = 1
    case item = 2
    case secret = 3
    case progress = 4
    /// The result of `spawn`; the interpreter makes it.
    case task = 5
    /// The error that is raised; a table.
    case error = 6
    /// A package, a service or an operation of the whole Automation API.
    case api = 7

    /// One field of an object.
    public struct Field: Sendable {
        /// Its name.
        public let name: String
        /// Its type.
        public let type: LuaType
        /// Its meaning, with its unit.
        public let summary: String

        init(_ name: String, _ type: LuaType, _ summary: String) {
            self.name = name
            self.type = type
            self.summary = summary
        }
    }

    /// The kinds of which the host keeps the values.
    static let hosted: [ObjectKind] = [.session, .item, .secret, .progress, .api]

    /// Its name for `tostring`, type annotations and messages.
    public var name: String {
        switch self {
        case .session: "vmoon.session"
        case .item: "vmoon.item"
        case .secret: "vmoon.secret"
        case .progress: "vmoon.progress"
        case .task: "vmoon.task"
        case .error: "vmoon.error"
        case .api: "vmoon.api"
        }
    }

    /// A description in one sentence.
    public var summary: String {
        switch self {
        case .session: "An open session; every operation is a method of it."
        case .item: "A library item; every operation about items is a method of it."
        case .secret: "A value that nothing shows."
        case .progress: "A bar that shows how far a piece of work has come."
        case .task: "Something that runs beside the script."
        case .error: "What is raised; tostring gives it on one line."
        case .api: "A part of the Automation API: its fields are its parts, operations are called."
        }
    }

    /// Its fields, in the order of the reference; all are read-only.
    public var fields: [Field] {
        switch self {
        case .session:
            [
                Field("vcenter", "string", "the vCenter, as host or host:port"),
                Field("user", "string", "who is logged in"),
                Field("dialect", "\"rest\"|\"api\"?", "what is spoken; nil before the first call"),
                Field(
                    "find",
                    "table",
                    "the functions of find, on this session: vc.find.folder(path)"
                ),
                Field("api", "vmoon.api", "every operation of the Automation API, by its own name"),
            ]
        case .item:
            [
                Field("id", "string", "the identifier"),
                Field("name", "string", "the name in its library"),
                Field("path", "string", "\"library/name\"; it is asked for where it is not known"),
            ]
        case .secret, .progress, .task, .api: []
        case .error:
            [
                Field(
                    "kind",
                    "string?",
                    "what went wrong: not_found, conflict, unknown_outcome, …"
                ),
                Field("message", "string", "what came back, for a person"),
                Field("operation", "string?", "the function that failed"),
                Field("subject", "string?", "what it was about"),
                Field("vcenter", "string?", "where"),
                Field("status", "integer?", "the status of the HTTP answer"),
                Field("type", "string?", "the server's own name, where it is no known kind"),
                Field("hint", "string?", "what to try"),
                Field("outcome", "\"none\"|\"rejected\"|\"unknown\"", "what is known of a change"),
                Field("retryable", "boolean", "whether the same call may succeed later"),
                Field("exit_code", "integer", "what the run ends with if nobody catches it"),
                Field("messages", "table[]?", "the server's: id, default_message, args"),
                Field("cause", "any", "the kind, or the error, behind this one"),
                Field("data", "any", "what the server said beyond that"),
                Field("challenge", "string?", "how the server wants to be logged in to"),
                Field("step", "string?", "the step that it stopped, where a change is in doubt"),
                Field("last", "any", "of waitFor: the last value that came"),
                Field("results", "table?", "of parallel: the results there are, by index"),
                Field("errors", "table?", "of parallel: the errors, by index"),
            ]
        }
    }
}
