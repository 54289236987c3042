internal import Text
internal import VSphere

/// Parses arguments into an `Invocation` by the rules of lua(1), with GNU's long options in addition.
///
/// Options end at the script's name: later words belong to the script. A sub-command is recognised
/// only as the first word; its options and operands may then mix.
public struct ArgumentParser {
    private let arguments: [String]
    private var position = 0
    private var result = Invocation()
    private var request: Invocation.Mode?

    private init(_ arguments: [String]) {
        self.arguments = arguments
    }

    /// Parses a command line.
    /// - Parameters:
    ///   - arguments: The arguments without the program's own name.
    ///   - inputIsTerminal: Whether standard input is a terminal: without a script it decides
    ///     between the prompt and running standard input.
    ///   - subcommands: The existing sub-commands.
    /// - Returns: The request of the command line.
    /// - Throws: The mistake, with advice.
    public static func parse(
        _ arguments: [String],
        inputIsTerminal: Bool,
        subcommands: [Subcommand] = Subcommand.all
    ) throws(UsageError) -> Invocation {
        var parser = ArgumentParser(arguments)
        if let word = arguments.first, let found = subcommands.first(where: { $0.name == word }) {
            return try parser.parse(found)
        }
        return try parser.parseScript(inputIsTerminal: inputIsTerminal)
    }

    /// Reads as much of a command line as can be told although another part of it is wrong: for those who are to
    /// know that the run did not begin.
    ///
    /// A word behind an option that is not known may be its value or the script, to which all further words belong:
    /// nothing is taken from there on.
    /// - Parameters: As for `parse`.
    /// - Returns: The request, with the options that could be read.
    static func salvage(
        _ arguments: [String],
        subcommands: [Subcommand] = Subcommand.all
    ) -> Invocation {
        var parser = ArgumentParser(arguments)
        let command = subcommands.first { $0.name == arguments.first }
        let flags = command?.allFlags ?? Flag.all
        if let command {
            parser.position = 1
            parser.result.mode = .subcommand(name: command.name, operands: [])
        }
        while let argument = parser.next(), argument != "--" {
            if argument.hasPrefix("-"), argument != "-" {
                let isLong = argument.hasPrefix("--")
                let name = argument.prefix { $0 != "=" }
                let isKnown = flags.contains { flag in
                    isLong
                        ? name == "--" + (flag.name ?? "")
                        : flag.short.map { argument.hasPrefix("-\($0)") } ?? false
                }
                try? parser.takeOption(argument, of: flags, in: command)
                guard isKnown || argument.contains("=") else {
                    if parser.position < arguments.count,
                        !arguments[parser.position].hasPrefix("-")
                    {
                        break
                    }
                    continue
                }
            } else if command == nil {
                parser.result.mode = argument == "-" ? .standardInput : .script(argument)
                parser.result.scriptArguments = Array(arguments[parser.position...])
                break
            } else if command?.runsScript == true {
                break
            }
        }
        return parser.result
    }

    private mutating func parseScript(inputIsTerminal: Bool) throws(UsageError) -> Invocation {
        var script: (name: String, isInput: Bool)?
        while let argument = next() {
            if argument == "--" {
                script = next().map { ($0, false) }
                break
            }
            guard argument.hasPrefix("-"), argument != "-" else {
                script = (argument, argument == "-")
                break
            }
            try takeOption(argument, of: Flag.all, in: nil)
        }
        if let request {
            result.mode = request
            return result
        }
        if let script {
            result.mode = script.isInput ? .standardInput : .script(script.name)
            result.scriptPosition = position
            result.scriptArguments = Array(arguments[position...])
        } else if result.entersPrompt {
            result.mode = .prompt
        } else if result.showsVersion || result[.execute] != nil {
            result.mode = .actionsOnly
        } else {
            result.mode = inputIsTerminal ? .prompt : .standardInput
        }
        return result
    }

    private mutating func parse(_ command: Subcommand) throws(UsageError) -> Invocation {
        position = 1
        var operands: [String] = []
        let flags = command.allFlags
        while let argument = next() {
            if argument == "--" {
                operands += arguments[position...]
                break
            }
            if argument.hasPrefix("-"), argument != "-" {
                try takeOption(argument, of: flags, in: command)
            } else {
                operands.append(argument)
                guard !command.runsScript else {
                    operands += arguments[position...]
                    break
                }
            }
        }
        if let request {
            result.mode = request
            return result
        }
        guard command.operandCount.contains(operands.count) else {
            let usage = "vmoon \(command.name) \(command.operands)"
            throw UsageError(
                "\(command.name) got \(operands.count) operands",
                hint: "usage: \(usage)"
            )
        }
        result.mode = .subcommand(name: command.name, operands: operands)
        return result
    }

    private mutating func next() -> String? {
        guard position < arguments.count else { return nil }
        defer { position += 1 }
        return arguments[position]
    }

