import Testing

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
        seen.take(history: .unavailable)
        seen.take(
            state: .read(.init(latest: "3", versions: [.init("3", template: "c")], checkOuts: []))
        )
        let budget = Reconciliation.Budget(nextWait: .seconds(1), resends: 1, isExpired: true)
        #expect(Reconciliation.next(intent, seen, budget) == .readHistory)
        seen.take(history: .unavailable)
        #expect(Reconciliation.next(intent, seen, budget) == .conclude(.unknown(.noHistory)))
    }

    @Test func `what cannot be read is looked at again, and never sent again`() {
        let intent = ChangeIntent(.checkIn, identifier: "op", item: "i", user: "u")
        var seen = Observation()
        seen.take(history: .failed("no luck"))
        seen.take(state: .failed("no luck"))
        var budget = Reconciliation.Budget(nextWait: .seconds(4), resends: 9, isExpired: true)
        #expect(Reconciliation.next(intent, seen, budget) == .wait(.seconds(4)))
        budget.nextWait = nil
        let verdict = ChangeVerdict.unknown(.unreadable("no luck"))
        #expect(Reconciliation.next(intent, seen, budget) == .conclude(verdict))
    }

    struct Held: Sendable {
        let user: String?
        let name: String?
        var problem: String? = "no luck"
        let isOurs: Bool?
    }

    @Test(arguments: [
        Held(user: "u", name: "ours", problem: nil, isOurs: true),
        Held(user: nil, name: "ours", problem: nil, isOurs: false),
        Held(user: nil, name: nil, isOurs: nil), Held(user: nil, name: "ours", isOurs: nil),
        Held(user: "u", name: nil, isOurs: nil), Held(user: nil, name: "theirs", isOurs: false),
        Held(user: "bob", name: nil, isOurs: false),
    ]) func `a machine is checked out, and what was read of it may not tell whose`(_ row: Held) {
        var intent = ChangeIntent(.checkOut, identifier: "op", item: "i", user: "u")
        intent.name = "ours"
        intent.newestBefore = "2"
        var seen = Observation()
        let held = Observation.CheckOut(
            "vm-7",
            user: row.user,
            name: row.name,
            problem: row.problem
        )
        seen.take(
            state: .read(
                .init(latest: "2", versions: [.init("2", template: "c")], checkOuts: [held])
            )
        )
        seen.take(history: .read(Self.history(("2", "a"))))
        for isExpired in [false, true] {
            let budget = Reconciliation.Budget(nextWait: nil, resends: 9, isExpired: isExpired)
            let untouched: ChangeVerdict = isExpired ? .notApplied : .unknown(.notSeenYet)
            let verdict: ChangeVerdict =
                switch row.isOurs {
                case true?: .done(result: "vm-7", supersededBy: nil)
                case false?: untouched
                case nil: .unknown(.unclear(vm: "vm-7", "no luck"))
                }
            #expect(Reconciliation.next(intent, seen, budget) == .conclude(verdict))
        }
    }
}
