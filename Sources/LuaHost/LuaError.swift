internal import Buffers
internal import CLuaHost

/// An error that a script did not catch, or that kept it from starting.
public struct LuaError: Error, Sendable, Equatable {
    /// The kinds of failure.
    public enum Kind: Sendable, Equatable {
        /// An error was raised and not caught.
        case raised
        /// The text is not Lua.
        case syntax
        /// The text ends too early: more of it may be correct.
        case incomplete
        /// Out of memory.
        case memory
        /// The file cannot be read.
        case unreadable
    }

    /// An error that the host raised: the fields of the error table that decide about exit codes
    /// and hints.
    public struct Raised: Sendable, Equatable {
        /// The kind, such as `not_found`.
        public let kind: String
        /// The message alone: what was attempted is said in front of it.
        public let message: String
        /// A hint.
        public let hint: String?
        /// The exit code of the error.
        public let exitCode: Int?
        /// `none`, `rejected` or `unknown`.
        public let outcome: String?
        /// Whether it speaks to whoever runs the script: then the place in the script says nothing.
        public let isPlain: Bool
    }

    /// The kind of failure.
    public let kind: Kind
    /// The message, as `tostring` gives it.
    public let message: String
    /// The position, `file:line` of the innermost Lua function, if any.
    public let position: String?
    /// The traceback, if any.
    public let traceback: String?
    /// Set if the host raised the error.
    public let raised: Raised?

    init(_ status: vm_lua_status, _ report: Value?) {
        kind =
            switch status {
            case VM_LUA_SYNTAX: .syntax
            case VM_LUA_INCOMPLETE: .incomplete
            case VM_LUA_NO_MEMORY: .memory
            case VM_LUA_NO_FILE: .unreadable
            default: .raised
            }
        message = report?["message"]?.string ?? "not enough memory"
        position = report?["position"]?.string
        traceback = report?["traceback"]?.string
        raised = report?["value"].map { value in
            Raised(
                kind: value["kind"]?.string ?? "",
                message: value["message"]?.string ?? "",
                hint: value["hint"]?.string,
                exitCode: value["exit_code"]?.integer,
                outcome: value["outcome"]?.string,
                isPlain: value["plain"]?.boolean ?? false
            )
        }
    }
}
