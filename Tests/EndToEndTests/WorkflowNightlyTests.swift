import JSON
import Support
import Testing

/// The nightly roll-back of a list of items on several vCenters.
@Suite struct WorkflowNightlyTests {
    private static func verdicts(_ run: ProgramRun) throws -> [String: String] {
        var all: [String: String] = [:]
        for row in try JSONValue(parsing: run.output).array ?? [] {
            let place = (row["profile"]?.string ?? "") + ":" + (row["name"]?.string ?? "")
            all[place] = row["verdict"]?.string
        }
        return all
    }

    @Test func `every item of every vCenter has its verdict, and the run the worst code`() throws {
        let bench = try WorkflowBench([
            "default": .null, "east": WorkflowBench.library("golden", items: 2),
        ])
        try bench.folder.write(
            """
            # the nightly list
            golden/ubuntu-22.04
            golden/debian-12     # has one version only
            east:golden/item-001
            east:golden/item-001
            golden/rhel-9
            nowhere:golden/x

            """,
            to: "list"
        )
        let arguments = ["--json", "--list", "list", "east:golden/item-002", "east:golden/none"]
        let run = try bench.run("nightly-rollback", arguments)
        #expect(run.status == 81, "\(run.error)")
        #expect(
            try Self.verdicts(run) == [
                ":golden/ubuntu-22.04": "rolled back", ":golden/debian-12": "unchanged",
                ":golden/rhel-9": "failed", "east:golden/item-001": "rolled back",
                "east:golden/item-002": "rolled back", "east:golden/none": "failed",
                "nowhere:golden/x": "failed",
            ]
        )
        #expect(try bench.machines(of: "ubuntu-22.04") == ["vm-102", "vm-101"])
        #expect(try bench.changes("east").count == 2)
        #expect(try bench.openSessions() == 0)

