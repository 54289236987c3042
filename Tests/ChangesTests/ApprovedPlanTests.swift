import JSON
import Testing
import VSphere

@testable import Changes

/// The policy of a run that is held to a plan, and the file it comes from.
@Suite struct ApprovedPlanTests {
    /// A planned change of item `i`.
    static func change(
        _ number: Int,
        _ operation: String,
        _ arguments: JSONValue,
        at vcenter: String = "vc",
        isAfterOthers: Bool = false,
        versions: [String] = ["1", "2"],
        checkOuts: [String] = []
    ) -> PlannedChange {
        var change = PlannedChange(number: number, operation: operation)
        change.arguments = arguments
        change.vcenter = vcenter
        change.version = arguments["version"]?.string
        change.vm = arguments["vm"]?.string
        change.action = arguments["action"]?.string
        if let item = arguments["item"]?.string {
            change.item = ("rhel-9", item)
            change.latest = versions.last
            change.versions = versions
            change.checkOuts = checkOuts
            change.isItemRead = true
        }
        change.isAfterOthers = isAfterOthers
        return change
    }

    static func plan(_ changes: PlannedChange...) -> ApprovedPlan {
        var document = PlanDocument()
        document.changes = changes
        return ApprovedPlan(document)
    }

    static func call(
        _ operation: String,
        _ arguments: JSONValue,
        at vcenter: String = "vc"
    ) -> PlannedCall {
        PlannedCall(operation, at: vcenter, arguments)
    }

    private func refusal(_ plan: ApprovedPlan, _ call: PlannedCall) -> String {
        do throws(VSphereError) {
            return "change \(try plan.take(call))"
        } catch {
            #expect(error.kind == .forbiddenByPolicy && error.outcome == .none)
            return error.message.replacing(
                "it is not in the plan that this run is held to: ",
                with: ""
            )
        }
    }

    @Test func `each planned change is used once, in any order`() throws {
        let stop: JSONValue = ["vm": "vm-1", "action": "stop"]
        let plan = Self.plan(
            Self.change(1, "setPower", stop),
            Self.change(2, "deleteVM", ["vm": "vm-2"]),
            Self.change(4, "setPower", stop)
        )
        #expect(try plan.take(Self.call("deleteVM", ["vm": "vm-2"])) == 2)
        #expect(try plan.take(Self.call("setPower", stop)) == 1)
        #expect(try plan.take(Self.call("setPower", stop)) == 4)
        #expect(refusal(plan, Self.call("setPower", stop)) == "change 4 is used once, and was")
        #expect(plan.left.isEmpty)
        plan.giveBack(1)
        #expect(plan.left == ["1. setPower"])
        #expect(try plan.take(Self.call("setPower", stop)) == 1)
    }

    /// Two deployments that are the same, of which one is started and the other deleted.
    static func twins() -> ApprovedPlan {
        plan(
            change(1, "deploy", ["item": "i", "spec": ["name": "d"]]),
            change(2, "deploy", ["item": "i", "spec": ["name": "d"]]),
            change(3, "setPower", ["vm": "<planned 1: deploy>", "action": "start"]),
            change(4, "deleteVM", ["vm": "<planned 2: deploy>"])
        )
    }

    static let deploy = call("deploy", ["item": "i", "spec": ["name": "d"]])
    static func start(_ vm: String) -> PlannedCall {
        call("setPower", ["vm": .string(vm), "action": "start"])
    }
    static func delete(_ vm: String) -> PlannedCall { call("deleteVM", ["vm": .string(vm)]) }

