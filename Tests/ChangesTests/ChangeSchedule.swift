import Buffers
import JSON
import Journal
import Transport
import VSphereSupport

@testable import Changes
@testable import VSphere

/// One schedule for the real code: a change of ours, what becomes of its requests, and what follows: the next run on the
/// same thing, then `reconcile` twice, the second time when nothing can be under way any more.
final class ChangeSchedule {
    /// What the vCenter is like.
    enum Surroundings: CaseIterable {
        case usual
        /// It keeps no history, as 6.7 does.
        case noHistory
        /// Its answers have no date.
        case noDate
        /// Questions are refused from the change on, for as long as the first run lasts.
        case unreadable
        /// For a while after the change it cannot answer, and says so.
        case busy
    }

    /// Where a run is killed.
    enum Death: CaseIterable {
        case beforeIntent, afterIntent, sentAndLost, sentAndApplied, sentAndLate, beforeVerdict,
            afterVerdict
    }

    let row: ChangeRow
    let bench: ChangeBench
    private let choices: Choices
    /// Whether what somebody else was to do cannot be done there: then nothing is disputed.
    private(set) var isMoot = false
    private(set) var surroundings = Surroundings.usual
    private var fates: [RequestFate] = []
    private var death: Death?
    private var interference: (action: ChangeInterference, moment: ChangeInterference.Moment)?
    private(set) var description = ""
    /// Requests that come later: when, and whose they are.
    private var late: [(when: Lateness, asked: FakeVCenter.Asked)] = []
    private var questions = 0
    private var nextQuestions = 0
    private var wasSent = false
    private var stopping: (() -> Void)?
    /// What was said of our change, in order.
    var said: [OperationRecord.Outcome] = []
    private var unreached = 0
    private var resent = 0
    private var hasExpired = false
    private var hasStopped = false
    private let isResending: Bool
    private var isUnreadable = false

    enum Play: CaseIterable {
        /// Everything that may become of a request.
        case fates
        /// The run is killed.
        case deaths
        /// Somebody else is at work on the same thing.
        case disputes
        /// Whoever reconciles sends the identical request again.
        case resends
    }

    init(
        _ row: ChangeRow,
        _ play: Play,
        _ choices: Choices,
        store: any JournalStore = TestJournal.make()
    ) {
        self.row = row
        bench = ChangeBench(play == .fates ? .api : .rest, store: store)
        isResending = play == .resends
        self.choices = choices
        row.prepare(&bench.server)
        switch play {
        case .fates:
            surroundings = choose(Surroundings.allCases)
            let isUsual = surroundings == .usual
            fates = [choose(isUsual ? RequestFate.all(for: row) : RequestFate.few(for: row))]
        case .deaths:
            death = choose(Death.allCases)
            fates = [.answered]
        case .resends: fates = [choose(RequestFate.few(for: row))]
        case .disputes:
            fates = [choose(RequestFate.few(for: row))]
            let actions = ChangeInterference.all(for: row)
            interference = (choose(actions), choose(ChangeInterference.Moment.allCases))
        }
        bench.tellsTime = surroundings != .noDate
        bench.onChange = { [unowned self] in change($0, $1) }
        bench.onRead = { [unowned self] in question($0) }
        bench.onDisk = { [unowned self] in disk($0, $1) }
    }

    private func choose<T>(_ list: [T]) -> T {
        let chosen = list[choices.choose(list.count)]
        description += " \(chosen)"
        return chosen
    }

    /// Whether nobody else is there, the vCenter answers, and what it answers tells.
    var isPlain: Bool { interference == nil && surroundings == .usual }
    var isUsual: Bool { surroundings == .usual }
    /// Whether the run was told to end.
    var isEnded: Bool {
        switch fates.first {
        case .givenUp, .stopped: true
        default: death != nil
        }
    }

    // MARK: The course of it

    func play() {
        live()
        guard !isMoot else { return }
        bench.pass(.seconds(1800))
        isUnreadable = false
        arrive(.afterRun)
        meddle(.afterRun)
        guard !isMoot else { return }
        // Our clock is wrong from now on; nothing may be decided by it.
        bench.skew = 3 * 86_400_000
        if record != nil { next() }
        bench.pass(.seconds(1800))
        arrive(.afterNextRun)
        reconcile("look", isResending: isResending)
        arrive(.afterLook)
        bench.pass(.seconds(26 * 3600))
        reconcile("last look")
        judgeLast()
    }

