internal import Buffers
internal import LuaHost
internal import Text
internal import VSphere

/// The filter of `sim.requests`.
enum RequestFilter {
    /// The operations of the simulator, by their names in faults and requests.
    ///
    /// A part of a function has the name of that function there.
    private static let operations =
        ["createSession", "getSession", "deleteSession"]
        + VSphere.Operation.all.map(\.name).filter { !parts.contains($0) }
        + ["listLocalLibraries", "getLocalLibrary", "getHardware"]

    private static let parts: Set = [
        "getCPU", "getMemory", "createSubscribedLibrary", "deleteSubscribedLibrary", "publishItem",
        "syncItem",
    ]

    /// The type of the filter: exactly these fields; other operations never occur in requests.
    static let type = LuaType.record(
        [
            .init("operation", .optional(.union(operations.map(LuaType.literal) + [.string]))),
            .init("method", .optional(.string)), .init("path", .optional(.string)),
            .init("query", .optional(.string)), .init("body", .optional(.string)),
            .init("status", .optional(.integer)), .init("applied", .optional(.boolean)),
            .init("n", .optional(.integer)),
        ],
        isOpen: false
    )

    /// Refuses a filter that can never match.
    static func check(_ call: HostCall) throws(VSphereError) {
        let arguments = Arguments(call, of: "sim.requests")
        let filter = try arguments.options(0, known: type.fields.map(\.name))
        guard let name = filter?["operation"] else { return }
        // Operations of the whole API have their service in front.
        guard let text = name.string, text.contains(".") || operations.contains(text) else {
            let shown = name.string.map { "named \"\(Display.escape($0))\"" } ?? "that is no string"
            let guess = name.string.flatMap { Suggestion.nearest(to: $0, among: operations) }
            throw arguments.misuse(
                "there is no operation \(shown)",
                hint: guess.map { "did you mean \($0)?" }
            )
        }
    }
}
