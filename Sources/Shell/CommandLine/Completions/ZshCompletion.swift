internal import Text

/// The completion script for zsh.
struct ZshCompletion {
    let subcommands: [Subcommand]

    var text: String {
        let cases = subcommands.map { command in
            """
                        \(command.name))
                            shift words; (( CURRENT-- ))
                            _arguments -s -S \\
                                \(specifications(of: command).joined(separator: " \\\n                    "))
                            return ;;
            """
        }
        let names = subcommands.map(\.name).joined(separator: " ")
        let first =
            names.isEmpty
            ? "'1:script:_files'" : "'1:script or command:{ _files; compadd \(names) }'"
        let own = Flag.all.flatMap(specifications) + [first, "'*::arguments: _vmoon_script'"]
        return """
            #compdef vmoon
            _vmoon_words() {
                local -a found
                found=(${(f)"$($vmoon --completions $1 2>/dev/null)"})
                compadd -a found
            }
            _vmoon_script() {
                local script=$line[1] row option=$words[CURRENT-1]
                local -a rows names abouts parts
                [[ -f $script ]] && rows=(${(f)"$($vmoon check --options $script 2>/dev/null)"})
                if [[ $PREFIX == --*=* ]]; then
                    option=${PREFIX%%=*}
                    compset -P '*='
                fi
                for row in $rows; do
                    parts=("${(@ps:\t:)row}")
                    if [[ $parts[1] == $option && -n $parts[3] ]]; then
                        compadd -- ${=parts[3]}
                        return
                    fi
                    names+=($parts[1])
                    abouts+=("$parts[1]  $parts[2]")
                done
                if [[ $PREFIX == -* ]]; then
                    compadd -l -d abouts -- $names
                else
                    _files
                fi
            }
            _vmoon() {
                local vmoon=${~words[1]}
                if (( CURRENT > 2 )); then
                    case $words[2] in
            \(cases.joined(separator: "\n"))
                    esac
                fi
                # -A '-*': options end at the script's name.
                _arguments -s -S -A '-*' \\
                    \(own.joined(separator: " \\\n        "))
            }
            if [[ $funcstack[1] == _vmoon ]]; then _vmoon "$@"; else compdef _vmoon vmoon; fi

            """
    }

    private func specifications(of command: Subcommand) -> [String] {
        let operands = command.words.map { "'*:name: _vmoon_words \($0.rawValue)'" }
        return command.allFlags.flatMap(specifications) + [operands ?? "'*:file:_files'"]
    }

    /// What `_arguments` has to know about an option, once for each spelling.
    private func specifications(of flag: Flag) -> [String] {
        flag.spellings.map { spelling in
            let repeats = flag.isRepeatable ? "*" : ""
            let help = "[\(flag.summary.zshEscaped)]"
            guard flag.takesValue else { return "'\(repeats)\(spelling)\(help)'" }
            // `+`: the value may be attached; `=`: it may follow an equals sign.
            let joint = spelling.hasPrefix("--") ? "=" : "+"
            return "'\(repeats)\(spelling)\(joint)\(help):\(flag.placeholder):\(flag.zshAction)'"
        }
    }
}

extension Flag {
    fileprivate var zshAction: String {
        if !choices.isEmpty { return "(\(choices.joined(separator: " ")))" }
        if let words { return " _vmoon_words \(words.rawValue)" }
        return kind == .path ? "_files" : " "
    }
}
