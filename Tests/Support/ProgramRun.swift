internal import Dispatch
public import Foundation

/// One run of a built program, as its user sees it: arguments, standard input, both streams,
/// the end.
public struct ProgramRun: Sendable {
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let error: String
    /// The exit code; nil when a signal ended it.
    public let status: Int32?
    /// The signal that ended it, if one did.
    public let signal: Int32?

    /// Its standard output, line by line.
    public var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// Runs a program that was built beside the test bundle, to its end.
    /// - Parameters:
    ///   - program: Its name.
    ///   - arguments: Its arguments.
    ///   - input: Its standard input.
    ///   - environment: Its whole environment, beside `PATH` and a `HOME` that is the folder.
    ///   - folder: Its working directory.
    ///   - onOutput: Told of each piece of standard output as it comes, with the running process.
    /// - Returns: How it ended and what it wrote.
    /// - Throws: When it cannot be started.
    public static func of(
        _ program: String = "vmoon",
        _ arguments: [String],
        input: String = "",
        environment: [String: String] = [:],
        in folder: TestFolder = TestFolder(),
        onOutput: (@Sendable (String, Process) -> Void)? = nil
    ) throws -> ProgramRun {
        try start(
            try SimulatorProcess.program(program),
            arguments,
            input,
            environment,
            folder,
            onOutput
        )
    }

    /// Runs a line of bash.
    /// - Parameters:
    ///   - line: The line.
    ///   - environment: Its variables, as those of a program.
    ///   - folder: Its working directory.
    ///   - seconds: How long it may take before it is killed.
    /// - Returns: How it ended and what it wrote.
    /// - Throws: When bash cannot be started.
    public static func shell(
        _ line: String,
        environment: [String: String] = [:],
        in folder: TestFolder = TestFolder(),
        within seconds: Int = 60
    ) throws -> ProgramRun {
        try start("/bin/bash", ["-c", line], "", environment, folder, nil, within: seconds)
    }

    private static func start(
        _ program: String,
        _ arguments: [String],
        _ input: String,
        _ environment: [String: String],
        _ folder: TestFolder,
        _ onOutput: (@Sendable (String, Process) -> Void)?,
        within seconds: Int = 60
    ) throws -> ProgramRun {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "HOME": folder.path,
            // The simulators' authority is made once for all tests, not once for each.
            "XDG_CACHE_HOME": NSTemporaryDirectory() + "/vmoon-tests-cache",
        ].merging(environment) { $1 }
        let pipes = (input: Pipe(), output: Pipe(), error: Pipe())
        process.standardInput = pipes.input
        process.standardOutput = pipes.output
        process.standardError = pipes.error
        try withoutBlockedSignals { try process.run() }
        // A program that hangs is a failure of its own test, not of the whole run.
        let watchdog = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds), execute: watchdog)
        defer { watchdog.cancel() }
        // Three threads: a program that fills one stream while we read another would wait forever.
        let output = Reader(pipes.output.fileHandleForReading) { onOutput?($0, process) }
        let error = Reader(pipes.error.fileHandleForReading) { _ in }
        try? pipes.input.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try? pipes.input.fileHandleForWriting.close()
        let texts = (output.text(), error.text())
        process.waitUntilExit()
        let isSignal = process.terminationReason == .uncaughtSignal
        return ProgramRun(
            output: texts.0,
            error: texts.1,
            status: isSignal ? nil : process.terminationStatus,
            signal: isSignal ? process.terminationStatus : nil
        )
    }

    /// Starts a program as a shell would.
    ///
    /// Threads of dispatch block signals, and their children inherit that: a program that does not
    /// expect it could not be ended.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var ours = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &ours)
        defer { pthread_sigmask(SIG_SETMASK, &ours, nil) }
        try body()
    }

    /// Reads a stream to its end on a thread of its own.
    private final class Reader: @unchecked Sendable {
        // Safe because `data` is written by the thread before the semaphore, and read after it.
        private var data = Data()
        private let done = DispatchSemaphore(value: 0)

        init(_ handle: FileHandle, _ onPiece: @escaping @Sendable (String) -> Void) {
            Thread { [self] in
                // Not `availableData`: a signal in the middle of it ends the whole process.
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while true {
                    let count = read(handle.fileDescriptor, &buffer, buffer.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { break }
                    data.append(contentsOf: buffer[..<count])
                    onPiece(String(decoding: buffer[..<count], as: UTF8.self))
                }
                done.signal()
            }.start()
        }

        func text() -> String {
            done.wait()
            return String(decoding: data, as: UTF8.self)
        }
    }
}

/// A folder of a test's own; it goes away with this object.
public final class TestFolder: Sendable {
    /// Its absolute path.
    public let path: String

    /// Makes an empty one.
    public init() {
        path = NSTemporaryDirectory() + "/vmoon-test-" + UUID().uuidString
        try? FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file in it.
    /// - Returns: The file's absolute path.
    @discardableResult
    public func write(_ text: String, to name: String, mode: Int = 0o644) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }
}
