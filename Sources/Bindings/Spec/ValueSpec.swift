/// A value of a module that is not a function.
public struct ValueSpec: Sendable {
    /// Its name, a field of a module: `json.null`.
    public let name: String
    /// Its type.
    public let type: LuaType
    /// Its purpose.
    public let summary: String
    /// A script that runs against a fresh simulator.
    public let example: String

    /// All such values.
    public static let all = [
        ValueSpec(
            name: "json.null",
            type: .any,
            summary: "What null in JSON becomes, and what becomes null in JSON.",
            example: "print(json.encode({ host = json.null }))"
        )
    ]
}
