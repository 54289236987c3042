internal import Buffers
internal import LuaHost
internal import Text

extension FunctionSpec {
    /// The function `show`.
    static let show = FunctionSpec(
        "show",
        "Prints values for a person.",
        [
            Parameter(
                "...",
                "any",
                "tables with what is in them, lists of records as an aligned table, times with their age; "
                    + "a value with __tostring as the text it gives, or why it gives none: it failed, gave "
                    + "no string, took too long; a table with __name with that name before it"
            )
        ],
        returns: Result("nil", "nothing; the text goes to standard output"),
        example: """
            show(listVMs())
            show(item("golden/rhel-9"):listCheckOuts())
            show({ name = "web-1", since = "2026-11-21T10:11:12Z", disks = { 40, 200 } })
            """,
        isLenient: true,
        asksForTexts: true
    ) { runtime, call in
        let show = runtime.shower
        for value in call.arguments.values { runtime.interpreter.write(show.render(value) + "\n") }
        return .returned
    }
}

extension Runtime {
    /// The settings for showing values on standard output now: the width of a terminal changes.
    public var shower: Show {
        Show(
            width: configuration.columns(),
            usesColor: configuration.usesColor,
            now: Timestamp(scriptTime).number,
            describe: describe
        )
    }
}
