import Testing

@testable import Changes
@testable import VSphere

/// Single decisions, one row each; `ReconcileModelTests` tries the courses they make.
@Suite struct ReconciliationTests {
    private static func history(_ entries: (String, String)...) -> [Observation.Change] {
        entries.map { Observation.Change($0.0, time: $0.1, user: "u", message: "") }
    }

    @Test func `the newest entry is the last of its time, whichever way the list runs`() {
        let lists = [
            Self.history(("1", "a"), ("2", "b"), ("3", "b")),
            Self.history(("3", "b"), ("2", "b"), ("1", "a")),
            Self.history(("2", "b"), ("1", "a"), ("3", "c")),
        ]
        for list in lists {
            #expect(Reconciliation.newest(list)?.version == "3")
            #expect(Reconciliation.chronological(list).last?.version == "3")
        }
        #expect(Reconciliation.newest([]) == nil)
    }

    struct Reply: Sendable {
        let reply: ReplyPolicy.Reply
        var isDoubtful = false
        var unsent = 0
        var isTransient = false
        let action: ReplyPolicy.Action
    }

    @Test(arguments: [
        Reply(reply: .accepted, action: .succeed),
        Reply(reply: .accepted, isDoubtful: true, action: .succeed),
        Reply(reply: .refused, action: .fail),
        Reply(reply: .refused, isDoubtful: true, action: .observe),
        Reply(reply: .doubtful, action: .observe),
        Reply(reply: .notSent, unsent: 1, action: .fail),
        Reply(
            reply: .notSent,
            unsent: 1,
            isTransient: true,
            action: .sendAgain(after: .seconds(1))
        ),
        Reply(
            reply: .notSent,
            unsent: 3,
            isTransient: true,
            action: .sendAgain(after: .seconds(4))
        ),
        Reply(reply: .notSent, unsent: 4, isTransient: true, action: .fail),
        Reply(reply: .notSent, isDoubtful: true, unsent: 4, action: .observe),
    ]) func `what a reply means`(_ row: Reply) {
        let action = ReplyPolicy.next(
            row.reply,
            isDoubtful: row.isDoubtful,
            unsent: row.unsent,
            isTransient: row.isTransient
        )
        #expect(action == row.action)
    }

