import Foundation
import JSON
import Support
import Testing

/// The main job, as an operator runs it: a real vmoon, a real vmoon-sim, TLS between them.
@Suite struct MainPathTests {
    static let dialects = ["rest", "api", "auto"]
    static let statuses = ["seed", "spec"]

    /// What the script of `scripts/demo` prints, without what differs by design: port, dialect,
    /// status.
    private func demo(_ dialect: String, _ statuses: String) throws -> [String] {
        let runs = try Runs("--statuses", statuses)
        let script = projectRoot + "/scripts/demo.lua"
        let run = try runs.vmoon(["--api", dialect, script])
        #expect(run.status == 0, "\(run.error)")
        #expect(try runs.sessions().logOuts == 1)
        return run.lines.map { line in
            if line.hasPrefix("session:") { return "session" }
            return line.replacing(/HTTP status \d+/, with: "HTTP status")
        }
    }

    @Test func `the same script prints the same lines in every dialect and status table`() throws {
        let expected = [
            "session",
            "check-out: rhel-9 is held by VSPHERE.LOCAL\\alice since 2025-10-10T04:53:20.000Z, as vm-110",
            "refused:   not_allowed_in_current_state, HTTP status",
        ]
        var all: Set<[String]> = []
        for dialect in Self.dialects {
            for statuses in Self.statuses { all.insert(try demo(dialect, statuses)) }
        }
        #expect(all.count == 1)
        let lines = try #require(all.first)
        #expect(Array(lines.prefix(3)) == expected)
        #expect(lines.contains("before:    ubuntu-22.04: 1 in vm-101, 2 (latest) in vm-102"))
        #expect(lines.contains("rollback:  the new version is 3"))
        #expect(lines.contains("after:     ubuntu-22.04: 2 in vm-102, 3 (latest) in vm-101"))
    }

    @Test(arguments: [("seed", 409), ("spec", 400)])
    func `a refused rollback shows the status of the table`(_ statuses: String, _ code: Int) throws
    {
        let runs = try Runs("--statuses", statuses)
        let run = try runs.script("item('golden/rhel-9'):rollback('1', 'no')")
        #expect(run.status == 81)
        #expect(run.error.contains("not_allowed_in_current_state (HTTP \(code))"), "\(run.error)")
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let call: String
        let kind: String
        let code: Int32
        var fault: JSONValue?
        var user: String?

        init(
            _ name: String,
            _ call: String,
            _ kind: String,
            _ code: Int32,
            fault: JSONValue? = nil,
            user: String? = nil
        ) {
            self.name = name
            self.call = call
            self.kind = kind
            self.code = code
            self.fault = fault
            self.user = user
        }
        var testDescription: String { name }
    }

    static func fault(_ operation: String, _ kind: String) -> JSONValue {
        [
            "match": ["operation": .string(operation)], "times": 9, "do": "error",
            "kind": .string(kind),
        ]
    }

    /// The error rows of the two pages that it all began from.
    static let rows: [Row] = [
        Row(
            "get: no such item",
            "getCheckOut('00000000-0000-4000-8000-00000000dead', 'vm-110')",
            "not_found",
            66
        ),
        Row(
            "get: no such machine",
            "item('golden/rhel-9'):getCheckOut('vm-99999')",
            "not_found",
            66
        ),
        Row(
            "get: not checked out of this item",
            "item('golden/ubuntu-22.04'):getCheckOut('vm-110')",
            "invalid_argument",
            65
        ),
        Row(
            "get: not a template",
            "item('golden/photon-ova'):getCheckOut('vm-110')",
            "invalid_argument",
            65
        ),
        Row(
            "get: not authenticated",
            "item('golden/rhel-9'):getCheckOut('vm-110')",
            "unauthenticated",
            77,
            fault: fault("getCheckOut", "unauthenticated")
        ),
        Row(
            "get: not authorized",
            "item('golden/rhel-9'):getCheckOut('vm-110')",
            "unauthorized",
            77,
            fault: fault("getCheckOut", "unauthorized")
        ),
        Row(
            "get: the system reports an error",
            "item('golden/rhel-9'):getCheckOut('vm-110')",
            "error",
            69,
            fault: fault("getCheckOut", "error")
        ),
        Row(
            "rollback: no such item",
            "rollback('00000000-0000-4000-8000-00000000dead', '1', 'm')",
            "not_found",
            66
        ),
        Row(
            "rollback: no such version",
            "item('golden/ubuntu-22.04'):rollback('99', 'm')",
            "not_found",
            66
        ),
        Row(
            "rollback: checked out",
            "item('golden/rhel-9'):rollback('1', 'm')",
            "not_allowed_in_current_state",
            81
        ),
        Row(
            "rollback: the latest version",
            "item('golden/ubuntu-22.04'):rollback('2', 'm')",
            "invalid_argument",
            65
        ),
        Row(
            "rollback: not a template",
            "item('golden/photon-ova'):rollback('1', 'm')",
            "invalid_argument",
            65
        ),
        Row(
            "rollback: not authenticated",
            "item('golden/ubuntu-22.04'):rollback('1', 'm')",
            "unauthenticated",
            77,
            fault: fault("rollback", "unauthenticated")
        ),
        Row(
            "rollback: not authorized",
            "item('golden/ubuntu-22.04'):rollback('1', 'm')",
            "unauthorized",
            77,
            user: "reader@vsphere.local"
        ),
        // A change that ends in `error` may have happened: nobody may call it a failure.
        Row(
            "rollback: the system reports an error",
            "item('golden/ubuntu-22.04'):rollback('1', 'm')",
            "unknown_outcome",
            80,
            fault: fault("rollback", "error")
        ),
    ]

