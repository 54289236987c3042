internal import Buffers
internal import CLuaHost

/// An error that left a script, or kept it from starting.
public struct LuaError: Error, Sendable, Equatable {
    /// What went wrong.
    public enum Kind: Sendable, Equatable {
        /// An error was raised and nothing caught it.
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

    /// What the host itself raised: the fields of the error table that decide about exit codes
    /// and hints.
    public struct Raised: Sendable, Equatable {
        /// The kind, such as `not_found`.
        public let kind: String
        /// The message alone: what was attempted is said in front of it.
        public let message: String
        /// What to try.
        public let hint: String?
        /// The exit code the host gave the error.
        public let exitCode: Int?
        /// `none`, `rejected` or `unknown`.
        public let outcome: String?
    }

    /// What went wrong.
    public let kind: Kind
    /// The message, as `tostring` gives it.
    public let message: String
    /// Where: `file:line` of the innermost Lua function, if any.
    public let position: String?
    /// The traceback, if any.
    public let traceback: String?
    /// Set where the host raised the error.
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
                outcome: value["outcome"]?.string
            )
        }
    }
}
