@testable import Changes
@testable import VSphere

/// One schedule: a change of ours, the fate of each of its requests, somebody else's actions, all chosen
/// one by one; the decisions are those of `ChangeCourse`.
///
/// The server's work outlasts every time of ours: what is late may be carried out during the run that
/// asked for it, during a later look, or after that look gave its verdict.
struct ReconcileSchedule {
    /// What may happen to a request.
    private enum Fate: CaseIterable {
        /// It is carried out or refused, and the reply arrives.
        case answered
        /// It is carried out or refused, and the reply is lost.
        case replyLost
        /// It never arrives.
        case lost
        /// Something on the way sends it twice, and the second answer arrives.
        case repeated
        /// It arrives between any two later steps, and nobody hears of it.
        case late
    }

    static let user = #"VSPHERE.LOCAL\carl"#
    /// The server's clock when the change is first sent, and a day.
    static let sent: Int64 = 1_000_000_000
    static let day: Int64 = 86_400_000

    let choices: Choices
    let intent: ChangeIntent
    private(set) var item = ModelItem()
    private var interferences: Int
    private var late = 0
    /// The results of our requests that were carried out.
    private(set) var applied: [String] = []
    /// How many of them are the work of whatever sent a request twice.
    private var doubledByOthers = 0
    private var isRepeated = false
    /// How the run that asked for it ended, then, where that left it open, the later looks.
    private(set) var endings: [ChangeCourse.Ending] = []
    private var reply: String?
    private var serverTime = Self.sent

    private enum Stage { case asking, looking, afterwards }
    private var stage = Stage.asking
    /// The course that is followed, and where it is.
    private var course: ChangeCourse?
    private var step = ChangeCourse.Step.wait(.zero)
    private var now = Duration.zero

    private let limits: ChangeCourse.Limits
    private let looksEarly: Bool

    init(
        _ kind: ChangeIntent.Kind,
        isMarked: Bool = false,
        isCheckOut: Bool = false,
        interferences: Int,
        polls: Bool,
        _ choices: Choices
    ) {
        self.choices = choices
        limits = ChangeCourse.Limits(settle: polls ? .seconds(1) : .zero, resends: 1)
        self.interferences = interferences
        looksEarly = interferences < 2
        if kind == .checkIn || kind == .deleteCheckOut || isCheckOut {
            _ = try? item.makeCheckOut("ours", Self.user)
        }
        if kind == .powerOff || kind == .suspend { item.isOn = true }
        let isAboutItem = kind.scope == .item || isCheckOut
        var intent = ChangeIntent(
            kind,
            identifier: "op",
            item: isAboutItem ? "item" : "",
            user: "carl@vsphere.local"
        )
        switch kind {
        case .rollback, .deleteVersion:
            intent.version = "1"
            intent.holder = "vm-1"
        case .checkIn, .deleteCheckOut:
            intent.vm = item.checkOut?.vm
            intent.holder = intent.vm
        case .checkOut: intent.name = isMarked ? "ours-op" : "ours"
        case .deleteItem: break
        case .deleteVM where isCheckOut:
            intent.vm = item.checkOut?.vm
            intent.holder = intent.vm
        case .deleteVM, .powerOn, .powerOff, .suspend:
            intent.vm = "vm-5"
            intent.holder = "vm-5"
        case .deploy, .createTemplate, .createLibrary:
            intent.name = isMarked ? "ours-op" : "ours"
            intent.namedBefore = isMarked ? nil : []
        // A thing that is set is on, one that is taken off is not.
        case .detachTag: item.isOn = true
        case .setHardware, .updateItem, .attachTag, .deleteLibrary: break
        }
        if kind.scope == .settings { intent.holder = "" }
        intent.latestBefore = "2"
        intent.newestBefore = "2"
        intent.serverTime = Self.sent
        self.intent = intent
    }

    /// Plays it: the run that asked for the change; where that left it open a look while its requests may
    /// still be under way; where that left it open too, one when none can be.
    /// - Parameter save: Gets the schedule between two steps: from there another one may go on that differs later.
    mutating func play(_ save: (Self) -> Void) {
        if stage == .asking {
            if course == nil { begin(ChangeCourse(intent, limits: limits)) }
            proceed(save)
            stage = .looking
            if isUnknown, looksEarly {
                // Clocks step both ways; the server's is never a day ahead while something is under way.
                serverTime += steps[choices.choose(steps.count)]
                begin(ChangeCourse(reopening: intent, limits: reopened))
            }
        }
        if stage == .looking {
            proceed(save)
            stage = .afterwards
            // What is late comes now, or never.
            while late > 0 {
                late -= 1
                if choices.choose(2) == 1 { arrive() }
            }
            if isUnknown {
                serverTime = Self.sent + 2 * Self.day
                begin(ChangeCourse(reopening: intent, limits: reopened))
            }
        }
        proceed(save)
    }

