internal import Buffers
internal import LuaHost
internal import Posix
internal import Text
internal import VSphere

extension FunctionSpec {
    /// Questions for whoever sits at the terminal.
    static let asking: [FunctionSpec] = [
        FunctionSpec(
            "confirm",
            "Asks a question on the terminal that is answered with yes or no.",
            [Parameter("question", "string", "what to ask; \" [y/N]\" is added")],
            returns: Result(
                "boolean",
                "whether the answer was yes; an empty line, and Ctrl-D, are no. With --yes it is yes and nobody is "
                    + "asked, in a dry run too. Other tasks wait meanwhile; what they have sent goes on"
            ),
            errors: ["cancelled", "usage"],
            example: """
                -- Without a terminal, as under cron, and without --yes: kind usage.
                if isDryRun() and not confirm("Delete three check-outs?") then fail "nothing was done" end
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "confirm")
                let text = try arguments.name(0, "question")
                guard !runtime.configuration.answersYes, runtime.configuration.changes != .planned
                else { return call.result.put(true) }
                let question = Question(text: text, form: .confirmation)
                let answer = try runtime.ask(question, for: arguments)
                call.result.put(answer == .yes)
            }
        },
        FunctionSpec(
            "ask",
            "Asks a question on the terminal that is answered with a text.",
            [
                Parameter("question", "string", "what to ask"),
                Parameter(
                    "options",
                    "{choices: string[]?, default: string?, secret: boolean?}",
                    "choices: the answer is one of these, and its beginning is enough; default: what an empty line "
                        + "stands for, taken without asking where there is no terminal, and with --yes; secret: "
                        + "what is typed is not shown",
                    isOptional: true
                ),
            ],
            returns: Result(
                "string|vmoon.secret",
                "the answer, without white space around it; a secret as it was typed, as a value that nothing shows"
            ),
            errors: ["cancelled", "usage"],
            example: """
                local ok, mode = pcall(ask, "How", { choices = { "fast", "careful" }, default = "careful" })
                print(ok, mode)
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "ask")
                let (question, fallback) = try arguments.question()
                if runtime.configuration.answersYes, let fallback {
                    return call.result.put(fallback)
                }
                switch try runtime.ask(question, for: arguments, orElse: fallback) {
                case .text(let text) where question.form == .secret:
                    runtime.configuration.secrets.put(Secret(text), into: call.result)
                    call.keeps(text.utf8.count * SecretVault.copies)
                case .text(let text): call.result.put(text)
                case .yes, .no, .again: break
                }
            }
        },
    ]
}

extension Arguments {
    /// The question of `ask`, and what stands for an empty answer.
    fileprivate func question() throws(VSphereError) -> (Question, fallback: String?) {
        let text = try name(0, "question")
        let options = try options(1, known: ["choices", "default", "secret"])
        var choices: [String] = []
        if let list = options?["choices"], !list.isAbsent {
            choices = list.elements.compactMap(\.string)
            guard !choices.isEmpty, choices.count == list.count else {
                throw misuse("choices must be a list of strings")
            }
        }
        var fallback: String?
        if let value = options?["default"], !value.isAbsent {
            guard let text = value.string else { throw misuse("default must be a string") }
            guard choices.isEmpty || choices.contains(text) else {
                throw misuse("default must be one of the choices")
            }
            fallback = text
        }
        if let value = options?["secret"], !value.isAbsent {
            guard let isSecret = value.boolean else { throw misuse("secret must be true or false") }
            if isSecret {
                guard choices.isEmpty, fallback == nil else {
                    throw misuse("a secret has no choices, and no default")
                }
                return (Question(text: text, form: .secret), nil)
            }
        }
        return (Question(text: text, form: .text(choices: choices, fallback: fallback)), fallback)
    }
}

extension Runtime {
    /// Asks until there is an answer.
    /// - Parameters:
    ///   - question: The question.
    ///   - arguments: Of the function that asks.
    ///   - fallback: The answer of somebody who is not there.
    /// - Returns: The answer.
    /// - Throws: kind `usage` where nobody can be asked, `cancelled` where nobody answers.
    fileprivate func ask(
        _ question: Question,
        for arguments: Arguments,
        orElse fallback: String? = nil
    ) throws(VSphereError) -> Question.Verdict {
        // What was printed stands before the question.
        _ = Interpreter.flushOutput()
        var prompt = question.prompt
        while true {
            let answer: LinePrompt.Answer
            do throws(PosixError) {
                guard let ask = configuration.ask else { throw .noTerminal }
                answer = try ask(prompt, question.form == .secret) { [self] in
                    // What other tasks have sent goes on; they themselves wait.
                    turn(.zero)
                    configuration.onTurn?()
                    return interpreter.interruption == nil
                }
            } catch {
                if let fallback { return .text(fallback) }
                throw arguments.misuse(
                    "there is no terminal to ask on: \(Display.escape(question.text))",
                    hint: question.form == .confirmation
                        ? "--yes answers yes" : "take it as an option of the script, see options"
                )
            }
            switch answer {
            case .line(let line):
                let verdict = question.judge(line)
                guard case .again(let problem) = verdict else { return verdict }
                prompt = "\(problem): \(question.prompt)"
            case .endOfInput where question.form == .confirmation: return .no
            case .endOfInput where fallback != nil: return .text(fallback ?? "")
            case .endOfInput, .interrupted, .givenUp:
                throw VSphereError(
                    .cancelled,
                    "no answer was given",
                    operation: arguments.function
                )
            }
        }
    }
}

extension PosixError {
    /// The error of a process that has no terminal (ENXIO).
    fileprivate static let noTerminal = PosixError("ask on", path: "/dev/tty", code: 6)
}
