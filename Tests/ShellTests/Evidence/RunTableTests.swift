import Journal
import Testing
import Text

@testable import Shell

/// Runs are listed in lines that fit.
@Suite struct RunTableTests {
    static let day: Int64 = 86_400_000
    /// It is 2026-11-29T10:11:12Z.
    static let now: Int64 = 1_795_947_072_000

    static func row(
        _ id: String = "5f3c0a1b-0000",
        script: String = "nightly.lua",
        arguments: [String] = [],
        began: Int64 = now - 200_000,
        ended: Int64? = now,
        ending: String? = "exit 0",
        changes: ChangeCounts = ChangeCounts(done: 3),
        vcenters: [String] = ["vc1.example.com"],
        alive: [String] = []
    ) -> RunRow {
        var run = RunRecord(
            identifier: id,
            started: began,
            script: script,
            arguments: arguments,
            host: "here",
            process: 7
        )
        (run.ended, run.ending) = (ended, ending)
        return RunRow(
            RunSummary(run, changes: changes, vcenters: vcenters),
            now: now,
            alive: alive
        )
    }

    @Test(
        arguments: [
            ("exit 0", 1, false, RunRow.End.done, "done"),
            ("exit 0, --until", 1, false, .stopped, "--until"),
            ("exit 80", 1, false, .failed(80), "exit 80"),
            ("signal 15", 1, false, .signal(15), "signal 15"),
            (nil, nil, false, .died, "died"),
            (nil, nil, true, .runs, "runs"),
            ("what a later vmoon writes", 1, false, .failed(70), "exit 70"),
        ] as [(String?, Int64?, Bool, RunRow.End, String)]
    )
    func `how a run ended`(
        _ ending: String?,
        _ ended: Int64?,
        _ isAlive: Bool,
        _ end: RunRow.End,
        _ text: String
    ) {
        let row = Self.row(
            began: 0,
            ended: ended,
            ending: ending,
            alive: isAlive ? ["5f3c0a1b-0000"] : []
        )
        #expect(row.end == end && row.end.text == text)
        #expect(row.took == (end == .died ? nil : .milliseconds(isAlive ? Self.now : 1)))
    }

    @Test func `a run in one line`() {
        let text = RunTable([Self.row()], now: Self.now).text(width: 80)
        #expect(
            text == """
                run       began (UTC)  took   ended  changes  vCenter          script
                5f3c0a1b  11-29 10:07  3m20s  done   3/0/0    vc1.example.com  nightly.lua
                changes: done/refused/unknown

                """
        )
        #expect(RunTable([], now: Self.now).text(width: 80) == "")
        let old = RunTable([Self.row(began: Self.now - 400 * Self.day)], now: Self.now)
        #expect(old.text(width: 80).contains("  2025-10-25   "))
    }

    static let rows = [
        row(arguments: ["--all", "日本語のテンプレートをすべて更新する", String(repeating: "x", count: 300)]),
        row("00000000-1", script: "\u{1B}[31mred\n.lua", ending: "signal 15"),
        row("00000000-2", vcenters: ["a-very-long-name-of-a-vcenter.example.com", "vc2"]),
        row("00000000-3", ended: nil, ending: nil, changes: ChangeCounts(done: 12_345, unknown: 1)),
        row("00000000-4", changes: ChangeCounts(), vcenters: []),
    ]

    @Test(arguments: [40, 60, 80, 120]) func `no line is wider than the terminal`(_ width: Int) {
        let lines = RunTable(Self.rows, now: Self.now).text(width: width).split(separator: "\n")
        for line in lines { #expect(DisplayWidth.of(String(line)) <= width, "\(line)") }
        #expect(lines.filter { $0.hasPrefix("00000000") || $0.hasPrefix("5f3c0a1b") }.count == 5)
        #expect(!lines.contains { $0.contains("\u{1B}") })
        // What tells whether something is to be done is seen at any width.
        #expect(lines.contains { $0.contains("died") && $0.contains("12345/0/1") })
        #expect(lines.contains { $0.hasPrefix("(not shown: ") } == (width < 80))
    }

    @Test func `a secret that an older vmoon has recorded is not shown`() {
        let row = Self.row(arguments: ["--token", "hunter2"])
        #expect(row.script == "nightly.lua --token ***")
    }
}
