public import LuaHost

/// A function that scripts can call: what is said about it, and what it does.
///
/// Help, completion, the reference and the checker read the first part; nothing else describes a function.
public struct FunctionSpec: Sendable {
    /// What calling it does, on the host's side.
    ///
    /// A leaf: it runs no Lua.
    public typealias Body = @Sendable (Runtime, HostCall) -> Verdict

    /// One parameter.
    public struct Parameter: Sendable {
        /// Its name.
        public let name: String
        /// Its type, as LuaLS annotations write types: `string`, `vmoon.item|string`.
        public let type: String
        /// What it means, with its unit.
        public let summary: String
        /// Whether it may be left out.
        public let isOptional: Bool

        /// Describes a parameter.
        public init(_ name: String, _ type: String, _ summary: String, isOptional: Bool = false) {
            self.name = name
            self.type = type
            self.summary = summary
            self.isOptional = isOptional
        }
    }

    /// What it returns.
    public struct Result: Sendable {
        /// The type, as LuaLS annotations write types; `nil` where there is nothing.
        public let type: String
        /// What it means: fields, units, optional parts.
        public let summary: String

        /// Describes a result.
        public init(_ type: String, _ summary: String) {
            self.type = type
            self.summary = summary
        }
    }

    /// The name: a global (`getCheckOut`), or a field of a module (`json.encode`).
    public let name: String
    /// What it does, in one sentence.
    public let summary: String
    /// The parameters, without the object that a method is called on.
    public let parameters: [Parameter]
    /// What it returns.
    public let result: Result
    /// The kinds of error it raises beyond those that every call may.
    public let errors: [String]
    /// A script that runs against a fresh simulator.
    public let example: String
    /// The version it came with.
    public let since: String
    /// The objects it is a method of, under the same name.
    public let receivers: [ObjectKind]
    /// Whether it is there without an object.
    public let isGlobal: Bool
    /// Whether arguments that cannot be copied are described instead of refused.
    public let isLenient: Bool
    /// Nil where the interpreter's host brings the function along.
    let body: Body?

    /// Describes a function.
    public init(
        _ name: String,
        _ summary: String,
        _ parameters: [Parameter] = [],
        returns result: Result,
        errors: [String] = [],
        example: String,
        since: String = "0.1",
        receivers: [ObjectKind] = [],
        isGlobal: Bool = true,
        isLenient: Bool = false,
        body: Body?
    ) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        self.result = result
        self.errors = errors
        self.example = example
        self.since = since
        self.receivers = receivers
        self.isGlobal = isGlobal
        self.isLenient = isLenient
        self.body = body
    }
}

/// The kinds of host object that scripts hold.
public enum ObjectKind: UInt32, Sendable, CaseIterable {
    case session = 1
    case item = 2
    case secret = 3
    case progress = 4

    /// What `tostring`, `type` annotations and messages call it.
    public var name: String { "vmoon.\(self)" }
}
