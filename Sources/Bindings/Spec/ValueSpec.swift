/// A value that scripts find, and that is no function.
public struct ValueSpec: Sendable {
    /// Its name, a field of a module: `json.null`.
    public let name: String
    /// Its type.
    public let type: LuaType
    /// What it is for.
    public let summary: String
    /// A script that runs against a fresh simulator.
    public let example: String

    /// All of them.
    public static let all = [
        ValueSpec(
            name: "json.null",
            type: .any,
            summary: "What null in JSON becomes, and what becomes null in JSON.",
            example: "print(json.encode({ host = json.null }))"
        )
    ]
}