    @Test(arguments: rows, statuses)
    func `every error of the two pages has its kind and its exit code`(
        _ row: Row,
        _ statuses: String
    ) throws {
        let runs = try Runs("--statuses", statuses)
        if let fault = row.fault { try runs.simulator.add(fault: fault) }
        let caught = try runs.vmoon(
            [
                "--settle", "10ms", "-e",
                "local ok, e = pcall(function() \(row.call) end) print(ok, e.kind)",
            ],
            user: row.user
        )
        #expect(caught.lines == ["false\t\(row.kind)"], "\(caught.error)")
        let escaped = try runs.vmoon(["--settle", "10ms", "-e", row.call], user: row.user)
        #expect(escaped.status == row.code, "\(escaped.error)")
        #expect(escaped.error.contains(row.kind))
    }

    @Test func `a change that is late happens although the session has ended by then`() throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "rollback"], "do": "late_apply", "ms": 500,
        ])
        let run = try runs.vmoon([
            "--settle", "10ms", "--resend", "0", "-e",
            "item('golden/ubuntu-22.04'):rollback('1', 'm')",
        ])
        #expect(run.status == 80, "\(run.error)")
        let reconciled = try (0..<40).contains { _ in
            Thread.sleep(forTimeInterval: 0.1)
            return try runs.vmoon(["-e", "print(item('golden/ubuntu-22.04'):latest())"]).lines == [
                "3"
            ]
        }
        #expect(reconciled)
        let settled = try ProgramRun.of(
            "vmoon",
            ["reconcile"] + runs.connection,
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
        #expect(settled.status == 0 && settled.output.contains("done"), "\(settled)")
        let full = try ProgramRun.shell(
            "\(try SimulatorProcess.program("vmoon")) runs > /dev/full",
            in: runs.folder
        )
        #expect(full.status == 74, "\(full)")
    }

    @Test func `an identifier of hostile bytes arrives as one path segment`() throws {
        let runs = try Runs()
        let run = try runs.script(#"getCheckOut("../../session?x=#%2f é", "vm-1")"#)
        #expect(run.status == 66, "\(run.error)")
        let asked = try runs.simulator.requests().compactMap { $0["path"]?.string }
            .filter { $0.contains("check-outs") }
        #expect(
            asked == [
                "/rest/vcenter/vm-template/library-items/..%2F..%2Fsession%3Fx%3D%23%252f%20%C3%A9/check-outs/vm-1"
            ]
        )
        let silent = try runs.script("item('golden/ubuntu-22.04'):rollback('1', '')")
        #expect(silent.status == 64 && silent.error.contains("message is empty"), "\(silent.error)")
        for id in ["", ".", ".."] {
            let refused = try runs.script("getCheckOut('\(id)', 'vm-1')")
            #expect(refused.status == 64, "\(refused.error)")
        }
        #expect(
            try runs.simulator.requests().count {
                $0["path"]?.string?.contains("check-outs") == true
            } == 1
        )
    }
}

/// The root of the project, found from this file.
let projectRoot = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
