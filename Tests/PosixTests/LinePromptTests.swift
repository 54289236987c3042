import Glibc
import Testing

@testable import Posix

/// A terminal of its own for a process: the other end types what a person would.
private enum FakeTerminal {
    // The macros TIOCSPTLCK and TIOCGPTN are not visible to Swift.
    private static let unlock: UInt = 0x4004_5431
    private static let number: UInt = 0x8004_5430

    /// Becomes the process's terminal, and types `text` once something has been shown.
    /// - Returns: The two ends.
    static func open(typing text: StaticString) -> (ours: Int32, theirs: Int32) {
        precondition(setsid() > 0)
        let ours = Glibc.open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var zero: Int32 = 0
        var index: Int32 = -1
        precondition(ioctl(ours, unlock, &zero) == 0 && ioctl(ours, number, &index) == 0)
        // The first terminal that a session's leader opens becomes its own.
        let theirs = Glibc.open("/dev/pts/\(index)", O_RDWR)
        precondition(theirs >= 0)
        typist.text = text
        typist.descriptor = ours
        var thread = pthread_t()
        pthread_create(
            &thread,
            nil,
            { _ in
                var byte: UInt8 = 0
                // The question ends with a space: then the terminal listens.
                while read(typist.descriptor, &byte, 1) == 1, byte != UInt8(ascii: " ") {}
                write(typist.descriptor, typist.text.utf8Start, typist.text.utf8CodeUnitCount)
                return nil
            },
            nil
        )
        return (ours, theirs)
    }

    static func echoes(_ terminal: Int32) -> Bool {
        var settings = termios()
        precondition(tcgetattr(terminal, &settings) == 0)
        return settings.c_lflag & tcflag_t(ECHO) != 0
    }

    /// What the terminal has shown since the question.
    static func shown(_ ours: Int32) -> String {
        _ = fcntl(ours, F_SETFL, O_NONBLOCK)
        var bytes = [UInt8](repeating: 0, count: 1000)
        let count = max(read(ours, &bytes, bytes.count), 0)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

private struct Typist {
    var text: StaticString = ""
    var descriptor: Int32 = -1
}

// Safe because it is set before the one thread that reads it starts.
nonisolated(unsafe) private var typist = Typist()

struct LinePromptTests {
    @Test func `what is typed comes back and is not shown`() async {
        await #expect(processExitsWith: .success) {
            let (ours, theirs) = FakeTerminal.open(typing: "hunter2\n")
            let answer = try LinePrompt.ask("Password: ")
            precondition(answer == .line("hunter2"))
            precondition(FakeTerminal.shown(ours) == "\r\n")
            precondition(FakeTerminal.echoes(theirs))
        }
    }

    @Test func `the end of the input is not an empty line`() async {
        await #expect(processExitsWith: .success) {
            _ = FakeTerminal.open(typing: "\u{4}")
            let answer = try LinePrompt.ask("Password: ")
            precondition(answer == .endOfInput)
        }
    }

    @Test func `Ctrl-C restores the terminal and reaches the handler there was`() async {
        await #expect(processExitsWith: .exitCode(42)) {
            var ends: [Int32] = [-1, -1]
            precondition(pipe(&ends) == 0)
            told = ends[1]
            signal(SIGINT) { _ in write(told, "!", 1) }
            let (_, theirs) = FakeTerminal.open(typing: "hun\u{3}")
            let answer = try LinePrompt.ask("Password: ")
            precondition(answer == .interrupted(SIGINT))
            precondition(FakeTerminal.echoes(theirs))
            // The handler may run on another thread, a moment later.
            var byte: UInt8 = 0
            while read(ends[0], &byte, 1) < 0, errno == EINTR {}
            precondition(byte == UInt8(ascii: "!"))
            exit(42)
        }
    }

    @Test func `a signal that nobody handles ends the process`() async {
        await #expect(processExitsWith: .signal(SIGINT)) {
            _ = FakeTerminal.open(typing: "\u{3}")
            _ = try LinePrompt.ask("Password: ")
            // The signal may end another thread first, and with it the process.
            while true { pause() }
        }
    }

    @Test func `without a terminal it is an error that says so`() async {
        await #expect(processExitsWith: .success) {
            precondition(setsid() > 0)
            do throws(PosixError) {
                _ = try LinePrompt.ask("Password: ")
                preconditionFailure("there is no terminal to ask on")
            } catch {
                precondition(error.isNoTerminal)
            }
        }
    }
}

// Safe because it is set before there is a handler that reads it.
nonisolated(unsafe) private var told: Int32 = -1
