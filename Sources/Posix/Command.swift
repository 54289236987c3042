internal import CProcess
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

    /// The input and the environment of a program that is told something.
    public struct Feed: Sendable, Equatable {
        /// The bytes on its standard input.
        public var input: [UInt8]
        /// Its environment.
        public var environment: [String: String]

        /// Makes a feed.
        public init(input: [UInt8], environment: [String: String]) {
            (self.input, self.environment) = (input, environment)
        }
    }

    /// The program and its arguments.
    public let arguments: [String]
    /// The longest time it may run.
    public let timeout: Duration
    /// The most bytes it may write.
    public let outputLimit: Int
    /// Its input and environment; such a program has a process group of its own, and its standard error is captured too.
    public var feed: Feed?

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
        let nothing = try input()
        let pipe = try Descriptor.makePipe()
        let reading = Descriptor(adopting: pipe.reading)
        let hasOwnGroup = feed != nil || !Self.hasTerminal
        let child: pid_t
        do throws(PosixError) {
            child = try spawn(
                arguments,
                input: nothing.number,
                output: pipe.writing,
                error: feed == nil ? nil : pipe.writing,
                environment: feed?.environment,
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

    /// Its standard input: a file in memory takes any number of bytes, where a pipe would have to be fed.
    private func input() throws(PosixError) -> Descriptor {
        guard let feed else { return try Descriptor(opening: "/dev/null", O_RDONLY) }
        let number = vm_process_memory_file()
        guard number >= 0 else { throw .current("make a file in memory") }
        let file = Descriptor(adopting: number)
        try Descriptor.write(feed.input, to: number, path: "memory")
        guard lseek(number, 0, SEEK_SET) == 0 else { throw .current("read from its beginning") }
        return file
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
