internal import Bindings
internal import Buffers
internal import LineEditor
internal import LuaHost
internal import Posix

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
    /// The changes that were left with an unknown outcome, while nothing was said of them.
    private var openChanges: [(identifier: String, text: String)] = []
    var showsTime = false
    var isOver = false

    /// Makes a prompt on the process's terminal; where there is none, or a dumb one, it reads
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
        history = HistoryFile(world) { world.complain("warning: \($0)") }
        evaluation = Evaluation(runtime, world) { runtime.shower.render($0) }
    }

    /// How styles look.
    var theme: Theme { reader?.theme ?? supposedTheme.theme }

    /// Puts the terminal back; for an end that comes while a line is read.
    func restoreTerminal() {
        reader?.abandon()
        terminal?.restore()
    }

    /// Runs until the user leaves or a signal says so.
    /// - Throws: `SettingsError` where the start-up file is not safe to run.
    func run() throws(SettingsError) {
        if world.inputIsTerminal { say(text.banner.map { theme.paint($0, .faded) }) }
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

    /// Goes to the beginning of a line if the output ended inside one, as zsh does: a mark that
    /// is as wide as the terminal wraps only from there.
    private func startLine(_ terminal: TerminalDevice) {
        guard !isOver else { return }
        let columns = terminal.size.columns
        let fill = String(repeating: " ", count: max(columns - 1, 0))
        terminal.write("\u{1B}[7m%\u{1B}[0m\(fill)\r\u{1B}[K")
    }

    /// Takes an input: a command with a dot, or Lua.
    func take(_ line: String, show: (String) -> Void) {
        _ = runtime.forgetRefusals()
        if let command = DotCommand(line) {
            perform(command, show: show)
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

    /// What is to be said of tasks that have failed, and that nobody joined or cancelled.
    func takeFailures() -> [String] {
        var lines: [String] = []
        while let failure = runtime.interpreter.takeTaskFailure() {
            guard failure.raised?.kind != "cancelled" else { continue }
            lines += ["a task failed:"] + excerpt(failure)
            wasSaid(failure)
        }
        openChanges += runtime.takeOpenChanges()
        lines += openChanges.map {
            "whether it happened is not known: \($0.text); run `vmoon reconcile \($0.identifier)`"
        }
        openChanges = []
        return lines
    }

    /// An error has said which change is left open: nobody need say it again.
    private func wasSaid(_ error: LuaError) {
        openChanges += runtime.takeOpenChanges()
        openChanges.removeAll { error.raised?.hint?.contains($0.identifier) == true }
    }

    /// Shows what an input came to.
    func tell(_ outcome: Evaluation.Outcome, show: (String) -> Void) {
        show(outcome.output)
        openChanges += runtime.takeOpenChanges()
        openChanges.removeAll { outcome.output.contains($0.identifier) }
        let interruption = runtime.interpreter.interruption
        // Where the time to clean up is over, no line of Lua runs: what follows is for the next input.
        forgetInterrupt()
        if let error = outcome.error, interruption != Interpreter.exit {
            let isStopped = interruption != nil && error.raised?.kind == "cancelled"
            say(isStopped ? [theme.paint("stopped", .error)] : excerpt(error))
            wasSaid(error)
            if error.raised?.kind == "unauthenticated", runtime.forgetRefusals() {
                say(["  .reconnect reads the password again, and logs in anew"])
            }
        }
        // Tasks were told to stop too, and what they have sent goes on behind the prompt.
        if interruption != nil, let awaited = runtime.awaitedChanges { say([awaited]) }
        guard showsTime else { return }
        say([theme.paint("took \(Self.text(of: outcome.duration))", .faded)])
    }

    private func excerpt(_ error: LuaError) -> [String] {
        ErrorExcerpt(error: error, sources: evaluation.sources, theme: theme).lines
    }

    /// Writes lines to standard output.
    func say(_ lines: [String]) {
        for line in lines { try? world.output.write(line: line) }
    }

    /// Ctrl-C stopped the input, not the session; any other signal ends it.
    func forgetInterrupt() {
        // The terminal is the parent's too.
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

    /// Tasks end with the prompt, then what `<close>` has left to be closed.
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
