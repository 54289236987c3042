internal import Bindings
internal import Posix

/// Writes the log of a run: to standard error, and to a file beside it where one is named.
final class LogFiles {
    private let world: World
    private let format: RunOptions.LogFormat
    private let runID: String
    private let file: AppendOnlyFile?
    private var hasComplained = false

    /// The least important records that are written.
    let level: LogRecord.Level

    /// Set while something else has the terminal's last line: shows text above it.
    var showAbove: () -> ((String) -> Void)? = { nil }

    /// Opens the log.
    /// - Parameters:
    ///   - options: The format, the level and the file.
    ///   - runID: What every record of the run is marked with in JSON.
    ///   - world: Whose standard error it is.
    /// - Throws: The file cannot be opened, or is not one that may be written.
    init(_ options: RunOptions, runID: String, _ world: World) throws(SettingsError) {
        self.world = world
        self.runID = runID
        format = options.logFormat
        level = LogRecord.Level(rawValue: options.logLevel.rawValue) ?? .info
        do throws(PosixError) {
            file = try options.logFile.map { path throws(PosixError) in try AppendOnlyFile(path) }
        } catch {
            throw SettingsError(
                "the log: \(error)",
                hint: "--log-file names a file of yours that is no symbolic link",
                exitCode: .configuration
            )
        }
    }

    /// What the functions of scripts write to.
    var output: LogOutput { LogOutput(level: level, write: write) }

    /// Writes a record.
    func write(_ record: LogRecord) {
        let line = (format == .json ? record.json(runID: runID) : record.text) + "\n"
        let bytes = Array(line.utf8)
        // Where a bar of `progress` stands on the terminal's line, the record takes its place.
        let erasing = world.canRedrawErrorLine ? Array("\r\u{1B}[K".utf8) : []
        if world.error.isTerminal, let show = showAbove() {
            show(line)
        } else {
            try? world.error.write(erasing + bytes)
        }
        do throws(PosixError) {
            try file?.append(bytes)
        } catch {
            // A full disk must not stop a run; once is enough to say so.
            if !hasComplained { world.complain("warning: the log: \(error)") }
            hasComplained = true
        }
    }
}

extension World {
    /// Whether a line on standard error can be drawn over: by a bar, and by a record where a bar stands.
    var canRedrawErrorLine: Bool { error.isTerminal && environment["TERM"] != "dumb" }
}
