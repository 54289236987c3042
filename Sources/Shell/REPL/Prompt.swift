internal import Bindings
internal import LineEditor
internal import LuaHost
internal import Posix
internal import Text

/// The interactive prompt: reads, runs, shows, until the user leaves.
final class Prompt {
    let runtime: Runtime
    let world: World
    let evaluation: Evaluation
    private let settings: Settings
    private let text: PromptText
    private let terminal: TerminalDevice?
    private let history: HistoryFile
    private var reader: LineReader?
    private let supposedTheme: (theme: Theme, isGuess: Bool)
    /// Changes left with an unknown outcome that were not reported yet.
    private var openChanges: [(identifier: String, text: String)] = []
    var showsTime = false
    var isOver = false

    /// Makes a prompt on the process's terminal; without one, or on a dumb one, it reads
    /// plain lines.
    init(_ runtime: Runtime, _ world: World, _ settings: Settings) {
        self.runtime = runtime
        self.world = world
        self.settings = settings
        text = PromptText(settings: settings)
        let usesColor = settings.run.usesColor(isTerminal: world.output.isTerminal)
        supposedTheme = Theme.suited(usesColor: usesColor, environment: world.environment)
        let isDumb = ["dumb", nil].contains(world.environment["TERM"])
        terminal = isDumb || !world.inputIsTerminal ? nil : world.terminal()
        history = HistoryFile(world) { world.warn("\($0)") }
        evaluation = Evaluation(runtime, world) { runtime.shower.render($0) }
    }

    /// The look of styles.
    var theme: Theme { reader?.theme ?? supposedTheme.theme }

    /// Restores the terminal, when the program ends while a line is read.
    func restoreTerminal() {
        reader?.abandon()
        terminal?.restore()
    }

    /// Runs until the user leaves or a signal ends it.
    /// - Throws: `SettingsError` if the start-up file is not safe to run.
    func run() throws(SettingsError) {
        if world.inputIsTerminal { say(wrapped(text.banner).map { theme.paint($0, .faded) }) }
        try runStartUpFile()
        if let terminal { readFrom(terminal) } else { PlainReader(self).run() }
        leave()
    }

    private func readFrom(_ terminal: TerminalDevice) {
        let names = runtime.makeLiveNames()
        let interpreter = runtime.interpreter
        let completer = Completer(
            index: SpecIndex(FunctionSpec.all),
            fields: interpreter.fields(at:),
            itemIdentifier: runtime.itemIdentifier(of:),
            names: names,
            files: world.completions,
            apiPath: runtime.apiPath(of:),
            profiles: { [settings] in settings.profileNames }
        )
        let reader = LineReader(
            runtime,
            terminal: terminal,
            theme: supposedTheme,
            history: history.load(),
            hint: SignatureHint(completer: completer, parameters: interpreter.parameters(at:)),
            names: names,
            evaluation: evaluation,
            takeFailures: { [unowned self] in takeFailures() }
        )
        self.reader = reader
        while !isOver {
            switch reader.read(sign: text.sign(runtime.openSessions)) {
            case .line(let line):
                if !line.trimmed.isEmpty {
                    if !runtime.holdsSecret(line) { history.append(line) }
                    take(line, show: reader.show)
                    names.expire()
                    names.refresh()
                }
                startLine(terminal)
            case .end, .stopped: isOver = true
            }
        }
    }

    /// Moves to the beginning of a line if the output ended inside one, as zsh does: a mark that
    /// is as wide as the terminal wraps only in that case.
    private func startLine(_ terminal: TerminalDevice) {
        guard !isOver else { return }
        let columns = terminal.size.columns
        let fill = String(repeating: " ", count: max(columns - 1, 0))
        terminal.write("\u{1B}[7m%\u{1B}[0m\(fill)\r\u{1B}[K")
    }

    /// Handles an input: a command with a dot, or Lua.
    func take(_ line: String, show: (String) -> Void) {
        _ = runtime.forgetRefusals()
        if let command = DotCommand(line) {
            perform(command, show: show)
        } else if let advice = advice(on: line) {
            say(wrapped([advice]))
        } else {
            var pages = ""
            runtime.showLong = { [self] text in
                guard let size = terminal?.size,
                    Pager(text, columns: size.columns, rows: size.rows) != nil
                else { return false }
                pages += text
                return true
            }
            var outcome = evaluation.run(line)
            runtime.showLong = nil
            outcome.output = pages + outcome.output
            tell(outcome, show: show)
        }
        forgetInterrupt()
        if !isOver { say(takeFailures()) }
    }

