internal import CProcess
import Glibc

/// The terminal that a person types at, read byte by byte and always restored.
///
/// While it is `raw`, keys arrive one at a time and are not shown, and the signals that end, stop or
/// resize a program are first caught by a handler in C that restores the terminal if the program will
/// not do so itself. A process has only one.
public final class TerminalDevice {
    /// The events of the terminal or the process since the last call of `takeEvents`.
    public struct Events: OptionSet, Sendable {
        /// The bits.
        public let rawValue: Int32

        /// Makes a set of bits.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// The window has another size.
        public static let resized = Events(rawValue: Int32(VM_TERMINAL_RESIZED))
        /// The process was asked to stop (SIGTSTP).
        public static let stopRequested = Events(rawValue: Int32(VM_TERMINAL_STOP_REQUESTED))
        /// The process continues after a stop; the screen may have any content.
        public static let continued = Events(rawValue: Int32(VM_TERMINAL_CONTINUED))
        /// Ctrl-C was pressed (SIGINT).
        public static let interrupted = Events(rawValue: Int32(VM_TERMINAL_INTERRUPTED))
    }

    private let normal: termios
    private var isRaw = false
    private let signalReading: Int32
    private let signalWriting: Int32

    /// Uses standard input and output; nil unless both are a terminal.
    public init?() {
        var settings = termios()
        guard isatty(1) == 1, tcgetattr(0, &settings) == 0,
            let ends = try? Descriptor.makePipe()
        else { return nil }
        normal = settings
        (signalReading, signalWriting) = (ends.reading, ends.writing)
        for end in [ends.reading, ends.writing] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        restore()
        close(signalReading)
        close(signalWriting)
    }

    /// The descriptors to wait for: keys, and the events of `takeEvents`.
    public var descriptors: [Int32] { [0, signalReading] }

    /// The width and height in characters; 80 × 24 if the terminal does not tell.
    public var size: (columns: Int, rows: Int) {
        let size = StandardStream.output.terminalSize
        return (size?.columns ?? 80, max(size?.rows ?? 24, 1))
    }

    /// Reads typed bytes.
    /// - Returns: The bytes; nil if the terminal is gone.
    public func read() -> [UInt8]? {
        guard Descriptor.waitUntilReady(0, for: Int16(POLLIN), within: .zero) else { return [] }
        let bytes = StandardStream.input.readPiece()
        return bytes.isEmpty ? nil : bytes
    }

    /// Writes text; it is lost if the terminal is gone.
    public func write(_ text: String) {
        guard !text.isEmpty else { return }
        try? Descriptor.write(Array(text.utf8), to: 1, path: nil)
    }

    /// The events since the last call.
    public func takeEvents() -> Events {
        var bytes = [UInt8](repeating: 0, count: 64)
        while Glibc.read(signalReading, &bytes, bytes.count) > 0 {}
        return Events(rawValue: vm_terminal_take_events())
    }

    // MARK: Raw mode

    /// Makes keys arrive one at a time, without showing them.
    public func enterRaw() {
        guard !isRaw else { return }
        isRaw = true
        var (settings, raw) = (normal, normal)
        raw.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON)
        // NOFLSH: output is not discarded at Ctrl-C, or the screen would differ from what we
        // expect.
        raw.c_lflag = raw.c_lflag & ~tcflag_t(ECHO | ICANON | IEXTEN) | tcflag_t(ISIG | NOFLSH)
        withUnsafeMutableBytes(of: &raw.c_cc) { codes in
            codes[Int(VMIN)] = 1
            codes[Int(VTIME)] = 0
            // Ctrl-C remains a signal, so that it reaches a task that blocks the loop; 0
            // disables the others (_POSIX_VDISABLE).
            codes[Int(VQUIT)] = 0
            codes[Int(VSUSP)] = 0
        }
        vm_terminal_hold(&settings, signalWriting)
        tcsetattr(0, TCSADRAIN, &raw)
    }

    /// Restores the terminal; does nothing if it is not raw.
    public func restore() {
        guard isRaw else { return }
        isRaw = false
        var settings = normal
        tcsetattr(0, TCSADRAIN, &settings)
        vm_terminal_let_go()
    }

    /// Stops the process as Ctrl-Z does, and returns when it is continued, with the terminal
    /// not raw.
    public func stop() {
        restore()
        // The whole job, as the terminal itself would stop it.
        kill(0, SIGTSTP)
    }
}

extension StandardStream {
    /// Reads available bytes, waiting for the first.
    /// - Returns: The bytes; empty at the end.
    public func readPiece() -> [UInt8] {
        let descriptor = Descriptor(adopting: rawValue)
        let bytes = (try? descriptor.read(atMost: 64 << 10, path: nil)) ?? []
        // The stream belongs to the process: the descriptor must not close it.
        _ = descriptor.release()
        return bytes
    }
}
