/// A sub-command as data.
///
/// It is recognised only as the first word.
///
/// The table has only existing ones: a script named `check` runs by that name until there is a
/// sub-command of that name, and always as `./check`.
public struct Subcommand: Sendable {
    /// The word.
    public let name: String
    /// Its operands, such as `FILE...`.
    public let operands: String
    /// The allowed number of operands.
    public let operandCount: ClosedRange<Int>
    /// One line of help.
    public let summary: String
    /// Its own options, besides those available everywhere.
    ///
    /// Made when asked for: every start looks whether the first word is a sub-command's name.
    public var flags: [Flag] { makeFlags() }
    /// The kind of names that its operands are; nil for files.
    public let words: CompletionWords?
    /// Whether its first operand is a script: all words after it are the script's arguments.
    public let runsScript: Bool
    /// Carries it out and ends the process.
    let run: @Sendable (Invocation, [String], inout World) -> Void
    private let makeFlags: @Sendable () -> [Flag]

    /// Makes a row.
    public init(
        _ name: String,
        operands: String,
        count: ClosedRange<Int>,
        summary: String,
        words: CompletionWords? = nil,
        runsScript: Bool = false,
        flags: @autoclosure @escaping @Sendable () -> [Flag] = [],
        run: @escaping @Sendable (Invocation, [String], inout World) -> Void = { _, _, _ in }
    ) {
        self.name = name
        self.operands = operands
        operandCount = count
        self.summary = summary
        self.words = words
        self.runsScript = runsScript
        makeFlags = flags
        self.run = run
    }

    /// All options that it takes: its own first.
    public var allFlags: [Flag] { flags + commonFlags }

    /// The options that it shares with all others; an own one takes the place of another of its name.
    public var commonFlags: [Flag] {
        let own = flags.map(\.name)
        return Flag.all.filter { $0.availability == .everywhere && !own.contains($0.name) }
    }

    /// All rows, in the order of help.
    public static let all: [Subcommand] = [
        check, test, rehearse, privileges, apply, runs, report, resume, reconcile, doctor, snapshot,
        doc,
        types,
    ]
}
