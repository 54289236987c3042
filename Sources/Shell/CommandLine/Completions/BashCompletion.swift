/// The completion script for bash.
struct BashCompletion {
    let subcommands: [Subcommand]

    // Options end at the script's name, here as in the parser: file names follow.
    var text: String {
        let names = subcommands.map(\.name)
        let withValue = Flag.all.filter(\.takesValue).spellings.joined(separator: "|")
        let values =
            values("", Flag.all) + subcommands.flatMap { self.values($0.name, $0.allFlags) }
        return """
            # bash completion for vmoon
            _vmoon_words() {
                local word program=${COMP_WORDS[0]/#\\~/$HOME}
                while IFS= read -r word; do
                    [[ $word == "$cur"* ]] && COMPREPLY+=("$(printf %q "$word")")
                done < <("$program" --completions "$1" 2>/dev/null)
            }
            _vmoon_files() {
                compopt -o filenames
                mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            }
            _vmoon_script() {
                local name about words rows program=${COMP_WORDS[0]/#\\~/$HOME}
                rows=$([[ $cur$prev == *-* && -f $1 ]] && "$program" check --options "$1" 2>/dev/null)
                while IFS=$'\\t' read -r name about words; do
                    if [[ $name == "$prev" && $words ]]; then
                        COMPREPLY=($(compgen -W "$words" -- "$cur"))
                        return
                    fi
                    [[ $cur == -* && $name == "$cur"* ]] && COMPREPLY+=("$name")
                done <<< "$rows"
                [[ $cur == -* ]] || _vmoon_files
            }
            _vmoon() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} word i
                local command='' operands=files options='\(Flag.all.spellings.joined(separator: " "))'
                COMPREPLY=()
                # bash splits --name=value at the equals sign.
                [[ $cur == = ]] && cur=
                [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}
                if ((COMP_CWORD > 1)); then
                    case ${COMP_WORDS[1]} in
            \(subcommands.map(row).joined(separator: "\n"))
                    esac
                fi
                case $command$prev in
            \(values.joined(separator: "\n"))
                esac
                for ((i = 1; i < COMP_CWORD; i++)); do
                    [[ $command ]] && break
                    word=${COMP_WORDS[i]}
                    case $word in
                        \(withValue))
                            [[ ${COMP_WORDS[i+1]} == = ]] && ((i++))
                            ((i++)) ;;
                        -*) ;;
                        *) _vmoon_script "$word"; return ;;
                    esac
                done
                if [[ $cur == -* ]]; then
                    COMPREPLY=($(compgen -W "$options" -- "$cur"))
                elif [[ $operands != files ]]; then
                    _vmoon_words "$operands"
                else
                    compopt -o filenames
                    mapfile -t COMPREPLY < <(compgen -f -- "$cur"; ((COMP_CWORD == 1)) &&
                        compgen -W '\(names.joined(separator: " "))' -- "$cur")
                fi
            }
            complete -F _vmoon vmoon

            """
    }

    /// The options and operands of a sub-command.
    private func row(_ command: Subcommand) -> String {
        """
                    \(command.name)) command=\(command.name) operands=\(command.words?.rawValue ?? "files")
                        options='\(command.allFlags.spellings.joined(separator: " "))' ;;
        """
    }

    /// The values of the options of a sub-command, or of a script's, by the option before the cursor.
    private func values(_ command: String, _ flags: [Flag]) -> [String] {
        var rows: [String] = []
        var told: Set<String> = []
        func add(_ flags: [Flag], _ action: String) {
            let names = flags.spellings.filter { told.insert($0).inserted }
            guard !names.isEmpty else { return }
            let patterns = names.map { command + $0 }.joined(separator: "|")
            rows.append("        \(patterns)) \(action); return ;;")
        }
        for flag in flags where !flag.choices.isEmpty {
            let words = flag.choices.joined(separator: " ")
            add([flag], "COMPREPLY=($(compgen -W '\(words)' -- \"$cur\"))")
        }
        for flag in flags {
            if let words = flag.words { add([flag], "_vmoon_words \(words.rawValue)") }
        }
        add(flags.filter { $0.kind == .path }, "_vmoon_files")
        add(flags.filter(\.takesValue), ":")
        return rows
    }
}
