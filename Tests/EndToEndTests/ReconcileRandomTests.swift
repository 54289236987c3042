import Foundation
import JSON
import Support
import Synchronization
import Testing

/// Thousands of roll-backs against a simulator that fails in every way a change can be left in
/// doubt, while somebody else works on the same items.
@Suite struct ReconcileRandomTests {
    static let items = 48
    static let processes = 8
    static let rollbacks = 2000

    static let script = """
        local first, last, count = tonumber(arg[1]), tonumber(arg[2]), tonumber(arg[3])
        local function id(n) return string.format("00000000-0000-4000-8000-%012d", n) end
        local vc <close> = session()
        local made, n = 0, 0
        while made < count do
          n = n + 1
          local item = id(first + n % (last - first + 1))
          local latest = vc:getItem(item).content_version
          for _, v in ipairs(vc:listVersions(item)) do
            if v.version ~= latest then
              local ok, e = pcall(vc.rollback, vc, item, v.version, "round " .. n)
              -- On top of a doubt nothing is sent, and nothing recorded.
              if ok or not tostring(e):find("not sent: an earlier", 1, true) then made = made + 1 end
            end
          end
        end
        os.exit(0)
        """

    static let faults: [JSONValue] =
        [
            "reset_before_apply", "reset_after_apply", "malformed_json", "reset_mid_body",
            "wrong_length",
        ]
        .map { ["match": ["operation": "rollback"], "do": .string($0)] } + [
            ["match": ["operation": "rollback"], "do": "late_apply", "ms": 120],
            ["match": ["operation": "rollback"], "do": "late_apply", "ms": 400],
            ["match": ["operation": "rollback"], "do": "truncate", "bytes": 3],
            ["match": ["operation": "rollback"], "do": "error", "kind": "timed_out"],
            ["match": ["operation": "rollback"], "do": "error", "kind": "service_unavailable"],
        ]

    @Test func `2000 roll-backs under faults and interference: every verdict is true`() throws {
        let bench = try JournalBench(items: Self.items)
        let path = try bench.folder.write(Self.script, to: "many.lua")
        let isOver = Atomic(false)
        let done = DispatchSemaphore(value: 0)
        Thread {
            var random = SystemRandomNumberGenerator()
            let other = OtherOperator(bench.simulator)
            while !isOver.load(ordering: .relaxed) {
                if let fault = Self.faults.randomElement() {
                    try? bench.simulator.add(fault: fault)
                }
                let item = JournalBench.item(.random(in: 1...Self.items, using: &random))
                switch Int.random(in: 0..<4, using: &random) {
                case 0: other.usePrevious(item, deleting: false)
                case 1: other.usePrevious(item, deleting: true)
                default: other.replace(item)
                }
                usleep(.random(in: 5_000...40_000))
            }
            done.signal()
        }.start()
        let share = Self.items / Self.processes
        let group = DispatchGroup()
        let failures = Mutex<[String]>([])
        for process in 0..<Self.processes {
            group.enter()
            Thread {
                let run = try? bench.vmoon([
                    "--settle", "150ms", "--operation-timeout", "2s", path,
                    "\(process * share + 1)",
                    "\((process + 1) * share)", "\(Self.rollbacks / Self.processes)",
                ])
                if run?.status != 0 { failures.withLock { $0.append(run?.error ?? "not started") } }
                group.leave()
            }.start()
        }
        group.wait()
        isOver.store(true, ordering: .relaxed)
        done.wait()
        #expect(failures.withLock { $0 } == [])
        // What is late has come by then, and a day is over.
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        usleep(500_000)
        try bench.advance(hours: 25)
        let settled = try bench.vmoon(["reconcile"])
        #expect(settled.status == 0, "\(settled.output) \(settled.error)")
        try judge(bench)
    }

    private func judge(_ bench: JournalBench) throws {
        let operations = try bench.operations()
        let marks = try bench.marks()
        var counts: [String: Int] = [:]
        var lies: [String] = []
        for operation in operations {
            let outcome = operation["outcome"]?.string ?? ""
            counts[outcome, default: 0] += 1
            let versions = marks[operation["op_id"]?.string ?? ""] ?? []
            let isTrue =
                switch outcome {
                case "done": versions == [operation["result"]?.string ?? "?"]
                case "rejected", "not_sent", "conflict", "not_seen": versions.isEmpty
                default: false
                }
            if !isTrue { lies.append("\(operation["op_id"] ?? .null) \(outcome) \(versions)") }
        }
        let again = operations.count { $0["attempts"]?.integer ?? 0 > 1 }
        let summary = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        print("\(operations.count) roll-backs, \(again) sent again: \(summary)")
        #expect(lies == [])
        #expect(operations.count >= Self.rollbacks)
        #expect(counts["done", default: 0] > operations.count / 2)
        #expect(counts.keys.contains("conflict") || counts.keys.contains("not_seen"))
        // No identifier is in the history twice, and none that the journal does not know.
        #expect(marks.values.allSatisfy { $0.count == 1 })
        #expect(Set(marks.keys).isSubset(of: Set(operations.compactMap { $0["op_id"]?.string })))
    }
}