    private var steps: [Int64] {
        limits.settle > .zero ? [Self.day - 1, -Self.day] : [Self.day - 1]
    }
    private var isAboutItem: Bool { !intent.item.isEmpty }
    private var reopened: ChangeCourse.Limits { .init(settle: .zero, resends: 0) }

    private mutating func begin(_ start: ChangeCourse) {
        var start = start
        now = .zero
        reply = nil
        between()
        start.serverTime = serverTime
        step = start.begin(now: now)
        course = start
    }

    /// Follows the course that has begun, to its end.
    private mutating func proceed(_ save: (Self) -> Void) {
        while course != nil {
            save(self)
            switch step {
            case .send(let delay):
                now += delay
                let (reply, kind) = send()
                step = course?.replied(reply, kind, now: now) ?? step
            case .read(let question):
                let answer = answer(question)
                step = course?.took(answer, now: now) ?? step
            case .wait(let delay):
                now += delay
                step = course?.waited(now: now) ?? step
            case .end(let ending):
                endings.append(ending)
                course = nil
            }
        }
    }

    private mutating func answer(_ question: Observation.Question) -> Observation.Answer {
        switch question {
        case .history:
            between()
            return .history(history)
        case .state where intent.kind == .deleteItem:
            between()
            let state = Observation.State(latest: item.latest, versions: [], checkOuts: [])
            return .state(item.isDeleted ? .gone : .read(state))
        case .state: return .state(readState())
        case .machine:
            between()
            let power =
                item.isOn ? "POWERED_ON" : intent.kind == .suspend ? "SUSPENDED" : "POWERED_OFF"
            let isThere = isAboutItem ? item.checkOut?.vm == intent.vm : item.hasMachine
            return .machine(isThere ? .read(.init(power: power)) : .gone)
        case .settings:
            between()
            guard item.hasMachine else { return .settings(.gone) }
            let isSo = intent.kind != .deleteLibrary && item.isOn == (intent.kind != .detachTag)
            return .settings(.read(isSo))
        case .named:
            between()
            return .named(.read(item.named.filter { $0.name == intent.name }.map(\.id)))
        }
    }

    /// Anything may happen here, any number of times.
    private mutating func between() {
        let scope = isAboutItem ? .item : intent.kind.scope
        while let choice = choices.choose(
            { interferences > 0 ? Interference.possible(on: item, for: scope) : [] },
            orMore: late > 0
        ) {
            guard let action = choice else {
                late -= 1
                arrive()
                continue
            }
            interferences -= 1
            now += .seconds(1)
            item.now += 1
            try? action.act(on: &item)
        }
    }

    private mutating func send() -> (ReplyPolicy.Reply, ErrorKind?) {
        switch Fate.allCases[choices.choose(Fate.allCases.count)] {
        case .answered: return answered(arrive())
        case .repeated:
            isRepeated = true
            let before = applied.count
            arrive()
            between()
            let answer = answered(arrive())
            doubledByOthers += max(0, applied.count - before - 1)
            return answer
        case .replyLost: arrive()
        case .lost: break
        case .late: late += 1
        }
        return (.doubtful, nil)
    }

    private mutating func answered(_ result: Result<String, ModelItem.Refusal>)
        -> (ReplyPolicy.Reply, ErrorKind?)
    {
        switch result {
        case .success(let result):
            reply = result
            return (.accepted, nil)
        case .failure(let refusal): return (.refused, refusal.kind)
        }
    }

    @discardableResult
    private mutating func arrive() -> Result<String, ModelItem.Refusal> {
        let message = OperationToken.message("ours", marked: intent.identifier)
        let version = intent.version ?? ""
        let vm = intent.vm ?? ""
        let name = intent.name ?? ""
        do throws(ModelItem.Refusal) {
            var result = ""
            switch intent.kind {
            case .rollback: result = try item.rollback(version, Self.user, message)
            case .checkIn: result = try item.checkIn(vm, Self.user, message)
            case .checkOut: result = try item.makeCheckOut(name, Self.user)
            case .deleteCheckOut: try item.discard(vm)
            case .deleteVersion: try item.deleteVersion(version)
            case .deleteItem: try item.delete()
            case .deleteVM where isAboutItem: try item.discard(vm)
            case .deleteVM: try item.deleteMachine()
            case .powerOn: try item.switchMachine(on: true)
            case .powerOff, .suspend: try item.switchMachine(on: false)
            case .deploy, .createTemplate, .createLibrary: result = try item.make(name)
            case .setHardware, .updateItem, .attachTag: try item.set(on: true)
            case .detachTag: try item.set(on: false)
            case .deleteLibrary: try item.deleteMachine()
            }
            applied.append(result)
            return .success(result)
        } catch {
            return .failure(error)
        }
    }

