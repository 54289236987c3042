/// What a command line asks for: a pure value, before environment and profile are looked at.
public struct Invocation: Sendable, Equatable {
    /// What is to be done.
    public enum Mode: Sendable, Equatable {
        /// Run this file. A script named `-` after `--` is a file of that name.
        case script(String)
        /// Run standard input.
        case standardInput
        /// Only what `actions` and `showsVersion` say.
        case actionsOnly
        /// Read and run lines at the prompt.
        case prompt
        /// Show help: of everything, or of one sub-command; with all details, or one line each.
        case help(subcommand: String?, isFull: Bool)
        case version
        /// Write a completion script for this shell.
        case completions(shell: String)
        case manual
        case subcommand(name: String, operands: [String])
    }

    /// Something to do before the script, in order.
    public enum Action: Sendable, Equatable {
        /// `-e`: run this code.
        case execute(String)
        /// `-l`: require a module and put it into a global.
        case require(module: String, global: String)
        /// `-W`: turn warnings on.
        case warningsOn
    }

    /// What is to be done.
    public var mode: Mode = .actionsOnly
    /// What to do before, in order.
    public var actions: [Action] = []
    /// The options given, parsed one by one.
    public var options = OptionTable<OptionValue>()
    /// What follows the script's name.
    public var scriptArguments: [String] = []
    /// Where the script's name stands among the arguments, counted from 1 (0 is the program): the
    /// script's `arg` table counts from there.
    ///
    /// Nil without a script.
    public var scriptPosition: Int?
    /// Whether the prompt follows the script (`-i`).
    public var entersPrompt = false
    /// Whether the version is shown first (`-v`, and `-i` as in lua(1)).
    public var showsVersion = false
    /// Whether Lua's environment variables are ignored (`-E`).
    public var ignoresEnvironment = false

    /// Makes an invocation that does nothing.
    public init() {}

    /// The value of an option, nil when it was not given.
    public subscript(_ option: Option) -> OptionValue? { options[option] }
}
