import Glibc
import Synchronization

/// The terminal that a person types at, byte by byte, and always given back as it was.
///
/// While it is `raw`, keys come one at a time and are not shown, and the signals that end, stop or
/// resize a program are caught first by a handler that puts the terminal back where the program will
/// not do so itself. One process has one.
public final class TerminalDevice {
    /// What has happened to the terminal or the process since it was last asked.
    public struct Events: OptionSet, Sendable {
        /// The bits.
        public let rawValue: Int32

        /// Makes a set of bits.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// The window has another size.
        public static let resized = Events(rawValue: 1)
        /// The process was asked to stop (SIGTSTP).
        public static let stopRequested = Events(rawValue: 2)
        /// The process goes on after a stop; the screen may show anything.
        public static let continued = Events(rawValue: 4)
        /// Ctrl-C was pressed (SIGINT).
        public static let interrupted = Events(rawValue: 8)
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
        return Events(rawValue: caught.exchange(0, ordering: .acquiringAndReleasing))
    }

    // MARK: Raw mode

    /// Lets keys come one at a time, unseen.
    public func enterRaw() {
        guard !isRaw else { return }
        isRaw = true
        var raw = normal
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
        takeSignals()
        tcsetattr(0, TCSADRAIN, &raw)
    }

    /// Gives the terminal back as it was; nothing happens where it is so.
    public func restore() {
        guard isRaw else { return }
        isRaw = false
        var settings = normal
        tcsetattr(0, TCSADRAIN, &settings)
        giveSignalsBack()
    }

    /// Stops the process as Ctrl-Z does, and returns when it is continued, with the terminal
    /// not raw.
    public func stop() {
        restore()
        // The whole job, as the terminal itself would do it.
        kill(0, SIGTSTP)
    }

    private func takeSignals() {
        notice.descriptor = signalWriting
        notice.normal = normal
        notice.interrupts = 0
        // A parent may have left them blocked: a stop would then only be pending.
        var own = sigset_t()
        sigemptyset(&own)
        for signal in [SIGWINCH, SIGTSTP, SIGCONT] {
            Self.handle(signal, with: noteEvent)
            sigaddset(&own, signal)
        }
        pthread_sigmask(SIG_UNBLOCK, &own, nil)
        Self.handle(SIGINT, with: onInterrupt)
        for signal in Self.endingSignals { Self.handle(signal, withInformation: onEnding) }
        for signal in Self.fatalSignals { Self.handle(signal, with: onCrash, flags: SA_ONSTACK) }
        isHeld.store(true, ordering: .releasing)
    }

    /// What ends a program, and what the interpreter, whose handlers are there already, obeys.
    private static let endingSignals = CurrentProcess.stoppingSignals.filter { $0 != SIGINT }

    /// What ends a program by a fault of its own.
    private static let fatalSignals = [
        SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS,
    ]

    private func giveSignalsBack() {
        isHeld.store(false, ordering: .releasing)
        let own = [SIGWINCH, SIGTSTP, SIGCONT, SIGINT] + Self.endingSignals + Self.fatalSignals
        for number in own {
            guard var before = notice.before[Int(number)] else { continue }
            sigaction(number, &before, nil)
            notice.before[Int(number)] = nil
        }
    }

    /// Puts the terminal back where it is raw, for an end that no handler saw coming.
    ///
    /// Async-signal-safe, and for any thread.
    public static func restoreBeforeDeath() {
        if isHeld.load(ordering: .acquiring) { restoreNow() }
    }

