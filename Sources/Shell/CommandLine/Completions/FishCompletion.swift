internal import Text

/// The completion script for fish.
struct FishCompletion {
    let subcommands: [Subcommand]

    var text: String {
        let names = subcommands.map(\.name).joined(separator: " ")
        var lines = [
            "# fish completion for vmoon", "function __vmoon_words",
            "    set -l program (commandline -opc)[1]",
            "    eval $program --completions $argv 2>/dev/null", "end",
            "function __vmoon_script",
            "    set -l words (commandline -opc)",
            "    for script in $words[2..]",
            "        string match -q -- '-*' $script; and continue",
            "        test -f $script; or continue",
            "        eval $words[1] check --options (string escape -- $script) 2>/dev/null |",
            "            string replace -r '\\t[^\\t]*$' ''",
            "        break", "    end", "end",
        ]
        let isScript = names.isEmpty ? nil : "not __fish_seen_subcommand_from \(names)"
        lines += Flag.all.map { line(for: $0, where: isScript) }
        if let isScript {
            lines.append(
                "complete -c vmoon -n '\(isScript); and string match -q -- \"-*\" (commandline -ct)' "
                    + "-f -a '(__vmoon_script)'"
            )
        }
        for command in subcommands {
            let isCommand = "__fish_seen_subcommand_from \(command.name)"
            lines.append(
                "complete -c vmoon -n __fish_use_subcommand -a \(command.name) "
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

    private func line(for flag: Flag, where condition: String?) -> String {
        var line = "complete -c vmoon"
        if let condition { line += " -n '\(condition)'" }
        if let short = flag.short { line += " -s \(short)" }
        if let name = flag.name { line += " -l \(name)" }
        if flag.takesValue { line += flag.kind == .path ? " -r -F" : " -x" }
        if !flag.choices.isEmpty { line += " -a '\(flag.choices.joined(separator: " "))'" }
        if let words = flag.words { line += " -a '(__vmoon_words \(words.rawValue))'" }
        return line + " -d '\(flag.summary.fishEscaped)'"
    }
}
