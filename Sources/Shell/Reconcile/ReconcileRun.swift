internal import Changes
internal import JSON
internal import Journal
internal import Posix
internal import Settling
internal import Text
internal import VSphere

/// One run of `vmoon reconcile`, which starts no interpreter.
final class ReconcileRun {
    /// Why not everything was settled.
    private struct Problem: Error {
        let text: String
        /// As in error tables of scripts; nil for settings.
        let kind: String?
        let code: ExitCode

        init(_ error: VSphereError) {
            text = error.description + (error.hint.map { "; \($0)" } ?? "")
            (kind, code) = (error.kind.rawValue, error.exitCode)
        }

        init(_ error: SettingsError) {
            (text, kind, code) = (error.description, nil, error.exitCode)
        }

        /// The same for the log.
        var told: RunProblem { RunProblem(text, kind: kind) }

        /// The same about operations that nobody could look at.
        init(_ problem: Problem, _ place: ReconcilePlace) {
            let count = place.records.count
            let what = count == 1 ? "an open operation" : "\(count) open operations"
            text = "\(what) at \(Display.escape(place.vcenter)): \(problem.text)"
            (kind, code) = (problem.kind, problem.code)
        }
    }

    private let invocation: Invocation
    private let world: World
    private let settings: Settings
    private let run: SettlingRun
    private let hold: RunHold
    private let log: RunLog
    /// The operations in their present state, oldest first.
    private var records: [OperationRecord]
    /// The operations that were reported.
    private var told: Set<String> = []
    private var outputProblem: PosixError?

    init(
        _ invocation: Invocation,
        _ world: World,
        _ settings: Settings,
        _ records: [OperationRecord],
        _ log: RunLog,
        _ redaction: Redaction
    ) {
        self.invocation = invocation
        self.world = world
        self.settings = settings
        self.records = records
        self.log = log
        hold = RunHold(world)
        let clock = world.rehearsal.map(SharedClock.init)
        run = SettlingRun(
            ChangeSettings(
                invocation,
                world,
                settings.run,
                runID: log.start.identifier,
                holding: hold
            ),
            redaction: redaction,
            grace: settings.run.grace,
            wallClock: world.wallTime,
            timekeeper: clock
        )
        clock?.waitsForOthers = { [unowned run] in run.isWriting }
    }

    func start() {
        let target = run.stop.target { [run, world, log] in
            run.logOutByForce()
            let text = "nothing else stopped the run, and it is ended by force"
            world.complain(text)
            let reason = run.stop.reason
            let code: ExitCode = reason == StopFlag.deadline ? .deadline : .internalError
            let signal = reason.flatMap { $0 > 0 ? World.Ending.signal(Int32($0)) : nil }
            log.endByForce(signal ?? .code(code.rawValue), RunProblem(text))
            return code.rawValue
        }
        var limits = RunWatch.Limits(grace: settings.run.grace, deadline: settings.run.deadline)
        limits.reopensLog = settings.run.logFile != nil
        let watch = world.watch(target, limits)
        let problem = settle()
        for error in run.logOut() { world.warn("\(error)") }
        if isJSON { write(JSONEncoder(.indented).encode(.array(records.map(\.document)))) }
        let ending = ending(problem)
        if let error = run.closeJournal(ending: "\(ending)") {
            world.warn("\(error.message)")
        }
        hold.remove()
        world.sharedJournal?.end()
        explain(problem)
        for record in records { log.count(record.outcome) }
        log.end(ending, hasUnknownOutcome: false)
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
        let problem = look(at: due)
        for var record in due where !told.contains(record.identifier) {
            record.detail = Detail(text: "not looked at")
            tell(record)
        }
        return problem
    }

    /// Looks in every vCenter, or only in the one that the command line names.
    /// - Returns: Why nobody could look at the last of those that could not be looked at; the others are told.
    private func look(at due: [OperationRecord]) -> Problem? {
        var places = ReconcilePlace.all(of: due)
        if invocation[.vcenter] != nil || invocation[.profile] != nil {
            let name = (try? settings.endpoint())??.description
            for place in places where place.vcenter != name {
                for var record in place.records {
                    record.detail = Detail(text: "of another vCenter, not looked at")
                    tell(record)
                }
            }
            places.removeAll { $0.vcenter != name }
        }
        var last: Problem?
        for place in places where run.stop.reason == nil {
            guard let problem = look(in: place) else { continue }
            if let last, run.stop.reason == nil { log.tell(last.told) }
            last = places.count == 1 ? problem : Problem(problem, place)
        }
        return last
    }

    /// Looks in a vCenter by the first of the connections to it that takes us.
    private func look(in place: ReconcilePlace) -> Problem? {
        var first: Problem?
        // The profiles are a matter of Lua: they are read only where nothing else fits.
        for stage in world.rehearsal.map({ [$0.candidates] })
            ?? [settings.namedConnections, settings.otherConnections]
        {
            for candidate in stage(place) where run.stop.reason == nil {
                switch candidate.mapError(Problem.init).flatMap(logIn) {
                case .failure(let problem): first = first ?? problem
                case .success(let vcenter):
                    let error = run.look(
                        at: place.records,
                        in: vcenter,
                        isResending: invocation[.resend] != nil,
                        notice: { [world] in world.warn("\($0)") },
                        each: { [self] in tell($0) }
                    )
                    return error.map { Problem($0) }
                }
            }
        }
        return first
    }

    private func logIn(_ connection: Settings.Connection) -> Result<VCenter, Problem> {
        for warning in connection.warnings { world.warn("\(warning)") }
        return run.logIn(to: connection.profile) { [world] in world.warn("\($0)") }
            .mapError { Problem($0) }
    }

    // MARK: Reporting

    private var isJSON: Bool { invocation[.json] != nil }

    /// Stores the new state of an operation, and reports it at once in text form.
    private func tell(_ record: OperationRecord) {
        told.insert(record.identifier)
        if let at = records.firstIndex(where: { $0.identifier == record.identifier }) {
            records[at] = record
        }
        log.note(record)
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
            log.tell(RunProblem(outputProblem.description))
        }
        switch run.stop.reason {
        case nil: if let problem { log.tell(problem.told) }
        case StopFlag.deadline:
            log.tell(RunProblem("the deadline was reached", kind: "deadline"))
        // The sender of a signal knows the reason.
        default: break
        }
        let open = records.count(where: \.isOpen)
        if open > 0, problem == nil, run.stop.reason == nil {
            let what = open == 1 ? "an operation is" : "\(open) operations are"
            log.tell(
                RunProblem("\(what) still unknown", kind: ErrorKind.unknownOutcome.rawValue),
                isToldElsewhere: true
            )
        }
        guard records.isEmpty, problem == nil,
            world.sharedJournal != nil || world.journalProblem == nil
        else { return }
        world.note("no operation is open")
    }
}
