internal import CProcess
import Glibc

/// Asks for a line on the terminal, shown or not while it is typed.
public enum LinePrompt {
    /// The answer to the prompt.
    public enum Answer: Sendable, Equatable {
        /// The line, without its newline.
        case line(String)
        /// The end of the input (Ctrl-D) before a newline.
        case endOfInput
        /// This signal came; the terminal was restored, and the signal was raised again.
        case interrupted(Int32)
        /// Who asked does not want to know any more.
        case givenUp
    }

    /// Asks on the terminal of the process, which need not be its standard input.
    ///
    /// While it waits, the signals that end or stop a program are caught, so that the terminal is restored
    /// before they take effect.
    /// - Parameters:
    ///   - prompt: The text to show; it must contain no control characters.
    ///   - isHidden: Whether what is typed is a secret.
    ///   - goesOn: Called again and again while it waits; false ends the waiting.
    /// - Returns: The answer.
    /// - Throws: `isNoTerminal` if the process has none, as under cron.
    public static func ask(
        _ prompt: String,
        isHidden: Bool = true,
        while goesOn: () -> Bool = { true }
    ) throws(PosixError) -> Answer {
        let path = "/dev/tty"
        let terminal = try Descriptor(opening: path, O_RDWR | O_NOCTTY, operation: "ask on")
        while true {
            let answer = try askOnce(prompt, terminal, path: path, isHidden, goesOn)
            guard case .interrupted(let signal) = answer else { return answer }
            // To the process, not to this thread: its signals may be blocked here.
            kill(getpid(), signal)
            // After a stop (Ctrl-Z) it has been continued by now: ask again.
            guard stopping.contains(signal) else { return answer }
        }
    }

    private static let stopping = [SIGTSTP, SIGTTIN, SIGTTOU]
    private static let caught = CurrentProcess.stoppingSignals + stopping

    private static func askOnce(
        _ prompt: String,
        _ terminal: borrowing Descriptor,
        path: String,
        _ isHidden: Bool,
        _ goesOn: () -> Bool
    ) throws(PosixError) -> Answer {
        vm_process_note_signals(caught, Int32(caught.count))
        defer { vm_process_stop_noting() }

        var normal = termios()
        guard tcgetattr(terminal.number, &normal) == 0 else { throw .current("ask on", path: path) }
        var asking = normal
        if isHidden { asking.c_lflag &= ~tcflag_t(ECHO) } else { asking.c_lflag |= tcflag_t(ECHO) }
        // ECHONL: the newline is shown, so that later output starts on a new line.
        asking.c_lflag |= tcflag_t(ECHONL | ICANON | ISIG)
        // TCSAFLUSH drops keys typed before the question: they were meant for something else.
        tcsetattr(terminal.number, TCSAFLUSH, &asking)
        defer { tcsetattr(terminal.number, TCSAFLUSH, &normal) }
        try Descriptor.write(Array(prompt.utf8), to: terminal.number, path: path)

        var line: [UInt8] = []
        while true {
            let signal = vm_process_noted_signal()
            if signal != 0 {
                try? Descriptor.write([UInt8(ascii: "\n")], to: terminal.number, path: path)
                return .interrupted(signal)
            }
            guard goesOn() else {
                try? Descriptor.write([UInt8(ascii: "\n")], to: terminal.number, path: path)
                return .givenUp
            }
            // The wait is short because a signal between the check above and the poll
            // would not end it.
            guard
                Descriptor.waitUntilReady(
                    terminal.number,
                    for: Int16(POLLIN),
                    within: .milliseconds(100)
                )
            else { continue }
            let piece = try terminal.read(atMost: 1024, path: path)
            line += piece
            if line.last == UInt8(ascii: "\n") {
                return .line(String(decoding: line.dropLast(), as: UTF8.self))
            }
            if piece.isEmpty {
                // What is written next stands on a line of its own.
                try? Descriptor.write([UInt8(ascii: "\n")], to: terminal.number, path: path)
                return .endOfInput
            }
        }
    }
}