        // Run again it brings nothing back: only what failed is tried once more.
        let again = try bench.run("nightly-rollback", ["--list", "list", "east:golden/item-002"])
        #expect(again.status == 81)
        #expect(again.lines.contains("unchanged    golden/ubuntu-22.04"), "\(again.output)")
        #expect(again.lines.last == "4 unchanged, 2 failed", "\(again.output)")
        #expect(again.output.contains("try: it is checked out by VSPHERE.LOCAL\\alice"))
        #expect(try bench.changes("east").count == 2)
        #expect(try bench.machines(of: "ubuntu-22.04") == ["vm-102", "vm-101"])
    }

    @Test func `what was checked in since is rolled back again`() throws {
        let bench = try WorkflowBench()
        let items = ["golden/ubuntu-22.04"]
        #expect(try bench.run("nightly-rollback", items).status == 0)
        let work = """
            local it = item "golden/ubuntu-22.04"
            local vm = it:checkOut{ name = "day", placement = { folder = "group-v3", resource_pool = "resgroup-8" } }
            it:checkIn(vm, "the day's work")
            """
        try bench.folder.write(work, to: "day.lua")
        let day = try ProgramRun.of("vmoon", ["--profile", "default", "day.lua"], in: bench.folder)
        #expect(day.status == 0, "\(day.error)")
        let second = try bench.run("nightly-rollback", items)
        #expect(second.output.contains("4 undone, 3 restored"), "\(second.output)")
        #expect(second.status == 0)
    }

    @Test func `a dry run plans each roll-back and changes nothing`() throws {
        let bench = try WorkflowBench(["default": .null, "east": .null])
        let places = ["golden/ubuntu-22.04", "east:golden/ubuntu-22.04", ":golden/debian-12"]
        let run = try bench.run("nightly-rollback", places, options: ["--dry-run"])
        #expect(run.status == 0, "\(run.error)")
        #expect(run.lines.last == "2 planned, 1 unchanged", "\(run.output)")
        #expect(run.lines.contains("planned      golden/ubuntu-22.04: from 2 back to 1"))
        #expect(!run.output.contains("undone") && !run.output.contains("restored"))
        #expect(run.error.split(separator: "\n").count == 2, "\(run.error)")
        #expect(try bench.changes().isEmpty && bench.changes("east").isEmpty)
    }

    @Test func `an item of two names is rolled back once, by one copy`() throws {
        let bench = try WorkflowBench(["default": WorkflowBench.library("golden", items: 6)])
        let (paths, ids) = ((1...6).map { "golden/item-00\($0)" }, (1...6).map(Self.id))
        let both = try bench.run("nightly-rollback", [paths[0], ids[0], ":" + ids[0], paths[0]])
        #expect(both.status == 0 && both.lines.count == 2, "\(both)")
        #expect(try bench.changes().count == 1)
        // One copy knows the items by their paths, the other by their identifiers.
        for (part, list) in [paths, ids].enumerated() {
            let options = ["--shard", "\(part)/2"]
            let run = try bench.run("nightly-rollback", list, options: options)
            #expect(run.status == 0, "\(run.error)")
        }
        #expect(try bench.changes().count == 6)
    }

    @Test func `verdicts that are lost are not a success`() throws {
        let bench = try WorkflowBench(["default": WorkflowBench.library("golden", items: 1)])
        let program = try SimulatorProcess.program("vmoon")
        let script = WorkflowBench.script("nightly-rollback")
        let line = "\(program) --profile default \(script) golden/item-001 >/dev/full"
        let run = try ProgramRun.shell(line, in: bench.folder)
        #expect(run.status == 74, "\(run)")
        #expect(try bench.changes().count == 1)
    }

    struct Worst: Sendable, CustomTestStringConvertible {
        let name: String
        let faults: JSONValue
        let status: Int32
        let verdicts: [String]
        var testDescription: String { name }
    }

    private static func fault(_ item: Int, _ rule: JSONValue) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("match", ["operation": "rollback", "path": .string("*\(id(item))*")])
        ]
        if case .object(let rule) = rule { members += rule }
        return .object(members)
    }

    private static func id(_ item: Int) -> String { "00000000-0000-4000-a17e-00000000000\(item)" }

    static let worst: [Worst] = [
        Worst(
            name: "try again is the least",
            faults: [fault(1, ["do": "error", "kind": "resource_busy"])],
            status: 75,
            verdicts: ["failed", "rolled back", "rolled back"]
        ),
        Worst(
            name: "not permitted is worse than busy",
            faults: [
                fault(1, ["do": "error", "kind": "resource_busy"]),
                fault(2, ["do": "error", "kind": "unauthorized"]),
            ],
            status: 77,
            verdicts: ["failed", "failed", "rolled back"]
        ),
        Worst(
            name: "a conflict is worse than not permitted",
            faults: [
                fault(3, ["do": "error", "kind": "not_allowed_in_current_state"]),
                fault(2, ["do": "error", "kind": "unauthorized"]),
            ],
            status: 81,
            verdicts: ["rolled back", "failed", "failed"]
        ),
        Worst(
            name: "a lost answer is settled",
            faults: [fault(2, ["do": "reset_after_apply"])],
            status: 0,
            verdicts: ["rolled back", "rolled back", "rolled back"]
        ),
        Worst(
            name: "unknown beats all",
            faults: [
                fault(1, ["do": "error", "kind": "not_allowed_in_current_state"]),
                fault(2, ["do": "late_apply", "ms": 600_000, "times": .null]),
            ],
            status: 80,
            verdicts: ["failed", "unknown", "rolled back"]
        ),
    ]

    @Test(arguments: worst) func `the exit code is the worst of all`(_ row: Worst) throws {
        let bench = try WorkflowBench(["default": WorkflowBench.library("golden", items: 3)])
        try bench.simulator().add(fault: row.faults)
        let run = try bench.run(
            "nightly-rollback",
            ["--json"] + (1...3).map { "golden/item-00\($0)" },
            options: ["--settle", "1s", "--resend", "0"]
        )
        #expect(run.status == row.status, "\(run.error)")
        let list = try JSONValue(parsing: run.output).array ?? []
        #expect(list.compactMap { $0["verdict"]?.string } == row.verdicts, "\(run.output)")
    }

    @Test func `a run that is stopped still says how far it came`() throws {
        let bench = try WorkflowBench(["default": WorkflowBench.library("golden", items: 30)])
        try bench.simulator().add(fault: [
            "match": ["operation": "rollback"], "skip": 5, "times": .null, "do": "delay",
            "ms": 3_000,
        ])
        let list = (1...30).map { "golden/item-\("00\($0)".suffix(3))" }
        let run = try bench.run(
            "nightly-rollback",
            list,
            options: ["--deadline", "2s", "--limit", "8"]
        )
        #expect(run.status == 124, "\(run.error)")
        #expect(run.lines.count == 31, "\(run.output)")
        let count = { (verdict: String) in run.lines.count { $0.hasPrefix(verdict) } }
        #expect(count("not started") > 0, "\(run.output)")
        // What was in flight was waited for: it is done, but the script was told to stop.
        let done = try bench.changes().count
        #expect(count("rolled back") <= done)
        #expect(done <= count("rolled back") + count("interrupted"))
    }

    @Test func `copies share a list: each item is rolled back by exactly one`() throws {
        let bench = try WorkflowBench(["default": WorkflowBench.library("golden", items: 40)])
        let list = (1...40).map { "golden/item-\("00\($0)".suffix(3))" }
        try bench.folder.write(list.joined(separator: "\n"), to: "list")
        var all: [String] = []
        for part in 0..<3 {
            let run = try bench.run(
                "nightly-rollback",
                ["--list", "list"],
                options: ["--shard", "\(part)/3"]
            )
            #expect(run.status == 0, "\(run.error)")
            all += run.lines.filter { $0.hasPrefix("rolled back") }
        }
        #expect(all.count == 40)
        #expect(Set(all).count == 40)
        #expect(try bench.changes().count == 40)
    }
}
