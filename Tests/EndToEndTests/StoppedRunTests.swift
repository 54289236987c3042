import Foundation
import JSON
import Support
import Testing

/// A run of 500 roll-backs that is stopped at a random moment: afterwards each of them is accounted for, and
/// the simulator's own record agrees.
@Suite(.serialized) struct StoppedRunTests {
    static let count = 500

    static let script = """
        local ids = {}
        for n = 1, \(count) do ids[n] = string.format("00000000-0000-4000-8000-%012d", n) end
        local vc <close> = session()
        parallel(ids, function(id)
          vc:rollback(id, "1", "nightly")
          print(id) io.stdout:flush()
        end)
        print "all"
        """

    enum Stop: String, Sendable, CaseIterable {
        case sigterm, deadline, kill
    }

    @Test(arguments: Stop.allCases, 1...3)
    func `each of 500 roll-backs is accounted for`(_ stop: Stop, _ round: Int) throws {
        let bench = try JournalBench(items: Self.count, "--latency", "3ms")
        let path = try bench.folder.write(Self.script, to: "nightly.lua")
        // Somewhere in the middle: how long it takes differs from machine to machine.
        let after = Int.random(in: 1...400)
        let seen = Counter()
        var options = ["--operation-timeout", "3s"]
        if stop == .deadline { options += ["--deadline", "\(Int.random(in: 400...1500))ms"] }
        let run = try bench.vmoon(options + [path]) { text, process in
            guard stop != .deadline else { return }
            if seen.add(text.count { $0 == "\n" }) >= after {
                kill(process.identifier, stop == .kill ? SIGKILL : SIGTERM)
            }
        }
        let isWhole = run.lines.last == "all"
        switch stop {
        case .sigterm: #expect(run.signal == SIGTERM || isWhole, "\(run.error)")
        case .deadline: #expect(run.status == 124 || isWhole, "\(run.error)")
        case .kill: #expect(run.signal == SIGKILL || isWhole)
        }
        // A request that was killed on its way may come for a day.
        if stop == .kill { try bench.advance(hours: 25) }
        let settled = try bench.vmoon(["reconcile"])
        #expect(settled.status == 0, "\(settled.output) \(settled.error)")
        try judge(bench, said: run.lines.filter { $0 != "all" }, stop)
    }

    private func judge(_ bench: JournalBench, said: [String], _ stop: Stop) throws {
        let operations = try bench.operations()
        let marks = try bench.marks()
        let changed = try changedItems(bench)
        var counts: [String: Int] = [:]
        var lies: [String] = []
        for operation in operations {
            let outcome = operation["outcome"]?.string ?? ""
            counts[outcome, default: 0] += 1
            let versions = marks[operation["op_id"]?.string ?? ""] ?? []
            let isTrue =
                outcome == "done"
                ? versions == [operation["result"]?.string ?? "?"]
                : ["rejected", "not_sent", "conflict", "not_seen"].contains(outcome)
                    && versions.isEmpty
            if !isTrue { lies.append("\(operation["op_id"] ?? .null) \(outcome) \(versions)") }
        }
        print(
            "stopped by \(stop): \(operations.count) of \(Self.count) begun, \(counts), \(said.count) said"
        )
        #expect(lies == [])
        // One operation for an item, and what the journal does not know was never touched.
        let known = operations.compactMap { $0["item_id"]?.string ?? $0["item"]?.string }
        #expect(Set(known).count == operations.count)
        let done = operations.filter { $0["outcome"] == "done" }
            .compactMap { $0["item_id"]?.string ?? $0["item"]?.string }
        #expect(Set(done) == changed && marks.count == done.count)
        #expect(Set(said).isSubset(of: changed))
        #expect(operations.count <= Self.count)
    }

    /// The items whose latest version is a new one, by the simulator's own record.
    private func changedItems(_ bench: JournalBench) throws -> Set<String> {
        var changed: Set<String> = []
        for library in try bench.simulator.state()["libraries"]?.array ?? [] {
            for item in library["items"]?.array ?? [] {
                guard item["name"]?.string?.hasPrefix("many-") == true else { continue }
                if item["versions"]?.array?.last?["version"]?.string != "2" {
                    changed.insert(item["id"]?.string ?? "")
                }
            }
        }
        return changed
    }

    @Test func `a second signal leaves at once, and the journal is whole`() throws {
        let bench = try JournalBench(items: 8)
        try bench.simulator.add(fault: [
            "match": ["operation": "rollback"], "times": .null, "do": "delay", "ms": 60_000,
        ])
        let path = try bench.folder.write(
            Self.script.replacing("\(Self.count)", with: "8"),
            to: "nightly.lua"
        )
        let process = try JournalKillTests.Background(bench, ["--operation-timeout", "6s", path])
        try process.wait {
            try bench.simulator.requests().count { $0["operation"] == "rollback" } == 8
        }
        process.signal(SIGTERM)
        usleep(100_000)
        let began = Date()
        process.signal(SIGTERM)
        #expect(process.end() == 80)
        #expect(Date().timeIntervalSince(began) < 4)
        #expect(try bench.operations().count == 8)
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        try bench.advance(hours: 25)
        let settled = try bench.vmoon(["reconcile"])
        #expect(settled.status == 0, "\(settled.output) \(settled.error)")
        try judge(bench, said: [], .sigterm)
    }

    /// Counts from several threads.
    private final class Counter: @unchecked Sendable {
        // Safe because only the thread that reads the output adds to it.
        private var value = 0

        func add(_ number: Int) -> Int {
            value += number
            return value
        }
    }
}
