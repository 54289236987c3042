import Glibc

/// A program that is run to its end, with its output captured: a password command.
///
/// With a terminal it stays in our process group, so that it can ask its own questions there and Ctrl-C
/// reaches it. Without one it has a group of its own, and the processes it has started are ended with it.
/// Its standard input is empty: ours may be the script. Its standard error is ours.
public struct Command: Sendable {
    /// How it ended, and what it wrote.
    public struct Outcome: Sendable, Equatable {
        /// How it ended.
        public let ending: Ending
        /// Its standard output, as far as it was read.
        public let output: [UInt8]

        /// Makes an outcome.
        public init(ending: Ending, output: [UInt8]) {
            self.ending = ending
            self.output = output
        }
    }

    /// The program and its arguments.
    public let arguments: [String]
    /// The longest time it may run.
    public let timeout: Duration
    /// The most bytes it may write.
    public let outputLimit: Int

    /// Makes a command.
    public init(_ arguments: [String], timeout: Duration, outputLimit: Int = 64 << 10) {
        self.arguments = arguments
        self.timeout = timeout
        self.outputLimit = outputLimit
    }

    /// Runs it and waits for its end.
    /// - Parameter shouldStop: Called after each signal and ten times a second; true kills the program.
    /// - Returns: How it ended. A code other than 0 is not an error here.
    /// - Throws: If it could not be started.
    public func run(shouldStop: () -> Bool = { false }) throws(PosixError) -> Outcome {
        let nothing = try Descriptor(opening: "/dev/null", O_RDONLY)
        let pipe = try Descriptor.makePipe()
        let reading = Descriptor(adopting: pipe.reading)
        let hasOwnGroup = !Self.hasTerminal
        let child: pid_t
        do throws(PosixError) {
            child = try spawn(
                arguments,
                input: nothing.number,
                output: pipe.writing,
                hasOwnGroup: hasOwnGroup
            )
        } catch {
            close(pipe.writing)
            throw error
        }
        close(pipe.writing)

        let deadline = MonotonicClock.now() + timeout
        var output: [UInt8] = []
        var isOpen = true
        while true {
            if !isOpen, let ending = try reap(child, blocks: false) {
                return Outcome(ending: ending, output: output)
            }
            let rest = deadline - MonotonicClock.now()
            let verdict: Ending? =
                rest <= .zero ? .timedOut : shouldStop() ? .cancelled : nil
            if let verdict { return try stop(child, hasOwnGroup, verdict, output) }
            guard isOpen else {
                // It closed its output but still runs: there is nothing to poll, so check often.
                MonotonicClock.pause(for: min(rest, .milliseconds(5)))
                continue
            }
            let ready = Descriptor.waitUntilReady(
                reading.number,
                for: Int16(POLLIN),
                within: min(rest, .milliseconds(100))
            )
            guard ready else {
                // A grandchild may hold the pipe open after the program itself has ended.
                if let ending = try reap(child, blocks: false) {
                    return Outcome(ending: ending, output: output)
                }
                continue
            }
            let piece = try reading.read(atMost: 4096, path: arguments.first)
            isOpen = !piece.isEmpty
            output += piece
            if output.count > outputLimit {
                return try stop(child, hasOwnGroup, .outputTooLarge, output)
            }
        }
    }

    private static var hasTerminal: Bool {
        let terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { return false }
        close(terminal)
        return true
    }

    private func stop(
        _ child: pid_t,
        _ hasOwnGroup: Bool,
        _ ending: Ending,
        _ output: [UInt8]
    ) throws(PosixError) -> Outcome {
        kill(hasOwnGroup ? -child : child, SIGKILL)
        _ = try reap(child, blocks: true)
        return Outcome(ending: ending, output: output)
    }
}
