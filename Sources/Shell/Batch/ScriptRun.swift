internal import Changes
internal import Bindings
internal import Journal
internal import LuaHost
internal import Posix
internal import Text
internal import Transport
internal import VSphere

/// One run of scripts: the actions of the command line, the script, and everything
/// afterwards.
final class ScriptRun {
    private let invocation: Invocation
    private let world: World
    private let settings: Settings
    private let fleet: SimulatorFleet?
    private let runtime: Runtime
    private let lock: RunLock?
    private let watchers: RunWatchers
    private var watch: RunWatch?
    private let hold: RunHold
    private let continuation: RunContinuation?
    private let redaction: Redaction
    private let plan: RunPlan
    private let log: RunLog
    /// Collects the privileges of the run's calls, for `vmoon privileges`.
    private let role: NeededRole?
    /// The start of the run, on the monotonic clock.
    private let began: Duration
    private var outcome = RunOutcome()
    private var prompt: Prompt?

    init(
        _ invocation: Invocation,
        _ world: World,
        _ settings: Settings,
        _ continuation: RunContinuation?,
        _ role: NeededRole?,
        _ secrets: SecretVault,
        _ log: RunLog
    ) throws {
        self.role = role
        self.log = log
        self.invocation = invocation
        self.world = world
        self.settings = settings
        began = world.monotonicTime()
        let runID = log.start.identifier
        try RunMetrics.check(settings.run, world)
        try continuation?.check(settings.addresses)
        plan = try RunPlan(invocation, settings.run, world)
        lock = try RunLock.take(settings.run, runID: runID, world)
        self.continuation = continuation
        hold = continuation?.hold ?? RunHold(world)
        let fleet = try SimulatorFleet.of(settings.run, world)
        (self.fleet, redaction) = (fleet, secrets.redaction)
        for secret in world.sharedJournal?.address.secrets ?? [] { redaction.hide(Secret(secret)) }
        let warnings = Warnings(log)
        var script: String?
        if case .script(let path) = invocation.mode { script = path }
        if let option = invocation.misplacedSafeguard {
            log.warn(
                "\(option) stands behind the script, which gets it; for vmoon it comes first: "
                    + "vmoon \(option) \(Display.escape(script ?? "-"))"
            )
        }
        let cassette = try CassetteFile(settings.run, script: script, world)
        if let tape = cassette.tape { secrets.onEntry = tape.hide }
        let sessions = SessionSettings(
            settings: settings,
            recorder: cassette.recorder,
            player: cassette.player,
            fleet: fleet,
            secrets: secrets,
            warn: warnings.show
        )
        let leave = Leave()
        var configuration = Runtime.Configuration(
            profile: sessions.profile,
            exit: { status in leave.action?(status) }
        )
        configuration.tellBrokenLoop = { text in
            log.tell(RunProblem(text, kind: ErrorKind.transport.rawValue))
        }
        configuration.grace = settings.run.grace
        configuration.usesEnvironment = !invocation.ignoresEnvironment
        configuration.wallTime = world.wallTime
        let clock = world.rehearsal.map(SharedClock.init)
        configuration.timekeeper = clock
        configuration.proxy = { EnvironmentProxy.find(for: $0, in: world.environment) }
        configuration.log = log.files.output
        let metrics = settings.run.metricsFile.map { RunMetrics($0, world, warn: log.warn) }
        configuration.watch(settings.run, log, metrics, world)
        configuration.secrets = secrets
        configuration.tape = cassette.tape
        configuration.fetchSecret = ScriptSecrets(world: world).fetch
        configuration.show(on: world, settings.run)
        // What --cron keeps back has nobody in front of it.
        if invocation[.cron] == nil { configuration.ask = world.askLine }
        configuration.changes = settings.run.changes
        if world.error.isTerminal || invocation.mode == .prompt || invocation.entersPrompt {
            // Overwrites the `^C` that the terminal has shown.
            let stream = world.error.isTerminal ? world.error : world.output
            configuration.notice = { line in try? stream.tell("\r" + line) }
        }
        configuration.plan = { line in if role == nil { try? world.error.tell(line) } }
        if let role { configuration.noteCall = { role.add($0.needs) } }
        if settings.run.isSandboxed {
            configuration.sandbox = Sandbox(modules: Self.scriptFolder(invocation, world))
        }
        configuration.record = ChangeSettings(
            invocation,
            world,
            settings.run,
            runID: runID,
            continuing: continuation,
            holding: hold,
            addresses: { settings.addresses },
            plan: plan,
            cleaned: settings.cleaner(redaction)
        )
        configuration.keepsPlan = settings.run.planOutFile != nil
        configuration.lastStep = settings.run.lastStep
        let shard = ShardChoice(option: settings.run.shard, environment: world.environment).shard
        configuration.shard = { shard }
        let runtime = try Runtime(configuration)
        self.runtime = runtime
        clock?.waitsForOthers = { [unowned runtime] in runtime.waitsForOthers }
        watchers = try RunWatchers(settings.run, metrics, runtime, runID: runID, warn: log.warn)
        log.connect(runtime)
        if lock != nil, let leases = try world.sharedJournal?.leases() {
            runtime.stop(whenLost: leases)
        }
        leave.action = { [unowned self] status in
            outcome.exitStatus = status
            end()
        }
    }

