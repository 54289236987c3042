internal import Changes
internal import JSON
internal import Journal
internal import Posix
internal import Settling
internal import VSphere

/// One run of `vmoon reconcile`, which starts no interpreter.
final class ReconcileRun {
    /// Why not everything was settled.
    private struct Problem {
        let text: String
        let code: ExitCode

        init(_ error: VSphereError) {
            text = error.description + (error.hint.map { "; \($0)" } ?? "")
            code = error.exitCode
        }

        init(_ error: SettingsError) { (text, code) = (error.description, error.exitCode) }
    }

    private let invocation: Invocation
    private let world: World
    private let settings: Settings
    private let run: SettlingRun
    private let redaction = Redaction()
    /// The operations in their present state, oldest first.
    private var records: [OperationRecord]
    /// The operations that were reported.
    private var told: Set<String> = []
    private var outputProblem: PosixError?

    init(
        _ invocation: Invocation,
        _ world: World,
        _ settings: Settings,
        _ records: [OperationRecord]
    ) {
        self.invocation = invocation
        self.world = world
        self.settings = settings
        self.records = records
        redaction.hideProxies(of: world.environment)
        run = SettlingRun(
            ChangeSettings(invocation, world, settings.run),
            redaction: redaction,
            grace: settings.run.grace,
            wallClock: world.wallTime
        )
    }

    func start() {
        let target = run.stop.target { [run, world] in
            run.logOutByForce()
            world.complain("nothing else stopped the run, and it is ended by force")
            return run.stop.reason == StopFlag.deadline
                ? ExitCode.deadline.rawValue : ExitCode.internalError.rawValue
        }
        let (grace, deadline) = (settings.run.grace, settings.run.deadline)
        let watch = world.watch(target, RunWatch.Limits(grace: grace, deadline: deadline))
        let problem = settle()
        for error in run.logOut() { world.warn("\(error)") }
        if isJSON { write(JSONEncoder(.indented).encode(.array(records.map(\.document)))) }
        let ending = ending(problem)
        if let error = run.closeJournal(ending: "\(ending)") {
            world.warn("\(error.message)")
        }
        explain(problem)
        withExtendedLifetime(watch) { world.end(ending) }
    }

    // MARK: Settling

    private func settle() -> Problem? {
        if let word = invocation[.resolve]?.text, let record = records.first {
            let isDone = word == "done"
            switch run.resolve(record, as: isDone ? .resolvedDone : .resolvedNotApplied) {
            case .success(let settled):
                tell(settled)
                return nil
            case .failure(let error): return Problem(error)
            }
        }
        for record in records where !record.isOpen { tell(record) }
        let due = records.filter(\.isOpen)
        let problem: Problem?
        do throws(SettingsError) {
            problem = try look(at: due)
        } catch {
            problem = Problem(error)
        }
        for var record in due where !told.contains(record.identifier) {
            record.detail = Detail(text: "not looked at")
            tell(record)
        }
        return problem
    }

    private func look(at due: [OperationRecord]) throws(SettingsError) -> Problem? {
        guard let place = try ReconcilePlace(of: due, named: settings.endpoint()?.description)
        else { return nil }
        for var record in place.elsewhere {
            record.detail = Detail(text: "of another vCenter, not looked at")
            tell(record)
        }
        guard !place.records.isEmpty else { return nil }
        let connection =
            try place.isNamed
            ? settings.connection()
            : settings.connection(toKnown: place.vcenter, user: place.user)
        for warning in connection.warnings { world.warn("\(warning)") }
        let error = run.look(
            at: place.records,
            of: connection.profile,
            isResending: invocation[.resend] != nil,
            notice: { [world] in world.warn("\($0)") },
            each: { [self] in tell($0) }
        )
        return error.map { Problem($0) }
    }

    // MARK: Reporting

    private var isJSON: Bool { invocation[.json] != nil }

    /// Stores the new state of an operation, and reports it at once in text form.
    private func tell(_ record: OperationRecord) {
        told.insert(record.identifier)
        if let at = records.firstIndex(where: { $0.identifier == record.identifier }) {
            records[at] = record
        }
        if !isJSON { write(record.line) }
    }

    private func write(_ line: String) {
        do throws(PosixError) {
            try world.output.write(line: line)
        } catch {
            outputProblem = outputProblem ?? error
        }
    }

    private func ending(_ problem: Problem?) -> World.Ending {
        var outcome = RunOutcome()
        let reason = run.stop.reason
        outcome.reachedDeadline = reason == StopFlag.deadline
        if !outcome.reachedDeadline { outcome.signal = reason }
        outcome.hasUnknownOutcome = records.contains(where: \.isOpen)
        if let problem, outcome.ending == .code(ExitCode.done.rawValue) {
            return .code(problem.code.rawValue)
        }
        outcome.lostOutput = outputProblem != nil
        return outcome.ending
    }

    private func explain(_ problem: Problem?) {
        if let outputProblem, !outputProblem.isBrokenPipe {
            world.complain(outputProblem.description)
        }
        switch run.stop.reason {
        case nil: if let problem { world.complain(problem.text) }
        case StopFlag.deadline: world.complain("the deadline was reached")
        // The sender of a signal knows the reason.
        default: break
        }
        guard records.isEmpty, problem == nil, world.journalProblem == nil else { return }
        world.note("no operation is open")
    }
}
