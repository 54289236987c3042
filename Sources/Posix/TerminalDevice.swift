internal import CProcess
import Glibc

/// The terminal that a person types at, byte by byte, and always given back as it was.
///
/// While it is `raw`, keys come one at a time and are not shown, and the signals that end, stop or
/// resize a program are caught first by a handler in C that puts the terminal back where the program will
/// not do so itself. One process has one.
public final class TerminalDevice {
    /// What has happened to the terminal or the process since it was last asked.
    public struct Events: OptionSet, Sendable {
        /// The bits.
        public let rawValue: Int32

        /// Makes a set of bits.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// The window has another size.
        public static let resized = Events(rawValue: Int32(VM_TERMINAL_RESIZED))
        /// The process was asked to stop (SIGTSTP).
        public static let stopRequested = Events(rawValue: Int32(VM_TERMINAL_STOP_REQUESTED))
        /// The process goes on after a stop; the screen may show anything.
        public static let continued = Events(rawValue: Int32(VM_TERMINAL_CONTINUED))
        /// Ctrl-C was pressed (SIGINT).
        public static let interrupted = Events(rawValue: Int32(VM_TERMINAL_INTERRUPTED))
    }

    private let normal: termios
    private var isRaw = false
    private let signalReading: Int32
    private let signalWriting: Int32

    /// Takes standard input and output as they are; nil unless both are a terminal.
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

    /// What to wait for: keys, and the events of `takeEvents`.
    public var descriptors: [Int32] { [0, signalReading] }

    /// The width and height in characters; 80 × 24 where the terminal does not say.
    public var size: (columns: Int, rows: Int) {
        let size = StandardStream.output.terminalSize
        return (size?.columns ?? 80, max(size?.rows ?? 24, 1))
    }

    /// Reads what was typed.
    /// - Returns: The bytes; nil when the terminal is gone.
    public func read() -> [UInt8]? {
        guard Descriptor.waitUntilReady(0, for: Int16(POLLIN), within: .zero) else { return [] }
        let bytes = StandardStream.input.readPiece()
        return bytes.isEmpty ? nil : bytes
    }

    /// Writes text; what a terminal that is gone does not take is lost.
    public func write(_ text: String) {
        guard !text.isEmpty else { return }
        try? Descriptor.write(Array(text.utf8), to: 1, path: nil)
    }

    /// What has happened since the last call.
    public func takeEvents() -> Events {
        var bytes = [UInt8](repeating: 0, count: 64)
        while Glibc.read(signalReading, &bytes, bytes.count) > 0 {}
        return Events(rawValue: vm_terminal_take_events())
    }

    // MARK: Raw mode

    /// Lets keys come one at a time, unseen.
    public func enterRaw() {
        guard !isRaw else { return }
        isRaw = true
        var (settings, raw) = (normal, normal)
        raw.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON)
        // NOFLSH: what was written is not thrown away at Ctrl-C, or the screen would not be what we
        // believe.
        raw.c_lflag = raw.c_lflag & ~tcflag_t(ECHO | ICANON | IEXTEN) | tcflag_t(ISIG | NOFLSH)
        withUnsafeMutableBytes(of: &raw.c_cc) { codes in
            codes[Int(VMIN)] = 1
            codes[Int(VTIME)] = 0
            // Ctrl-C stays a signal, so that it reaches a task that keeps the loop from turning; 0
            // disables the others (_POSIX_VDISABLE).
            codes[Int(VQUIT)] = 0
            codes[Int(VSUSP)] = 0
        }
        vm_terminal_hold(&settings, signalWriting)
        tcsetattr(0, TCSADRAIN, &raw)
    }

    /// Gives the terminal back as it was; nothing happens where it is so.
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
        // The whole job, as the terminal itself would do it.
        kill(0, SIGTSTP)
    }
}

extension StandardStream {
    /// Reads what is there, waiting for the first byte.
    /// - Returns: The bytes; none at the end.
    public func readPiece() -> [UInt8] {
        let descriptor = Descriptor(adopting: rawValue)
        let bytes = (try? descriptor.read(atMost: 64 << 10, path: nil)) ?? []
        // The stream belongs to the process: it is lent to the descriptor, not given.
        _ = descriptor.release()
        return bytes
    }
}
