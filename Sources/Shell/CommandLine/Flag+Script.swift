extension Flag {
    /// The options of lua(1), with its letters and rules.
    static let scriptRows: [Flag] = [
        Flag(
            .execute,
            nil,
            short: "e",
            .text,
            "CODE",
            in: .script,
            "Run CODE.",
            detail:
                "May be repeated; -e and -l run in the order they are given, before the script.",
            isRepeatable: true
        ),
        Flag(
            .require,
            nil,
            short: "l",
            .text,
            "MOD",
            in: .script,
            "Require module MOD into a global of its name.",
            detail: "With -l G=MOD the global is G.",
            isRepeatable: true
        ),
        Flag(.interactive, nil, short: "i", in: .script, "Go to the prompt after the script."),
        Flag(
            .ignoreEnvironment,
            nil,
            short: "E",
            in: .script,
            "Ignore Lua's environment variables and Debian's module paths."
        ),
        Flag(.warnings, nil, short: "W", in: .script, "Turn Lua's warnings on."),
        Flag(
            .noInit,
            "no-init",
            in: .script,
            "Do not run init.lua at the prompt.",
            detail: "Otherwise the prompt first runs $XDG_CONFIG_HOME/vmoon/init.lua."
        ),
    ]

    static let informationRows: [Flag] = [
        Flag(
            .help,
            "help",
            short: "h",
            in: .information,
            "Show this help; -h shows one line for each option.",
            availability: .everywhere
        ),
        Flag(
            .showVersion,
            nil,
            short: "v",
            in: .information,
            "Show the version, then go on.",
            detail: "As in lua(1): vmoon -v alone shows it and ends."
        ),
        Flag(
            .version,
            "version",
            in: .information,
            "Show the versions of vmoon, Lua and libcurl.",
            availability: .everywhere
        ),
        Flag(
            .completions,
            "completions",
            .choice(Completions.shells + CompletionWords.allCases.map(\.rawValue)),
            "SHELL",
            in: .information,
            "Write a completion script for SHELL to standard output.",
            detail: """
                The other words list names, which such a script asks for. \
                For bash: vmoon --completions bash > ~/.local/share/bash-completion/completions/vmoon
                """
        ),
        Flag(
            .manual,
            "man",
            in: .information,
            "Write the manual page to standard output.",
            detail: "To read it: vmoon --man | man -l -"
        ),
        Flag(
            .licenses,
            "licenses",
            in: .information,
            "Show the licences of everything that is linked in."
        ),
    ]
}
