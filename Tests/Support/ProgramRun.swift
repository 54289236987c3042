internal import Foundation

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
    ///   - seconds: How long it may take before it is killed.
    ///   - onOutput: Told of each piece of standard output as it comes, with the running process.
    /// - Returns: How it ended and what it wrote.
    /// - Throws: When it cannot be started.
    public static func of(
        _ program: String = "vmoon",
        _ arguments: [String],
        input: String = "",
        environment: [String: String] = [:],
        in folder: TestFolder = TestFolder(),
        within seconds: Int = 60,
        onOutput: ((String, ChildProcess) -> Void)? = nil
    ) throws -> ProgramRun {
        try start(
            try SimulatorProcess.program(program),
            arguments,
            input,
            environment,
            folder,
            onOutput,
            within: seconds
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
        _ onOutput: ((String, ChildProcess) -> Void)?,
        within seconds: Int = 60
    ) throws -> ProgramRun {
        let variables = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "HOME": folder.path,
            // The simulators' authority is made once for all tests, not once for each.
            "XDG_CACHE_HOME": NSTemporaryDirectory() + "/vmoon-tests-cache",
        ].merging(environment) { $1 }
        let process = try ChildProcess(
            [program] + arguments,
            environment: variables,
            in: folder.path
        )
        let code = process.end(input: input, within: .seconds(seconds)) {
            onOutput?($0, process)
        }
        return ProgramRun(
            output: process.output,
            error: process.error,
            status: code < 0 ? nil : code,
            signal: code < 0 ? -code : nil
        )
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

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        PostgreSQLServer.forget(in: path)
    }

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
