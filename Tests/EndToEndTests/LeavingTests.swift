import Foundation
import JSON
import Support
import Testing

/// `os.exit` cancels as an error does: what the simulator has seen afterwards is what counts.
@Suite struct LeavingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What runs once four changes were asked for, of which one is on its way.
        let text: String
        let status: Int32
        /// The lines it prints; nil where they do not matter.
        var lines: [String]?

        init(_ name: String, _ text: String, _ status: Int32, lines: [String]? = nil) {
            (testDescription, self.text, self.status, self.lines) = (name, text, status, lines)
        }
    }

    static let handlers = [
        "task 4 os.exit was called", "task 3 os.exit was called", "task 2 os.exit was called",
        "task 1 conflict",
    ]

    static let cases = [
        Case("the main chunk", "os.exit(3)", 3, lines: handlers),
        Case("the main chunk, which closes the state", "os.exit(3, true)", 3),
        Case("a coroutine of the main chunk", "coroutine.wrap(os.exit)(3)", 3, lines: handlers),
        Case("a comparator", "table.sort({ 1, 2 }, function() os.exit(3) end)", 3, lines: handlers),
        Case(
            "a task, while the main chunk waits",
            """
            local _ <close> = closing("main")
            spawn(function() pcall(os.exit, 3) print "never" end)
            sleep(60)
            """,
            3,
            lines: ["main os.exit was called"] + handlers
        ),
        Case(
            "a comparator in a task",
            "spawn(function() table.sort({ 1, 2 }, function() os.exit(3) end) end) sleep(60)",
            3
        ),
        Case("a task, when the main chunk is over", "spawn(function() os.exit(3) end)", 3),
        Case(
            "a finalizer",
            "setmetatable({}, { __gc = function() os.exit(3) end }) collectgarbage()",
            3
        ),
        Case("a handler of another task, once more", "handler = os.exit os.exit(4)", 3),
        Case("an error, for comparison", "error 'x'", 1),
    ]

    @Test(arguments: cases) func `nothing starts after os.exit in`(_ given: Case) throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "setPower"], "times": .null, "do": "delay", "ms": 700,
        ])
        let run = try runs.script(
            """
            local function kind(e)
              return type(e) == "table" and (e.kind == "cancelled" and e.message or "conflict") or tostring(e)
            end
            function closing(name)
              return setmetatable({}, { __close = function(_, e)
                print(name .. " " .. kind(e))
                if handler then handler(3) end
              end })
            end
            listVMs()
            for i = 1, 4 do
              spawn(function()
                local _ <close> = closing("task " .. i)
                setPower("vm-109", "start") -- it is on: the answer is an error
              end)
            end
            sleep(0.3)
            \(given.text)
            """,
            ["--limit", "1"]
        )
        #expect(run.status == given.status, "\(run)")
        if let lines = given.lines { #expect(run.lines == lines, "\(run)") }
        // A late one would come now.
        usleep(300_000)
        let requests = try runs.simulator.requests()
        #expect(requests.count { $0["operation"] == "setPower" } == 1)
        #expect(requests.last?["operation"] == "deleteSession")
        #expect(try runs.sessions() == (1, 1))
    }

    @Test(arguments: ["os.exit(3)", "spawn(os.exit, 3) sleep(60)"])
    func `what has not begun, or still reads, is not sent`(_ leaving: String) throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "listVersions"], "times": .null, "do": "delay", "ms": 700,
        ])
        let run = try runs.script(
            """
            local u = item "golden/ubuntu-22.04"
            spawn(function() u:rollback("1", "no") end)
            sleep(0.3)
            for i = 1, 4 do spawn(function() setPower("vm-110", "start") end) end
            \(leaving)
            """
        )
        #expect(run.status == 3, "\(run)")
        usleep(700_000)
        let changes = try runs.simulator.requests().filter {
            ["rollback", "setPower"].contains($0["operation"]?.string)
        }
        #expect(changes.isEmpty)
        #expect(try runs.sessions() == (1, 1))
    }

    @Test(arguments: [
        ("--deadline 600ms", "", Int32(124)), ("", "TERM", 143), ("", "USR1", 138), ("", "", 0),
    ])
    func `nothing starts when the run ends otherwise`(
        _ options: String,
        _ signal: String,
        _ status: Int32
    ) throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "setPower"], "times": .null, "do": "delay", "ms": 1500,
        ])
        let script = try runs.folder.write(
            """
            listVMs()
            for i = 1, 4 do spawn(function() setPower("vm-109", "start") end) end
            sleep(0.3)
            while true do print "line" sleep(0.01) end
            """,
            to: "script.lua"
        )
        let vmoon = try SimulatorProcess.program("vmoon")
        let words = (runs.connection + ["--limit", "1"]).map { "'\($0)'" }.joined(separator: " ")
        let program = "\(vmoon) \(words) \(options) \(script)"
        let line =
            signal.isEmpty
            // Without a deadline, its reader goes away.
            ? (options.isEmpty ? "\(program) | head -1" : program)
            : "\(program) & child=$!; sleep 0.8; kill -\(signal) $child; wait $child"
        let run = try ProgramRun.shell(
            "ulimit -c 0; \(line)",
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
        #expect(run.status == status, "\(run)")
        #expect(try runs.simulator.requests().count { $0["operation"] == "setPower" } == 1)
        #expect(try runs.simulator.requests().last?["operation"] == "deleteSession")
        #expect(try runs.sessions() == (1, 1))
    }

    @Test func `what is on its way has the grace, and is then said to be open`() throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["operation": "setPower"], "times": .null, "do": "delay", "ms": 30_000,
        ])
        let began = Date()
        let run = try runs.script(
            "listVMs() spawn(function() setPower('vm-110', 'start') end) sleep(0.2) os.exit(3)",
            ["--grace", "500ms"]
        )
        #expect(
            run.status == 3 && run.error.contains("the outcome of a change is unknown"),
            "\(run)"
        )
        #expect(Date().timeIntervalSince(began) < 10)
        #expect(try runs.sessions() == (1, 1))
    }
}