    /// Lines broken at their words where the terminal would break them anywhere.
    func wrapped(_ lines: [String]) -> [String] {
        guard let columns = terminal?.size.columns else { return lines }
        return lines.flatMap { WordWrap.lines($0, width: columns) }
    }

    /// The advice for a word that is no Lua of any use, unless a script has given it a meaning.
    private func advice(on line: String) -> String? {
        PlainWord(line).flatMap { word in
            let found = word.name.flatMap { runtime.interpreter.fields(at: [$0]) }
            return word.isMeant(found?.value != nil, found?.type) ? word.advice : nil
        }
    }

    /// Messages about tasks that have failed and were neither joined nor cancelled.
    func takeFailures() -> [String] {
        var lines: [String] = []
        while let failure = runtime.interpreter.takeTaskFailure() {
            guard failure.raised?.kind != "cancelled" else { continue }
            lines += ["a task failed:"] + excerpt(failure)
            wasSaid(failure)
        }
        openChanges += runtime.takeOpenChanges()
        lines += wrapped(
            openChanges.map {
                "whether it happened is not known: \($0.text); run `vmoon reconcile \($0.identifier)`"
            }
        )
        openChanges = []
        return lines
    }

    /// Removes the change that an error has already reported as open.
    private func wasSaid(_ error: LuaError) {
        openChanges += runtime.takeOpenChanges()
        openChanges.removeAll { error.raised?.hint?.contains($0.identifier) == true }
    }

    /// Shows the outcome of an input.
    func tell(_ outcome: Evaluation.Outcome, show: (String) -> Void) {
        show(outcome.output)
        openChanges += runtime.takeOpenChanges()
        openChanges.removeAll { outcome.output.contains($0.identifier) }
        let interruption = runtime.interpreter.interruption
        // When the time to clean up is over, no line of Lua runs: it is reset for the next input.
        forgetInterrupt()
        if let error = outcome.error, interruption != Interpreter.exit {
            let isStopped = interruption != nil && error.raised?.kind == "cancelled"
            say(isStopped ? [theme.paint("stopped", .error)] : excerpt(error))
            wasSaid(error)
            if error.raised?.kind == "unauthenticated", runtime.forgetRefusals() {
                say(wrapped(["  .reconnect reads the password again, and logs in anew"]))
            }
        }
        // Tasks were interrupted too, and their changes in flight continue behind the prompt.
        if interruption != nil, let awaited = runtime.awaitedChanges { say(wrapped([awaited])) }
        guard showsTime else { return }
        say([theme.paint("took \(Self.text(of: outcome.duration))", .faded)])
    }

    private func excerpt(_ error: LuaError) -> [String] {
        ErrorExcerpt(
            error: error,
            sources: evaluation.sources,
            theme: theme,
            wrapped: wrapped
        ).lines
    }

    /// Writes lines to standard output.
    func say(_ lines: [String]) {
        for line in lines { try? world.output.write(line: line) }
    }

    /// Handles an interrupt: Ctrl-C stops the input, not the prompt; any other signal ends it.
    func forgetInterrupt() {
        // In a fork the terminal belongs to the parent too.
        if world.isForked() { isOver = true }
        switch runtime.interpreter.interruption {
        case nil: break
        case 2: runtime.clearInterrupt()  // SIGINT
        default: isOver = true
        }
    }

    private func runStartUpFile() throws(SettingsError) {
        guard settings.run.runsInit, world.inputIsTerminal,
            let folder = StandardFolders.configuration(world.environment)
        else { return }
        let path = "\(folder)/init.lua"
        guard let source = try ConfigurationFile.read(path, in: world) else { return }
        do throws(LuaError) {
            try runtime.interpreter.run(source, chunkName: "@\(path)")
        } catch {
            say(excerpt(error))
        }
        forgetInterrupt()
    }

    /// Ends the tasks, then closes the `<close>` values that are left.
    private func leave() {
        guard !world.isForked() else { return }
        runtime.isEnding = true
        try? runtime.interpreter.finishTasks(cancelling: true)
        do throws(LuaError) {
            try runtime.interpreter.closeValues()
        } catch {
            say(excerpt(error))
        }
    }

    private static func text(of duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        if milliseconds < 1000 { return "\(Double(Int(milliseconds * 100)) / 100) ms" }
        return "\(Double(Int(milliseconds / 10)) / 100) s"
    }
}
