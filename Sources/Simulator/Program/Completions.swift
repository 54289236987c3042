internal import Text

/// Completion scripts for shells, made from the table of options.
enum Completions {
    /// A shell that there is a script for.
    enum Shell: String, CaseIterable, Sendable { case bash, zsh, fish }

    static func script(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    private static var options: [OptionParser.Option] { OptionParser.all }

    private static var bash: String {
        let cases = options.compactMap { option -> String? in
            guard option.value != nil, !option.takesFile else { return nil }
            let words = option.choices.joined(separator: " ")
            return "        \(option.name)) COMPREPLY=($(compgen -W '\(words)' -- \"$cur\")) ;;"
        }
        let files = options.filter(\.takesFile).map(\.name).joined(separator: "|")
        let names = options.map(\.name).joined(separator: " ")
        return """
            # bash completion for vmoon-sim
            _vmoon_sim() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
                COMPREPLY=()
                # bash splits --name=value at the equals sign.
                [[ $cur == = ]] && cur=
                [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}
                case $prev in
                    \(files))
                        compopt -o filenames
                        mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
            \(cases.joined(separator: "\n"))
                    *) COMPREPLY=($(compgen -W '\(names)' -- "$cur")) ;;
                esac
            }
            complete -F _vmoon_sim vmoon-sim

            """
    }

    private static var zsh: String {
        let rows = options.map { option -> String in
            let help = "[\(option.help.zshEscaped)]"
            guard let value = option.value else { return "'\(option.name)\(help)'" }
            let action =
                option.takesFile
                ? "_files"
                : option.choices.isEmpty ? " " : "(\(option.choices.joined(separator: " ")))"
            return "'*\(option.name)=\(help):\(value.zshEscaped):\(action)'"
        }
        return """
            #compdef vmoon-sim
            _vmoon_sim() {
                _arguments -s -S \\
                    \(rows.joined(separator: " \\\n        "))
            }
            if [[ $funcstack[1] == _vmoon-sim ]]; then _vmoon_sim "$@"; else compdef _vmoon_sim vmoon-sim; fi

            """
    }

    private static var fish: String {
        let lines = options.map { option in
            let values =
                option.value == nil
                ? ""
                : option.takesFile ? " -r -F" : " -x -a '\(option.choices.joined(separator: " "))'"
            return "complete -c vmoon-sim -l \(option.name.dropFirst(2))\(values)"
                + " -d '\(option.help.fishEscaped)'"
        }
        let head = ["# fish completion for vmoon-sim", "complete -c vmoon-sim -f"]
        return (head + lines).joined(separator: "\n") + "\n"
    }
}

extension OptionParser.Option {
    fileprivate var takesFile: Bool { value == "FILE" }
}
