@testable import VSphere

/// One schedule: a change of ours, the fate of each of its requests, somebody else's actions, all chosen
/// one by one; the decisions are those of `ChangeCourse`.
struct ReconcileSchedule {
    /// What may happen to a request.
    private enum Fate: CaseIterable {
        /// It is carried out or refused, and the reply arrives.
        case answered
        /// It is carried out or refused, and the reply is lost.
        case replyLost
        /// It never arrives.
        case lost
        /// It arrives between any two later steps, and nobody hears of it.
        case late
    }

    static let user = #"VSPHERE.LOCAL\carl"#

    let choices: Choices
    let intent: ChangeIntent
    private(set) var item = ModelItem()
    private var interferences: Int
    private var late = 0
    /// The results of our requests that were carried out.
    private(set) var applied: [String] = []
    /// How the run that asked for it ended, then, where that left it open, the later look.
    private(set) var endings: [ChangeCourse.Ending] = []
    private var reply: String?

    private let limits: ChangeCourse.Limits

    init(
        _ kind: ChangeIntent.Kind,
        interferences: Int,
        polls: Bool,
        _ choices: Choices
    ) {
        self.choices = choices
        limits = ChangeCourse.Limits(settle: polls ? .seconds(1) : .zero, resends: 1)
        self.interferences = interferences
        if kind == .checkIn || kind == .deleteCheckOut {
            _ = try? item.makeCheckOut("ours", Self.user)
        }
        var intent = ChangeIntent(kind, identifier: "op", item: "item", user: "carl@vsphere.local")
        switch kind {
        case .rollback, .deleteVersion:
            intent.version = "1"
            intent.holder = "vm-1"
        case .checkIn, .deleteCheckOut:
            intent.vm = item.checkOut?.vm
            intent.holder = intent.vm
        case .checkOut: intent.name = "ours"
        }
        intent.latestBefore = "2"
        intent.newestBefore = "2"
        self.intent = intent
    }

    /// Plays it: the run that asked for the change, then, where that left it open, a later look.
    mutating func play() {
        drive(ChangeCourse(intent, limits: limits))
        guard case .settled(.unknown(.notSeenYet)) = endings[0] else { return }
        // The time of every request is over: what was late came or never will.
        while late > 0 {
            late -= 1
            if choices.choose(2) == 1 { arrive() }
        }
        drive(ChangeCourse(reopening: intent, isExpired: true))
    }

    private mutating func drive(_ start: ChangeCourse) {
        var course = start
        var now = Duration.zero
        reply = nil
        between()
        var step = course.begin(now: now)
        while true {
            switch step {
            case .send(let delay):
                now += delay
                step = course.replied(send(), now: now)
            case .readHistory:
                between()
                step = course.took(history: history, now: now)
            case .readState:
                let state = readState()
                step = course.took(state: state, now: now)
            case .wait(let delay):
                now += delay
                step = course.waited(now: now)
            case .end(let ending):
                endings.append(ending)
                return
            }
        }
    }

    /// Anything may happen here, any number of times.
    private mutating func between() {
        while true {
            // What the server would refuse changes nothing and need not be tried.
            let results = interferences > 0 ? Interference.results(on: item) : []
            let choice = choices.choose(1 + results.count + (late > 0 ? 1 : 0))
            if choice == 0 { return }
            if choice > results.count {
                late -= 1
                arrive()
            } else {
                interferences -= 1
                item = results[choice - 1]
            }
        }
    }

    private mutating func send() -> ReplyPolicy.Reply {
        switch Fate.allCases[choices.choose(Fate.allCases.count)] {
        case .answered:
            guard let result = arrive() else { return .refused }
            reply = result
            return .accepted
        case .replyLost: arrive()
        case .lost: break
        case .late: late += 1
        }
        return .doubtful
    }

    @discardableResult
    private mutating func arrive() -> String? {
        let message = OperationToken.message("ours", marked: intent.identifier)
        let version = intent.version ?? ""
        let vm = intent.vm ?? ""
        do throws(ModelItem.Refusal) {
            var result = ""
            switch intent.kind {
            case .rollback: result = try item.rollback(version, Self.user, message)
            case .checkIn: result = try item.checkIn(vm, Self.user, message)
            case .checkOut: result = try item.makeCheckOut("ours", Self.user)
            case .deleteCheckOut: try item.discard(vm)
            case .deleteVersion: try item.deleteVersion(version)
            }
            applied.append(result)
            return result
        } catch {
            return nil
        }
    }

    private var history: Observation.Part<[Observation.Change]> {
        if item.isDeleted { return .itemGone }
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
        if isGone || item.isDeleted { return .itemGone }
        let checkOuts = item.checkOut.map { [$0] } ?? []
        return .read(Observation.State(latest: latest, versions: versions, checkOuts: checkOuts))
    }

    // MARK: The truth

    /// How many requests were carried out more than once, where once is what was asked for.
    ///
    /// A check-out that somebody discards may be made again; two at once is what must not be, and the
    /// server's limit of one sees to that.
    var isDouble: Bool { intent.kind != .checkOut && applied.count > 1 }

    /// What is false about the way it ended; nil where nothing is.
    var lie: String? {
        for ending in endings {
            switch ending {
            case .accepted where reply != applied.last && applied.count != 1: return "accepted"
            case .failed where !applied.isEmpty: return "failed, but it happened"
            case .settled(let verdict): if let lie = lie(verdict) { return lie }
            default: break
            }
        }
        return nil
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
            case .deleteCheckOut:
                return item.history.contains { $0.version == "3" && !happened }
                    && item.versions.contains { $0.template == intent.vm } ? "checked in" : nil
            case .rollback, .checkIn, .checkOut: break
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
        case .notApplied:
            if intent.kind == .checkOut {
                return item.checkOut?.name == "ours" ? "not applied, but it is there" : nil
            }
            return happened ? "not applied, but it happened" : nil
        case .unknown: return nil
        }
    }

    /// Whether the last word was that nobody can tell.
    var isUnknown: Bool {
        if case .settled(.unknown) = endings.last { true } else { false }
    }
}
