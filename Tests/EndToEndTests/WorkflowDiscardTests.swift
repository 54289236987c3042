import JSON
import Support
import Testing

/// Discarding the check-outs of users who left.
@Suite struct WorkflowDiscardTests {
    /// Three users hold an item each; as vCenter writes them.
    private static let inventory: JSONValue = {
        let holders = ["CORP\\Ann", "bob@corp", "OTHER\\ann"]
        let items = holders.enumerated().map { index, user -> JSONValue in
            [
                "name": .string("item-\(index)"), "versions": [["version": "1"]],
                "check_outs": [
                    [
                        "vm": .string("vm-90\(index)"), "user": .string(user),
                        "time": "2026-01-01T00:00:00Z",
                    ]
                ],
            ]
        }
        return ["libraries": [["name": "golden", "items": .array(items)]]]
    }()

    static let lists: [(users: String, machines: [String])] = [
        ("corp\\ANN\n", ["vm-900"]),
        ("ann@Corp # left in May\n\n# bob@corp is still here\n", ["vm-900"]),
        ("CORP\\bob\r\nann@other\n", ["vm-901", "vm-902"]),
        ("nobody@corp\n", []),
    ]

    @Test(arguments: lists) func `users match with their domain, in any spelling`(
        _ users: String,
        _ machines: [String]
    ) throws {
        let bench = try WorkflowBench(["default": Self.inventory])
        try bench.folder.write(users, to: "left.txt")
        let dry = try bench.run("discard-checkouts", ["left.txt"], options: ["--dry-run"])
        #expect(dry.status == 0, "\(dry.error)")
        for machine in machines { #expect(dry.output.contains(machine)) }
        #expect(dry.error.split(separator: "\n").count == machines.count, "\(dry.error)")
        #expect(try bench.changes().isEmpty)

        let run = try bench.run("discard-checkouts", ["--json", "left.txt"])
        #expect(run.status == 0, "\(run.error)")
        let records = try JSONValue(parsing: run.output).array ?? []
        #expect(records.compactMap { $0["vm"]?.string } == machines)
        #expect(try bench.changes().count == machines.count)
        let again = try bench.run("discard-checkouts", ["-"], input: users)
        #expect(again.output == "no check-out of these users\n", "\(again.output)\(again.error)")
        #expect(try bench.openSessions() == 0)
    }

    @Test(arguments: ["ann\n", "corp\\\n", "a\\b\\c\n", "# nobody\n"])
    func `a list that could mean anybody is refused`(_ users: String) throws {
        let run = try ProgramRun.of(
            "vmoon",
            [WorkflowBench.script("discard-checkouts"), "-"],
            input: users
        )
        #expect(run.status == 64, "\(run.error)")
        #expect(
            run.error.contains("-:1: not a user with a domain: ")
                || run.error.contains("- names no user")
        )
    }

    @Test func `one that cannot be discarded does not keep the others`() throws {
        let bench = try WorkflowBench(["default": Self.inventory])
        try bench.simulator().add(fault: [
            "match": ["operation": "deleteCheckOut", "path": "*vm-900*"], "do": "error",
            "kind": "not_allowed_in_current_state",
        ])
        let users = "ann@corp\nbob@corp\n"
        let run = try bench.run("discard-checkouts", ["-"], input: users)
        #expect(run.status == 81, "\(run.error)")
        #expect(run.error.contains("ERROR deleteCheckOut"), "\(run.error)")
        #expect(try bench.changes() == ["deleteCheckOut", "deleteCheckOut"])
        let rest = try bench.run("discard-checkouts", ["--json", "-"], input: users)
        #expect(rest.status == 0, "\(rest.error)")
        #expect(try JSONValue(parsing: rest.output).array?.count == 1)
    }

    @Test func `a list that cannot be read whole discards nothing`() throws {
        let bench = try WorkflowBench(["default": Self.inventory])
        try bench.simulator().add(
            fault: ["match": ["operation": "getVM"], "do": "error", "kind": "unauthorized"]
        )
        let run = try bench.run("discard-checkouts", ["-"], input: "ann@corp\nbob@corp\n")
        #expect(run.status == 77, "\(run.error)")
        #expect(try bench.changes().isEmpty)
    }
}