    /// Installs a handler unless the signal is ignored, and notes what there was.
    private static func handle(
        _ number: Int32,
        with handler: @escaping Handler,
        flags: Int32 = 0
    ) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = handler
        action.sa_flags = flags
        install(action, for: number)
    }

    /// As above, with a handler that is told who has sent it.
    private static func handle(
        _ number: Int32,
        withInformation handler: @escaping InformedHandler
    ) {
        var action = sigaction()
        action.__sigaction_handler.sa_sigaction = handler
        action.sa_flags = SA_SIGINFO
        install(action, for: number)
    }

    private static func install(_ action: sigaction, for number: Int32) {
        var (before, action) = (sigaction(), action)
        sigaction(number, nil, &before)
        guard !before.isIgnored else { return }
        // First: the handler looks there.
        notice.before[Int(number)] = before
        sigaction(number, &action, nil)
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

private typealias Handler = @convention(c) (Int32) -> Void
private typealias InformedHandler =
    @convention(c) (
        Int32, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?
    ) -> Void

/// What the handlers below know; set before they are installed.
private struct Notice {
    var descriptor: Int32 = -1
    var normal = termios()
    /// How often Ctrl-C was pressed without the loop looking.
    var interrupts = 0
    /// The actions that were there, by the signal; a block that never moves, since handlers read it.
    let before: UnsafeMutablePointer<sigaction?> = {
        let block = UnsafeMutablePointer<sigaction?>.allocate(capacity: 65)
        block.initialize(repeating: nil, count: 65)
        // A fault may have used up the stack.
        let size = 64 << 10
        var own = stack_t()
        own.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        own.ss_size = size
        sigaltstack(&own, nil)
        return block
    }()
}

// Safe because one thread enters and leaves raw mode, and the handlers run only in between.
nonisolated(unsafe) private var notice = Notice()

private let caught = Atomic<Int32>(0)
/// Whether the terminal is raw and the signals are ours.
private let isHeld = Atomic<Bool>(false)

// What follows runs in signal handlers: stores, write(2) and tcsetattr(3), which POSIX allows there.

/// Puts the terminal back, bracketed paste included.
private func restoreNow() {
    let ending: StaticString = "\u{1B}[?2004l"
    _ = write(1, ending.utf8Start, ending.utf8CodeUnitCount)
    tcsetattr(0, TCSANOW, &notice.normal)
}

private func note(_ event: TerminalDevice.Events) {
    let before = errno
    caught.bitwiseOr(event.rawValue, ordering: .acquiringAndReleasing)
    var byte: UInt8 = 1
    _ = write(notice.descriptor, &byte, 1)
    errno = before
}

private func noteEvent(_ number: Int32) {
    switch number {
    case SIGWINCH: note(.resized)
    case SIGTSTP: note(.stopRequested)
    default: note(.continued)
    }
}

/// Ctrl-C is the editor's business first.
///
/// Pressed again before the loop has looked, a task keeps it from turning: then it is the
/// interpreter's, and the process may end by it.
private func onInterrupt(_ number: Int32) {
    let isSeen = caught.load(ordering: .acquiring) & TerminalDevice.Events.interrupted.rawValue == 0
    notice.interrupts = isSeen ? 1 : notice.interrupts + 1
    note(.interrupted)
    guard notice.interrupts > 1 else { return }
    restoreNow()
    notice.before[Int(number)]?.call(number, nil, nil)
}

/// The program is to end: whatever happens next, the terminal is as it was.
private func onEnding(
    _ number: Int32,
    _ information: UnsafeMutablePointer<siginfo_t>?,
    _ context: UnsafeMutableRawPointer?
) {
    // The watchdog's own timer is at work there too.
    let isTimer = number == SIGALRM && [Int32(-2), -6].contains(information?.pointee.si_code)
    guard !isTimer else {
        notice.before[Int(number)]?.call(number, information, context)
        return
    }
    restoreNow()
    notice.before[Int(number)]?.call(number, information, context)
    // It may have meant something else, and the line goes on.
    note(.continued)
}

extension sigaction {
    /// Does what this action says; nothing for the default one.
    fileprivate func call(
        _ number: Int32,
        _ information: UnsafeMutablePointer<siginfo_t>?,
        _ context: UnsafeMutableRawPointer?
    ) {
        if sa_flags & SA_SIGINFO != 0 {
            __sigaction_handler.sa_sigaction?(number, information, context)
        } else {
            __sigaction_handler.sa_handler?(number)
        }
    }
}

/// The program is to end by a signal that nothing else handles.
private func onCrash(_ number: Int32) {
    restoreNow()
    signal(number, SIG_DFL)
    // A fault happens again when this returns; what was sent is sent again.
    kill(getpid(), number)
}
