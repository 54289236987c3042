import JSON
import Journal
import Support
import Transport
import VSphereSupport

@testable import Changes
@testable import VSphere

/// A script with steps that is killed, and resumed, and killed again, until it is done.
final class StepSchedule {
    /// The troubles beside the deaths.
    enum Trouble: CaseIterable {
        case none
        /// Requests are lost, late and refused.
        case requests
        /// The disk is full now and then.
        case disk
        /// Somebody else is at work on an item.
        case others
    }

    let script: StepScript
    let trouble: Trouble
    let bench: ChangeBench
    var judge: StepJudge
    /// The events of each run after which its process is killed; nil for a run that goes on.
    private let deaths: [Int?]
    private var random: SeededRandom
    private var runs = 0
    private var first: String?
    private var last: String?
    /// How many times the run could have died so far.
    private(set) var events = 0
    /// The process is told to end, rather than killed.
    private var isSignal = false
    private var arrived: Set<Int> = []
    private var player: StepPlayer?
    private var stop: () -> Void = {}
    private var isCalm = false
    private(set) var isDone = false
    private var meddling: (event: Int, action: ChangeInterference, item: Int)?
    private(set) var story: [String] = []

    init(
        _ script: StepScript,
        _ trouble: Trouble,
        deaths: [Int?],
        _ random: SeededRandom,
        store: any JournalStore = TestJournal.make()
    ) {
        self.script = script
        self.trouble = trouble
        self.deaths = deaths
        self.random = random
        bench = ChangeBench(deaths.count % 2 == 0 ? .api : .rest, store: store)
        bench.server = FakeVCenter(items: script.itemCount)
        judge = StepJudge(script, bench)
        bench.onChange = { [unowned self] in change($0, $1) }
        bench.onRead = { [unowned self] _ in
            _ = passes("read")
            return nil
        }
        bench.onDisk = { [unowned self] in disk($0, $1) }
    }

    /// Plays the script without a death; nothing else happens.
    static func unbroken(_ script: StepScript) -> StepSchedule {
        let schedule = StepSchedule(script, .none, deaths: [nil], SeededRandom(seed: 1))
        schedule.isCalm = true
        for _ in 0..<4 where !schedule.isDone { schedule.playRun(dyingAt: nil) }
        return schedule
    }

    // MARK: The course of it

    func play(like unbroken: StepSchedule) {
        if trouble == .others {
            let action = random.pick(ChangeInterference.allCases)
            meddling = (
                1 + random.below(max(unbroken.events, 1)), action, random.below(script.itemCount)
            )
        }
        for death in deaths where !isDone {
            isSignal = random.below(5) == 0
            playRun(dyingAt: death)
            bench.pass(.seconds(random.pick([0, 1, 90, 1800])))
        }
        // All that is late has arrived, and what was not seen by now counts as lost.
        isCalm = true
        for _ in 0..<4 where !isDone {
            bench.pass(.seconds(26 * 3600))
            playRun(dyingAt: nil)
            closeGivenUp()
        }
        judge.judgeLast(isDone: isDone, like: unbroken.judge, hadTrouble: trouble == .disk)
    }

    /// A person looks at what counts as lost, and closes it by hand.
    private func closeGivenUp() {
        let runs = (first.flatMap { try? bench.store.runs(since: $0) }) ?? []
        let all = runs.flatMap { (try? bench.store.operations(ofRun: $0.identifier)) ?? [] }
        for record in all where record.isGivenUp {
            let wasMade = judge.wasMade(record, among: all)
            story.append(
                "\(record.step ?? "")#\(record.place ?? 0) was \(wasMade ? "" : "not ")made"
            )
            let outcome: OperationRecord.Outcome = wasMade ? .resolvedDone : .resolvedNotApplied
            let settlement = Settlement(outcome, time: bench.wallTime)
            try? bench.store.commit([.settle(operation: record.identifier, settlement)])
        }
    }

    private func playRun(dyingAt death: Int?) {
        runs += 1
        let name = "run-\(runs)"
        bench.skew = isCalm ? 0 : random.pick([0, 0, 3, -3]) * 86_400_000
        events = 0
        dying = death
        let past = (first.flatMap { try? bench.store.runs(since: $0) }) ?? []
        if past.isEmpty { first = nil }
        let (changes, vcenter) = bench.makeRun(name) { settings in
            guard let first else { return }
            settings.run.origin = first
            settings.run.continues = last
            settings.history = StepHistory(
                past.map { run in
                    let steps = try? bench.store.steps(ofRun: run.identifier)
                    let operations = try? bench.store.operations(ofRun: run.identifier)
                    return (steps ?? [], operations ?? [])
                }
            )
        }
        if first == nil {
            first = name
            judge.forgetGiven()
        }
        last = name
        judge.begins(run: name)
        let player = StepPlayer(script, run: runs, changes, vcenter, witness)
        self.player = player
        stop = { [exchange = bench.exchange] in
            player.isStopping = true
            changes.stop()
            exchange.after(.seconds(20)) { changes.giveUp() }
        }
        player.start()
        if !bench.pump(until: { player.isOver }), !bench.isKilled {
            bench.fault("the script hangs")
        }
        guard !bench.isKilled, passes("close") else { return }
        if !bench.held.isEmpty { bench.fault("an item is still claimed") }
        if changes.areUnderWay { bench.fault("a change is still under way") }
        _ = changes.close(ending: player.hasFailed ? "1" : "0")
        guard !bench.isKilled else { return }
        isDone = !player.hasFailed && !player.isStopping
        bench.kill()
    }

