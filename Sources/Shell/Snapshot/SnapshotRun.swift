internal import Posix
internal import Text
internal import Transport
internal import VSphere

/// One run of `vmoon snapshot`: reads, writes the file, and says what could not be read.
final class SnapshotRun {
    private let path: String
    private let isMasked: Bool
    private let world: World
    private let multi = Multi()
    private let stop: StopFlag
    private let openSessions = OpenSessions()
    private let survey: Survey
    private var loopProblem: TransportError?
    private var lastShown = Duration.zero

    init(
        _ path: String,
        _ profile: ConnectionProfile,
        libraries: [String],
        isMasked: Bool,
        _ world: World
    ) {
        CurrentProcess.ignoreBrokenPipes()
        (self.path, self.isMasked, self.world) = (path, isMasked, world)
        stop = StopFlag(wake: multi.wakeDescriptor)
        let redaction = Redaction()
        redaction.hideProxies(of: world.environment)
        var profile = profile
        let limit = profile.hasRequestLimit ? profile.requestLimit : nil
        profile.requestLimit = limit ?? Pace.usualMost
        let vcenter = VCenter(profile: profile, exchange: multi, redaction: redaction)
        vcenter.onSession = { [openSessions] plan in
            openSessions.set(plan, for: "\(profile.user)@\(profile.endpoint)")
        }
        vcenter.notice = { [world] in world.warn($0) }
        survey = Survey(
            vcenter,
            wanted: libraries,
            limit: limit,
            clock: { [multi] in multi.now }
        )
    }

    func start() {
        let target = stop.target { [openSessions] in
            openSessions.logOut(within: .seconds(2))
            return ExitCode.internalError.rawValue
        }
        let watch = world.watch(target, RunWatch.Limits(grace: .seconds(2), deadline: nil))
        survey.start()
        while !survey.isDone, stop.reason == nil, loopProblem == nil {
            turn(.milliseconds(500))
            showProgress()
        }
        hideProgress()
        logOut()
        withExtendedLifetime(watch) { finish() }
    }

    private func logOut() {
        let failures = VCenter.closeAll(
            [survey.vcenter],
            within: .seconds(2),
            now: { [multi] in multi.now },
            isHurried: { [self] in stop.isForced || loopProblem != nil },
            turn: { [self] limit in turn(limit) }
        )
        for error in failures { world.warn("\(error)") }
        multi.tidy()
    }

    private func turn(_ limit: Duration) {
        do throws(TransportError) {
            try multi.turn(waitingAtMost: limit)
        } catch {
            loopProblem = error
        }
    }

    // MARK: The end

    private func finish() {
        if let signal = stop.reason { return world.end(.signal(Int32(signal))) }
        if let loopProblem {
            return world.fail("the loop cannot go on: \(loopProblem.message)", .internalError)
        }
        if let problem = survey.problem {
            let hint = problem.hint.map { "; \($0)" } ?? ""
            return world.fail(
                "\(problem)\(hint); \(Display.escape(path)) is not written",
                problem.exitCode
            )
        }
        let document = survey.document
        let mask = isMasked ? SnapshotMask(document) : nil
        do throws(PosixError) {
            try world.replacePrivateFile(path, document.write(mask.map { mask in mask.masked }))
        } catch {
            return world.fail(error.description, .cannotCreateState)
        }
        for line in SnapshotSummary.lines(document, isMasked: isMasked) { world.warn(line) }
        world.note("\(Display.escape(path)): \(SnapshotSummary.whole(document))")
        world.end(.code(ExitCode.done.rawValue))
    }

    // MARK: Progress

    /// One line on a terminal, in a pipe nothing.
    private func showProgress() {
        guard world.error.isTerminal, multi.now - lastShown >= .milliseconds(100) else { return }
        lastShown = multi.now
        let line = DisplayWidth.cut(
            SnapshotSummary.line(survey.progress),
            to: world.error.width - 1
        )
        try? world.error.write(Array("\r\(line)\u{1B}[K".utf8))
    }

    private func hideProgress() {
        guard world.error.isTerminal, lastShown != .zero else { return }
        try? world.error.write(Array("\r\u{1B}[K".utf8))
    }
}
