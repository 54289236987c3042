internal import Posix
internal import Text
internal import Transport
internal import VSphere

/// The rehearsal of a script: the run without faults, then every case, several at a time.
final class Rehearsal {
    /// Why nothing could be rehearsed.
    struct Problem: Error {
        let message: String
        let code: Int32
    }

    private let plan: RehearsalPlan
    private let world: World
    private let multi = Multi()
    private let stop: StopFlag
    private var twins: [Twin] = []
    private var loopProblem: TransportError?

    /// Makes a rehearsal.
    init(_ plan: RehearsalPlan, _ world: World) {
        CurrentProcess.ignoreBrokenPipes()
        (self.plan, self.world) = (plan, world)
        stop = StopFlag(wake: multi.wakeDescriptor)
    }

    /// The signal that stopped it.
    var signal: Int? { stop.reason }

    /// Catches signals for as long as what it returns lives.
    func watch() -> RunWatch? {
        let target = stop.target { ExitCode.internalError.rawValue }
        return world.watch(target, RunWatch.Limits(grace: .seconds(5)))
    }

    /// The case that is tried.
    struct Wish {
        /// The names of cases; nil for all.
        var cases: [RehearsalCase]?
        var faults: [String]?
        var limit: Int?
        /// How many cases are tried at a time.
        var width: Int
    }

    /// Rehearses.
    /// - Parameters:
    ///   - wish: What is tried.
    ///   - progress: Called after each case with how many were tried, how many there are, and how many are not as they
    ///     should be.
    /// - Returns: The report; it is not complete where a signal has stopped it.
    /// - Throws: Why nothing could be rehearsed: an error of the script without a fault, or no simulator.
    func run(
        _ wish: Wish,
        progress: @escaping (Int, Int, Int) -> Void
    ) throws(Problem) -> RehearsalReport {
        defer { for twin in twins { twin.close() } }
        let began = multi.now
        let (base, urls) = try findBase()
        let judge = Judge(before: twins[0].before, base: base)
        var report = RehearsalReport(plan: plan, base: base, seed: plan.seed)
        report.baseFindings = judge.findings(base)
        let all = CaseList.all(
            requests: base.requests,
            writes: base.writes,
            state: twins[0].before,
            faults: wish.faults
        )
        report.possible = all.count
        try refuseUnknown(wish.cases ?? [], base, urls)
        // A case that was named has its item from the list.
        let cases =
            wish.cases?.map { wanted in all.first { $0 == wanted } ?? wanted }
            ?? CaseList.sample(all, limit: wish.limit, seed: plan.seed)
        try openTwins(min(wish.width, cases.count), urls)
        try tryAll(cases, judge, base, &report, progress)
        report.took = multi.now - began
        return report
    }

    /// Refuses a case at a vCenter that the script does not name.
    private func refuseUnknown(
        _ cases: [RehearsalCase],
        _ base: CaseEvidence,
        _ urls: [String]
    ) throws(Problem) {
        let names = urls.map(Twin.name)
        for wanted in cases {
            guard case .request(_, let vcenter, _, _) = wanted.point, !names.contains(vcenter)
            else { continue }
            let known = names.map { $0.isEmpty ? "none, the part from @ on is left out" : $0 }
            throw Problem(
                message:
                    "--case: the script does not name the vCenter \(Display.escape(vcenter)) of "
                    + "\(Display.escape(wanted.name)); it names \(known.joined(separator: ", "))",
                code: ExitCode.usage.rawValue
            )
        }
    }

    /// Runs the script without a fault, with a simulator for each vCenter that it turns out to name.
    private func findBase() throws(Problem) -> (base: CaseEvidence, urls: [String]) {
        let twin = Twin(plan, number: 0, world, multi)
        twins = [twin]
        // Which there are the script tells: an inventory of several vCenters has none without a name.
        var urls: [String] = []
        while true {
            try twin.open(urls)
            var result: (CaseEvidence, [String])?
            twin.attempt(nil, expecting: nil) { result = ($0, $1) }
            while result == nil { try turn() }
            guard let (base, missing) = result else { continue }
            let new = missing.filter { !urls.contains($0) }
            guard new.isEmpty || urls.count > 20 else {
                urls += Set(new).sorted()
                continue
            }
            // A script whose sessions all have a name needs none that has none, and then nothing needs a prefix.
            if urls.count > 1, urls.contains(""), !base.requests.contains(where: \.vcenter.isEmpty)
            {
                urls.removeAll(where: \.isEmpty)
                twin.forget("")
                continue
            }
            if let problem = base.problem {
                throw Problem(message: problem, code: ExitCode.unavailable.rawValue)
            }
            // A code that has no meaning in vmoon is a result of the script's own.
            guard let code = base.stages.first?.ending.code, code == 0 || (2..<64).contains(code)
            else {
                let stage = base.stages.first
                let words = stage?.ending.shortText ?? "nothing"
                throw Problem(
                    message:
                        "without a fault the script ends with \(words): \(stage?.message ?? "")",
                    code: stage?.ending.code ?? ExitCode.scriptError.rawValue
                )
            }
            return (base, urls)
        }
    }

    private func openTwins(_ width: Int, _ urls: [String]) throws(Problem) {
        while twins.count < width {
            let twin = Twin(plan, number: twins.count, world, multi)
            twins.append(twin)
            try twin.open(urls)
        }
    }

    private func tryAll(
        _ cases: [RehearsalCase],
        _ judge: Judge,
        _ base: CaseEvidence,
        _ report: inout RehearsalReport,
        _ progress: (Int, Int, Int) -> Void
    ) throws(Problem) {
        var outcomes = [RehearsalReport.Outcome?](repeating: nil, count: cases.count)
        var (next, done, wrong) = (0, 0, 0)
        var idle = twins
        while done < cases.count, stop.reason == nil {
            let before = done
            while next < cases.count, let twin = idle.popLast() {
                let number = next
                next += 1
                twin.attempt(cases[number], expecting: base.stages[0].ending) { evidence, _ in
                    let outcome = RehearsalReport.Outcome(
                        point: cases[number],
                        summary: evidence.summary,
                        stages: evidence.stages,
                        injected: judge.hits(evidence).count + (evidence.isKillNoted ? 1 : 0),
                        findings: judge.findings(evidence)
                    )
                    outcomes[number] = outcome
                    done += 1
                    if !outcome.findings.isEmpty { wrong += 1 }
                    idle.append(twin)
                }
            }
            // A case that could not begin has been told already.
            if done == before { try turn() }
            if done != before { progress(done, cases.count, wrong) }
        }
        report.outcomes = outcomes.compactMap { $0 }
        report.isComplete = done == cases.count
    }

    private func turn() throws(Problem) {
        if stop.reason != nil {
            throw Problem(message: "stopped", code: ExitCode.scriptError.rawValue)
        }
        do throws(TransportError) {
            try multi.turn()
        } catch {
            throw Problem(
                message: "the loop cannot go on: \(error.message)",
                code: ExitCode.internalError.rawValue
            )
        }
    }
}