    private var dying: Int?

    /// The process may die here.
    private func passes(_ what: String) -> Bool {
        guard !bench.isKilled else { return false }
        events += 1
        if let meddling, meddling.event <= events {
            self.meddling = nil
            story.append("\(meddling.action) of item \(meddling.item)")
            judge.excuse(item: meddling.item)
            bench.server.place = meddling.item
            try? meddling.action.act(on: &bench.server)
        }
        guard events == dying else { return true }
        story.append("\(bench.run): \(isSignal ? "told to end" : "dies") at \(events), \(what)")
        if isSignal {
            // In a turn of its own, as the loop hears of it.
            bench.exchange.after(.zero) { [unowned self] in stop() }
            return true
        }
        die()
        return false
    }

    /// Loses requests that are on their way, or carries them out now or later.
    private func die() {
        for sent in bench.exchange.inFlight where !arrived.contains(sent.number) {
            let asked = FakeVCenter.Asked(sent.line)
            guard asked.isChange else { continue }
            letGo(asked)
        }
        bench.kill()
    }

    private func letGo(_ asked: FakeVCenter.Asked) {
        switch random.below(3) {
        case 0: story.append("lost: \(asked.key)")
        case 1:
            story.append("applied: \(asked.key)")
            bench.arrive(asked, of: bench.run)
        default: comesLate(asked)
        }
    }

    private func comesLate(_ asked: FakeVCenter.Asked) {
        let delay = random.pick([2, 30, 700, 4000])
        story.append("\(delay) s late: \(asked.key)")
        bench.arrive(asked, of: bench.run, after: .seconds(delay))
    }

    // MARK: What becomes of requests

    private func change(_ asked: FakeVCenter.Asked, _ sent: FakeExchange.Sent) {
        judge.sent(asked, in: bench.run)
        guard passes("send") else { return }
        arrived.insert(sent.number)
        let broken = TransportError(.broken, "no luck", mayHaveBeenSent: true)
        func end(_ result: Result<Response, TransportError>, after seconds: Int = 0) {
            let finish = { [unowned self] in
                guard passes("answer") else { return }
                bench.exchange.end(sent.number, with: result)
                _ = passes("answered")
            }
            if seconds == 0 { finish() } else { bench.exchange.after(.seconds(seconds), finish) }
        }
        guard trouble != .none, !isCalm, random.below(3) == 0 else {
            let delay = script.stages.contains { $0.count > 1 } ? random.below(3) : 0
            return end(.success(bench.reply(to: asked, of: bench.run)), after: delay)
        }
        switch random.below(6) {
        case 0:
            story.append("no answer, not applied: \(asked.key)")
            end(.failure(broken))
        case 1:
            story.append("no answer, applied: \(asked.key)")
            bench.arrive(asked, of: bench.run)
            end(.failure(broken))
        case 2:
            comesLate(asked)
            end(.failure(broken))
        case 3:
            story.append("error, applied: \(asked.key)")
            bench.arrive(asked, of: bench.run)
            end(.success(bench.answer(500, asked.dialect.error("internal_server_error"))))
        default:
            let refusals = [
                (503, "service_unavailable"), (400, "not_allowed_in_current_state"),
                (403, "unauthorized"),
            ]
            let (status, kind) = random.pick(refusals)
            story.append("\(kind): \(asked.key)")
            end(.success(bench.answer(status, asked.dialect.error(kind))))
        }
    }

    private func disk(_ writes: [JournalWrite], _ write: () -> Void) -> ChangeBench.DiskFate {
        guard passes("before the disk") else { return .dies }
        if trouble == .disk, !isCalm, random.below(8) == 0 {
            story.append("the disk is full")
            judge.hadFullDisk = true
            return .isFull
        }
        write()
        return passes("after the disk") ? .goesOn : .dies
    }

    private var witness: StepPlayer.Witness {
        .init(
            passes: { [unowned self] in passes($0) },
            began: { [unowned self] in judge.began($0) },
            asks: { [unowned self] in judge.asks($0, $1, $2) },
            told: { [unowned self] in
                let end =
                    $1.error.map { "\($0.kind.rawValue): \($0.message)" } ?? $1.result ?? "done"
                story.append("\(bench.run): \($0.name)#\($1.place), \($1.key) -> \(end)")
                judge.told($0, $1)
            },
            gave: { [unowned self] in judge.gave($0, $1, $2) },
            kept: { [unowned self] in judge.kept($0, $1, isNew: $2) },
            spoiled: { [unowned self] in judge.excuse(item: $0.item) }
        )
    }
}