    @Test func `of two that are the same, what comes after tells which is which`() throws {
        // One after the other, and both before the rest.
        let first = Self.twins()
        first.end(try first.take(Self.deploy), result: "vm-1")
        #expect(try first.take(Self.delete("vm-1")) == 4)
        first.end(try first.take(Self.deploy), result: "vm-2")
        #expect(try first.take(Self.start("vm-2")) == 3)
        #expect(first.left.isEmpty)
        let second = Self.twins()
        for vm in ["vm-1", "vm-2"] { second.end(try second.take(Self.deploy), result: vm) }
        #expect(try second.take(Self.delete("vm-1")) == 4)
        #expect(try second.take(Self.start("vm-2")) == 3)
        // What was made of one stays its own.
        let third = Self.twins()
        for vm in ["vm-1", "vm-2"] { third.end(try third.take(Self.deploy), result: vm) }
        #expect(try third.take(Self.start("vm-1")) == 3)
        #expect(throws: VSphereError.self) { try third.take(Self.delete("vm-1")) }
        #expect(try third.take(Self.delete("vm-2")) == 4)
        // One that is under way is told its new number.
        let fourth = Self.twins()
        fourth.end(try fourth.take(Self.deploy), result: "vm-1")
        var number = 0
        number = try fourth.take(Self.deploy) { number = $0 }
        #expect(number == 2)
        #expect(try fourth.take(Self.delete("vm-1")) == 4)
        #expect(number == 1)
        fourth.end(number, result: "vm-2")
        #expect(try fourth.take(Self.start("vm-2")) == 3)
    }

    static let refusals: [(PlannedCall, String)] = [
        (call("deleteItem", ["item": "i"]), "no deleteItem is planned"),
        (
            call("setPower", ["vm": "vm-9", "action": "stop"]),
            #"change 1 has vm "vm-1", and this call has vm "vm-9""#
        ),
        (
            call("setPower", ["vm": "vm-1", "action": "start"]),
            #"change 1 has action "stop", and this call has action "start""#
        ),
        (
            call("setPower", ["vm": "vm-1", "action": "stop"], at: "other"),
            "it is planned for vc, and not for this vCenter"
        ),
        (
            call("rollback", ["item": "i", "version": "1", "message": "new\u{1B}"]),
            #"change 2 has message "old", and this call has message "new\x1B""#
        ),
        (
            call("checkIn", ["item": "i", "vm": "vm-5", "message": "m"]),
            "change 4 needs the result of change 3, which was not made"
        ),
        (
            call("deploy", ["item": "i", "spec": ["name": "b"]]),
            #"change 5 has spec.name "a", and this call has spec.name "b""#
        ),
        (
            call("deploy", ["item": "i", "spec": ["name": "a", "powered_on": true]]),
            "change 5 has no spec.powered_on, and this call has spec.powered_on true"
        ),
        (
            call("deploy", ["item": "i", "spec": ["name": "a", "password": "S3c"]]),
            "change 5 has no spec.password, and this call has another spec.password"
        ),
        (
            call("deploy", ["item": "i", "spec": ["name": "a", "disks": [:]]]),
            "change 5 has no spec.disks, and this call has another spec.disks"
        ),
        (
            PlannedCall("exec", about: "make all"),
            #"change 6 has "make", and this call has "make all""#
        ),
    ]

    @Test(arguments: refusals) func `a call that is not planned is refused in words`(
        _ row: (call: PlannedCall, words: String)
    ) {
        let plan = Self.plan(
            Self.change(1, "setPower", ["vm": "vm-1", "action": "stop"]),
            Self.change(2, "rollback", ["item": "i", "version": "1", "message": "old"]),
            Self.change(3, "checkOut", ["item": "i", "spec": [:]]),
            Self.change(
                4,
                "checkIn",
                ["item": "i", "vm": "<planned 3: checkOut>", "message": "m"]
            ),
            Self.change(5, "deploy", ["item": "i", "spec": ["name": "a"]]),
            Self.change(6, "exec", ["about": "make"], at: "")
        )
        #expect(refusal(plan, row.call) == row.words)
    }

