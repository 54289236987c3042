import Foundation
import JSON
import Support
import Testing

/// Stopping a run at any moment: the process ends by the signal, handlers run, the session is logged out.
@Suite(.serialized) struct StopTests {
    static let loops: [(name: String, text: String)] = [
        ("a loop", "while true do end"),
        ("a loop in a coroutine", "coroutine.wrap(function() while true do end end)()"),
        (
            "a loop in nested coroutines",
            """
            coroutine.wrap(function() coroutine.wrap(function() coroutine.wrap(function() while true do end end)() end)() end)()
            """
        ),
        ("a loop around pcall", "while true do pcall(function() while true do end end) end"),
        ("a loop around pcall of a call", "while true do pcall(sleep, 0.001) end"),
        (
            "a loop around resume",
            "while true do coroutine.resume(coroutine.create(function() while true do end end)) end"
        ),
        (
            "a generator",
            "for _ in coroutine.wrap(function() while true do coroutine.yield(1) end end) do end"
        ),
        (
            "a comparator",
            "local t = {} for i = 1, 100 do t[i] = i end while true do table.sort(t, function(a, b) return a < b end) end"
        ),
        ("sleep", "sleep(3600)"),
        ("calls in flight", "parallel({ n = 64 }, function() listLibraries() end, { limit = 64 })"),
        (
            "a call in a comparator",
            "table.sort({ 1, 2, 3 }, function(a, b) listLibraries() return a < b end)"
        ),
        (
            "tasks in loops",
            "for i = 1, 5 do spawn(function() while true do sleep(0) end end) end sleep(3600)"
        ),
        ("a child process", "exec{ 'sleep', '3600' }"),
    ]

    @Test(arguments: [("", "kill -TERM $child;", "143"), ("--deadline 2s", "", "124")])
    func `a password command is ended with the run`(
        _ options: String,
        _ kill: String,
        _ status: String
    ) throws {
        let runs = try Runs()
        // What the command has started holds the file locked; without a terminal it is ended as well.
        let command = try runs.folder.write(
            "#!/bin/sh\nflock held sh -c 'touch begun; sleep 88' ; true\n",
            to: "command",
            mode: 0o700
        )
        let words = runs.connection.map { "'\($0)'" }.joined(separator: " ")
        let vmoon = try SimulatorProcess.program("vmoon")
        let line = """
            setsid \(vmoon) \(words) \(options) --password-command \(command) -e 'listLibraries()' &
            until [ -e begun ]; do sleep 0.05; done
            child=$!; began=$SECONDS; \(kill)
            wait $child; echo $? $(( SECONDS - began < 20 ))
            flock -w 10 held true && echo free
            """
        let run = try ProgramRun.shell(line, in: runs.folder)
        #expect(run.output == "\(status) 1\nfree\n", "\(run)")
    }

    @Test func `a log-out that hangs does not outlast the grace by much`() throws {
        let runs = try Runs()
        try runs.simulator.add(fault: [
            "match": ["method": "DELETE"], "times": .null, "do": "delay", "ms": 60_000,
        ])
        let code = "local vc <close> = session() vc:listLibraries() sleep(99)"
        let run = try runs.vmoon([
            "--deadline", "1s", "--grace", "1s", "--metrics-file", "m.prom", "-e", code,
        ])
        #expect(run.status == 124, "\(run)")
        // It ends by itself, with its journal and its metrics; nobody has to break it off.
        #expect(run.error.hasSuffix("vmoon: the deadline was reached\n"), "\(run)")
        #expect(FileManager.default.fileExists(atPath: runs.folder.path + "/m.prom"))
    }

    /// Starts a script, waits until it says so, sends a signal, and measures how long it takes to end.
    private func stop(
        _ text: String,
        _ options: [String] = [],
        signal: Int32 = SIGINT,
        times: Int = 1
    ) throws -> (run: ProgramRun, seconds: Double, sessions: (logIns: Int, logOuts: Int)) {
        let runs = try Runs("--latency", "1ms")
        let script = try runs.folder.write(
            """
            local vc <close> = session()
            local _ <close> = setmetatable({}, { __close = function() print "closed" end })
            print "ready"
            io.stdout:flush()
            \(text)
            """,
            to: "stop.lua"
        )
        let began = Moment()
        try runs.simulator.add(fault: [
            "match": ["operation": "listLibraries"], "times": 100_000, "do": "delay", "ms": 60_000,
        ])
        let run = try ProgramRun.of(
            "vmoon",
            runs.connection + ["--limit", "64"] + options + [script],
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        ) { text, process in
            guard text.contains("ready") else { return }
            let identifier = process.identifier
            Thread.detachNewThread {
                for _ in 0..<times {
                    Thread.sleep(forTimeInterval: 0.15)
                    began.set()
                    kill(identifier, signal)
                }
            }
        }
        return (run, began.elapsed, try runs.sessions())
    }

    @Test(arguments: loops.map(\.name)) func `SIGINT stops`(_ name: String) throws {
        let loop = try #require(Self.loops.first { $0.name == name })
        var best = Double.infinity
        for _ in 0..<3 where best > 0.05 {
            let (run, seconds, sessions) = try stop(loop.text)
            #expect(run.signal == SIGINT, "\(run)")
            #expect(run.error == "")
            #expect(run.lines == ["ready", "closed"])
            #expect(sessions.logIns == 1 && sessions.logOuts == 1)
            best = min(best, seconds)
        }
        #expect(best <= 0.05)
    }

