internal import Bindings
internal import Changes
internal import JSON
internal import Journal
internal import Synchronization
internal import Text
internal import VSphere

/// The records of a run as a whole: that it begins, the error that ends it, and how it ended.
final class RunLog {
    let start: RunStart
    let files: LogFiles
    /// The run's trace; nil where none is wanted.
    let trace: RunTrace?
    private let hooks: RunHooks
    private let world: World
    private let began: Duration
    private let isJSON: Bool
    private let progress = Mutex(Progress())

    /// The facts that another thread needs when it ends the run by force.
    private struct Progress {
        /// The first problem that was told.
        var problem: RunProblem?
        /// The first of a change whose outcome is not known.
        var doubt: RunProblem?
        var changes = ChangeCounts()
        var isEnded = false
    }

    /// Opens the log, and writes that the run begins.
    ///
    /// `isTraced` is false for a run whose loop sends no trace.
    /// - Throws: For a log file, or a program to be told, that is refused.
    init(
        _ invocation: Invocation,
        _ options: RunOptions,
        runID: String,
        _ world: World,
        _ redaction: Redaction,
        isTraced: Bool = true
    ) throws(SettingsError) {
        self.world = world
        hooks = try RunHooks(options, world)
        files = try LogFiles(options, runID: runID, world, redaction)
        began = world.monotonicTime()
        isJSON = options.logFormat == .json
        start = RunStart(invocation, identifier: runID, world)
        let traced = Result { [start] () throws(TraceSettings.Problem) in
            isTraced ? try RunTrace.begin(options, start, world, redaction) : nil
        }
        trace = (try? traced.get()) ?? nil
        writeStart()
        if case .failure(let problem) = traced { warn(ofTrace: problem) }
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
        trace = nil
        writeStart()
    }

    /// Uses the loop and the prompt of the run.
    func connect(_ runtime: Runtime) {
        files.showAbove = { [unowned runtime] in runtime.showAbove }
        do throws(TraceSettings.Problem) {
            try trace?.connect(runtime) { [unowned self] problem in warn(problem) }
        } catch {
            warn(ofTrace: error)
        }
    }

    private func warn(ofTrace problem: TraceSettings.Problem) {
        warn("the trace: \(problem.message); nothing is sent")
    }

    private func writeStart() {
        files.write(ofRun: record(.info, "run begins", start.fields))
    }

    /// Counts a change that the journal has.
    func count(_ event: OperationEvent) {
        guard event.isChanging, event.identifier != nil else { return }
        count(OperationRecord.Outcome(rawValue: event.outcome))
    }

    /// Counts a change; nil stands for one without an outcome.
    func count(_ outcome: OperationRecord.Outcome?) {
        progress.withLock { $0.changes.add(outcome) }
    }

    /// Notes the state of a change of an earlier run that this one has looked at.
    func note(_ operation: OperationRecord) {
        var fields: [JSONValue.Member] = [
            .init("op_id", .string(operation.identifier)),
            .init("operation", .string(operation.operation)),
            .init("vcenter", .string(operation.vcenter)),
        ]
        if !operation.item.isEmpty { fields.append(.init("item", .string(operation.item))) }
        if let name = operation.itemName { fields.append(.init("item_name", .string(name))) }
        let outcome = operation.outcome?.rawValue ?? "unknown"
        fields.append(.init("attempt", .integer(operation.attempts)))
        fields.append(.init("outcome", .string(outcome)))
        let level: LogRecord.Level = operation.isOpen ? .error : operation.isDone ? .info : .warn
        let message =
            "\(operation.operation) of an earlier run: \(operation.explanation ?? outcome)"
        files.write(ofRun: record(level, message, fields))
    }

    /// Tells what ended the run: to a person in words, else as a record.
    ///
    /// `isToldElsewhere` is for what a person sees in the output: then only the log has it.
    func tell(_ found: RunProblem, isToldElsewhere: Bool = false) {
        progress.withLock { progress in
            progress.problem = progress.problem ?? found
            if found.kind == ErrorKind.unknownOutcome.rawValue {
                progress.doubt = progress.doubt ?? found
            }
        }
        files.write(problem: record(.error, found.message, found.fields))
        guard !isJSON, !isToldElsewhere else { return }
        let lines = [found.message] + found.advice + found.frames
        world.complain(lines.joined(separator: "\n"))
    }

    /// Warns of what does not stop the run; the log has it too, since nobody may see the output.
    func warn(_ message: String) {
        let record = record(.warn, message, [])
        if record.level >= files.level { files.write(problem: record) }
        if !isJSON { world.warn(message) }
    }

    /// Writes how the run ended, and tells the programs that are to know.
    /// - Parameters:
    ///   - ending: How the process ends.
    ///   - hasUnknownOutcome: Whether the outcome of any change is not known.
    func end(_ ending: World.Ending, hasUnknownOutcome: Bool) {
        guard var state = takeEnd() else { return }
        if hasUnknownOutcome { state.changes.unknown = max(state.changes.unknown, 1) }
        let (end, record) = self.end(ending, state)
        trace?.end(.init(exitCode: end.exitCode, kind: end.kind, message: end.message))
        files.write(ofRun: record)
        hooks.tell(
            end,
            files.json(record),
            traceparent: trace.map { $0.header($0.span) },
            warn: warn
        )
    }

    /// Writes that the run is ended by force, and tells the programs that are to know; on another thread, while that of
    /// the run is busy.
    func endByForce(_ ending: World.Ending, _ problem: RunProblem?) {
        guard var state = takeEnd() else { return }
        if let problem {
            state.problem = problem
            _ = files.writeByForce(record(.error, problem.message, problem.fields))
        }
        let (end, record) = self.end(ending, state)
        // The secrets of the run belong to its thread; nothing of others is in this record.
        let line = files.writeByForce(record)
        hooks.tell(end, line, traceparent: trace.map { $0.header($0.span) }) { problem in
            _ = files.writeByForce(self.record(.warn, problem, []))
            world.warn(problem)
        }
    }

    /// The state at the end; nil if another thread has told of the end already.
    private func takeEnd() -> Progress? {
        progress.withLock { progress in
            defer { progress.isEnded = true }
            return progress.isEnded ? nil : progress
        }
    }

    private func end(_ ending: World.Ending, _ state: Progress) -> (RunEnd, LogRecord) {
        let isUnknown = ending == .code(ExitCode.outcomeUnknown.rawValue)
        let end = RunEnd(
            ending,
            isUnknown ? state.doubt ?? .doubt(state.changes.unknown) : state.problem,
            duration: world.monotonicTime() - began,
            changes: state.changes
        )
        let level: LogRecord.Level = end.isFailure ? .error : .info
        return (end, record(level, end.message, end.fields(of: start)))
    }

    private func record(
        _ level: LogRecord.Level,
        _ message: String,
        _ fields: [JSONValue.Member]
    ) -> LogRecord {
        LogRecord(time: world.wallTime(), level: level, message: message, fields: fields)
    }
}
