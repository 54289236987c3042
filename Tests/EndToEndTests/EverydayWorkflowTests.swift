import Foundation
import JSON
import Support
import Testing

/// Six workflows of an operator, each in 25 lines at most.
@Suite struct EverydayWorkflowTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let arguments: [String]
        /// The changes that a plan of it has, and that its run makes, each by its operation.
        var changes: [String: Int] = [:]
        /// The changes of its plan, where they differ: a script that sees no change does not undo one either.
        var planned: [String: Int]?
        var options: [String] = []
        var status: Int32 = 0
        /// Texts that its output has.
        var output: [String] = []
        var testDescription: String { name }
    }

    private static let ours = "Tests/Lua/Workflows/"
    static let rows = [
        Row(
            name: ours + "patch-train",
            arguments: ["--pool", "cluster-1", "golden/*", "true", "false"],
            changes: ["checkOut": 30, "checkIn": 30, "rollback": 30],
            planned: ["checkOut": 30, "checkIn": 30, "exec": 60],
            status: 81
        ),
        Row(
            name: "change-report",
            arguments: ["--since", "3000d", "--format", "csv"],
            output: [
                "time,item,version,user,message,operation",
                #"golden/held,1,CORP\ann,patched,b40dc337-5c45-469a-883b-b3fba5c7d667"#,
            ]
        ),
        Row(
            name: "deploy-fleet",
            arguments: [
                "--folder", "vm", "--pool", "cluster-1", "--customization", "linux",
                "golden/item-001", "web-", "50",
            ],
            changes: ["deploy": 50],
            output: ["web-01  vm-", "web-50  vm-", "  10."]
        ),
        Row(
            name: ours + "give-back",
            arguments: ["5"],
            changes: ["deleteCheckOut": 1],
            options: ["--yes"],
            output: ["golden/held  vm-held", "1 discarded"]
        ),
        Row(
            name: ours + "compare",
            arguments: ["default", "other"],
            status: 3,
            output: ["golden/held", "missing"]
        ),
        Row(
            name: ours + "nightly",
            arguments: ["golden/item-*"],
            changes: ["rollback": 30],
            output: ["golden/item-001: 2 undone, 1 restored as "]
        ),
    ]

    /// Thirty templates with two versions each, and one that is checked out.
    private static func inventory() -> JSONValue {
        var library = WorkflowBench.library("golden", items: 30)["libraries"]?.array?[0] ?? .null
        let held: JSONValue = [
            "name": "held", "versions": [["version": "1"]],
            "check_outs": [["vm": "vm-held", "user": "CORP\\ann", "time": "2026-01-01T00:00:00Z"]],
            "changes": [
                [
                    "version": "1", "user": "CORP\\ann", "time": "2026-01-01T00:00:00Z",
                    "message": "[vmoon:b40dc337-5c45-469a-883b-b3fba5c7d667] patched",
                ]
            ],
        ]
        guard case .object(var members) = library else { return library }
        for place in members.indices where members[place].name == "items" {
            members[place].value = .array((members[place].value.array ?? []) + [held])
        }
        library = .object(members)
        return ["libraries": [library]]
    }

    private func bench(_ row: Row) throws -> WorkflowBench {
        // A template that is checked out already stops no train; here none is, so that all go the same way.
        let inventory =
            row.name.hasSuffix("patch-train")
            ? WorkflowBench.library("golden", items: 30) : Self.inventory()
        return try WorkflowBench([
            "default": inventory, "other": WorkflowBench.library("golden", items: 30),
        ])
    }

    @Test(arguments: rows) func `a plan has each change once, and ends`(_ row: Row) throws {
        let bench = try bench(row)
        let run = try bench.run(row.name, row.arguments, options: ["--dry-run"] + row.options)
        var planned: [String: Int] = [:]
        for line in run.error.split(separator: "\n") where line.hasPrefix("plan: ") {
            let operation = line.split(separator: " ").dropFirst(2).first.map(String.init) ?? ""
            if operation != "getGuest" { planned[operation, default: 0] += 1 }
        }
        #expect(planned == row.planned ?? row.changes, "\(run.error)")
        #expect(try bench.changes().isEmpty)
    }

    @Test(arguments: rows) func `what it changes is on the record`(_ row: Row) throws {
        let bench = try bench(row)
        let run = try bench.run(row.name, row.arguments, options: row.options)
        #expect(run.status == row.status, "\(run.error)")
        let made = try bench.changes().reduce(into: [:]) { $0[$1, default: 0] += 1 }
        #expect(made == row.changes)
        for text in row.output { #expect(run.output.contains(text), "\(text): \(run.output)") }
        #expect(try bench.openSessions() == 0)
    }

    @Test(arguments: rows) func `it tells how it is called, and refuses what it does not know`(
        _ row: Row
    ) throws {
        let bench = try bench(row)
        let help = try bench.run(row.name, ["--help"])
        #expect(help.status == 0 && help.output.hasPrefix("usage: vmoon [options] "))
        let wrong = try bench.run(row.name, row.arguments + ["--nmae", "x"])
        #expect(wrong.status == 64 && wrong.error.hasPrefix("vmoon: there is no option --nmae"))
        #expect(try bench.requests().isEmpty && bench.openSessions() == 0)
    }

    @Test(arguments: rows) func `it has at most 25 lines`(_ row: Row) throws {
        let text = try String(contentsOfFile: WorkflowBench.script(row.name), encoding: .utf8)
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(lines.count { !$0.hasPrefix("--") && !$0.hasPrefix("#!") && !$0.isEmpty } <= 25)
    }
}