    @Test func `a placeholder is the result of the change that was matched with its number`() throws
    {
        let spec: JSONValue = ["item": "i", "spec": ["name": "x"]]
        let plan = Self.plan(
            Self.change(1, "checkOut", spec),
            Self.change(
                2,
                "checkIn",
                [
                    "item": "i", "vm": "<planned 1: checkOut>",
                    "message": "of <planned 1: checkOut>",
                ],
                isAfterOthers: true,
                checkOuts: ["<planned 1: checkOut>"]
            ),
            Self.change(
                3,
                "rollback",
                ["item": "i", "version": "<planned 2: checkIn>", "message": "m"],
                isAfterOthers: true,
                versions: ["2", "<planned 2: checkIn>"]
            )
        )
        let checkIn = Self.call("checkIn", ["item": "i", "vm": "vm-7", "message": "of vm-7"])
        #expect(refusal(plan, checkIn).contains("needs the result of change 1"))
        #expect(try plan.take(Self.call("checkOut", spec)) == 1)
        #expect(plan.state(of: 2) == nil && plan.earlier(than: 2) == 1)
        plan.end(1, result: "vm-7")
        #expect(try plan.take(checkIn) == 2)
        #expect(plan.earlier(than: 2) == nil)
        #expect(plan.state(of: 2)?.parts?.checkOuts == ["vm-7"])
        plan.end(2, result: "3")
        #expect(plan.state(of: 3)?.latest == "3")
        #expect(plan.state(of: 3)?.parts?.versions == ["2", "3"])
    }

    @Test func `of several planned changes the one whose state fits is taken`() throws {
        let spec: JSONValue = ["item": "i", "spec": ["name": "x"]]
        let call = Self.call("checkOut", spec)
        let plan = Self.plan(
            Self.change(1, "checkOut", spec, checkOuts: ["vm-1"]),
            Self.change(2, "checkOut", spec)
        )
        #expect(try plan.take(call) == 1)
        #expect(plan.exchange(1, for: call) { $0.parts?.checkOuts == ["vm-3"] } == nil)
        #expect(plan.exchange(1, for: call) { $0.parts?.checkOuts.isEmpty == true } == 2)
        #expect(try plan.take(call) == 1)
    }

    @Test func `a planned refusal may be called, and is not missed`() throws {
        let late: JSONValue = ["item": "i", "version": "2"]
        let plan = Self.plan(Self.change(1, "deleteVersion", late))
        #expect(plan.left.isEmpty)
        #expect(try plan.take(Self.call("deleteVersion", late)) == 1)
    }

    @Test(arguments: [
        (["a", "***"], true), (["a", "x"], true), (["a"], false), (["b", "x"], false),
        (["a", "x", "y"], false),
    ])
    func `arguments are those of the plan, but for secrets`(_ given: [String], _ isSame: Bool) {
        var document = PlanDocument()
        document.arguments = ["a", "***"]
        #expect(document.accepts(given) == isSame)
    }

    // MARK: The file

    static func document() -> PlanDocument {
        var document = PlanDocument()
        document.version = "1"
        document.made = 1_764_000_000_123
        document.host = "h"
        document.script = "s.lua"
        document.folder = "/f"
        document.scriptHash = "00"
        document.arguments = ["a", "é\n"]
        document.vcenters = [.init(name: "vc", user: "u")]
        var deploy = change(5, "deploy", ["item": "i", "spec": ["name": "d", "powered_on": true]])
        deploy.isNameRead = true
        deploy.untold = ["host h-1 is there"]
        deploy.isItemRead = false
        deploy.versions = []
        deploy.subject = ["name d"]
        var stop = change(2, "setPower", ["vm": "vm-1", "action": "stop"])
        stop.subject = ["vm vm-1", "action stop"]
        stop.power = "POWERED_OFF"
        stop.isPowerRead = true
        var rollback = change(1, "rollback", ["item": "i", "version": "1", "message": "m"])
        rollback.subject = ["version 1"]
        var purge = change(
            7,
            "checkIn",
            ["item": "i", "vm": "vm-7", "message": "x"],
            checkOuts: ["vm-7"]
        )
        purge.subject = ["vm vm-7"]
        var request = change(8, "request", ["path": "/vcenter/x?y=1", "method": "PATCH"])
        request.subject = ["PATCH /vcenter/x"]
        var program = change(9, "exec", ["about": "make all"], at: "")
        program.subject = ["make all"]
        document.changes = [rollback, stop, deploy, purge, request, program]
        document.reads = [
            PlannedChange(number: 6, operation: "getVM", subject: ["vm <planned 5: deploy>"])
        ]
        return document
    }

