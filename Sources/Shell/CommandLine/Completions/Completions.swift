/// Completion scripts for shells, made from the table of options.
public enum Completions {
    /// The shells.
    static let shells = ["bash", "zsh", "fish"]

    /// The script for a shell, or a list of names.
    static func text(_ wanted: String, in world: World) -> String {
        if let words = CompletionWords(rawValue: wanted) {
            return words.list(in: world).map { $0 + "\n" }.joined()
        }
        return script(for: wanted) ?? ""
    }

    /// The script for a shell.
    /// - Parameters:
    ///   - shell: `bash`, `zsh` or `fish`.
    ///   - subcommands: The existing sub-commands.
    /// - Returns: The script, nil for another shell.
    public static func script(
        for shell: String,
        subcommands: [Subcommand] = Subcommand.all
    ) -> String? {
        switch shell {
        case "bash": BashCompletion(subcommands: subcommands).text
        case "zsh": ZshCompletion(subcommands: subcommands).text
        case "fish": FishCompletion(subcommands: subcommands).text
        default: nil
        }
    }
}

extension Flag {
    /// `-h` and `--help`.
    var spellings: [String] {
        [short.map { "-\($0)" }, name.map { "--\($0)" }].compactMap { $0 }
    }

    /// The names that its value is one of; nil where they are not known.
    var words: CompletionWords? {
        switch option {
        case .profile: .profiles
        case .lock: .locks
        default: nil
        }
    }
}

extension [Flag] {
    /// The spellings of all of them, the first of each.
    var spellings: [String] {
        var seen: Set<String> = []
        return flatMap(\.spellings).filter { seen.insert($0).inserted }
    }
}
