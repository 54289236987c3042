import Foundation
import JSON
import Support
import Testing

/// A run that is killed at each step of a change; what it leaves behind is settled truly
/// afterwards.
@Suite struct JournalKillTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// Keeps the run at the step.
        let fault: JSONValue
        /// The request that the simulator has seen when the step is reached.
        let operation: String
        var needsApplied = false
        /// How many operations the journal must know, and what becomes of the first.
        var known = 1
        var outcome = ""
        var isDone = false
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(
            name: "before the journal",
            fault: ["match": ["operation": "listVersions"], "do": "delay", "ms": 20_000],
            operation: "listVersions",
            known: 0
        ),
        Row(
            name: "after sending, not carried out",
            fault: ["match": ["operation": "rollback"], "do": "late_apply", "ms": 108_000_000],
            operation: "rollback",
            outcome: "not_seen"
        ),
        Row(
            name: "after sending, carried out, before the reply",
            fault: ["match": ["operation": "rollback"], "do": "slow_body", "bytes_per_s": 1],
            operation: "rollback",
            needsApplied: true,
            outcome: "done",
            isDone: true
        ),
    ]

    @Test(arguments: rows) func `killed at a step, settled afterwards`(_ row: Row) throws {
        let bench = try JournalBench(items: 1)
        try bench.simulator.add(fault: row.fault)
        let code = "vc = session() vc:rollback('\(JournalBench.item(1))', '1', 'x')"
        let process = try Background(bench, ["--operation-timeout", "3s", "-e", code])
        try process.wait {
            try bench.simulator.requests().contains { request in
                request["operation"]?.string == row.operation
                    && (!row.needsApplied || request["applied"]?.boolean == true)
            }
        }
        process.kill()
        // Only when a day is over by the server's clock, "it did not happen" is final.
        try bench.advance(hours: 25)
        try check(bench, row)
    }

    /// The step after the reply: the run computes, and the loop that would record the outcome
    /// stands.
    @Test func `killed after the reply, before the journal says so`() throws {
        let bench = try JournalBench(items: 1)
        let code = """
            vc = session() vc:rollback('\(JournalBench.item(1))', '1', 'x')
            io.write('replied\\n') io.flush() while true do end
            """
        let process = try Background(bench, ["-e", code])
        try process.wait { process.output.contains("replied") }
        process.kill()
        let row = Row(name: "", fault: .null, operation: "", outcome: "done", isDone: true)
        try check(bench, row)
    }

    /// The last step: the verdict is on the disk, the script has not gone on.
    @Test func `killed after the journal says done`() throws {
        let bench = try JournalBench(items: 1)
        let code = "vc = session() vc:rollback('\(JournalBench.item(1))', '1', 'x') sleep(600)"
        let process = try Background(bench, ["-e", code])
        try process.wait { try bench.operations().first?["outcome"]?.string == "done" }
        process.kill()
        let seen = try bench.simulator.requests().count
        let reconciled = try bench.vmoon(["reconcile", "--json"])
        #expect(reconciled.status == 0, "\(reconciled.output)\(reconciled.error)")
        #expect(try bench.simulator.requests().count == seen)
        let row = Row(name: "", fault: .null, operation: "", outcome: "done", isDone: true)
        try check(bench, row)
    }

    private func check(_ bench: JournalBench, _ row: Row) throws {
        let before = try bench.operations()
        #expect(before.count == row.known)
        let reconciled = try bench.vmoon(["reconcile", "--json"])
        #expect(reconciled.status == 0, "\(reconciled.output)\(reconciled.error)")
        let after = try bench.operations()
        if row.known > 0 { #expect(after.first?["outcome"]?.string == row.outcome) }
        let sent = try bench.simulator.requests().count { $0["operation"]?.string == "rollback" }
        #expect(sent == row.known)
        #expect(try bench.marks().count == (row.isDone ? 1 : 0))
        // The next run goes on from the truth: version 1 is gone where it was rolled back to.
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        let code = "print(session():rollback('\(JournalBench.item(1))', '1', 'again'))"
        let next = try bench.vmoon(["-e", code])
        #expect(next.status == (row.isDone ? 66 : 0), "\(next.error)")
    }

    /// A run of `vmoon` that is watched from outside.
    final class Background {
        private let process: ChildProcess

        init(_ bench: JournalBench, _ arguments: [String]) throws {
            let service = ["--vcenter", bench.simulator.url, "--user", bench.simulator.user]
            process = try ChildProcess(
                [try SimulatorProcess.program("vmoon")] + service + arguments,
                environment: bench.environment()
            )
        }

        var output: String { process.output }

        var identifier: Int32 { process.identifier }

        /// Looks until something is so, at most a minute.
        func wait(until isSo: () throws -> Bool) throws {
            if try !process.wait(within: .seconds(60), until: isSo) {
                Issue.record("the step was not reached: \(process.error)")
            }
        }

        /// Sends a signal.
        func signal(_ number: Int32) { process.signal(number) }

        /// Waits for the end.
        /// - Returns: The exit code, or minus the signal it died by.
        func end() -> Int32 { process.end() }

        /// Sends SIGTERM.
        /// - Returns: The exit code, or minus the signal it died by.
        func terminate() -> Int32 {
            signal(SIGTERM)
            return end()
        }

        func kill() {
            signal(SIGKILL)
            _ = end()
        }
    }
}
