internal import VSphere

/// The changes that a run may make in a vCenter.
public enum ChangePolicy: Sendable, Equatable {
    /// Everything.
    case allowed
    /// No changes: a changing call raises `forbidden_by_policy`.
    case refused
    /// No changes: a changing call is written into a plan and returns a placeholder
    /// as its result; a call that uses the placeholder is planned too.
    case planned
}

/// The limits of an untrusted script.
public struct Sandbox: Sendable, Equatable {
    /// The folder in which `require` finds Lua source files; nil for none.
    public let modules: String?

    /// Makes a sandbox.
    public init(modules: String?) { self.modules = modules }
}

extension FunctionSpec {
    /// Whether a sandbox has the function: operations, and functions that stay inside the interpreter.
    ///
    /// A list of what is allowed, so that a function that is added later is not included by mistake. Missing
    /// are functions that run programs, open other connections, or read files and variables. Methods need an
    /// object, and so the function that makes it.
    var isInSandbox: Bool {
        let root = name.prefix { $0 != "." }
        return !isGlobal || OperationText.all.contains { $0.operation.name == name }
            || Self.sandboxNames.contains(String(root))
    }

    private static let sandboxNames: Set = [
        "session", "item", "rollback", "request", "api", "parallel", "spawn", "sleep", "shard",
        "share",
        "step",
        "json",
        "log", "time", "show", "progress", "help", "isDryRun", "waitFor", "retry", "fail",
        "options", "csv", "find", "placement", "items",
    ]
}
