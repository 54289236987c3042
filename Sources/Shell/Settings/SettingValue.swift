public import VSphere

/// A value of a profile or of `session{…}`, as passed by Lua.
public enum SettingValue: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    case list([SettingValue])
    case table([String: SettingValue])
    /// A value of `secret.env` and similar functions.
    case secret(Secret)

    /// Lua's name of its type, for messages; the value itself may be a secret.
    var typeName: String {
        switch self {
        case .string: "a string"
        case .integer, .number: "a number"
        case .boolean: "a boolean"
        case .list: "a list"
        case .table: "a table"
        case .secret: "a secret"
        }
    }
}

/// Settings that contradict each other or cannot be read.
public struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Setting, source and reason; it never contains a password.
    public let message: String
    /// Advice on what to try; may be empty.
    public let hint: String
    /// `usage` for options and variables, `configuration` for files.
    public let exitCode: ExitCode

    /// Makes an error.
    public init(_ message: String, hint: String = "", exitCode: ExitCode) {
        self.message = message
        self.hint = hint
        self.exitCode = exitCode
    }

    /// One line for a person.
    public var description: String { hint.isEmpty ? message : "\(message); \(hint)" }
}
