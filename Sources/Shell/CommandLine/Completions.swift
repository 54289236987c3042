/// Completion scripts for shells, made from the table of options.
public enum Completions {
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
        case "bash": bash(subcommands)
        case "zsh": zsh(subcommands)
        case "fish": fish(subcommands)
        default: nil
        }
    }

    // Options end at the script's name, here as in the parser: file names follow.
    private static func bash(_ subcommands: [Subcommand]) -> String {
        let words = Flag.all.flatMap(\.spellings) + subcommands.map(\.name)
        let choices = Flag.all.filter { !$0.choices.isEmpty }.map { flag in
            """
                    \(flag.spellings.joined(separator: "|")))
                        COMPREPLY=($(compgen -W '\(flag.choices.joined(separator: " "))' -- "$cur"))
                        return ;;
            """
        }
        let texts = Flag.all.filter { $0.takesValue && $0.choices.isEmpty && $0.kind != .path }
        let files = Flag.all.filter { $0.kind == .path }
        return """
            # bash completion for vmoon
            _vmoon() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} word i
                COMPREPLY=()
                # bash splits --name=value at the equals sign.
                [[ $cur == = ]] && cur=
                [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}
                case $prev in
            \(choices.joined(separator: "\n"))
                    \(files.flatMap(\.spellings).joined(separator: "|")))
                        compopt -o filenames
                        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
                        return ;;
                    \(texts.flatMap(\.spellings).joined(separator: "|")))
                        return ;;
                esac
                for ((i = 1; i < COMP_CWORD; i++)); do
                    word=${COMP_WORDS[i]}
                    case $word in
                        \((texts + files + Flag.all.filter { !$0.choices.isEmpty }).flatMap(\.spellings).joined(separator: "|")))
                            [[ ${COMP_WORDS[i+1]} == = ]] && ((i++))
                            ((i++)) ;;
                        -*) ;;
                        *)
                            compopt -o filenames
                            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
                            return ;;
                    esac
                done
                if [[ $cur == -* ]]; then
                    COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- "$cur"))
                else
                    compopt -o filenames
                    mapfile -t COMPREPLY < <(compgen -f -- "$cur"\(commandWords(subcommands)))
                fi
            }
            complete -F _vmoon vmoon

            """
    }

    private static func commandWords(_ subcommands: [Subcommand]) -> String {
        guard !subcommands.isEmpty else { return "" }
        let names = subcommands.map(\.name).joined(separator: " ")
        return "; ((COMP_CWORD == 1)) && compgen -W '\(names)' -- \"$cur\""
    }

    private static func zsh(_ subcommands: [Subcommand]) -> String {
        var lines = Flag.all.flatMap { flag in
            flag.spellings.map { spelling in
                let repeats = flag.isRepeatable ? "*" : ""
                let help = "[\(flag.summary.zshEscaped)]"
                guard flag.takesValue else { return "'\(repeats)\(spelling)\(help)'" }
                // `+`: the value may be attached; `=`: it may follow an equals sign.
                let joint = spelling.hasPrefix("--") ? "=" : "+"
                return
                    "'\(repeats)\(spelling)\(joint)\(help):\(flag.placeholder):\(flag.zshAction)'"
            }
        }
        let names = subcommands.map { "\($0.name)\\:\"\($0.summary.zshEscaped)\"" }
        lines.append(
            names.isEmpty
                ? "'1:script:_files'"
                : "'1:script or command:{ _files; compadd \(subcommands.map(\.name).joined(separator: " ")) }'"
        )
        lines.append("'*::arguments:_files'")
        return "#compdef vmoon\n# -A '-*': options end at the script's name.\n"
            + "_arguments -s -S -A '-*' \\\n    " + lines.joined(separator: " \\\n    ") + "\n"
    }

    private static func fish(_ subcommands: [Subcommand]) -> String {
        var lines = ["# fish completion for vmoon"]
        for flag in Flag.all {
            var line = "complete -c vmoon"
            if let short = flag.short { line += " -s \(short)" }
            if let name = flag.name { line += " -l \(name)" }
            if flag.takesValue { line += flag.kind == .path ? " -r -F" : " -x" }
            if !flag.choices.isEmpty { line += " -a '\(flag.choices.joined(separator: " "))'" }
            lines.append(line + " -d '\(flag.summary.fishEscaped)'")
        }
        for command in subcommands {
            lines.append(
                "complete -c vmoon -n __fish_use_subcommand -a \(command.name) "
                    + "-d '\(command.summary.fishEscaped)'"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Flag {
    fileprivate var spellings: [String] {
        [short.map { "-\($0)" }, name.map { "--\($0)" }].compactMap { $0 }
    }

    fileprivate var zshAction: String {
        if !choices.isEmpty { return "(\(choices.joined(separator: " ")))" }
        return kind == .path ? "_files" : " "
    }
}

extension String {
    /// Escaped as a description in an `_arguments` specification inside single quotes.
    fileprivate var zshEscaped: String {
        flatMap { character -> String in
            switch character {
            case "'": "'\\''"
            case "[", "]", ":", "\\": "\\\(character)"
            default: String(character)
            }
        }.map(String.init).joined()
    }

    /// Escaped as a single-quoted string of fish.
    fileprivate var fishEscaped: String {
        map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    }
}
