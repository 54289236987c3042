import Foundation
import JSON
import Support
import Testing

/// The release train: check out, change, check in, verify, and back where that fails.
@Suite struct WorkflowTrainTests {
    private static let place = ["--folder", "vm", "--pool", "build"]

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        var change: [String] = ["true"]
        var verify: [String] = ["true"]
        var place = WorkflowTrainTests.place
        var fault: JSONValue?
        let status: Int32
        let changes: [String]
        let says: String
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(
            name: "all goes well",
            change: ["test", "{vm}", "=", "vm-111"],
            verify: ["test", "{item} {version}", "=", "ubuntu-22.04 3"],
            status: 0,
            changes: ["checkOut", "checkIn"],
            says: "3\n"
        ),
        Row(
            name: "the change fails",
            change: ["sh", "-c", "echo no space; exit 9"],
            status: 1,
            changes: ["checkOut", "deleteCheckOut"],
            says: "no space"
        ),
        Row(
            name: "the change cannot be run",
            change: ["/no/such/change"],
            status: 66,
            changes: [],
            says: "there is no command /no/such/change"
        ),
        Row(
            name: "the verification cannot be run",
            verify: ["no-such-verification"],
            status: 66,
            changes: [],
            says: "there is no command no-such-verification"
        ),
        Row(
            name: "the verification turns out not to be one",
            verify: ["sh", "-c", "no-such-verification"],
            status: 66,
            changes: ["checkOut", "checkIn"],
            says: "version 3 of golden/ubuntu-22.04 is the latest, and unverified"
        ),
        Row(
            name: "a verification that is named later is not there",
            verify: ["/no/such/{version}"],
            status: 66,
            changes: ["checkOut", "checkIn"],
            says: "version 3 of golden/ubuntu-22.04 is the latest, and unverified"
        ),
        Row(
            name: "the change takes too long",
            change: ["sleep", "60"],
            place: place + ["--timeout", "200ms"],
            status: 1,
            changes: ["checkOut", "deleteCheckOut"],
            says: "timeout"
        ),
        Row(
            name: "the new version is no good",
            verify: ["sh", "-c", "exit 2"],
            status: 3,
            changes: ["checkOut", "checkIn", "rollback"],
            says: "version 3 is no good, rolled back to 2 as version 4"
        ),
        Row(
            name: "the check-in is refused",
            fault: [
                "match": ["operation": "checkIn"], "do": "error", "kind": "resource_inaccessible",
            ],
            status: 75,
            changes: ["checkOut", "checkIn", "deleteCheckOut"],
            says: "resource_inaccessible"
        ),
        Row(
            name: "the folder is not there",
            place: ["--folder", "nope", "--pool", "build"],
            status: 66,
            changes: [],
            says: "there is no folder \"nope\""
        ),
        Row(
            name: "the places are named by their paths",
            place: [
                "--folder", "dc-1/vm/templates", "--cluster", "cluster-1", "--pool", "Resources",
            ],
            status: 0,
            changes: ["checkOut", "checkIn"],
            says: "3\n"
        ),
    ]

    @Test(arguments: rows) func `a step that fails is cleaned up behind`(_ row: Row) throws {
        let bench = try WorkflowBench()
        if let fault = row.fault { try bench.simulator().add(fault: fault) }
        let run = try bench.run(
            "release-train",
            row.place + ["golden/ubuntu-22.04", "--"] + row.change + ["--"] + row.verify
        )
        #expect(run.status == row.status, "\(run.error)")
        #expect((run.output + run.error).contains(row.says), "\(run.error)")
        #expect(try bench.changes() == row.changes)
        #expect(try bench.openSessions() == 0)
    }

    @Test func `a machine that the change left running is discarded, not checked in`() throws {
        let bench = try WorkflowBench()
        let vmoon = try SimulatorProcess.program("vmoon")
        let start = "'\(vmoon)' --profile default -e \"setPower('$0', 'start')\""
        let run = try bench.run(
            "release-train",
            Self.place + ["golden/ubuntu-22.04", "--", "sh", "-c", start, "{vm}", "--", "true"]
        )
        #expect(run.status == 81, "\(run.error)")
        #expect(
            try bench.changes() == [
                "checkOut", "setPower", "checkIn", "setPower", "deleteCheckOut",
            ]
        )
    }

    @Test func `an unknown check-in is left alone, and the run says 80`() throws {
        let bench = try WorkflowBench()
        try bench.simulator().add(fault: [
            ["match": ["operation": "checkIn"], "do": "reset_after_apply"],
            // The history is read before each change too: it is gone when the check-in is to be settled.
            [
                "match": ["operation": "listChanges"], "skip": 2, "times": .null,
                "do": "html_503",
            ],
        ])
        let run = try bench.run(
            "release-train",
            Self.place + ["golden/ubuntu-22.04", "--", "true", "--", "true"],
            options: ["--settle", "1s", "--timeout", "1s"]
        )
        #expect(run.status == 80, "\(run.error)")
        #expect(try bench.changes() == ["checkOut", "checkIn"])
    }

    @Test func `a dry run runs neither command and changes nothing`() throws {
        let bench = try WorkflowBench()
        let run = try bench.run(
            "release-train",
            Self.place + ["golden/ubuntu-22.04", "--", "touch", "ran", "--", "touch", "ran"],
            options: ["--dry-run"]
        )
        #expect(run.status == 0, "\(run.error)")
        #expect(run.error.contains("plan: 2. exec touch ran"), "\(run.error)")
        #expect(run.error.contains("plan: 3. checkIn"), "\(run.error)")
        #expect(try bench.changes().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: bench.folder.path + "/ran"))
    }

    @Test func `a run that is stopped during the verification says what it leaves`() throws {
        let bench = try WorkflowBench()
        let verify = ["sh", "-c", "kill -TERM $PPID; sleep 60"]
        let run = try bench.run(
            "release-train",
            Self.place + ["golden/ubuntu-22.04", "--", "true", "--"] + verify
        )
        #expect(run.signal == SIGTERM, "\(run)")
        #expect(
            run.error.contains("version 3 of golden/ubuntu-22.04 is the latest, and unverified"),
            "\(run.error)"
        )
        #expect(try bench.changes() == ["checkOut", "checkIn"])
    }

    @Test(arguments: [[], ["--deadline", "6s"]])
    func `a run that is stopped during the change goes on with the same machine`(
        _ deadline: [String]
    ) throws {
        let bench = try WorkflowBench()
        // The change is where the run is stopped, once: its parent is vmoon.
        let stopping = deadline.isEmpty ? "kill -TERM $PPID; sleep 60" : "sleep 60"
        let change = "test -e begun || { touch begun; \(stopping); }"
        let run = try bench.run(
            "release-train",
            Self.place + ["golden/ubuntu-22.04", "--", "sh", "-c", change, "--", "true"],
            options: deadline
        )
        if deadline.isEmpty {
            #expect(run.signal == SIGTERM, "\(run.error)")
        } else {
            #expect(run.status == 124, "\(run.error)")
        }
        #expect(run.error.contains("vm-111 is checked out of golden/ubuntu-22.04; vmoon resume"))
        #expect(try bench.openSessions() == 0)
        let rest = try bench.resume()
        #expect(rest.status == 0 && rest.output == "3\n", "\(rest)")
        #expect(try bench.changes() == ["checkOut", "checkIn"])
        #expect(try bench.openSessions() == 0)
    }
}
