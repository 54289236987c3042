internal import VSphere

/// What a run may do to a vCenter.
public enum ChangePolicy: Sendable, Equatable {
    /// Everything.
    case allowed
    /// Nothing that changes anything: such a call raises `forbidden_by_policy`.
    case refused
    /// Nothing that changes anything: such a call is written into a plan and has a placeholder
    /// for its result; what uses the placeholder is planned too.
    case planned
}

/// What a script that is not trusted has.
public struct Sandbox: Sendable, Equatable {
    /// The folder whose text files `require` finds; nil for none.
    public let modules: String?

    /// Makes a sandbox.
    public init(modules: String?) { self.modules = modules }
}

extension FunctionSpec {
    /// Whether a sandbox has it: the operations, and what stays inside the interpreter.
    ///
    /// A list of what is allowed, so that a function somebody adds later is not there by mistake. Absent
    /// are those that run programs, open other connections, or read files and variables. Methods need an
    /// object, and so the function that makes one.
    var isInSandbox: Bool {
        let root = name.prefix { $0 != "." }
        return !isGlobal || OperationText.all.contains { $0.operation.name == name }
            || Self.sandboxNames.contains(String(root))
    }

    private static let sandboxNames: Set = [
        "session", "item", "rollback", "request", "parallel", "spawn", "sleep", "shard", "json",
        "log", "time", "show", "progress", "help", "isDryRun",
    ]
}