    /// What catches errors, so that each of them may take for an error of its own what is to stop it.
    static let catchers = [
        "local p, t = pcall, type while true do p(t, 1) end",
        "local p, f = pcall, function() end while true do p(f) end",
        "local p, f = xpcall, function() end while true do p(f, print) end",
        "local r, c = coroutine.resume, coroutine.create(function() while true do coroutine.yield() end end) while true do r(c) end",
        "local w = coroutine.wrap(function() while true do coroutine.yield() end end) while true do pcall(w) end",
        "while true do load(function() while true do end end) end",
        "while true do load(function() sleep(1) end) end",
        "xpcall(error, function() while true do end end)",
        "xpcall(error, function(e) sleep(3600) return e end)",
        "setmetatable({}, { __gc = function() sleep(3600) end }) collectgarbage() while true do end",
    ]

    @Test(arguments: catchers)
    func `a deadline stops what catches errors, at whatever instruction it comes`(_ loop: String)
        throws
    {
        for round in 1...12 {
            let run = try ProgramRun.of(
                "vmoon",
                ["--deadline", "\(40 + round)ms", "--grace", "50s", "-e", loop]
            )
            #expect(run.status == 124, "\(run)")
            #expect(run.error == "vmoon: the deadline was reached\n")
        }
    }

    @Test func `a signal while the last finalizers run still ends the process`() throws {
        let text = """
            Last = setmetatable({}, { __gc = function() print 'ready' io.stdout:flush() sleep(3600) end })
            """
        let run = try ProgramRun.of("vmoon", ["-e", text]) { text, process in
            if text.contains("ready") { kill(process.identifier, SIGTERM) }
        }
        #expect(run.signal == SIGTERM, "\(run)")
    }

    @Test(arguments: ["TERM", "INT"])
    func `timeout(1), which signals twice at once, leaves time for the log-out`(_ signal: String)
        throws
    {
        let runs = try Runs()
        let words = runs.connection.map { "'\($0)'" }.joined(separator: " ")
        let vmoon = try SimulatorProcess.program("vmoon")
        let script = try runs.folder.write("session() while true do end", to: "busy.lua")
        let password = "VMOON_PASSWORD='\(runs.simulator.password)'"
        for _ in 1...10 {
            let run = try ProgramRun.shell(
                "\(password) timeout -s \(signal) 0.4 \(vmoon) \(words) \(script)",
                in: runs.folder
            )
            #expect(run.status == 124)
        }
        let sessions = try runs.sessions()
        #expect(sessions.logIns == 10 && sessions.logOuts == 10, "\(sessions)")
    }

    static let pathological =
        "string.find(string.rep('a', 100000), string.rep('a?', 60) .. string.rep('.-', 8) .. 'b')"

    @Test func `a second SIGINT ends what no hook can reach`() throws {
        let (run, _, _) = try stop(Self.pathological, times: 2)
        #expect(run.signal == SIGINT)
    }

    @Test func `a deadline ends what no hook can reach, logged out`() throws {
        let (run, seconds, sessions) = try stop(
            Self.pathological,
            ["--deadline", "300ms", "--grace", "100ms"],
            times: 0
        )
        #expect(run.status == 124, "\(run)")
        #expect(run.error.contains("the deadline was reached"))
        #expect(seconds < 30)
        #expect(sessions.logOuts == 1)
    }

    @Test func `a deadline ends a run with 124 and lets handlers run`() throws {
        let (run, _, sessions) = try stop(
            "while true do pcall(sleep, 1) end",
            ["--deadline", "300ms"],
            times: 0
        )
        #expect(run.status == 124, "\(run)")
        #expect(run.lines == ["ready", "closed"])
        #expect(run.error == "vmoon: the deadline was reached\n")
        #expect(sessions.logOuts == 1)
    }

    @Test func `a huge answer is an error like others too, and the run goes on`() throws {
        let runs = try Runs()
        try runs.simulator.add(
            fault: [
                "match": ["operation": "listVMs"], "do": "oversize", "bytes": 40_000_000,
                "times": 2,
            ]
        )
        let run = try runs.script(
            """
            print(pcall(listVMs))
            collectgarbage()
            print(#listLibraries() > 0)
            listVMs()
            """,
            ["--memory-limit", "16M"]
        )
        #expect(run.output == "false\tnot enough memory\ntrue\n")
        #expect(run.status == 1)
        #expect(run.error.contains("not enough memory"))
        #expect(try runs.sessions() == (1, 1))
    }

    @Test(arguments: ["string.rep('x', 1 << 30)", "local t = {} while true do t[#t + 1] = {} end"])
    func `a memory limit is an error like others`(_ bomb: String) throws {
        let run = try ProgramRun.of(
            "vmoon",
            ["--memory-limit", "16M", "-e", "print(pcall(function() \(bomb) end))", "-e", bomb]
        )
        #expect(run.output == "false\tnot enough memory\n")
        #expect(run.status == 1)
        #expect(run.error.contains("not enough memory"))
    }
}

/// A moment that one thread notes and another one looks back to.
private final class Moment: @unchecked Sendable {
    // Safe because it is written before the process ends, and read after that.
    private var start = DispatchTime.now()

    func set() { start = DispatchTime.now() }

    var elapsed: Double {
        Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
    }
}
