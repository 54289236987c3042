internal import Bindings
internal import JSON
internal import Journal
internal import Text
internal import VSphere

/// What a log has of a run as a whole: that it begins, the error that ends it, and how it ended.
final class RunLog {
    let start: RunStart
    let files: LogFiles
    private let hooks: RunHooks
    private let world: World
    private let began: Duration
    private let isJSON: Bool
    /// The first problem that was told.
    private var problem: RunProblem?
    private var changes = ChangeCounts()

    /// Opens the log, and writes that the run begins.
    /// - Throws: For a log file, or a program to be told, that is refused.
    init(
        _ invocation: Invocation,
        _ options: RunOptions,
        runID: String,
        _ world: World,
        _ redaction: Redaction
    ) throws(SettingsError) {
        self.world = world
        hooks = try RunHooks(options, world)
        files = try LogFiles(options, runID: runID, world, redaction)
        began = world.monotonicTime()
        isJSON = options.logFormat == .json
        start = RunStart(invocation, identifier: runID, world)
        writeStart()
    }

    /// The log of a run whose settings are wrong: with as much of them as is not.
    init(failed invocation: Invocation, runID: String, _ world: World, _ redaction: Redaction) {
        self.world = world
        let options = RunOptions(invocation, environment: world.environment)
        hooks = (try? RunHooks(options, world)) ?? RunHooks()
        files =
            (try? LogFiles(options, runID: runID, world, redaction))
            ?? LogFiles(withoutFile: options, runID: runID, world, redaction)
        began = world.monotonicTime()
        isJSON = options.logFormat == .json
        start = RunStart(invocation, identifier: runID, world)
        writeStart()
    }

    private func writeStart() {
        files.write(ofRun: record(.info, "run begins", start.fields))
    }

    /// Counts a change that the journal has.
    func count(_ event: OperationEvent) {
        guard event.isChanging, event.identifier != nil else { return }
        changes.add(OperationRecord.Outcome(rawValue: event.outcome))
    }

    /// Tells what ended the run: to a person in words, else as a record.
    func tell(_ found: RunProblem) {
        problem = problem ?? found
        files.write(problem: record(.error, found.message, found.fields))
        guard !isJSON else { return }
        let lines = [found.message] + found.advice + found.frames
        world.complain(lines.joined(separator: "\n"))
    }

    /// Writes how the run ended, and tells the programs that are to know.
    /// - Parameters:
    ///   - ending: How the process ends.
    ///   - hasUnknownOutcome: Whether the outcome of any change is not known.
    func end(_ ending: World.Ending, hasUnknownOutcome: Bool) {
        if hasUnknownOutcome { changes.unknown = max(changes.unknown, 1) }
        let end = RunEnd(
            ending,
            problem,
            duration: world.monotonicTime() - began,
            changes: changes
        )
        let record = record(
            end.isFailure ? .error : .info,
            end.message,
            end.fields(of: start)
        )
        files.write(ofRun: record)
        hooks.tell(end, files.json(record))
    }

    private func record(
        _ level: LogRecord.Level,
        _ message: String,
        _ fields: [JSONValue.Member]
    ) -> LogRecord {
        LogRecord(time: world.wallTime(), level: level, message: message, fields: fields)
    }
}