    private mutating func takeOption(
        _ argument: String,
        of flags: [Flag],
        in command: Subcommand?
    ) throws(UsageError) {
        if argument.hasPrefix("--") {
            try takeLong(argument.dropFirst(2), of: flags, in: command)
        } else {
            try takeShort(argument.dropFirst(), of: flags, in: command)
        }
    }

    private mutating func takeLong(
        _ text: Substring,
        of flags: [Flag],
        in command: Subcommand?
    ) throws(UsageError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        if name == "password" {
            throw UsageError(
                "there is no --password: other users could read it in the list of processes",
                hint: "use --password-file, --password-command or VMOON_PASSWORD"
            )
        }
        guard let flag = flags.first(where: { $0.name == name }) else {
            throw unknown("--\(name)", name, among: flags, command)
        }
        let attached = parts.count == 2 ? String(parts[1]) : nil
        guard flag.takesValue else {
            guard attached == nil else {
                throw UsageError("\(flag.spelling) takes no value", hint: "write \(flag.spelling)")
            }
            return try take(flag, nil, spelling: "--\(name)", command)
        }
        guard let value = attached ?? next() else { throw missingValue(flag) }
        try take(flag, value, spelling: "--\(name)", command)
    }

    private mutating func takeShort(
        _ text: Substring,
        of flags: [Flag],
        in command: Subcommand?
    ) throws(UsageError) {
        guard let flag = flags.first(where: { $0.short == text.first }) else {
            throw unknown("-\(text)", String(text), among: flags, command)
        }
        let attached = text.dropFirst()
        guard flag.takesValue else {
            guard attached.isEmpty else {
                throw unknown("-\(text)", String(text), among: flags, command)
            }
            return try take(flag, nil, spelling: "-\(text)", command)
        }
        guard let value = attached.isEmpty ? next() : String(attached) else {
            throw missingValue(flag)
        }
        try take(flag, value, spelling: "-\(text.prefix(1))", command)
    }

    private mutating func take(
        _ flag: Flag,
        _ text: String?,
        spelling: String,
        _ command: Subcommand?
    ) throws(UsageError) {
        if flag.kind == .address, flag.name == "vcenter",
            Endpoint.credentials(in: text ?? "") != nil
        {
            throw UsageError(
                "\(flag.spelling): a password in it is refused: other users could read it in the list "
                    + "of processes",
                hint: "use --password-file, --password-command, VMOON_PASSWORD or VMOON_VCENTER"
            )
        }
        let value = try flag.value(text ?? "", spelling: flag.spelling)
        if flag.isRepeatable, let texts = result.options[flag.option]?.texts {
            result.options[flag.option] = .texts(texts + (value.texts ?? []))
        } else {
            result.options[flag.option] = value
        }
        switch flag.option {
        case .execute: result.actions.append(.execute(text ?? ""))
        case .require: result.actions.append(try module(text ?? ""))
        case .warnings: result.actions.append(.warningsOn)
        case .interactive:
            result.entersPrompt = true
            // As in lua(1): -i implies -v.
            result.showsVersion = true
        case .showVersion: result.showsVersion = true
        case .ignoreEnvironment: result.ignoresEnvironment = true
        case .help:
            request = request ?? .help(subcommand: command?.name, isFull: spelling == "--help")
        case .version: request = request ?? .version
        case .manual: request = request ?? .manual
        case .licenses: request = request ?? .licenses
        case .completions: request = request ?? .completions(shell: text ?? "")
        default: break
        }
    }

    /// `MOD` or `G=MOD`.
    private func module(_ text: String) throws(UsageError) -> Invocation.Action {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let names = parts.map(String.init)
        let module = names.last ?? ""
        // lua(1) treats a name that begins with '-' as a forgotten name; so do we.
        guard !module.isEmpty, !names[0].isEmpty, !text.hasPrefix("-") else {
            throw UsageError("-l needs the name of a module", hint: "write -l MOD or -l G=MOD")
        }
        return .require(module: module, global: names[0])
    }

    private func missingValue(_ flag: Flag) -> UsageError {
        UsageError(
            "\(flag.spelling) needs a value",
            hint: "write \(flag.spelling) \(flag.placeholder)"
        )
    }

    /// Names the option only up to its `=`: the rest may be a secret.
    private func unknown(
        _ shown: String,
        _ name: String,
        among flags: [Flag],
        _ command: Subcommand?
    ) -> UsageError {
        if let command, Flag.all.contains(where: { $0.spelling == shown }) {
            return UsageError(
                "\(shown) does not apply to \(command.name)",
                hint: "vmoon \(command.name) --help lists what does"
            )
        }
        let spellings = flags.compactMap { $0.name }
        let hint =
            name.count > 1
            ? Suggestion.nearest(to: name, among: spellings).map { "did you mean --\($0)?" } : nil
        let visible = shown.prefix { $0 != "=" && $0 != " " }
        let program = command.map { "vmoon \($0.name)" } ?? "vmoon"
        return UsageError(
            "unknown option \(String(visible).quotedForMessage)",
            hint: hint ?? "\(program) --help lists the options"
        )
    }
}
