import Foundation
import JSON
import Support
import Testing

/// The workflows that come with vmoon, rehearsed.
struct RehearseWorkflowTests {
    struct Workflow: Sendable, CustomTestStringConvertible {
        let name: String
        let arguments: [String]
        var inventory: JSONValue = .null
        var files: [String: String] = [:]
        var testDescription: String { name }
    }

    private static let item = "golden/ubuntu-22.04"
    private static let place = ["dc-1/vm/templates", "cluster-1"]

    private static func item(
        _ name: String,
        history: [String] = [],
        holder: String? = nil
    ) -> JSONValue {
        let numbers = history.indices.map { "\($0 + 1)" }
        let time: JSONValue = "2026-01-01T00:00:00Z"
        return [
            "name": .string(name),
            "versions": .array(numbers.suffix(2).map { ["version": .string($0)] }),
            "changes": .array(
                zip(numbers, history).map { number, message in
                    [
                        "version": .string(number), "time": time, "user": "CORP\\bob",
                        "message": .string(message),
                    ]
                }
            ),
            "check_outs": .array(
                holder.map { [["vm": .string("vm-9-\(name)"), "time": time, "user": .string($0)]] }
                    ?? []
            ),
        ]
    }

    private static func golden(_ items: [JSONValue]) -> JSONValue {
        ["libraries": [["name": "golden", "items": .array(items)]]]
    }

    /// One item with work of the day, one that was rolled back in an earlier night, one that is new.
    private static let nightly = Workflow(
        name: "nightly-rollback",
        arguments: ["--json", "golden/day", "golden/night", "golden/new"],
        inventory: golden([
            item("day", history: ["first", "second"]),
            item("night", history: ["first", "second", "nightly roll-back"]),
            item("new", history: ["first"]),
        ])
    )

    private static let discard = Workflow(
        name: "discard-checkouts",
        arguments: ["left.txt"],
        inventory: golden([
            item("ann", history: ["first"], holder: "CORP\\ann"),
            item("bob", history: ["first", "second"], holder: "bob@corp"),
            item("eve", history: ["first"], holder: "OTHER\\ann"),
        ]),
        files: ["left.txt": "ann@corp\nCORP\\Bob\n"]
    )

    static let workflows = [
        nightly,
        Workflow(
            name: "release-train",
            arguments: [
                "--folder", place[0], "--cluster", place[1], item, "--", "true", "{vm}", "--",
                "true", "{version}",
            ]
        ),
        Workflow(name: "rollback-if-unhealthy", arguments: [item, "--", "false"]),
        Workflow(
            name: "deploy-fleet",
            arguments: ["--folder", place[0], "--pool", place[1], item, "web-", "2"]
        ), discard,
        Workflow(
            name: "stale-checkouts",
            arguments: ["--fail", "1"],
            inventory: discard.inventory
        ),
        Workflow(
            name: "version-drift",
            arguments: ["west", "east"],
            files: [
                ".config/vmoon/config.lua": """
                return { west = { vcenter = "vc1.invalid", user = "me" },
                  east = { vcenter = "vc2.invalid", user = "me" } }
                """
            ]
        ),
        Workflow(
            name: "change-report",
            arguments: ["--since", "9000d"],
            inventory: nightly.inventory
        ),
    ]

    private func rehearse(
        _ workflow: Workflow,
        _ options: [String]
    ) throws -> RehearseBench.Report {
        let bench = RehearseBench()
        _ = try ProgramRun.shell("mkdir -p .config/vmoon", in: bench.folder)
        for (name, text) in workflow.files {
            try bench.folder.write(text, to: name, mode: 0o600)
        }
        var options = options
        if workflow.inventory != .null {
            let text = JSONEncoder().encode(workflow.inventory)
            options += ["--inventory", try bench.folder.write(text, to: "inventory.json")]
        }
        let script = projectRoot + "/scripts/\(workflow.name).lua"
        return try bench.rehearse(options, script, workflow.arguments)
    }

    @Test(arguments: workflows)
    func `the workflows that come with vmoon pass`(_ workflow: Workflow) throws {
        let report = try rehearse(workflow, ["--limit", "1"])
        #expect(report.run.status == 0, "\(report.findings) \(report.run.error)")
        #expect(report.cases.count > 100)
    }

    /// An answer that says so of something that a list has: it may be an error of the vCenter's, and to take it for "not
    /// ours" would undo last night's roll-back, or leave a check-out.
    @Test(arguments: [nightly, discard])
    func `what is there, and is said not to be, is no reason to go on`(
        _ workflow: Workflow
    ) throws {
        let report = try rehearse(workflow, ["--faults", "error:not_found"])
        #expect(report.run.status == 0, "\(report.findings) \(report.run.error)")
        let names = report.cases.compactMap { $0["case"]?.string }
        #expect(names.contains { $0.hasPrefix("getChange#2:") || $0.hasPrefix("getCheckOut#2:") })
    }

    @Test func `no workflow is left out`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(projectRoot)/scripts")
            .filter { $0.hasSuffix(".lua") }
        // What the demonstration shows it does only once, and the last one has types for editors.
        let others: Set = ["demo.lua", "vmoon.d.lua"]
        #expect(
            Set(names).subtracting(others) == Set(Self.workflows.map { "\($0.name).lua" })
        )
    }
}
