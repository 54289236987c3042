internal import Bindings
internal import LuaHost
internal import Text

/// The report of an uncaught error: place, message, advice, traceback.
struct ErrorReport {
    let error: LuaError
    /// The script file, if any.
    var script: String?
    /// Removes secrets from texts that may come from others.
    var cleaned: (String) -> String = { $0 }
    /// The same for our own texts, in which an ordinary word may equal a secret.
    var cleanedOurs: (String) -> String = { $0 }

    /// The lines for standard error, without the program's name; nothing in them commands a
    /// terminal.
    var lines: [String] { [message] + hints + frames }

    /// The same as a problem of a run.
    var problem: RunProblem {
        let kind = error.raised.map(\.kind) ?? ""
        var problem = RunProblem(message, kind: kind.isEmpty ? nil : kind)
        (problem.advice, problem.frames) = (hints, frames)
        return problem
    }

    /// The error message; it has several lines if a text from elsewhere has.
    var message: String {
        let (head, rest) = headline
        return cleanedOurs(escaped(head)) + cleaned(escaped(rest))
    }

    /// The hints.
    var hints: [String] {
        var lines: [String] = []
        if let hint = error.raised?.hint { lines.append("  try: " + cleanedOurs(escaped(hint))) }
        if let command {
            lines.append(
                command == script
                    ? "  try: a command comes before its options: vmoon \(command) …"
                    : "  did you mean the command \(command)?"
            )
        }
        if isOfScript, let guess = NameGuess(error.message).text {
            lines.append("  " + cleaned(guess))
        }
        return lines
    }

    /// How it came there.
    var frames: [String] {
        guard isOfScript, let traceback = error.traceback else { return [] }
        return telling(traceback).map { cleaned(escaped(String($0))) }
    }

    private var isOfScript: Bool { error.raised == nil && error.kind == .raised }

    /// The sub-command that was probably meant by the name of a file that is not there.
    private var command: String? {
        guard error.kind == .unreadable, let script else { return nil }
        return Suggestion.nearest(to: script, among: Subcommand.all.map(\.name))
    }

    /// Lua puts the place only in front of texts; for our own errors it is added here.
    ///
    /// In our own errors the operation comes first: that part is our own text.
    private var headline: (head: String, rest: String) {
        // A file that is not text has no line numbers.
        if error.kind == .syntax, let script, error.message.hasPrefix("attempt to load a ") {
            return ("", "\(script): \(error.message)")
        }
        guard let raised = error.raised else { return ("", error.message) }
        if raised.isPlain { return ("", raised.message) }
        let place = error.position.map { "\($0): " } ?? ""
        guard error.message.hasSuffix(raised.message) else { return (place, error.message) }
        return (place + error.message.dropLast(raised.message.count), raised.message)
    }

    /// The lines of a traceback without the host's own frames, which do not help the script's author: the lowest
    /// one, and those of `parallel`.
    private func telling(_ traceback: String) -> [Substring] {
        var lines: [Substring] = []
        for line in traceback.split(separator: "\n") where !line.hasSuffix("[C]: in ?") {
            guard line.hasPrefix("\t[vmoon]:") else {
                lines.append(line)
                continue
            }
            // The frame from which the host calls a script.
            if lines.last?.hasSuffix("in function 'xpcall'") == true { lines.removeLast() }
        }
        return lines
    }

    private func escaped(_ text: String) -> String {
        // It may contain text of a server: a line after its line breaks must not look like a
        // line of ours.
        Display.escapeLines(text).replacing("\n", with: "\n  ")
    }
}
