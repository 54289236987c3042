import JSON
import Support
import Testing

/// A change of an item whose history cannot be read before anything is sent.
@Suite struct UnreadHistoryTests {
    struct Failure: Sendable, CustomTestStringConvertible {
        let name: String
        let fault: JSONValue
        /// How the run ends; with 0 the change was made without a history.
        let code: Int32
        var testDescription: String { name }

        init(_ name: String, _ effect: JSONValue, _ code: Int32) {
            self.name = name
            var fault = effect
            fault["match"] = ["operation": "listChanges"]
            fault["times"] = 99
            self.fault = fault
            self.code = code
        }
    }

    static let failures = [
        Failure("unauthorized", ["do": "error", "kind": "unauthorized"], 77),
        Failure("not found", ["do": "error", "kind": "not_found"], 66),
        Failure("error", ["do": "error", "kind": "error"], 69),
        Failure("unavailable", ["do": "error", "kind": "service_unavailable"], 69),
        Failure("a proxy's page", ["do": "html_503"], 69),
        Failure("malformed", ["do": "malformed_json"], 76),
        Failure("reset", ["do": "reset_before_request"], 69),
        Failure("no such route", ["do": "status", "status": 404, "body": ""], 0),
    ]

    static let changes = [
        "rollback('\(PolicyTests.ubuntu)', '1', 'm')",
        "deleteVersion('\(PolicyTests.ubuntu)', '1')",
        "checkOut('\(PolicyTests.ubuntu)', { name = 'x', placement = { folder = 'group-v3' } })",
        "checkIn('\(PolicyTests.rhel)', 'vm-110', 'm')",
        "deleteCheckOut('\(PolicyTests.rhel)', 'vm-110')",
    ]

    @Test(arguments: failures, ["rest", "api"])
    func `every change ends, and is sent only where the vCenter keeps no history`(
        _ failure: Failure,
        _ dialect: String
    ) throws {
        for change in Self.changes {
            let runs = try Runs("--http")
            try runs.simulator.add(fault: failure.fault)
            let run = try runs.vmoon([
                "--api", dialect, "--timeout", "1s", "--deadline", "20s", "-e", change,
            ])
            #expect(run.status == failure.code, "\(change): \(run.error)")
            let applied = try runs.simulator.requests().count {
                $0["method"]?.string != "GET" && $0["applied"] == true
                    && change.hasPrefix($0["operation"]?.string ?? "?")
            }
            #expect(applied == (failure.code == 0 ? 1 : 0), "\(change)")
            guard failure.code != 0 else { continue }
            #expect(run.error.contains("history could not be read"), "\(run.error)")
            #expect(!run.error.contains("keeps no history"), "\(run.error)")
        }
    }

    @Test func `a failure that passes is not seen`() throws {
        let runs = try Runs("--http")
        var fault = Self.failures[6].fault
        fault["times"] = 1
        try runs.simulator.add(fault: fault)
        let run = try runs.vmoon(["--deadline", "20s", "-e", Self.changes[0]])
        #expect(run.status == 0, "\(run.error)")
    }

    @Test func `a history that may not be read afterwards is not called missing`() throws {
        let runs = try Runs("--http")
        try runs.simulator.add(fault: [
            "match": ["operation": "rollback"], "do": "reset_after_apply",
        ])
        var fault = Self.failures[0].fault
        fault["skip"] = 1
        try runs.simulator.add(fault: fault)
        let run = try runs.vmoon(["--settle", "10ms", "-e", Self.changes[0]])
        #expect(run.status == 80, "\(run.error)")
        #expect(run.error.contains("could not be read") && run.error.contains("unauthorized"))
        #expect(!run.error.contains("keeps no history"), "\(run.error)")
    }
}
