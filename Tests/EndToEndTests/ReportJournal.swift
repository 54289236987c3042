import Foundation
import Journal
import Support

/// A journal of many runs, as nights with hostile servers leave it.
struct ReportJournal {
    let folder = TestFolder()

    static let hostile = [
        "<script>document.title='x'</script>", "a\"b'c", "]]>", "tab\tnew\nline\u{1B}[31m",
        "\u{202E}gnp.exe", String(repeating: "x", count: 300), "=HYPERLINK(\"http://e\")",
        "@a|b`c*",
        String(decoding: [0x62, 0xFF, 0xFE], as: UTF8.self) + "\u{FFFE}", "</td></table><h1>",
        "<img src=http://127.0.0.1:9/x onerror=alert(1)>", "שלום עולם", "日本語のテンプレート",
    ]
    private static let centres = ["vc1.example.com", "vc2.example.com:8443", "vc3.example.com"]

    /// Writes runs of the last days, the newest an hour ago.
    /// - Parameters:
    ///   - runs: How many.
    ///   - changes: How many changes all of them have.
    ///   - open: How many of those have no known outcome.
    /// - Throws: If it cannot be written.
    init(runs: Int, changes: Int, open: Int) throws {
        let store = try StoredJournal(state: folder.path).store()
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        var latest = Array(repeating: 2, count: 60)
        var opened = 0
        for number in 0..<runs {
            let start = now - Int64(runs - number) * 3_600_000
            var run = RunRecord(
                identifier: UUID().uuidString.lowercased(),
                started: start,
                script: number % 3 == 0 ? "release-train.lua" : "nightly-rollback.lua",
                arguments: ["golden/*", "--keep", "2"],
                host: "batch-1",
                process: Int32(number + 1)
            )
            var writes: [JournalWrite] = [.begin(run)]
            var free: [Int: Int64] = [:]
            for place in 0..<changes / runs {
                let item = place % 3 == 0 ? number % 60 : (place * 7 + number) % 60
                let began = start + Int64(place / 4) * 5000 + Int64(place % 4) * 90
                let settled = max(began, free[item] ?? 0) + Int64(900 + (place * 331) % 4000)
                free[item] = settled
                let isOpen = number >= runs - 3 && opened < open && place % 11 == 5
                if isOpen { opened += 1 }
                var record = Self.record(number + place, item, run.identifier, at: began)
                record.latestBefore = "\(latest[item])"
                record.settled = settled
                if isOpen {
                    record.outcome = opened % 2 == 0 ? nil : .unknown
                    record.detail = opened % 2 == 0 ? nil : Detail(key: "not_seen_yet", facts: [])
                    if record.outcome == nil { record.settled = nil }
                } else if record.outcome == .done, record.operation != "checkOut" {
                    latest[item] += 1
                    record.result = "\(latest[item])"
                }
                writes.append(.intend(record))
            }
            run.ended = start + 1_800_000
            let ending = number % 9 == 4 ? "exit 81" : "exit 0"
            if number != runs - 2 {
                writes.append(.end(run: run.identifier, ending: ending, time: start + 1_800_000))
            }
            try store.commit(writes)
        }
    }

    private static func record(
        _ seed: Int,
        _ item: Int,
        _ run: String,
        at began: Int64
    ) -> OperationRecord {
        var record = OperationRecord(
            identifier: UUID().uuidString.lowercased(),
            run: run,
            operation: ["rollback", "checkIn", "checkOut"][seed % 3],
            vcenter: centres[item % 3],
            user: item % 2 == 0 ? "VSPHERE.LOCAL\\alice" : "svc@vsphere.local",
            intended: began,
            deadline: began + 3_600_000
        )
        record.item = "00000000-0000-4000-8000-0000000000\(item + 10)"
        let name = item < hostile.count ? hostile[item] : "template-\(item)"
        record.itemName = "golden/" + name
        record.subject = "item \(record.item)"
        record.version = record.operation == "rollback" ? "1" : nil
        record.purges = record.operation == "checkIn" ? ["\(seed % 7)"] : nil
        if record.operation != "checkOut" { record.message = "patches | <b>\(name)</b>" }
        record.attempts = seed % 40 == 0 ? 2 : 1
        if seed % 17 == 3 {
            record.outcome = .rejected
            record.detail = Detail(text: "resource_busy (HTTP 503): \(name) is busy")
        } else if seed % 41 == 7 {
            record.outcome = .notSent
        } else {
            record.outcome = .done
            if record.operation == "checkOut" { record.result = "vm-\(seed)" }
        }
        return record
    }

    /// Runs `vmoon report` with this journal.
    func report(_ arguments: String...) throws -> ProgramRun {
        try ProgramRun.of(
            "vmoon",
            ["report"] + arguments,
            environment: ["VMOON_STATE_DIR": folder.path],
            in: folder
        )
    }

    /// The text of a file in its folder.
    func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8)
    }
}