    /// The operation as the journal has it; nil where it is not there.
    var record: OperationRecord? {
        (try? bench.store.operations(ofRun: "ours"))?.first
    }

    private func live() {
        let (changes, vcenter) = bench.makeRun("ours")
        let caller = FakeCaller()
        stopping = { [exchange = bench.exchange] in
            changes.stop()
            exchange.after(.seconds(20)) { changes.giveUp() }
        }
        perform(row, changes, vcenter, caller)
        stopping = nil
        if !bench.isKilled {
            judge(caller)
            judgeLive()
        }
    }

    /// Makes a change and waits for its verdict, and for what the run writes after it.
    private func perform(
        _ row: ChangeRow,
        _ changes: RunChanges,
        _ vcenter: VCenter,
        _ caller: FakeCaller
    ) {
        let arguments = ValueBuffer()
        row.arguments(
            into: arguments,
            version: bench.run == "ours" ? "1" : bench.server.previous ?? ""
        )
        guard let call = try? Call(row.operation, arguments.values) else {
            return bench.fault("the call cannot be made")
        }
        if changes.begin() != nil { bench.fault("the journal is not opened") }
        let change = Change(call, arguments.values, at: vcenter, in: changes, for: caller)
        change.start()
        bench.pump { caller.isOver }
        guard !bench.isKilled else { return }
        bench.pump { false }
        if caller.answers != 1 { bench.fault("\(caller.answers) answers") }
        if !bench.held.isEmpty { bench.fault("an item is still claimed") }
        if changes.areUnderWay { bench.fault("a change is still under way") }
        if bench.exchange.timerCount > 0 { bench.fault("a timer is still set") }
    }

    /// A person looks at what is there and decides anew.
    private func next() {
        let (changes, vcenter) = bench.makeRun("next")
        let caller = FakeCaller()
        let next = row.next(bench.server)
        perform(next, changes, vcenter, caller)
        let sent = bench.sent.filter { $0.run == "next" }.count
        let open = record?.isOpen == true
        if open, row.isMet(by: next), sent > 0 {
            bench.fault("the next run has changed something on top of a doubt")
        }
        if sent > 0, caller.error == nil, !bench.applied.contains(where: { $0.run == "next" }) {
            bench.fault("the next change is said to be done")
        }
        if !open, caller.error?.kind == .unknownOutcome {
            bench.fault("the next run was refused for nothing: \(caller.error?.message ?? "")")
        }
    }

    private func reconcile(_ name: String, isResending: Bool = false) {
        guard let record, record.isOpen else { return }
        let (changes, vcenter) = bench.makeRun(name)
        var settled: OperationRecord?
        _ = changes.reconcile(record, at: vcenter, isResending: isResending) { result in
            if case .success(let record) = result { settled = record }
        }
        bench.pump { settled != nil }
        bench.pump { false }
        if settled == nil { bench.fault("\(name) does not end") }
        if settled?.outcome != self.record?.outcome { bench.fault("\(name) says another thing") }
        if !isResending, bench.sent.contains(where: { $0.run == name }) {
            bench.fault("\(name) has sent a change")
        }
    }

    // MARK: What becomes of requests

    private func change(_ asked: FakeVCenter.Asked, _ sent: FakeExchange.Sent) {
        guard bench.run != "next" else {
            bench.attempts = 1
            bench.check(asked)
            let answer = bench.reply(to: asked, of: "next")
            return bench.exchange.end(sent.number, with: .success(answer))
        }
        if !wasSent {
            wasSent = true
            meddle(.beforeArrival)
            guard !isMoot else { return }
        } else if unreached == 0, !hasExpired {
            resent += 1
            if questions == 0 { bench.fault("sent again without a look") }
            if hasStopped { bench.fault("sent again, and the run is to end") }
            if !row.isFenced { bench.fault("sent again, and nothing fences it") }
            if fates.count == resent {
                fates.append(choose(fates[0].further(isDisputed: interference != nil)))
            }
        }
        bench.attempts = resent + 1
        bench.check(asked)
        questions = 0
        if surroundings == .unreadable { isUnreadable = true }
        follow(asked, sent, fates[min(resent, fates.count - 1)])
        if resent == 0 { meddle(.afterSending) }
    }

