internal import Text

/// The completion script for fish.
struct FishCompletion {
    let subcommands: [Subcommand]

    // Options end at the script's name, here as in the parser: its own options follow.
    var text: String {
        let names = subcommands.map(\.name).joined(separator: " ")
        let withValue = Flag.all.filter(\.takesValue).spellings.joined(separator: " ")
        var lines = [
            """
            # fish completion for vmoon
            function __vmoon_words
                set -l program (commandline -opc)[1]
                eval $program --completions $argv 2>/dev/null
            end
            function __vmoon_command
                set -l words (commandline -opc)
                test (count $words) -gt 1; and contains -- $words[2] \(names)
            end
            function __vmoon_script
                __vmoon_command; and return 1
                set -l isvalue 0
                for word in (commandline -opc)[2..]
                    if test $isvalue = 1
                        set isvalue 0
                    else if contains -- $word \(withValue)
                        set isvalue 1
                    else if not string match -q -- '-*' $word
                        echo $word
                        return 0
                    end
                end
                return 1
            end
            function __vmoon_script_rows
                set -l script (__vmoon_script); or return
                test -f $script; or return
                eval (commandline -opc)[1] check --options (string escape -- $script) 2>/dev/null
            end
            function __vmoon_script_values
                set -l word (commandline -ct)
                set -l option (commandline -opc)[-1]
                set -l lead ''
                if string match -q -- '--*=*' $word
                    set option (string split -m 1 = -- $word)[1]
                    set lead "$option="
                end
                for row in (__vmoon_script_rows)
                    set -l parts (string split \\t -- $row)
                    test x$parts[1] = x$option -a -n "$parts[3]"; or continue
                    for value in (string split ' ' -- $parts[3])
                        echo $lead$value
                    end
                    return 0
                end
                return 1
            end
            function __vmoon_script_options
                __vmoon_script_rows | string replace -r '\\t[^\\t]*$' ''
            end
            """
        ]
        let own = "not __vmoon_command; and not __vmoon_script >/dev/null"
        lines += Flag.all.map { line(for: $0, where: own) }
        lines += [
            "complete -c vmoon -n '__vmoon_script_values >/dev/null' -f -a '(__vmoon_script_values)'",
            "complete -c vmoon -n '__vmoon_script >/dev/null; and string match -q -- \"-*\" (commandline -ct); "
                + "and not __vmoon_script_values >/dev/null' -f -a '(__vmoon_script_options)'",
        ]
        for command in subcommands {
            let isCommand = "contains -- \(command.name) (commandline -opc)[2]"
            lines.append(
                "complete -c vmoon -n 'test (count (commandline -opc)) = 1' -a \(command.name) "
                    + "-d '\(command.summary.fishEscaped)'"
            )
            lines += command.allFlags.map { line(for: $0, where: isCommand) }
            if let words = command.words {
                lines.append(
                    "complete -c vmoon -n '\(isCommand)' -f -a '(__vmoon_words \(words.rawValue))'"
                )
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(for flag: Flag, where condition: String) -> String {
        var line = "complete -c vmoon -n '\(condition)'"
        if let short = flag.short { line += " -s \(short)" }
        if let name = flag.name { line += " -l \(name)" }
        if flag.takesValue { line += flag.kind == .path ? " -r -F" : " -x" }
        if !flag.choices.isEmpty { line += " -a '\(flag.choices.joined(separator: " "))'" }
        if let words = flag.words { line += " -a '(__vmoon_words \(words.rawValue))'" }
        return line + " -d '\(flag.summary.fishEscaped)'"
    }
}
