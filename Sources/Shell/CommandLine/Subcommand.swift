/// A sub-command as data.
///
/// It is recognised as the first word only.
///
/// The table holds those that work: a script named `check` runs by that name until there is a
/// sub-command of that name, and always as `./check`.
public struct Subcommand: Sendable {
    /// The word.
    public let name: String
    /// What it takes beside options, such as `FILE...`.
    public let operands: String
    /// How many operands it takes.
    public let operandCount: ClosedRange<Int>
    /// One line of help.
    public let summary: String
    /// Options of its own, beside those available everywhere.
    public let flags: [Flag]
    /// Does it and ends the process.
    let run: @Sendable (Invocation, [String], inout World) -> Void

    /// Makes a row.
    public init(
        _ name: String,
        operands: String,
        count: ClosedRange<Int>,
        summary: String,
        flags: [Flag] = [],
        run: @escaping @Sendable (Invocation, [String], inout World) -> Void = { _, _, _ in }
    ) {
        self.name = name
        self.operands = operands
        operandCount = count
        self.summary = summary
        self.flags = flags
        self.run = run
    }

    /// All rows, in the order of help.
    public static let all: [Subcommand] = [check, test, runs, reconcile, doc, types]
}
