internal import Bindings
internal import LineEditor
internal import LuaHost
internal import Posix

/// Reads one input after another from a terminal, using the editor and the renderer.
///
/// While it waits, the loop turns: tasks continue, and their output appears above the line.
final class LineReader {
    /// The result of reading.
    enum Input: Equatable {
        case line(String)
        /// Ctrl-D, or the terminal is gone.
        case end
        /// A signal asks the program to end.
        case stopped
    }

    let terminal: TerminalDevice
    /// The look of styles; the terminal may report another background than assumed.
    private(set) var theme: Theme
    var editor: Editor
    private let runtime: Runtime
    /// The names that are coloured as functions.
    private let functions: Set<String>
    private let hint: SignatureHint
    private let evaluation: Evaluation
    private let names: LiveNames
    /// Returns messages about tasks that have failed since the last call.
    private let takeFailures: () -> [String]
    private var decoder = KeyDecoder()
    private var renderer: Renderer
    /// Keys that arrived together with the one that ended the last input.
    private var keysAhead: [Key] = []
    private var sign = ""
    private var text = LexedText()
    private var view: PromptView
    private var isReading = false
    /// The time until which the terminal may report its background before it gets other output; nil if
    /// it was not asked, or has answered.
    private var answerDue: Duration?
    private let asksBackground: Bool
    private var hasAsked = false

    /// The pause after which an ESC is a key of its own.
    private static let escapeSilence: Duration = .milliseconds(40)
    /// The longest time that a key press waits for names.
    private static let completionPatience: Duration = .milliseconds(140)
    /// The longest wait for the answer about the background, if the first input arrives by then.
    private static let answerPatience: Duration = .milliseconds(150)

    init(
        _ runtime: Runtime,
        terminal: TerminalDevice,
        theme: (theme: Theme, isGuess: Bool),
        history: [String],
        hint: SignatureHint,
        names: LiveNames,
        evaluation: Evaluation,
        takeFailures: @escaping () -> [String]
    ) {
        self.runtime = runtime
        self.terminal = terminal
        self.theme = theme.theme
        asksBackground = theme.isGuess
        self.hint = hint
        self.names = names
        self.evaluation = evaluation
        self.takeFailures = takeFailures
        editor = Editor(history: history)
        functions = hint.completer.index.names
        renderer = Renderer(theme: theme.theme)
        view = PromptView(prompt: "", editor: editor, text: text, functions: functions)
    }

    /// Reads an input.
    /// - Parameter sign: The prompt.
    /// - Returns: The input, or why there is none.
    func read(sign: String) -> Input {
        self.sign = sign
        terminal.enterRaw()
        isReading = true
        // Bracketed paste: pasted text arrives between marks.
        terminal.write("\u{1B}[?2004h")
        askBackground()
        renderer.forget()
        var input: Input?
        if keysAhead.isEmpty {
            redraw()
        } else {
            input = take(keysAhead)
        }
        while input == nil { input = turn() }
        awaitAnswer()
        isReading = false
        terminal.write("\u{1B}[?2004l")
        terminal.restore()
        return input ?? .end
    }

    /// Leaves the line being read on the screen, when the program ends in the middle of
    /// it.
    func abandon() {
        guard isReading else { return }
        isReading = false
        terminal.write(finalText + "\u{1B}[?2004l")
        terminal.restore()
    }

    /// Shows a text that may need pages.
    func show(_ text: String) {
        guard !text.isEmpty else { return }
        let size = terminal.size
        guard
            var pager = Pager(
                text.hasSuffix("\n") ? String(text.dropLast()) : text,
                columns: size.columns,
                rows: size.rows
            )
        else { return terminal.write(text) }
        terminal.enterRaw()
        defer { terminal.restore() }
        terminal.write(pager.begin())
        while !pager.isDone {
            wait(within: decoder.isWaiting ? Self.escapeSilence : nil)
            let events = terminal.takeEvents()
            if runtime.interpreter.interruption != nil { return terminal.write("\r\u{1B}[K") }
            if events.contains(.stopRequested) {
                terminal.write("\r\u{1B}[K")
                terminal.stop()
            }
            if !events.isDisjoint(with: [.stopRequested, .continued]) {
                terminal.restore()
                terminal.enterRaw()
                terminal.write("\r\u{1B}[K" + pager.status)
            }
            var keys = events.contains(.interrupted) ? [Key.control("c")] : []
            guard let bytes = terminal.read() else { return }
            keys += decode(bytes)
            for key in keys where !pager.isDone { terminal.write(pager.handle(key)) }
        }
    }

    // MARK: The loop

    private func turn() -> Input? {
        wait(within: decoder.isWaiting ? Self.escapeSilence : nil)
        var keys: [Key] = []
        switch runtime.interpreter.interruption {
        case nil: break
        case 2:
            // SIGINT was passed on: a task blocked the loop. The tasks have been interrupted; the
            // handler has restored the terminal.
            runtime.clearInterrupt()
            comeBack()
        default: return finish(.stopped)
        }
        let events = terminal.takeEvents()
        if events.contains(.stopRequested) { suspend() }
        if events.contains(.continued) { comeBack() }
        if events.contains(.resized) {
            terminal.write(renderer.erase(afterResizeTo: terminal.size.columns))
        }
        if events.contains(.interrupted) { keys.append(.control("c")) }
        guard let bytes = terminal.read() else { return finish(.end) }
        keys += decode(bytes)
        return take(keys)
    }