    private func follow(_ asked: FakeVCenter.Asked, _ sent: FakeExchange.Sent, _ fate: RequestFate)
    {
        let number = sent.number
        func end(_ response: Response) { bench.exchange.end(number, with: .success(response)) }
        switch death {
        case .sentAndLost: return bench.kill()
        case .sentAndApplied:
            bench.arrive(asked, of: "ours")
            return bench.kill()
        case .sentAndLate:
            late.append((choose([.afterRun, .afterNextRun, .afterLook]), asked))
            return bench.kill()
        default: break
        }
        switch fate {
        case .answered: end(bench.reply(to: asked, of: "ours"))
        case .expired:
            guard !hasExpired else { return end(bench.reply(to: asked, of: "ours")) }
            hasExpired = true
            end(bench.answer(401, asked.dialect.error("unauthenticated")))
        case .loggedOut:
            hasExpired = true
            end(bench.answer(401, asked.dialect.error("unauthenticated")))
        case .unreachable(let times):
            guard unreached < times else { return end(bench.reply(to: asked, of: "ours")) }
            unreached += 1
            let error = TransportError(.connect, "nobody is there", mayHaveBeenSent: false)
            bench.exchange.end(number, with: .failure(error))
        case .refused(let status, let kind): end(bench.answer(status, asked.dialect.error(kind)))
        case .odd(let oddity, let isApplied):
            if isApplied { bench.arrive(asked, of: "ours") }
            show(oddity, number)
        case .late(let when, let oddity):
            if case .seconds(let seconds) = when {
                bench.arrive(asked, of: "ours", after: .seconds(seconds))
            } else {
                late.append((when, asked))
            }
            show(oddity, number)
        case .twice(let isStopped):
            if isStopped {
                hasStopped = true
                stopping?()
            }
            bench.arrive(asked, of: "ours")
            end(bench.reply(to: asked, of: "ours"))
        case .givenUp(let isApplied, let isLate):
            if isApplied { bench.arrive(asked, of: "ours") }
            if isLate { late.append((.afterRun, asked)) }
            hasStopped = true
            stopping?()
        case .stopped(let isApplied):
            if isApplied { bench.arrive(asked, of: "ours") }
            hasStopped = true
            stopping?()
            show(.broken, number)
        }
    }

    private func show(_ oddity: Oddity, _ number: Int) {
        if let answer = oddity.answer(bench) {
            return bench.exchange.end(number, with: .success(answer))
        }
        let isTimeout = oddity == .timeout
        let error = TransportError(
            isTimeout ? .timeout : .broken,
            "no luck",
            mayHaveBeenSent: true
        )
        bench.exchange.after(isTimeout ? .seconds(60) : .zero) { [bench] in
            bench.exchange.end(number, with: .failure(error))
        }
    }

    private func question(_ asked: FakeVCenter.Asked) -> Response? {
        guard asked.line[1] != "session" else { return nil }
        if bench.run != "next", wasSent {
            questions += 1
            arrive(.beforeQuestion(questions))
            if surroundings == .busy, bench.run == "ours", questions < 4 {
                return bench.answer(503, "no healthy upstream")
            }
        }
        if bench.run == "next" {
            nextQuestions += 1
            arrive(.inNextRun(nextQuestions))
        }
        if surroundings == .noHistory, asked.line.last == "changes" {
            return bench.answer(404, "")
        }
        return isUnreadable ? bench.answer(403, asked.dialect.error("unauthorized")) : nil
    }

    private func arrive(_ when: Lateness) {
        let now = late.filter { $0.when == when }
        late.removeAll { $0.when == when }
        for request in now { bench.arrive(request.asked, of: "ours") }
    }

    private func meddle(_ moment: ChangeInterference.Moment) {
        guard let interference, interference.moment == moment else { return }
        do throws(FakeVCenter.Refusal) {
            try interference.action.act(on: &bench.server)
        } catch {
            isMoot = true
            bench.kill()
        }
    }

    private func disk(_ writes: [JournalWrite], _ write: () -> Void) -> ChangeBench.DiskFate {
        let isOurs = bench.run == "ours"
        var isIntent = false
        var isVerdict = false
        for entry in writes {
            switch entry {
            case .intend: isIntent = isOurs
            case .settle(let operation, _, _): isVerdict = operation == record?.identifier
            default: break
            }
        }
        func dies(_ intent: Death, _ verdict: Death) -> Bool {
            isOurs && (isIntent && death == intent || isVerdict && death == verdict)
        }
        if dies(.beforeIntent, .beforeVerdict) { return .dies }
        write()
        if isVerdict { note() }
        return dies(.afterIntent, .afterVerdict) ? .dies : .goesOn
    }
}