    private var history: Observation.Part<[Observation.Change]> {
        if item.isDeleted { return .gone }
        return .read(
            item.history.map {
                Observation.Change(
                    $0.version,
                    time: "\($0.time + 10)",
                    user: $0.user,
                    message: $0.message
                )
            }
        )
    }

    /// Several questions that are one step for us, with room between them.
    private mutating func readState() -> Observation.Part<Observation.State> {
        between()
        let latest = item.latest
        let isGone = item.isDeleted
        let isVersionsFirst = choices.choose(2) == 0
        var versions = item.versions
        between()
        if !isVersionsFirst { versions = item.versions }
        if isGone || item.isDeleted { return .gone }
        let checkOuts = item.checkOut.map { [$0] } ?? []
        return .read(Observation.State(latest: latest, versions: versions, checkOuts: checkOuts))
    }

    // MARK: The truth

    /// Whether more requests were carried out than the one that was asked for.
    var isDouble: Bool { applied.count - doubledByOthers > 1 }

    /// What is false about the way it ended; nil where nothing is.
    var lie: String? {
        for ending in endings {
            switch ending {
            case .accepted where reply != applied.last && applied.count != 1: return "accepted"
            case .failed where !applied.isEmpty && !isHidden: return "failed, but it happened"
            case .settled(let verdict): if let lie = lie(verdict) { return lie }
            default: break
            }
        }
        return nil
    }

    /// Whether the result of the first of two requests was taken away before anybody could see it, and the
    /// refusal of the second one has another cause as well: a template of that name, which no list shows.
    private var isHidden: Bool {
        guard isRepeated else { return false }
        return switch intent.kind {
        case .deploy, .createTemplate, .createLibrary:
            !intent.isNameMarked && !item.named.contains { applied.contains($0.id) }
        default: false
        }
    }

    private func lie(_ verdict: ChangeVerdict) -> String? {
        let happened = !applied.isEmpty
        switch verdict {
        case .done(let result, let superseding):
            // A deletion is done when its object is gone, whoever did it.
            switch intent.kind {
            case .deleteVersion:
                return item.isDeleted || !item.versions.contains { $0.template == intent.holder }
                    ? nil : "not deleted"
            case .deleteItem: return item.isDeleted ? nil : "not deleted"
            case .deleteCheckOut:
                return item.history.contains { $0.version == "3" && !happened }
                    && item.versions.contains { $0.template == intent.vm } ? "checked in" : nil
            case .deleteVM where isAboutItem:
                return item.versions.contains { $0.template == intent.vm } ? "checked in" : nil
            case .deleteVM: return item.hasMachine ? "not deleted" : nil
            case .powerOn, .powerOff, .suspend: return nil
            case .setHardware, .updateItem, .attachTag:
                return item.wasOn ? nil : "was never so"
            case .detachTag: return item.wasOff ? nil : "was never so"
            case .deleteLibrary: return item.hasMachine ? "not deleted" : nil
            default: break
            }
            guard happened, let result, applied.contains(result) else { return "not done" }
            if let superseding, Int(superseding.version) ?? 0 <= Int(result) ?? 0 {
                return "superseded by an older version"
            }
            return nil
        case .conflict: return happened ? "conflict, but it happened" : nil
        case .checkedIn(let version, let change):
            if happened { return "checked in, but it was discarded" }
            let entry = item.history.first { $0.version == version }
            return entry?.user == change?.user ? nil : "checked in by somebody else"
        case .notSeen:
            // What was made and taken away again leaves nothing to be seen.
            switch intent.kind {
            case .checkOut:
                return item.checkOut?.name == intent.name && item.checkOut?.vm == applied.last
                    ? "not seen, but it is there" : nil
            case .deploy, .createTemplate, .createLibrary:
                return item.named.contains { $0.id == applied.last }
                    ? "not seen, but it is there" : nil
            // What was set may have been set otherwise since.
            case .powerOn, .powerOff, .suspend, .setHardware, .updateItem, .attachTag, .detachTag:
                return nil
            default: return happened ? "not seen, but it happened" : nil
            }
        case .unknown: return nil
        }
    }

    /// Whether the last word was that nobody can tell.
    var isUnknown: Bool {
        if case .settled(.unknown) = endings.last { true } else { false }
    }
}
