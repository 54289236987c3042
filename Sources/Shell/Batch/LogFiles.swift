internal import Bindings
internal import Posix
internal import Synchronization
internal import VSphere

/// Writes the log of a run: to standard error or systemd's journal, and also to a file if one is named.
final class LogFiles {
    private let world: World
    private let format: RunOptions.LogFormat
    private let runID: String
    private let path: String?
    private let redaction: Redaction
    /// Guarded: the thread that ends a run by force writes to it too.
    private let file = Mutex<AppendOnlyFile?>(nil)
    private var hasComplained = false

    /// The lowest level that is written.
    let level: LogRecord.Level

    /// Set while another output uses the terminal's last line: shows text above it.
    var showAbove: () -> ((String) -> Void)? = { nil }

    /// Opens the log.
    /// - Parameters:
    ///   - options: The format, the level and the file.
    ///   - runID: The identifier of the run, in every JSON record.
    ///   - world: The surroundings, for standard error.
    ///   - redaction: Removes the secrets of the run from records: a script may log texts of a server.
    /// - Throws: If the file cannot be opened, or must not be written.
    init(
        _ options: RunOptions,
        runID: String,
        _ world: World,
        _ redaction: Redaction
    ) throws(SettingsError) {
        self.world = world
        self.redaction = redaction
        self.runID = runID
        format = options.logFormat
        level = LogRecord.Level(rawValue: options.logLevel.rawValue) ?? .info
        path = options.logFile
        guard path != "-" else {
            throw SettingsError(
                "the log: - is no file, and standard error has the records already",
                hint: "--log-level info shows more of them, and ./- is a file of that name",
                exitCode: .configuration
            )
        }
        do throws(PosixError) {
            if let path {
                let opened = try Self.open(path, world)
                file.withLock { $0 = opened }
            }
        } catch {
            throw SettingsError(
                "the log: \(error)",
                hint:
                    "--log-file names a new file, or an older log, that is yours and no symbolic link",
                exitCode: .configuration
            )
        }
    }

    /// Opens a log that has no file.
    init(
        withoutFile options: RunOptions,
        runID: String,
        _ world: World,
        _ redaction: Redaction
    ) {
        (self.world, self.redaction, self.runID, path) = (world, redaction, runID, nil)
        format = options.logFormat
        level = LogRecord.Level(rawValue: options.logLevel.rawValue) ?? .info
    }

    private static func open(_ path: String, _ world: World) throws(PosixError) -> AppendOnlyFile {
        // Opening refuses other kinds of files with a better message.
        if !world.isNoRegularFile(path), !world.isLink(path) {
            try world.checkOurs(path, "log to", LogRecord.begins)
        }
        return try world.openGrowingFile(path)
    }

    /// The output for the log functions of scripts.
    var output: LogOutput { LogOutput(level: level) { self.write($0) } }

    /// Writes a record, if its level is high enough.
    func offer(_ record: LogRecord) { if record.level >= level { write(record) } }

    /// Writes a record.
    func write(_ record: LogRecord) { write(record, isShown: true) }

    /// Writes that the run begins or has ended; people who did not ask for details see nothing of it.
    func write(ofRun record: LogRecord) {
        guard record.level >= level else { return }
        let isShown = format == .json || world.journal != nil || level <= .debug
        write(record, isShown: isShown)
    }

    /// Writes what ended the run; people are told in other words.
    func write(problem record: LogRecord) { write(record, isShown: format == .json) }

    /// A record as a line of JSON, without secrets.
    func json(_ record: LogRecord) -> String {
        record.cleaned(by: redaction).json(runID: runID)
    }

    private func write(_ record: LogRecord, isShown: Bool) {
        reopenIfAsked()
        guard isShown || path != nil else { return }
        let record = record.cleaned(by: redaction)
        let line = (format == .json ? record.json(runID: runID) : record.text) + "\n"
        let bytes = Array(line.utf8)
        if isShown { show(record, bytes) }
        do throws(PosixError) {
            try file.withLock { $0 }?.append(bytes)
        } catch {
            complain("\(error)")
        }
    }

    /// Writes a record on another thread than the run's, which is busy: as `write(ofRun:)`, but without what
    /// belongs to that thread.
    /// - Returns: The record as a line of JSON.
    func writeByForce(_ record: LogRecord) -> String {
        let json = record.json(runID: runID)
        let line = Array(((format == .json ? json : record.text) + "\n").utf8)
        if format == .json, world.journal == nil { try? world.error.write(line) }
        try? file.withLock { $0 }?.append(line)
        return json
    }

    /// Opens the file again if a SIGHUP has asked for it: the old one was moved away.
    func reopenIfAsked() {
        guard let path, world.takeReopening() else { return }
        do throws(PosixError) {
            let opened = try Self.open(path, world)
            file.withLock { $0 = opened }
        } catch {
            complain("it cannot be opened again: \(error)")
        }
    }

    private func show(_ record: LogRecord, _ bytes: [UInt8]) {
        guard let journal = world.journal else {
            // If a bar of `progress` is on the terminal's line, the record replaces it.
            let erasing = world.canRedrawErrorLine ? Array("\r\u{1B}[K".utf8) : []
            if world.error.isTerminal, let show = showAbove() {
                show(String(decoding: bytes, as: UTF8.self))
            } else {
                try? world.error.write(erasing + bytes)
            }
            return
        }
        let message = format == .json ? record.json(runID: runID) : nil
        do throws(PosixError) {
            try journal(record.journalEntry(runID: runID, message: message))
        } catch {
            // systemd reads the priority of a line from its beginning.
            try? world.error.write(Array("<\(record.priority)>".utf8) + bytes)
        }
    }

    /// Reports a problem once: a full disk must not stop a run.
    private func complain(_ problem: String) {
        if !hasComplained { world.warn("the log: \(problem)") }
        hasComplained = true
    }
}

extension World {
    /// Whether a line on standard error can be overwritten: by a bar, and by a record in place of a bar.
    var canRedrawErrorLine: Bool { error.isTerminal && environment["TERM"] != "dumb" }
}
