import Glibc

/// A program that runs beside us until we end it: the private simulator of a run.
///
/// It has a process group of its own: Ctrl-C at the terminal is meant for us, and our clean-up
/// still needs the program. So it ends only when we end it, or by this: its standard input is a pipe
/// that nobody writes to and only we hold open. If we die, even by `kill -9`, the kernel closes
/// it, and the program, which must read its standard input, sees the end and exits.
/// (`PR_SET_PDEATHSIG` would need code between fork and exec, which Swift cannot run.)
public final class BackgroundProcess {
    /// The process identifier.
    public let identifier: Int32
    private let inputPipe: Int32
    private let output: Int32
    private let program: String
    private var ending: Ending?

    /// Starts a program.
    /// - Parameter arguments: The program and its arguments; a program without `/` is looked up in
    ///   `PATH`.
    /// - Throws: If it could not be started.
    public init(_ arguments: [String]) throws(PosixError) {
        let input = try Descriptor.makePipe()
        let inputEnd = Descriptor(adopting: input.reading)
        let inputPipeEnd = Descriptor(adopting: input.writing)
        let answer = try Descriptor.makePipe()
        let outputEnd = Descriptor(adopting: answer.reading)
        let childsOutput = Descriptor(adopting: answer.writing)
        identifier = try spawn(
            arguments,
            input: inputEnd.number,
            output: childsOutput.number,
            hasOwnGroup: true
        )
        program = arguments[0]
        inputPipe = inputPipeEnd.release()
        output = outputEnd.release()
    }

    deinit {
        _ = end(within: .zero)
        close(output)
    }

    /// Reads the first line of its standard output, without the newline.
    ///
    /// The pipe is kept open afterwards: a program that writes more must not be ended by that.
    /// - Parameters:
    ///   - timeout: The longest wait for it.
    ///   - limit: The most bytes accepted.
    /// - Returns: The line.
    /// - Throws: If before that the program ends, the time passes, or the line is too long.
    public func firstLine(within timeout: Duration, limit: Int = 64 << 10) throws(PosixError)
        -> String
    {
        let deadline = MonotonicClock.now() + timeout
        var line: [UInt8] = []
        while line.count <= limit {
            let rest = deadline - MonotonicClock.now()
            guard rest > .zero else {
                throw PosixError("start", path: program, code: ETIMEDOUT)
            }
            guard Descriptor.waitUntilReady(output, for: Int16(POLLIN), within: rest) else {
                continue
            }
            var byte: UInt8 = 0
            // One byte at a time: bytes after the line must not be consumed. It is only one line, read once.
            let got = read(output, &byte, 1)
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else {
                throw PosixError(
                    "start",
                    path: program,
                    code: EPIPE,
                    reason: "it ended before it was ready"
                )
            }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        throw PosixError("start", path: program, code: EFBIG, reason: "its first line is too long")
    }

    /// Ends it: SIGTERM first, SIGKILL after the grace.
    ///
    /// A second call does nothing.
    /// - Parameter grace: The time it has to exit by itself.
    /// - Returns: How it ended; nil if that is no longer known.
    @discardableResult
    public func end(within grace: Duration) -> Ending? {
        if let ending { return ending }
        close(inputPipe)
        kill(identifier, SIGTERM)
        let deadline = MonotonicClock.now() + grace
        while MonotonicClock.now() < deadline {
            if let known = try? reap(identifier, blocks: false) {
                ending = known
                return known
            }
            MonotonicClock.pause(for: .milliseconds(5))
        }
        kill(identifier, SIGKILL)
        ending = (try? reap(identifier, blocks: true)) ?? .signalled(SIGKILL)
        return ending
    }
}