    @Test func `a plan that was read is the one that was written, with the same lines`() throws {
        let document = Self.document()
        let read = try PlanDocument(Array(document.text.utf8))
        #expect(read.content == document.content && read.text == document.text)
        #expect(read.lines == document.lines && read.refusedCount == 1)
        #expect(
            read.lines[1]
                == "2. setPower vm vm-1, action stop: would be refused: vm-1 is off already"
        )
        #expect(read.lines[3] == "6. getVM vm <planned 5: deploy>")
        #expect(read.lines[4].hasSuffix("purges version 1"))
        #expect(read.lines[5] == "8. request PATCH /vcenter/x")
        #expect(read.arguments == ["a", "é\n"] && read.made == 1_764_000_000_123)
    }

    /// An edit, and why the plan is refused then.
    static let edits: [(String, String, PlanDocument.Problem?)] = [
        ("\"vm-1\"", "\"vm-2\"", .edited), ("\"s.lua\"", "\"t.lua\"", .edited),
        ("\"stop\"", "\"start\"", .edited), ("\"vmoon_plan\": 1", "\"vmoon_plan\": 2", .newer(2)),
        ("\"vmoon_plan\"", "\"plan\"", .noPlan),
        // Other white space is the same plan.
        ("\n", " ", nil),
    ]

    @Test(arguments: edits) func `a plan that was edited is refused as a whole`(
        _ row: (old: String, new: String, problem: PlanDocument.Problem?)
    ) {
        let text = Self.document().text.replacing(row.old, with: row.new)
        #expect(text != Self.document().text)
        if let problem = row.problem {
            #expect(throws: problem) { try PlanDocument(Array(text.utf8)) }
        } else {
            #expect(throws: Never.self) { try PlanDocument(Array(text.utf8)) }
        }
    }

    /// Edits by somebody who has also made the hash anew.
    static let forgeries: [(String, String)] = [
        ("\"refused\": \"vm-1 is off already\"", "\"refused\": \"nothing\""),
        ("\"purges\": [", "\"spares\": ["), ("\"after_others\": false", "\"after_others\": 0"),
        ("\"number\": 2", "\"number\": 1"), ("\"number\": 2", "\"number\": -2"),
        ("\"folder\": \"/f\"", "\"folder\": \"/f\", \"more\": 1"),
        ("\"vm <planned 5", "\"\\u001b <planned 5"), ("\"number\": 6", "\"number\": 5"),
        ("host h-1 is", "host \\u001b is"),
        ("\"operation\": \"exec\"", "\"operation\": \"\\u001bexec\""),
        ("\"host\": \"h\"", "\"host\": 1"), ("2025-11", "2025-13"),
    ]

    @Test(arguments: forgeries) func `no part of a plan is passed over`(
        _ old: String,
        _ new: String
    )
        throws
    {
        let text = Self.document().text
        #expect(text.contains(old))
        var tree = try JSONValue(parsing: text.replacing(old, with: new))
        tree["sha256"] = nil
        tree["sha256"] = .string(PlanDocument.hash(tree))
        let forged = JSONEncoder().encode(tree)
        #expect(throws: PlanDocument.Problem.edited) { try PlanDocument(Array(forged.utf8)) }
    }

    @Test(arguments: [
        "", "{", "[]", "null", "{\"vmoon_plan\":\"1\"}", "{\"vmoon_plan\":1}", "\u{0}",
    ])
    func `what is no plan is refused`(_ text: String) {
        #expect(throws: PlanDocument.Problem.self) { try PlanDocument(Array(text.utf8)) }
    }
}
