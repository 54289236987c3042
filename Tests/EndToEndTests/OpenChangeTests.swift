import Glibc
import JSON
import Support
import Testing

/// Ctrl-C while a change takes longer than anybody wants to wait.
@Suite(
    .enabled(if: PromptTerminal.isThere, "skipped: tmux is not there and cannot be installed"),
    .serialized
)
struct OpenChangeTests {
    private func terminal(_ runs: Runs, _ options: String) throws -> PromptTerminal {
        let program = try SimulatorProcess.program("vmoon")
        try runs.simulator.add(fault: [
            "match": ["operation": "setPower"], "times": .null, "do": "delay", "ms": 60_000,
        ])
        let words = runs.connection.joined(separator: " ")
        return try PromptTerminal(
            "\(program) \(words) \(options)",
            environment: [
                "VMOON_PASSWORD": runs.simulator.password, "XDG_STATE_HOME": runs.folder.path,
            ],
            columns: 200,
            in: runs.folder
        )
    }

    private func begin(_ line: String, in terminal: PromptTerminal, _ runs: Runs) throws {
        try terminal.wait { $0.last?.hasSuffix(">") == true }
        try terminal.enter("local kept, vms = 41, listVMs()")
        try terminal.wait { $0.count == 5 && $0.last?.hasSuffix(">") == true }
        try terminal.enter(line)
        try terminal.wait { _ in
            try runs.simulator.requests().contains { $0["operation"] == "setPower" }
        }
    }

    private func changes(_ runs: Runs) throws -> ProgramRun {
        try ProgramRun.of(
            "vmoon",
            ["runs"],
            environment: ["XDG_STATE_HOME": runs.folder.path],
            in: runs.folder
        )
    }

    static let waiting = "for setPower (vm vm-110, action start); Ctrl-C again leaves that open"

    @Test(arguments: [
        // The grace passes by itself, or a second Ctrl-C ends it.
        ("--grace 1s", false, "setPower('vm-110', 'start')"),
        ("--grace 1h", true, "setPower('vm-110', 'start')"),
        ("--grace 1h", true, "pcall(setPower, 'vm-110', 'start')"),
        ("--grace 1s", false, "parallel({ 1 }, function() setPower('vm-110', 'start') end)"),
        ("--grace 1h", true, "parallel({ 1 }, function() setPower('vm-110', 'start') end)"),
    ])
    func `Ctrl-C at the prompt says what it waits for, and the prompt stays`(
        _ options: String,
        _ isTwice: Bool,
        _ line: String
    ) throws {
        let runs = try Runs()
        let terminal = try terminal(runs, options)
        try begin(line, in: terminal, runs)
        try terminal.press("C-c")
        try terminal.wait { rows in
            rows.contains { $0.hasPrefix("waiting up to ") && $0.hasSuffix(Self.waiting) }
        }
        if isTwice {
            usleep(100_000)
            try terminal.press("C-c")
        }
        let rows = try terminal.wait { $0.last?.hasSuffix(">") == true }
        #expect(rows.contains { $0.contains("run `vmoon reconcile ") }, "\(rows)")
        #expect(rows.count { $0.contains("run `vmoon reconcile ") } == 1, "\(rows)")
        // Longer than the watchdog would have waited; then locals and session are as they were.
        usleep(2_500_000)
        try terminal.enter("kept + #listVMs() - #vms + 1")
        try terminal.wait(forRow: "42")
        #expect(try runs.sessions() == (1, 0))
        try terminal.press("C-d")
        try terminal.wait(forRow: "ended with 80")
        #expect(try runs.sessions() == (1, 1))
        #expect(try changes(runs).output.contains("exit 80"))
    }

    @Test(arguments: [1, 2]) func `a script on a terminal says it too`(_ times: Int) throws {
        let runs = try Runs()
        let script = try runs.folder.write("setPower('vm-110', 'start')", to: "script.lua")
        let terminal = try terminal(runs, "--grace \(times == 1 ? "1s" : "1h") \(script)")
        try terminal.wait { _ in
            try runs.simulator.requests().contains { $0["operation"] == "setPower" }
        }
        try terminal.press("C-c")
        try terminal.wait { rows in rows.contains { $0.hasSuffix(Self.waiting) } }
        usleep(100_000)
        if times == 2 { try terminal.press("C-c") }
        let rows = try terminal.wait { rows in rows.last == "ended with 80" }
        #expect(rows.contains { $0.contains("run `vmoon reconcile ") }, "\(rows)")
        #expect(rows.count { $0.hasPrefix("waiting up to ") } == 1, "\(rows)")
        let ending = "exit 80"
        for _ in 0..<200 where try !changes(runs).output.contains(ending) { usleep(50_000) }
        #expect(try changes(runs).output.contains(ending))
        #expect(try runs.sessions() == (1, 1))
    }

    @Test(arguments: [true, false])
    func `a change that goes on behind the prompt is named, and said to be open`(_ leaves: Bool)
        throws
    {
        let runs = try Runs()
        let terminal = try terminal(runs, leaves ? "--grace 3s" : "--grace 1s")
        try begin("t = spawn(setPower, 'vm-110', 'start') sleep(3600)", in: terminal, runs)
        try terminal.press("C-c")
        try terminal.wait { rows in
            rows.contains { $0.hasPrefix("waiting up to ") && $0.hasSuffix("action start)") }
                && rows.last?.hasSuffix(">") == true
        }
        if leaves {
            try terminal.press("C-d")
            try terminal.wait { $0.contains { $0.hasSuffix("Ctrl-C twice leaves that open") } }
        } else {
            // Above the line, when the grace is over.
            try terminal.wait { $0.contains { $0.contains("run `vmoon reconcile ") } }
            try terminal.enter("kept + 1")
            try terminal.wait(forRow: "42")
            try terminal.press("C-d")
        }
        try terminal.wait(forRow: "ended with 80")
        #expect(try runs.sessions() == (1, 1))
    }
}