    /// Carries out `os.exit` at the end; it is made before the run.
    private final class Leave {
        var action: ((Int) -> Void)?
    }

    func run() {
        prepare()
        if continuation != nil, let error = runtime.recordRun() {
            log.tell(RunProblem("\(error.message); \(error.hint ?? "")", kind: error.kind.rawValue))
            outcome.exitStatus = Int(ExitCode.cannotCreateState.rawValue)
            return end()
        }
        watchers.start()
        world.onForeignExit { [self] status, isOwnThread in
            // As after os.exit; in another thread the loop is not ours.
            if isOwnThread { runtime.exit(status: Int(status)) } else { runtime.lastResort() }
        }
        do throws(LuaError) {
            if invocation.showsVersion { try? world.output.write(line: Program.versionText) }
            for action in invocation.actions { try perform(action) }
            try runScript()
            if invocation.mode == .prompt || invocation.entersPrompt { runPrompt() }
            guard !world.isForked() else { return endFork() }
            try runtime.interpreter.finishTasks(cancelling: false)
        } catch {
            outcome.error = error
            guard !world.isForked() else { return endFork() }
            // Other tasks have no purpose any more; their errors do not count.
            runtime.isEnding = true
            try? runtime.interpreter.finishTasks(cancelling: true)
        }
        close()
        end()
    }

    private func prepare() {
        let interpreter = runtime.interpreter
        interpreter.setPrintEscapes(world.output.isTerminal)
        if let limit = settings.run.memoryLimit {
            interpreter.setMemoryLimit(limit, countsProcess: true)
        }
        interpreter.setArguments(world.argumentBytes, script: invocation.scriptPosition ?? 0)
        world.rehearsal?.decideChance(in: interpreter)
        // A sandbox has no search path: it searches beside the script.
        if !settings.run.isSandboxed { setPackagePath(of: interpreter) }
        // From here on the run may be stopped: what was defined before must not be interrupted.
        var limits = RunWatch.Limits(grace: settings.run.grace)
        limits.reopensLog = settings.run.logFile != nil
        // Waiting for the lock has used part of it.
        let elapsed = world.monotonicTime() - began
        limits.deadline = settings.run.deadline.map { max($0 - elapsed, .milliseconds(1)) }
        watch = world.watch(runtime, limits, log)
    }

    private func setPackagePath(of interpreter: Interpreter) {
        var folders: [String] = []
        if let folder = Self.scriptFolder(invocation, world) { folders.append(folder) }
        // Behind a symbolic link a script still finds what lies beside it.
        if case .script(let path) = invocation.mode, let real = world.realPath(path),
            let folder = world.folder(of: real), !folders.contains(folder)
        {
            folders.append(folder)
        }
        interpreter.setPackagePath(folders: folders.map(SystemText.bytes))
    }

    private static func scriptFolder(_ invocation: Invocation, _ world: World) -> String? {
        guard case .script(let path) = invocation.mode else { return nil }
        return world.folder(of: path)
    }

    private func perform(_ action: Invocation.Action) throws(LuaError) {
        switch action {
        case .execute(let code):
            let bytes = SystemText.bytes(code)
            try runtime.interpreter.run(bytes: bytes, chunkName: "=(command line)")
        case .require(let module, let global):
            try runtime.interpreter.require(module, as: global)
        case .warningsOn: runtime.interpreter.setWarnings(true)
        }
    }

    private func runScript() throws(LuaError) {
        switch invocation.mode {
        case .script(let path): try runtime.interpreter.run(file: SystemText.bytes(path))
        case .standardInput: try runtime.interpreter.run(file: nil)
        case .actionsOnly, .prompt, .help, .version, .completions, .manual, .licenses,
            .subcommand:
            break
        }
    }

    private func runPrompt() {
        let prompt = Prompt(runtime, world, settings)
        self.prompt = prompt
        do throws(SettingsError) {
            try prompt.run()
        } catch {
            world.complain(error.description)
            outcome.exitStatus = Int(error.exitCode.rawValue)
        }
    }

    /// Ends a process that a C module has forked: session, lock, journal and simulator belong to its parent.
    private func endFork() {
        noteInterruption()
        noteLostOutput()
        report()
        world.end(outcome.ending)
    }

    /// Where nobody reads any more, that is the end that SIGPIPE makes, also where a library ignores the signal.
    private func noteLostOutput() {
        guard let code = Interpreter.flushOutput() else { return }
        outcome.lostOutput = true
        if PosixError("write", code: code).isBrokenPipe, outcome.signal == nil {
            outcome.signal = Self.brokenPipe
        }
    }

