/// `vmoon -h`, `vmoon --help` and `vmoon NAME --help`, 80 columns wide.
public enum HelpText {
    private static let width = 80
    private static let indentation = 27

    /// The help of the whole program.
    /// - Parameters:
    ///   - isFull: Whether details, variables and defaults are shown, else one line for each.
    ///   - subcommands: The existing sub-commands.
    /// - Returns: The text with its last newline.
    public static func program(isFull: Bool, subcommands: [Subcommand] = Subcommand.all) -> String {
        var lines = [
            "vmoon runs Lua against VM templates in vSphere content libraries.", "", "Usage:",
            "  vmoon [options] [script.lua [args...]]    run a script; - is standard input",
            "  vmoon [options]                           the prompt, or run standard input",
        ]
        for command in subcommands {
            let usage = "  vmoon \(command.name) \(command.operands)"
            lines.append(usage.padded(to: 44) + command.summary)
        }
        lines += sections(of: Flag.all, isFull: isFull)
        lines += [""]
        lines += [
            isFull
                ? "vmoon --man writes the manual page, with exit codes and variables."
                : "vmoon --help says more."
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The help of a sub-command.
    public static func subcommand(_ command: Subcommand, isFull: Bool) -> String {
        let others = command.commonFlags
        var lines = ["Usage: vmoon \(command.name) [options] \(command.operands)", ""]
        lines += command.summary.wrapped(to: width)
        if !command.flags.isEmpty {
            lines += ["", "Options of vmoon \(command.name):"]
            lines += command.flags.flatMap { entry($0, isFull: isFull) }
        }
        lines += sections(of: others, isFull: isFull)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func sections(of flags: [Flag], isFull: Bool) -> [String] {
        Flag.Category.allCases.flatMap { category -> [String] in
            let rows = flags.filter { $0.category == category }
            guard !rows.isEmpty else { return [] }
            return ["", "\(category.rawValue):"] + rows.flatMap { entry($0, isFull: isFull) }
        }
    }

    private static func entry(_ flag: Flag, isFull: Bool) -> [String] {
        let head = "  " + flag.heading
        let text = isFull ? flag.fullText : flag.summary
        var body = text.wrapped(to: width - indentation)
        // A heading that reaches the column of the text has a line of its own.
        guard head.count < indentation - 1 else {
            return [head] + body.map { String(repeating: " ", count: indentation) + $0 }
        }
        let first = head.padded(to: indentation) + body.removeFirst()
        return [first] + body.map { String(repeating: " ", count: indentation) + $0 }
    }
}

extension Flag {
    /// `-h, --help`, `-e CODE`, `--timeout TIME`, as help and the manual list it.
    var heading: String {
        let letter = short.map { "-\($0)" }
        let names = [letter, name.map { "--\($0)" }].compactMap { $0 }.joined(separator: ", ")
        let aligned = letter == nil ? "    " + names : names
        return takesValue ? "\(aligned) \(placeholder)" : aligned
    }

    /// Summary, detail, variables and default as one paragraph.
    var fullText: String {
        var parts = [summary]
        if !choices.isEmpty { parts.append("One of: \(choices.joined(separator: ", ")).") }
        if !detail.isEmpty { parts.append(detail) }
        var notes: [String] = []
        if !environment.isEmpty { notes.append("env: \(environment.joined(separator: ", "))") }
        if let defaultText { notes.append("default: \(defaultText)") }
        if !notes.isEmpty { parts.append("[\(notes.joined(separator: "; "))]") }
        return parts.joined(separator: " ")
    }
}

extension String {
    /// The text with spaces up to a column.
    func padded(to column: Int) -> String {
        self + String(repeating: " ", count: max(1, column - count))
    }

    /// The text in lines of at most `width` characters, broken at spaces.
    func wrapped(to width: Int) -> [String] {
        var lines: [String] = []
        for word in split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.isEmpty ? [""] : lines
    }
}
