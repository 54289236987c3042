internal import Glibc
internal import Posix
internal import Synchronization

/// A program that a test has started, with pipes for its streams; it is killed with this object.
///
/// Nothing is read until the test asks, and then on the test's own thread.
/// (Not Foundation's `Process`: where many descriptors are open it reads past the end of a block, and
/// it keeps the pipes of a program that has ended until its time limit has passed.)
public final class ChildProcess {
    private let process: PipedProcess
    /// The database that it was given as its journal.
    private let journal: String?
    private var streams: [(descriptor: Int32, bytes: [UInt8], isOpen: Bool)]

    /// Starts a program as a shell would, in a process group of its own.
    /// - Parameters:
    ///   - arguments: Its path and its arguments.
    ///   - environment: All its variables.
    ///   - folder: Its working directory; nil for ours.
    /// - Throws: When it cannot be started.
    public init(
        _ arguments: [String],
        environment: [String: String],
        in folder: String? = nil
    ) throws {
        // Also where a shell starts it.
        let isOurs = arguments.contains { word in
            word.hasSuffix("/vmoon") || ["/vmoon ", "/vmoon'"].contains { word.contains($0) }
        }
        let journal = isOurs ? try PostgreSQLServer.variables(for: environment, in: folder) : [:]
        self.journal = journal["VMOON_JOURNAL"]
        let environment = environment.merging(journal) { given, _ in given }
        let words = folder.map { ["/usr/bin/env", "-C", $0, "--"] } ?? []
        process = try SimulatorProcess.spawning.withLock { _ in
            try PipedProcess(words + arguments, environment: environment)
        }
        streams = [(process.output, [], true), (process.error, [], true)]
    }

    /// The number of its process.
    public var identifier: Int32 { process.identifier }

    /// What it has written to standard output, as far as it was read.
    public var output: String { String(decoding: streams[0].bytes, as: UTF8.self) }

    /// What it has written to standard error, as far as it was read.
    public var error: String { String(decoding: streams[1].bytes, as: UTF8.self) }

    /// Sends it a signal, unless it has ended: its number may be another's by then.
    public func signal(_ number: Int32) { if code == nil { kill(identifier, number) } }

    /// Reads what it writes until something is so.
    /// - Parameters:
    ///   - limit: How long at most.
    ///   - isSo: Asked after each piece, and every ten milliseconds.
    /// - Returns: Whether it was so within the time.
    public func wait(within limit: Duration, until isSo: () throws -> Bool) rethrows -> Bool {
        let deadline = MonotonicClock.now() + limit
        while true {
            read(within: 10)
            if try isSo() { return true }
            if MonotonicClock.now() >= deadline { return false }
        }
    }

    /// Gives it its standard input, reads what it writes, and waits for its end.
    /// - Parameters:
    ///   - input: Its standard input.
    ///   - limit: How long it may take before it is killed: a program that hangs is a failure of its own
    ///     test, not of the whole run.
    ///   - onOutput: Told of each piece of standard output as it comes.
    /// - Returns: The exit code, or minus the signal that ended it.
    public func end(
        input: String = "",
        within limit: Duration = .seconds(60),
        onOutput: (String) -> Void = { _ in }
    ) -> Int32 {
        var rest = ArraySlice(input.utf8)
        let deadline = MonotonicClock.now() + limit
        while true {
            if rest.isEmpty {
                process.closeInput()
            } else if let taken = writingWithoutSignal({ process.write(rest) }) {
                rest = rest.dropFirst(taken)
            } else {
                rest = []
            }
            let known = streams[0].bytes.count
            read(within: rest.isEmpty ? 10 : 1)
            if streams[0].bytes.count > known {
                onOutput(String(decoding: streams[0].bytes[known...], as: UTF8.self))
            }
            // Its streams may be open still where it has left a child behind, and it may live on
            // with its streams closed: both must have come to their end.
            let isSilent = !streams.contains { $0.isOpen }
            if isSilent, let code {
                if code == -SIGKILL, let journal { PostgreSQLServer.bury(identifier, in: journal) }
                return code
            }
            if isSilent { MonotonicClock.pause(for: .milliseconds(1)) }
            if MonotonicClock.now() >= deadline {
                process.end()
                for _ in 0..<5000 where code == nil {
                    MonotonicClock.pause(for: .milliseconds(1))
                }
                return code ?? -SIGKILL
            }
        }
    }

    /// How it ended, as `end` says it; nil while it runs.
    private var code: Int32? {
        switch process.poll() {
        case nil: nil
        case .exited(let code): code
        case .signalled(let number): -number
        // Only commands with limits end so.
        case .timedOut, .outputTooLarge, .cancelled: -SIGKILL
        }
    }

    /// Reads what there is of both streams, or waits for it.
    private func read(within milliseconds: Int32) {
        let open = streams.indices.filter { streams[$0].isOpen }
        var entries = open.map {
            pollfd(fd: streams[$0].descriptor, events: Int16(POLLIN), revents: 0)
        }
        guard !entries.isEmpty, poll(&entries, nfds_t(entries.count), milliseconds) > 0 else {
            return
        }
        for (place, index) in open.enumerated() where entries[place].revents != 0 {
            switch process.read(from: streams[index].descriptor) {
            case .bytes(let bytes): streams[index].bytes += bytes
            case .nothing: break
            case .end: streams[index].isOpen = false
            }
        }
    }

    /// Writes to a program that may have ended: that is no reason to end this one.
    private func writingWithoutSignal(_ write: () -> Int?) -> Int? {
        var pipe = sigset_t()
        var before = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let count = write()
        if count == nil {
            // Taken back here, so that it is not delivered when the mask is lifted.
            var pending = sigset_t()
            sigpending(&pending)
            var number: Int32 = 0
            if sigismember(&pending, SIGPIPE) == 1 { sigwait(&pipe, &number) }
        }
        return count
    }
}
