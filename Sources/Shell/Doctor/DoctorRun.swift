internal import JSON
internal import Journal
internal import Posix
internal import Text
internal import Transport
internal import VSphere

/// One run of `vmoon doctor`: all vCenters at once, then the report.
final class DoctorRun {
    private let world: World
    private let options: DoctorOptions
    private let machine: MachineFacts
    private let multi = Multi()
    private let stop: StopFlag
    private let openSessions = OpenSessions()
    private let redaction = Redaction()
    private var loopProblem: TransportError?
    /// The sessions that began and did not end.
    private var open: Set<ObjectIdentifier> = []

    init(_ options: DoctorOptions, _ machine: MachineFacts, _ world: World) {
        CurrentProcess.ignoreBrokenPipes()
        (self.options, self.machine, self.world) = (options, machine, world)
        stop = StopFlag(wake: multi.wakeDescriptor)
        redaction.hideProxies(of: world.environment)
    }

    func start(_ targets: [DoctorTarget]) {
        let examinations = targets.map { target in
            target.profile.map { examine($0, target.facts) }
        }
        let running = examinations.compactMap { $0 }
        let target = stop.target { [openSessions] in
            openSessions.logOut(within: .seconds(2))
            return ExitCode.internalError.rawValue
        }
        let watch = world.watch(target, RunWatch.Limits(grace: .seconds(2), deadline: nil))
        for examination in running { examination.start() }
        let end = multi.now + Examination.Limits.whole
        while running.contains(where: { !$0.isDone }), canGoOn, multi.now < end {
            turn(end - multi.now)
        }
        for examination in running { examination.giveUp() }
        logOut(running)
        if let signal = stop.reason {
            // What was asked until then, as where nothing is masked.
            try? options.finishRecording(world)
            return withExtendedLifetime(watch) { world.end(.signal(Int32(signal))) }
        }
        if let loopProblem {
            return world.fail("the loop cannot go on: \(loopProblem.message)", .internalError)
        }
        let facts = zip(targets, examinations).map { $1?.facts ?? $0.facts }
        withExtendedLifetime(watch) { report(zip(targets.map(\.title), facts).map { ($0, $1) }) }
    }

    private func examine(_ profile: ConnectionProfile, _ facts: VCenterFacts) -> Examination {
        let session = VCenter(
            profile: profile,
            exchange: multi,
            tape: options.tape,
            redaction: redaction
        )
        let number = ObjectIdentifier(session)
        session.onSession = { [self] plan in
            openSessions.set(plan, for: "\(profile.user)@\(profile.endpoint)")
            if plan == nil { open.remove(number) } else { open.insert(number) }
        }
        // What is asked before the log-in is no part of a recording: no script asks for it.
        let knocker = VCenter(profile: profile, exchange: multi, redaction: redaction)
        return Examination(
            facts,
            session: session,
            knocker: knocker,
            clock: { [multi] in multi.now },
            wallTime: world.wallTime
        )
    }

    private func logOut(_ examinations: [Examination]) {
        let failures = VCenter.closeAll(
            examinations.map(\.session),
            within: .seconds(2),
            now: { [multi] in multi.now },
            isHurried: { [self] in stop.isForced || loopProblem != nil },
            turn: { [self] limit in turn(limit) }
        )
        for error in failures {
            let name = error.vcenter
            examinations.first { $0.facts.endpoint?.description == name }?.note(logOut: error)
        }
        for examination in examinations where open.contains(ObjectIdentifier(examination.session)) {
            examination.note(logOut: VSphereError(.timeout, "no answer to the log-out"))
        }
        multi.tidy()
    }

    private var canGoOn: Bool { stop.reason == nil && loopProblem == nil }

    private func turn(_ limit: Duration) {
        do throws(TransportError) {
            try multi.turn(waitingAtMost: limit)
        } catch {
            loopProblem = error
        }
    }

    // MARK: The report

    private func report(_ found: [(title: DoctorTarget.Title, facts: VCenterFacts)]) {
        var code = ExitCode.done
        do throws(SettingsError) {
            try options.finishRecording(world)
        } catch {
            // The report is worth something without it.
            world.complain(error.description)
            code = error.exitCode
        }
        let spelling = Spelling(mask: options.mask(machine, found.map(\.facts), world))
        let report = DoctorReport(
            version: machine.version,
            machine: machine.findings(spelling)
                + (found.isEmpty && machine.problem == nil ? [Self.noVCenter] : []),
            vcenters: found.map { title, facts in
                .init(title: title.text(spelling), findings: facts.findings(spelling))
            }
        )
        let text =
            options.isJSON
            ? JSONEncoder(.indented).encode(report.document) + "\n"
            : world.output.fitted(report.text)
        if report.hasWrong, code == .done { code = .scriptError }
        world.end(.code(code.rawValue), printing: text)
    }

    private static var noVCenter: Diagnosis {
        .odd(
            "vCenter",
            "none is configured or named",
            try: "vmoon doctor ADDRESS, --vcenter, VMOON_VCENTER, GOVC_URL or a profile"
        )
    }
}
