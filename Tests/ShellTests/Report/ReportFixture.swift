import Journal

@testable import Shell

/// Records as a journal has them, with times in seconds after the beginning of an hour.
enum ReportFixture {
    static let start: Int64 = 1_795_000_000_000

    static func change(
        _ id: String,
        _ operation: String,
        item: String = "item-1",
        name: String? = "golden/rhel-9",
        at began: Double,
        until settled: Double? = nil,
        _ outcome: OperationRecord.Outcome? = .done,
        from before: String? = "2",
        to result: String? = nil
    ) -> OperationRecord {
        var record = OperationRecord(
            identifier: id,
            run: "r",
            operation: operation,
            vcenter: "vc1.example.com",
            user: "VSPHERE.LOCAL\\alice",
            intended: start + Int64(began * 1000),
            deadline: 0
        )
        record.item = item
        record.itemName = name
        record.subject = item.isEmpty ? "vm vm-7" : "item \(item)"
        record.latestBefore = before
        record.result = result
        record.outcome = outcome
        record.attempts = 1
        record.settled = settled.map { start + Int64($0 * 1000) }
        return record
    }

    static func row(
        _ id: String = "11111111-aaaa",
        at began: Double = 0,
        ended: Double? = 60,
        ending: String = "exit 0",
        script: String = "nightly.lua",
        alive: Bool = false
    ) -> RunRow {
        var run = RunRecord(
            identifier: id,
            started: start + Int64(began * 1000),
            script: script,
            arguments: ["golden/*", "--password=hush"],
            host: "batch-1",
            process: 42
        )
        run.ended = ended.map { start + Int64($0 * 1000) }
        run.ending = ended == nil ? nil : ending
        let summary = RunSummary(run, changes: ChangeCounts(), vcenters: ["vc1.example.com"])
        return RunRow(summary, now: start + 100_000, alive: alive ? [id] : [])
    }

    static func report(
        _ runs: [(row: RunRow, operations: [OperationRecord], wayOn: String?)]
    ) -> Report {
        let runs = runs.map { run in
            (run.row, run.operations, run.wayOn.map(Report.Future.command) ?? .none)
        }
        return Report(runs, scope: "All runs", made: start + 3_600_000, host: "batch-1")
    }

    static func text(_ report: Report, _ form: ReportForm) -> String {
        let kept = Kept()
        var output = ReportOutput { kept.bytes += $0 }
        form.write(report, to: &output)
        try? output.end()
        return String(decoding: kept.bytes, as: UTF8.self)
    }

    private final class Kept { var bytes: [UInt8] = [] }

    /// A name with all that a server may put into one.
    static let hostile =
        "golden/<script>alert('1')</script>\" ]]> \u{1B}[31m\u{202E}\nx|`*_ \u{FFFF}\u{FFFD}"

    /// One of everything.
    static let everything: Report = {
        var purging = change("c1", "checkIn", at: 1, until: 4, to: "3")
        purging.purges = ["1"]
        purging.message = "November | patches <b>"
        purging.step = "patch rhel-9"
        var refused = change("c2", "rollback", at: 2, until: 6, .rejected, from: "3")
        refused.detail = Detail(text: "not_allowed_in_current_state (HTTP 409): it is checked out")
        var open = change(
            "c3",
            "rollback",
            item: "item-2",
            name: hostile,
            at: 8,
            until: 20,
            .unknown
        )
        open.version = "1"
        open.purges = []
        open.message = "=1+1, \"bad\" patch"
        open.attempts = 2
        open.detail = Detail(key: "not_seen_yet", facts: [])
        let made = change("c4", "checkOut", at: 9, until: 12, from: "3", to: "vm-300")
        let power = change("c5", "setPower", item: "", name: nil, at: 30, until: 31, from: nil)
        let lost = change("c6", "checkOut", item: "item-3", name: nil, at: 40, .notSent)
        let killed = change("c7", "deploy", item: "item-3", name: nil, at: 2, nil)
        return report([
            (
                row("22222222-bbbb", at: 100, ended: nil, script: "died.lua"), [killed],
                "vmoon resume 22222222-bbbb"
            ),
            (row(ending: "exit 80"), [purging, refused, open, made, power, lost], nil),
            (row("33333333-cccc", at: -50, ended: -49, script: "idle.lua"), [], nil),
        ])
    }()
}
