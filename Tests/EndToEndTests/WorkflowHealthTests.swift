import JSON
import Support
import Testing

/// A roll-back that follows a health check.
@Suite struct WorkflowHealthTests {
    private static let ubuntu = "golden/ubuntu-22.04"

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var item = ubuntu
        let check: [String]
        var options: [String] = []
        let status: Int32
        var isRolledBack = false
        let says: String
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(
            name: "healthy",
            check: ["true"],
            status: 0,
            says: "golden/ubuntu-22.04: version 2 is healthy"
        ),
        Row(
            name: "unhealthy",
            check: ["sh", "-c", "exit 4"],
            status: 3,
            isRolledBack: true,
            says: "is unhealthy (the check ended with code 4), rolled back to 1 as version 3"
        ),
        Row(
            name: "the check is told what it checks",
            check: ["test", "{item}@{version}", "=", "ubuntu-22.04@2"],
            status: 0,
            says: "is healthy"
        ),
        Row(
            name: "what is no placeholder stays",
            check: ["test", "{other}", "=", "{other}"],
            status: 0,
            says: "is healthy"
        ),
        Row(
            name: "a check that takes too long",
            check: ["sleep", "60"],
            options: ["--timeout", "200ms"],
            status: 3,
            isRolledBack: true,
            says: "(the check took longer than 0.2 s), rolled back to 1"
        ),
        Row(
            name: "a check that is not there",
            check: ["/no/such/check"],
            status: 66,
            says: "cannot run /no/such/check"
        ),
        Row(
            name: "a check that cannot tell",
            check: ["sh", "-c", "exit 75"],
            status: 75,
            says: "could not tell (code 75); nothing is changed"
        ),
        Row(
            name: "a check that is killed",
            check: ["sh", "-c", "kill -9 $$"],
            status: 75,
            says: "could not tell (code 137); nothing is changed"
        ),
        Row(
            name: "nothing to go back to",
            item: "golden/debian-12",
            check: ["false"],
            status: 66,
            says:
                "version 1 is unhealthy (the check ended with code 1), and there is none before it"
        ),
        Row(
            name: "no such item",
            item: "golden/none",
            check: ["false"],
            status: 66,
            says: "there is no item \"golden/none\""
        ),
        Row(
            name: "checked out meanwhile",
            item: "golden/rhel-9",
            check: ["false"],
            status: 81,
            says: "not_allowed_in_current_state"
        ),
    ]

    @Test(arguments: rows) func `the check decides`(_ row: Row) throws {
        let bench = try WorkflowBench()
        let run = try bench.run(
            "rollback-if-unhealthy",
            row.options + [row.item, "--"] + row.check
        )
        #expect(run.status == row.status, "\(run.error)")
        #expect((run.output + run.error).contains(row.says), "\(run.output)\(run.error)")
        let machines = try bench.machines(of: "ubuntu-22.04")
        #expect(machines == (row.isRolledBack ? ["vm-102", "vm-101"] : ["vm-101", "vm-102"]))
        #expect(try bench.openSessions() == 0)
    }

    @Test func `a dry run plans the roll-back and changes nothing`() throws {
        let bench = try WorkflowBench()
        let run = try bench.run(
            "rollback-if-unhealthy",
            [Self.ubuntu, "--", "false"],
            options: ["--dry-run"]
        )
        #expect(run.status == 3)
        #expect(run.error.contains("plan: 1. rollback item ubuntu-22.04"), "\(run.error)")
        #expect(run.output.hasSuffix(", planned: back to 1\n"), "\(run.output)")
        #expect(try bench.changes().isEmpty)
    }

    @Test func `a roll-back that is unhealthy too is not undone by a second one`() throws {
        let bench = try WorkflowBench()
        let first = try bench.run("rollback-if-unhealthy", [Self.ubuntu, "--", "false"])
        #expect(first.status == 3, "\(first.error)")
        let second = try bench.run("rollback-if-unhealthy", [Self.ubuntu, "--", "false"])
        #expect(second.status == 81)
        #expect(second.error.contains("but is a roll-back already"), "\(second.error)")
        // A vCenter that says so of an entry that its own list has is not believed.
        try bench.simulator().add(
            fault: ["match": ["operation": "getChange"], "do": "error", "kind": "not_found"]
        )
        let third = try bench.run("rollback-if-unhealthy", [Self.ubuntu, "--", "false"])
        #expect(third.status == 66, "\(third.error)")
        #expect(try bench.machines(of: "ubuntu-22.04") == ["vm-102", "vm-101"])
    }

    @Test func `a version that came while the check ran is not undone`() throws {
        let bench = try WorkflowBench()
        // The check itself is the colleague: it makes a newer version, then fails.
        let colleague = """
            '\(try SimulatorProcess.program("vmoon"))' --profile default -e 'local i = item "\(Self.ubuntu)"
              i:rollback("1", "another hand")'; exit 1
            """
        let run = try bench.run(
            "rollback-if-unhealthy",
            [Self.ubuntu, "--", "sh", "-c", colleague]
        )
        #expect(run.status == 81, "\(run.error)")
        #expect(run.error.contains("the latest version is not 2 but 3"), "\(run.error)")
        #expect(try bench.machines(of: "ubuntu-22.04") == ["vm-102", "vm-101"])
    }

    @Test func `an answer that is lost is settled; the item is rolled back once`() throws {
        let bench = try WorkflowBench()
        try bench.simulator().add(
            fault: ["match": ["operation": "rollback"], "do": "reset_after_apply"]
        )
        let run = try bench.run("rollback-if-unhealthy", [Self.ubuntu, "--", "false"])
        #expect(run.status == 3, "\(run.error)")
        #expect(run.output.contains("as version 3"))
        #expect(try bench.changes() == ["rollback"])
    }
}
