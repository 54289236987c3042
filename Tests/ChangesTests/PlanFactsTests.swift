import Testing
import VSphere

@testable import Changes

/// What is known of machines, names and places, and what a plan makes of it.
@Suite struct PlanFactsTests {
    /// An operation, its action, the machine's power; and why it would be refused.
    static let powers: [(String, String?, String?, String?)] = [
        ("setPower", "start", "POWERED_ON", "vm-1 is on already"),
        ("setPower", "start", "POWERED_OFF", nil), ("setPower", "start", "SUSPENDED", nil),
        ("setPower", "stop", "POWERED_OFF", "vm-1 is off already"),
        ("setPower", "stop", "SUSPENDED", nil),
        ("setPower", "reset", "POWERED_ON", nil),
        ("setPower", "reset", "POWERED_OFF", "vm-1 is off"),
        ("setPower", "suspend", "SUSPENDED", "vm-1 is suspended already"),
        ("setPower", "suspend", "POWERED_OFF", "vm-1 is off"),
        ("deleteVM", nil, "POWERED_ON", "vm-1 is on"), ("deleteVM", nil, "POWERED_OFF", nil),
        ("checkIn", nil, "POWERED_ON", "vm-1 is on"),
        ("deleteCheckOut", nil, "SUSPENDED", "vm-1 is suspended"),
        // Nobody knows.
        ("deleteVM", nil, nil, nil), ("setPower", "start", nil, nil),
        ("setPower", nil, "POWERED_ON", nil),
    ]

    @Test(arguments: powers)
    func `the state of power decides`(_ row: (String, String?, String?, String?)) {
        var change = PlannedChange(number: 1, operation: row.0)
        change.vm = "vm-1"
        change.action = row.1
        change.power = row.2
        #expect(change.refusal == row.3)
    }

    @Test func `a name is taken until its machine is deleted, and by planned changes too`() {
        let plan = Plan()
        plan.facts = [
            "n": .taken(by: ["vm-7"]), "p": .refused("there is no folder f"),
            "u": .untold("x is there"),
        ]
        func refusal(_ facts: [String], gives name: String? = nil) -> String? {
            var change = PlannedChange(number: 1, operation: "deploy")
            change.facts = facts
            change.givenName = name
            plan.describe(&change, at: "vc")
            plan.follow(change, at: "vc", result: "<planned 1: deploy>")
            return change.refusal
        }
        #expect(refusal(["n"]) == "its name is taken by vm-7")
        #expect(refusal(["n", "p"]) == "there is no folder f")
        #expect(refusal(["u"]) == nil)
        var deletion = PlannedChange(number: 2, operation: "deleteVM")
        deletion.vm = "vm-7:server"
        plan.follow(deletion, at: "vc", result: "")
        #expect(refusal(["n"], gives: "d in f") == nil)
        #expect(refusal([], gives: "d in f") == "its name is taken by <planned 1: deploy>")
    }

    /// A library, what must hold of it, and why it would be refused.
    static let libraries: [(isSubscribed: Bool, isPublished: Bool?, need: Effect.Need, String?)] = [
        (false, true, .published, nil), (false, nil, .published, nil),
        (false, false, .published, "library l is not published"),
        (true, nil, .published, "library l follows another one"), (true, nil, .subscribed, nil),
        (false, true, .subscribed, "library l follows no other one"),
        (false, false, .ownLibrary, nil),
        (true, nil, .ownLibrary, "library l follows another one"), (true, nil, .freeName, nil),
    ]

    @Test(arguments: libraries) func `the kind of a library decides`(
        _ row: (isSubscribed: Bool, isPublished: Bool?, need: Effect.Need, String?)
    ) {
        let library = Plan.LibraryFacts(
            shown: "l",
            isSubscribed: row.isSubscribed,
            isPublished: row.isPublished
        )
        #expect(library.refusal([row.need]) == row.3)
    }

    @Test func `an item that is called something else leaves its name`() {
        let plan = Plan()
        plan.facts = ["a": .taken(by: ["i-1"]), "b": .taken(by: [])]
        func refusal(of item: String, to name: String, _ fact: String) -> String? {
            var change = PlannedChange(number: 1, operation: "updateItem")
            change.item = ("x", item)
            change.facts = [fact]
            change.givenName = name
            plan.describe(&change, at: "vc")
            plan.follow(change, at: "vc", result: "<planned 1: updateItem>")
            return change.refusal
        }
        #expect(refusal(of: "i-2", to: "a", "a") == "its name is taken by i-1")
        #expect(refusal(of: "i-1", to: "a", "a") == nil)
        #expect(refusal(of: "i-1", to: "b", "b") == nil)
        #expect(refusal(of: "i-2", to: "b", "b") == "its name is taken by i-1")
        #expect(refusal(of: "i-1", to: "b", "b") == nil)
        #expect(refusal(of: "i-2", to: "a", "a") == nil)
        #expect(refusal(of: "i-3", to: "a", "a") == "its name is taken by i-2")
    }

    @Test func `what could not be read is said, and refuses nothing`() {
        var change = PlannedChange(number: 1, operation: "deploy", subject: ["name d"])
        change.untold = ["the name d is free"]
        #expect(change.line == "1. deploy name d: whether the name d is free is not known")
    }
}