    @Test(arguments: [
        (#"VSPHERE.LOCAL\Alice"#, "alice@vsphere.local", true), ("alice", "alice@a.b", true),
        ("alice@a", "alice@b", false), (#"A\alice"#, #"A\bob"#, false),
    ]) func `a user has two spellings`(_ one: String, _ other: String, _ isSame: Bool) {
        #expect(UserName.isSame(one, other) == isSame)
    }

    @Test func `without a history nobody is accused, and nothing is claimed`() {
        var intent = ChangeIntent(.rollback, identifier: "op", item: "i", user: "u")
        intent.version = "1"
        var seen = Observation()
        seen.take(.history(.unavailable))
        let versions = [Observation.Version("3", template: "c")]
        seen.take(.state(.read(.init(latest: "3", versions: versions, checkOuts: []))))
        let budget = Reconciliation.Budget(
            nextWait: .seconds(1),
            resends: 1,
            lostAfter: .seconds(9)
        )
        #expect(Reconciliation.next(intent, seen, budget) == .read(.history))
        seen.take(.history(.unavailable))
        #expect(Reconciliation.next(intent, seen, budget) == .conclude(.unknown(.noHistory)))
    }

    @Test func `what cannot be read is looked at again, and never sent again`() {
        let intent = ChangeIntent(.checkIn, identifier: "op", item: "i", user: "u")
        var seen = Observation()
        seen.take(.history(.failed("no luck")))
        seen.take(.state(.failed("no luck")))
        var budget = Reconciliation.Budget(
            nextWait: .seconds(4),
            resends: 9,
            lostAfter: .seconds(9)
        )
        #expect(Reconciliation.next(intent, seen, budget) == .wait(.seconds(4)))
        budget.nextWait = nil
        let verdict = ChangeVerdict.unknown(.unreadable("no luck"))
        #expect(Reconciliation.next(intent, seen, budget) == .conclude(verdict))
    }

    struct Held: Sendable {
        let user: String?
        let name: String?
        var problem: String? = "no luck"
        /// Whether it may be the one that was to be made; nil where that could not be read.
        let mayBeOurs: Bool?
        /// Whether the name that was asked for carries our mark.
        var isMarked = false
    }

    @Test(arguments: [
        Held(user: "u", name: "ours", problem: nil, mayBeOurs: true),
        Held(user: nil, name: "ours", problem: nil, mayBeOurs: false),
        Held(user: nil, name: nil, mayBeOurs: nil), Held(user: nil, name: "ours", mayBeOurs: nil),
        Held(user: "u", name: nil, mayBeOurs: nil),
        Held(user: nil, name: "theirs", mayBeOurs: false),
        Held(user: "bob", name: nil, mayBeOurs: false),
        Held(user: "u", name: "ours-op", problem: nil, mayBeOurs: true, isMarked: true),
        Held(user: nil, name: "ours-op", mayBeOurs: true, isMarked: true),
        Held(user: "u", name: "ours", problem: nil, mayBeOurs: false, isMarked: true),
        Held(user: "u", name: nil, mayBeOurs: nil, isMarked: true),
    ]) func `only a marked name proves whose a check-out is`(_ row: Held) {
        var intent = ChangeIntent(.checkOut, identifier: "op", item: "i", user: "u")
        intent.name = row.isMarked ? "ours-op" : "ours"
        intent.newestBefore = "2"
        var seen = Observation()
        let held = Observation.CheckOut(
            "vm-7",
            user: row.user,
            time: "t",
            name: row.name,
            problem: row.problem
        )
        let versions = [Observation.Version("2", template: "c")]
        seen.take(.state(.read(.init(latest: "2", versions: versions, checkOuts: [held]))))
        seen.take(.history(.read(Self.history(("2", "a")))))
        for lostAfter in [nil, Duration.seconds(9)] {
            let budget = Reconciliation.Budget(nextWait: nil, resends: 0, lostAfter: lostAfter)
            let untouched: ChangeVerdict =
                lostAfter.map { .notSeen(within: $0) } ?? .unknown(.notSeenYet)
            let verdict: ChangeVerdict =
                switch row.mayBeOurs {
                case true? where row.isMarked: .done(result: "vm-7", supersededBy: nil)
                case true?: .unknown(.candidate("vm-7 (ours) is checked out by u since t"))
                case false?: untouched
                case nil: .unknown(.unclear(vm: "vm-7", "no luck"))
                }
            #expect(Reconciliation.next(intent, seen, budget) == .conclude(verdict))
        }
    }

    @Test(arguments: [
        ("vm-12", "vm-12", true), ("vm-12", "vm-12:5f3c", true), ("vm-12:5f3c", "vm-12", true),
        ("vm-12:5f3c", "vm-12:5f3c", true), ("vm-12:5f3c", "vm-12:77aa", false),
        ("vm-1", "vm-12", false), ("vm-1:5f3c", "vm-12", false),
    ]) func `a machine has two spellings`(_ one: String, _ other: String, _ isSame: Bool) {
        #expect(MachineName.isSame(one, other) == isSame)
    }

    /// What is seen of a machine in the other spelling.
    static func state(checkedOut: String?, template: String) -> Observation.State {
        let versions = [Observation.Version("2", template: template)]
        let checkOuts = checkedOut.map { [Observation.CheckOut($0)] } ?? []
        return .init(latest: "2", versions: versions, checkOuts: checkOuts)
    }

    @Test(arguments: [ChangeIntent.Kind.checkIn, .deleteCheckOut])
    func `a machine that is listed with its server is still checked out`(
        _ kind: ChangeIntent.Kind
    ) {
        var intent = ChangeIntent(kind, identifier: "op", item: "i", user: "u")
        intent.vm = "vm-12"
        intent.holder = "vm-12"
        var seen = Observation()
        seen.take(.history(.read(Self.history(("2", "a")))))
        seen.take(.state(.read(Self.state(checkedOut: "vm-12:5f3c", template: "vm-9"))))
        let budget = Reconciliation.Budget(nextWait: nil, resends: 0)
        #expect(
            Reconciliation.next(intent, seen, budget) == .conclude(.unknown(.notSeenYet))
        )
    }

    @Test func `a machine whose template is listed with its server was checked in`() {
        var intent = ChangeIntent(.deleteCheckOut, identifier: "op", item: "i", user: "u")
        intent.vm = "vm-12"
        intent.holder = "vm-12"
        var seen = Observation()
        seen.take(.state(.read(Self.state(checkedOut: nil, template: "vm-12:5f3c"))))
        seen.take(.history(.read(Self.history(("2", "a")))))
        let verdict = ChangeVerdict.checkedIn(version: "2", Self.history(("2", "a")).first)
        let budget = Reconciliation.Budget(nextWait: nil, resends: 0)
        #expect(Reconciliation.next(intent, seen, budget) == .conclude(verdict))
    }

    struct Look: Sendable {
        let kind: ChangeIntent.Kind
        let machine: Observation.Part<Observation.Machine>
        var hasTime = false
        var isLost = false
        let action: Reconciliation.Action
    }

    static let done = Reconciliation.Action.conclude(.done(result: nil, supersededBy: nil))
    static let lost = Reconciliation.Action.conclude(.notSeen(within: .seconds(9)))
    static let off = Observation.Part.read(Observation.Machine(power: "POWERED_OFF"))
    static let on = Observation.Part.read(Observation.Machine(power: "POWERED_ON"))

    @Test(arguments: [
        Look(kind: .deleteVM, machine: .unread, action: .read(.machine)),
        Look(kind: .deleteVM, machine: .gone, hasTime: true, action: done),
        Look(kind: .deleteVM, machine: off, hasTime: true, action: .wait(.seconds(1))),
        Look(kind: .deleteVM, machine: off, action: .conclude(.unknown(.notSeenYet))),
        Look(kind: .deleteVM, machine: off, isLost: true, action: lost),
        Look(kind: .deleteVM, machine: .unavailable, action: .conclude(.unknown(.notTold))),
        Look(kind: .powerOn, machine: on, isLost: true, action: done),
        Look(kind: .powerOff, machine: off, action: done),
        Look(kind: .powerOn, machine: off, hasTime: true, action: .wait(.seconds(1))),
        Look(
            kind: .powerOn,
            machine: off,
            action: .conclude(.unknown(.otherPower("POWERED_OFF")))
        ),
        Look(kind: .powerOn, machine: off, isLost: true, action: lost),
        Look(kind: .powerOn, machine: .gone, action: .conclude(.unknown(.machineGone))),
        Look(kind: .powerOn, machine: .failed("x"), hasTime: true, action: .wait(.seconds(1))),
        Look(
            kind: .deleteVM,
            machine: .failed("x"),
            isLost: true,
            action: .conclude(.unknown(.unreadable("x")))
        ),
    ])
    func `what a look at a machine means`(_ row: Look) {
        let intent = ChangeIntent(row.kind, identifier: "op", item: "", user: "u")
        var seen = Observation()
        seen.take(.machine(row.machine))
        let budget = Reconciliation.Budget(
            nextWait: row.hasTime ? .seconds(1) : nil,
            resends: 0,
            lostAfter: row.isLost ? .seconds(9) : nil
        )
        #expect(Reconciliation.next(intent, seen, budget) == row.action)
    }

    struct Named: Sendable {
        var name = "web"
        var before: [String]? = []
        let now: Observation.Part<[String]>
        let verdict: ChangeVerdict
    }

    @Test(arguments: [
        Named(now: .read([]), verdict: .unknown(.notSeenYet)),
        Named(now: .read(["vm-7"]), verdict: .unknown(.candidate("vm-7 has the name web now"))),
        Named(before: ["vm-7"], now: .read(["vm-7:5f3c"]), verdict: .unknown(.notSeenYet)),
        Named(
            before: ["vm-7"],
            now: .read(["vm-7", "vm-8"]),
            verdict: .unknown(.candidate("vm-8 has the name web now"))
        ),
        Named(
            name: "web-op",
            before: nil,
            now: .read(["vm-8"]),
            verdict: .done(result: "vm-8", supersededBy: nil)
        ),
        Named(name: "web-op", now: .read([]), verdict: .unknown(.notSeenYet)),
        Named(now: .failed("x"), verdict: .unknown(.unreadable("x"))),
    ])
    func `what has the name of a new thing`(_ row: Named) {
        for kind in [ChangeIntent.Kind.deploy, .createTemplate] {
            var intent = ChangeIntent(kind, identifier: "op", item: "", user: "u")
            intent.name = row.name
            intent.namedBefore = row.before
            var seen = Observation()
            seen.take(.named(row.now))
            let budget = Reconciliation.Budget(nextWait: nil, resends: 0)
            #expect(Reconciliation.next(intent, seen, budget) == .conclude(row.verdict))
        }
    }

    struct Moment: Sendable {
        /// The server's clock at the sending and at the look, in hours.
        let sent: Int64?
        let now: Int64?
        let isLost: Bool
    }

    @Test(arguments: [
        Moment(sent: 100, now: 100, isLost: false), Moment(sent: 100, now: 123, isLost: false),
        Moment(sent: 100, now: 124, isLost: true), Moment(sent: 100, now: 50, isLost: false),
        Moment(sent: nil, now: 999, isLost: false), Moment(sent: 100, now: nil, isLost: false),
    ]) func `only the server's own clock gives a change up`(_ row: Moment) {
        var intent = ChangeIntent(.checkIn, identifier: "op", item: "i", user: "u")
        intent.vm = "vm-12"
        intent.serverTime = row.sent.map { $0 * 3_600_000 }
        var course = ChangeCourse(
            reopening: intent,
            limits: .init(settle: .zero, resends: 0, giveUp: .seconds(86_400))
        )
        // However long ours says it took.
        let now = Duration.seconds(1_000_000)
        _ = course.begin(now: now)
        course.serverTime = row.now.map { $0 * 3_600_000 }
        _ = course.took(.history(.read([])), now: now)
        let state = Self.state(checkedOut: "vm-12", template: "vm-9")
        let step = course.took(.state(.read(state)), now: now)
        let verdict: ChangeVerdict =
            row.isLost ? .notSeen(within: .seconds(86_400)) : .unknown(.notSeenYet)
        #expect(step == .end(.settled(verdict)))
    }

    @Test(arguments: [
        ("web-{op}", "web-abcdefgh"), ("{op}{op}", "abcdefghabcdefgh"), ("web", "web"), ("", ""),
        ("{op", "{op"), ("a{op}b{op}c", "aabcdefghbabcdefghc"),
    ]) func `a name is marked where it says so`(_ name: String, _ sent: String) {
        #expect(OperationToken.name(name, marked: "abcdefgh-1234") == sent)
        #expect(OperationToken.isMarked(name: sent, by: "abcdefgh-1234") == (name != sent))
    }
}