    /// Decodes the keys; answers of the terminal are not among them.
    private func decode(_ bytes: [UInt8]) -> [Key] {
        let keys = bytes.isEmpty ? decoder.flush() : decoder.decode(bytes)
        return keys.filter { key in
            guard case .background(let isLight) = key.code else { return true }
            guard answerDue != nil else { return false }
            answerDue = nil
            theme = isLight ? .light : .dark
            guard theme != renderer.theme else { return false }
            if isReading { terminal.write(renderer.erase()) }
            renderer.theme = theme
            return false
        }
    }

    // MARK: The background colour

    /// Asks once (OSC 11); the answer arrives as an event among the keys.
    private func askBackground() {
        guard asksBackground, !hasAsked else { return }
        hasAsked = true
        answerDue = runtime.now + Self.answerPatience
        terminal.write("\u{1B}]11;?\u{1B}\\")
    }

    /// Waits for an answer under way, before the terminal shows the input.
    ///
    /// Noticeable only when typing ahead; keys that arrive with it are kept.
    private func awaitAnswer() {
        while let due = answerDue, runtime.now < due {
            try? runtime.wait(forInputOn: terminal.descriptors, within: due - runtime.now)
            guard runtime.interpreter.interruption == nil, let bytes = terminal.read() else {
                return
            }
            keysAhead += decode(bytes)
        }
    }

    private func wait(within limit: Duration?) {
        runtime.showAbove = { [self] in printAbove($0) }
        try? runtime.wait(forInputOn: terminal.descriptors, within: limit)
        runtime.showAbove = nil
        // The wait ends when a task fails. Below a page no message is shown yet.
        guard isReading else { return }
        let lines = takeFailures()
        if !lines.isEmpty {
            printAbove(lines.map { $0 + "\n" }.joined())
        }
    }

    private func take(_ keys: [Key]) -> Input? {
        keysAhead = []
        for (index, key) in keys.enumerated() {
            for effect in editor.handle(key) {
                guard let input = perform(effect) else { continue }
                keysAhead = Array(keys[(index + 1)...])
                return input
            }
        }
        redraw()
        return nil
    }

    private func perform(_ effect: Editor.Effect) -> Input? {
        switch effect {
        case .submit(let text):
            guard DotCommand(text) != nil || evaluation.isComplete(text) else {
                editor.continueBlock()
                return nil
            }
            makeView(withHint: false)
            editor.accepted(isKept: HistoryRules.keeps(text))
            return finish(.line(text))
        case .complete: complete()
        case .interrupt:
            terminal.write(finalText)
            makeView(withHint: false)
        case .end: return finish(.end)
        case .suspend: suspend()
        case .clearScreen: terminal.write(renderer.clearScreen())
        case .bell: terminal.write("\u{7}")
        }
        return nil
    }

    private func complete() {
        let deadline = runtime.now + Self.completionPatience
        text.update(to: editor.characters)
        func candidates() -> CandidateList {
            hint.completer.complete(text, cursor: editor.cursor)
        }
        var found = candidates()
        while found.candidates.isEmpty, names.isLoading {
            let left = deadline - runtime.now
            guard left > .zero, runtime.interpreter.interruption == nil else { break }
            try? runtime.wait(forInputOn: [], within: left) { wake in names.onChange = wake }
            names.onChange = {}
            found = candidates()
        }
        for effect in editor.show(completions: found) where effect == .bell {
            terminal.write("\u{7}")
        }
    }

    // MARK: Drawing

    private func makeView(withHint: Bool) {
        text.update(to: editor.characters)
        view = PromptView(prompt: sign, editor: editor, text: text, functions: functions)
        guard withHint, !editor.isChoosing else { return }
        view.hint = hint.text(text, cursor: editor.cursor)
    }

    private func redraw() {
        makeView(withHint: true)
        draw()
    }

    private func draw() {
        let size = terminal.size
        terminal.write(renderer.draw(view, width: size.columns, height: size.rows))
    }

    /// The text in its final form, with the cursor below it.
    private var finalText: String {
        let size = terminal.size
        return renderer.finish(view, width: size.columns, height: size.rows)
    }

    private func finish(_ input: Input) -> Input {
        terminal.write(finalText)
        return input
    }

    /// Shows output of a task, which is running: the interpreter must not be used.
    private func printAbove(_ text: String) {
        terminal.write(renderer.erase() + text)
        draw()
    }

    private func suspend() {
        terminal.write(renderer.erase() + "\u{1B}[?2004l")
        terminal.stop()
        comeBack()
    }

    /// Continues after a stop: other programs have changed the mode and the screen of the
    /// terminal.
    private func comeBack() {
        terminal.restore()
        terminal.enterRaw()
        // If nothing was written meanwhile, an older frame is here.
        terminal.write("\r\u{1B}[0m\u{1B}[J\u{1B}[?2004h")
        renderer.forget()
        draw()
    }
}
