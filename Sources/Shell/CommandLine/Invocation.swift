/// The request of a command line: a pure value, before environment and profile are read.
public struct Invocation: Sendable, Equatable {
    /// The main action.
    public enum Mode: Sendable, Equatable {
        /// Run this file. A script named `-` after `--` is a file of that name.
        case script(String)
        /// Run standard input.
        case standardInput
        /// Only `actions` and `showsVersion`.
        case actionsOnly
        /// Read and run lines at the prompt.
        case prompt
        /// Show help: of everything, or of one sub-command; with all details, or one line each.
        case help(subcommand: String?, isFull: Bool)
        case version
        /// Write a completion script for this shell.
        case completions(shell: String)
        case manual
        /// Show the licences of what is linked in.
        case licenses
        case subcommand(name: String, operands: [String])
    }

    /// An action before the script.
    public enum Action: Sendable, Equatable {
        /// `-e`: run this code.
        case execute(String)
        /// `-l`: require a module and put it into a global.
        case require(module: String, global: String)
        /// `-W`: turn warnings on.
        case warningsOn
    }

    /// The main action.
    public var mode: Mode = .actionsOnly
    /// The actions before it, in order.
    public var actions: [Action] = []
    /// The options given, parsed one by one.
    public var options = OptionTable<OptionValue>()
    /// The arguments after the script's name.
    public var scriptArguments: [String] = []
    /// The index of the script's name among the arguments (0 is the program): the
    /// script's `arg` table counts from it.
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

    /// The value of an option; nil if it was not given.
    public subscript(_ option: Option) -> OptionValue? { options[option] }

    /// An option that keeps a run from changing anything, among the arguments of the script, whose own it is there.
    ///
    /// Nil if there is none, or if the run has it too.
    public var misplacedSafeguard: String? {
        let safeguards: [(Option, String)] = [
            (.dryRun, "--dry-run"), (.readOnly, "--read-only"),
        ]
        return safeguards.first { option, spelling in
            self[option] == nil && scriptArguments.contains(spelling)
        }?.1
    }
}
