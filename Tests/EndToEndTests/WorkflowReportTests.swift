import JSON
import Support
import Testing

/// The scripts that only look: stale check-outs, and drift between two vCenters.
@Suite struct WorkflowReportTests {
    /// One check-out of long ago, one of an hour ago, one template that is not checked out.
    private static func checkOuts() -> JSONValue {
        func item(_ name: String, _ user: String?, _ time: String) -> JSONValue {
            let held: [JSONValue] =
                user.map {
                    [["vm": .string("vm-\(name)"), "user": .string($0), "time": .string(time)]]
                }
                ?? []
            return [
                "name": .string(name), "versions": [["version": "1"]], "check_outs": .array(held),
            ]
        }
        return [
            "libraries": [
                ["name": "golden", "items": [item("old", "CORP\\ann", "2026-01-01T00:00:00Z")]],
                [
                    "name": "other",
                    "items": [
                        item("oldest", "CORP\\bob", "2025-01-01T00:00:00Z"),
                        item("fresh", "CORP\\ann", "2096-01-01T00:00:00Z"), item("free", nil, ""),
                    ],
                ],
            ]
        ]
    }

    struct Stale: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let names: [String]
        var status: Int32 = 0
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let stale: [Stale] = [
        Stale(arguments: ["24"], names: ["oldest", "old"]),
        Stale(arguments: ["--fail", "0.5"], names: ["oldest", "old"], status: 3),
        Stale(arguments: ["--library", "golden", "24", "--fail"], names: ["old"], status: 3),
        Stale(arguments: ["--fail", "9999999"], names: []),
    ]

    @Test(arguments: stale) func `stale check-outs are reported, oldest first`(_ row: Stale) throws
    {
        let bench = try WorkflowBench(["default": Self.checkOuts()])
        let json = try bench.run("stale-checkouts", ["--json"] + row.arguments)
        #expect(json.status == row.status, "\(json.error)")
        let records = try JSONValue(parsing: json.output).array ?? []
        #expect(records.compactMap { $0["name"]?.string } == row.names)
        let table = try bench.run("stale-checkouts", row.arguments)
        #expect(table.status == row.status)
        #expect(table.lines.count == max(1, row.names.count + (row.names.isEmpty ? 0 : 1)))
        for name in row.names { #expect(table.output.contains("vm-\(name)")) }
        if row.names.isEmpty {
            #expect(table.output == "no check-out is older than 1e+07 hours (4 templates)\n")
        }
        #expect(try bench.changes().isEmpty)
        #expect(try bench.openSessions() == 0)
    }

    @Test func `a record of the report has everything one asks next`() throws {
        let bench = try WorkflowBench(["default": Self.checkOuts()])
        let run = try bench.run("stale-checkouts", ["--json", "--library", "golden", "24"])
        let record = try #require(try JSONValue(parsing: run.output).array?.first)
        #expect(record["library"] == "golden" && record["vm"] == "vm-old")
        #expect(record["user"] == "CORP\\ann")
        #expect(record["since"]?.string?.hasPrefix("2026-01-01T00:00:00") == true)
        #expect((record["hours"]?.integer ?? 0) > 24)
    }

    @Test func `no report is better than half of one`() throws {
        let bench = try WorkflowBench(["default": Self.checkOuts()])
        try bench.simulator().add(
            fault: ["match": ["operation": "getCheckOut"], "do": "error", "kind": "unauthorized"]
        )
        let run = try bench.run("stale-checkouts", ["24"])
        #expect(run.status == 77, "\(run.error)")
        #expect(run.output == "")
        let library = try bench.run("stale-checkouts", ["--library", "gone", "24"])
        #expect(library.status == 66)
        #expect(library.error == "vmoon: there is no library gone\n")
        #expect(try bench.openSessions() == 0)
    }

    @Test(arguments: [true, false])
    func `a check-out that ends while one looks is no error, one that is still there is`(
        _ hasEnded: Bool
    ) throws {
        let bench = try WorkflowBench(["default": Self.checkOuts()])
        try bench.simulator().add(
            fault: [
                "match": ["operation": "getCheckOut", "path": "*vm-old"], "do": "error",
                "kind": "not_found",
            ]
        )
        if hasEnded {
            try bench.simulator().add(
                fault: [
                    "match": ["operation": "listCheckOuts"], "skip": 1, "do": "status",
                    "status": 200, "body": ["value": []],
                ]
            )
        }
        let run = try bench.run("stale-checkouts", ["--json", "--library", "golden", "24"])
        #expect(run.status == (hasEnded ? 0 : 66), "\(run.error)")
        #expect(run.output == (hasEnded ? "[]\n" : ""))
    }

    private static func library(_ items: [(String, String)]) -> JSONValue {
        let list = items.map { name, version -> JSONValue in
            ["name": .string(name), "versions": [["version": .string(version)]]]
        }
        return ["libraries": [["name": "golden", "items": .array(list)]]]
    }

    @Test func `drift names what differs and what is on one side only`() throws {
        let bench = try WorkflowBench([
            "east": Self.library([("same", "4"), ("web", "7"), ("new", "1")]),
            "west": Self.library([("same", "4"), ("web", "6"), ("old", "3")]),
        ])
        let json = try bench.run(
            "version-drift",
            ["--json", "--fail", "east", "west"],
            profile: nil
        )
        #expect(json.status == 3, "\(json.error)")
        #expect(
            try JSONValue(parsing: json.output) == [
                ["drift": "only in east", "name": "golden/new", "versions": ["east": "1"]],
                ["drift": "only in west", "name": "golden/old", "versions": ["west": "3"]],
                [
                    "drift": "differs", "name": "golden/web",
                    "versions": ["east": "7", "west": "6"],
                ],
            ]
        )
        let table = try bench.run("version-drift", ["west", "east"], profile: nil)
        #expect(table.status == 0)
        #expect(table.lines.count == 4)
        #expect(try bench.openSessions() == 0)
        for side in ["east", "west"] { #expect(try bench.changes(side).isEmpty) }
    }

    @Test func `two vCenters alike have no drift, also where names are not unique`() throws {
        let bench = try WorkflowBench(["east": .null, "west": .null])
        let run = try bench.run("version-drift", ["--fail", "east", "west"], profile: nil)
        #expect(run.status == 0, "\(run.error)")
        #expect(run.output == "no drift between east and west (5 templates)\n")
        let golden = try bench.run(
            "version-drift",
            ["--library", "golden", "east", "west"],
            profile: nil
        )
        #expect(golden.output == "no drift between east and west (3 templates)\n")
    }

    @Test func `a library that neither vCenter has is a mistake, not "no drift"`() throws {
        let bench = try WorkflowBench(["east": .null, "west": WorkflowBench.library("w", items: 1)])
        func drift(_ library: String) throws -> ProgramRun {
            let words = ["--library", library, "east", "west"]
            return try bench.run("version-drift", words, profile: nil)
        }
        let run = try drift("goldn")
        #expect(run.status == 66 && run.output == "", "\(run)")
        #expect(run.error == "vmoon: neither east nor west has a library goldn\n")
        #expect(try drift("w").status == 0)
    }

    @Test func `a vCenter that cannot be reached is not called empty`() throws {
        let bench = try WorkflowBench()
        let run = try bench.run("version-drift", ["default", "nowhere"], profile: nil)
        #expect(run.status == 69, "\(run.error)")
        #expect(run.output == "")
        let unknown = try bench.run("version-drift", ["default", "nowhre"], profile: nil)
        #expect(unknown.status == 78)
        #expect(unknown.error.contains("did you mean nowhere?"), "\(unknown.error)")
    }
}