    /// SIGPIPE, by number: this target has no C.
    private static let brokenPipe = 13

    private func noteInterruption() {
        let interruption = runtime.interpreter.interruption
        if let interruption, interruption > 0 { outcome.signal = interruption }
        outcome.reachedDeadline = interruption == Interpreter.deadline
        outcome.reachedStep = interruption == Interpreter.reached
        outcome.lostLock = interruption == Interpreter.lost
        outcome.exitStatus = runtime.interpreter.exitStatus
    }

    /// Runs finalizers, then logs out; failures of both are reported.
    private func close() {
        for error in runtime.shutDown() { log.warn("\(error)") }
        noteInterruption()
    }

    private func end() {
        prompt?.restoreTerminal()
        fleet?.end()
        outcome.hasUnknownOutcome = runtime.hasUnknownOutcome
        outcome.leftPlanned = plan.approved?.left.isEmpty == false
        noteLostOutput()
        report()
        if !plan.end(outcome, runtime, redaction) { outcome.lostOutput = true }
        if let error = runtime.closeJournal(ending: outcome.record) {
            // An outcome that is missing there counts as open: the next look settles it.
            log.warn("\(error.message)")
        }
        if let name = settings.run.lastStep, outcome.ending == .code(ExitCode.done.rawValue),
            !runtime.usedSteps.contains(name)
        {
            log.warn("--until: no step was called \(name.quotedForMessage)")
        }
        if let name = settings.run.lastStep, outcome.reachedStep, invocation.canBeContinued,
            outcome.ending == .code(ExitCode.done.rawValue)
        {
            world.note("the step \(name.quotedForMessage) was done: vmoon resume continues the run")
        }
        let isResumable = continuation != nil || !runtime.usedSteps.isEmpty
        if outcome.isFinished || !isResumable { hold.remove() }
        if outcome.isFinished {
            let left = (continuation?.history.halfDone ?? []).subtracting(runtime.usedSteps)
            for name in left.sorted() {
                log.warn(
                    "the step \(name.quotedForMessage) changed something in an earlier run, was not done, and did "
                        + "not come up again"
                )
            }
        }
        let elapsed = world.monotonicTime() - began
        watchers.end(outcome, rest: settings.run.deadline.map { $0 - elapsed })
        lock?.release()
        world.sharedJournal?.end()
        if let role, !role.tell(outcome) { outcome.lostOutput = true }
        // The run is over: its deadline does not count any more, and a signal ends only what is told of the end.
        watch = world.watch(runtime, RunWatch.Limits(grace: RunHooks.limit * 2), log)
        log.end(outcome.ending, hasUnknownOutcome: outcome.hasUnknownOutcome)
        world.end(outcome.ending)
    }

    private func report() {
        if outcome.exitStatus != nil, outcome.hasUnknownOutcome {
            log.warn("the outcome of a change is unknown, and os.exit hides it")
        }
        if outcome.lostOutput, outcome.signal == nil, let code = Interpreter.flushOutput() {
            log.tell(RunProblem("standard output: \(PosixError("write", code: code).description)"))
        }
        if outcome.lostLock {
            let text =
                "another run has taken the lock, since this one did not say in time that it lives"
            log.tell(RunProblem(text, kind: "conflict"))
        }
        guard outcome.exitStatus == nil else { return }
        let isTold = reportError()
        guard outcome.hasUnknownOutcome, !isTold else { return }
        // The script caught the error, or another event ended it: it was not reported yet.
        let text = "the outcome of a change is unknown: run `vmoon reconcile`"
        log.tell(RunProblem(text, kind: "unknown_outcome"))
    }

    /// Reports what ended the run, if the script did not reach its end.
    /// - Returns: Whether the report says that an outcome is unknown.
    private func reportError() -> Bool {
        guard let error = outcome.error else { return false }
        // When every line raises, the script's own error has no meaning.
        if outcome.reachedDeadline {
            log.tell(RunProblem("the deadline was reached", kind: "deadline"))
            return false
        }
        if outcome.reachedStep { return false }
        if outcome.lostLock, error.raised?.kind == "cancelled" { return false }
        // The sender of a signal knows the reason.
        if error.raised?.kind == "cancelled", outcome.signal != nil { return false }
        var script: String?
        if case .script(let path) = invocation.mode { script = path }
        // An error of the script may contain an answer of `http`.
        let report = ErrorReport(
            error: error,
            script: script.map(SystemText.shown),
            cleaned: { [redaction] in redaction.cleaned($0) },
            cleanedOurs: { [redaction] in redaction.cleaned(ours: $0) }
        )
        log.tell(report.problem)
        return error.raised?.kind == "unknown_outcome"
    }
}
