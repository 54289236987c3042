import Glibc
import Posix
import JSON
import Support
import Testing

/// What ends a program from outside: each signal stops a run in an orderly way, and ends it.
@Suite(.serialized) struct SignalTests {
    static let signals = CurrentProcess.stoppingSignals.filter { $0 < 36 }

    @Test(arguments: signals) func `a signal logs out, and ends the run by itself`(
        _ signal: Int32
    ) throws {
        let runs = try Runs()
        let run = try runs.vmoon([
            "-e", "local vc <close> = session() print 'ready' io.stdout:flush() sleep(60)",
        ]) { text, process in if text.contains("ready") { process.signal(signal) } }
        #expect(run.signal == signal, "\(run)")
        #expect(run.error == "")
        #expect(try runs.sessions() == (1, 1))
    }

    @Test(arguments: signals.filter { $0 != SIGHUP })
    func `a signal that was ignored at the start stays so, for children too`(_ signal: Int32) throws
    {
        let vmoon = try SimulatorProcess.program("vmoon")
        let text = """
            exec{ "sh", "-c", "kill -\(signal) $PPID" }
            sleep(0.1)
            print(exec{ "sh", "-c", "kill -\(signal) $$; echo here" }.stdout)
            """
        let folder = TestFolder()
        let script = try folder.write(text, to: "script.lua")
        let run = try ProgramRun.shell("trap '' \(signal); \(vmoon) \(script)", in: folder)
        // SIGALRM is ours while we run: a child has it at its default.
        let expected = signal == SIGALRM ? "\n" : "here\n\n"
        #expect(run.status == 0 && run.output == expected, "\(run)")
    }

    @Test func `programs that a script starts have every signal at its default`() throws {
        let words = "grep -E '^Sig(Ign|Blk)' /proc/self/status"
        let run = try ProgramRun.of(
            "vmoon",
            ["-e", "io.write(exec{ 'sh', '-c', \"\(words)\" }.stdout)"]
        )
        #expect(run.lines.count == 2, "\(run)")
        #expect(run.output == (try ProgramRun.shell(words).output))
    }

    // MARK: Files that may not grow

    @Test func `a journal that may not grow changes nothing`() throws {
        let runs = try Runs()
        let vmoon = try SimulatorProcess.program("vmoon")
        let words = runs.connection.map { "'\($0)'" }.joined(separator: " ")
        let script = try runs.folder.write("listVMs() setPower('vm-110', 'start')", to: "s.lua")
        let run = try ProgramRun.shell(
            "ulimit -f 8; VMOON_PASSWORD='\(runs.simulator.password)' \(vmoon) \(words) \(script)",
            in: runs.folder
        )
        #expect(run.status == 73, "\(run)")
        #expect(try runs.simulator.requests().allSatisfy { $0["operation"] != "setPower" })
        #expect(try runs.sessions() == (1, 1))
    }

    @Test func `an output that may not grow is lost output, and the run logs out`() throws {
        let runs = try Runs()
        let vmoon = try SimulatorProcess.program("vmoon")
        let words = runs.connection.map { "'\($0)'" }.joined(separator: " ")
        let script = try runs.folder.write(
            "listVMs() for i = 1, 100 do print(('x'):rep(1000)) end",
            to: "s.lua"
        )
        let run = try ProgramRun.shell(
            "ulimit -f 8; VMOON_PASSWORD='\(runs.simulator.password)' \(vmoon) \(words) \(script) > out",
            in: runs.folder
        )
        #expect(run.status == 74, "\(run)")
        #expect(run.error.contains("standard output: "), "\(run)")
        #expect(try runs.sessions() == (1, 1))
    }

    // MARK: Without /proc

    /// Whether this process may hide /proc from a child.
    static let canHide =
        (try? ProgramRun.shell("unshare -m sh -c 'mount -t tmpfs none /proc'"))?.status == 0

    @Test(.enabled(if: canHide, "skipped: /proc cannot be hidden here"))
    func `without /proc the arguments are read all the same`() throws {
        let vmoon = try SimulatorProcess.program("vmoon")
        let simulator = try SimulatorProcess.program("vmoon-sim")
        func hidden(_ line: String) throws -> ProgramRun {
            try ProgramRun.shell(
                "echo 'print(\"from standard input\")' | unshare -m sh -c \"mount -t tmpfs none /proc && \(line)\""
            )
        }
        let run = try hidden("\(vmoon) -e 'print(1)' -e 'print(2)'")
        #expect(run.status == 0 && run.output == "1\n2\n", "\(run)")
        let version = try hidden("\(simulator) --no-such-option")
        // A private simulator is found beside the program.
        let own = try hidden("\(vmoon) --sim -e 'print(#listVMs())'")
        #expect(own.status == 0 && own.output == "2\n", "\(own)")
        // Byte by byte, whether that is UTF-8 or not.
        let folder = TestFolder()
        let script = try folder.write(
            "io.write(arg[0] == '\(folder.path)/s.lua' and arg[1] or '?')",
            to: "s.lua"
        )
        let odd = try ProgramRun.shell("\(vmoon) \(script) $'a\\xff\\xfe' | od -An -tx1")
        #expect(odd.output == " 61 ff fe\n", "\(odd)")
        #expect(version.status == 64 && version.error.contains("--no-such-option"), "\(version)")
    }
}

/// The same at the prompt, where the terminal is raw.
@Suite(
    .enabled(if: PromptTerminal.isThere, "skipped: tmux is not there and cannot be installed"),
    .serialized
)
struct PromptSignalTests {
    static let faults = [SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS]

    @Test(arguments: [false, true])
    func `whatever signal ends the prompt, the terminal is as it was`(_ isFault: Bool) throws {
        let runs = try Runs()
        let program = try SimulatorProcess.program("vmoon")
        let terminal = try PromptTerminal(
            "bash --norc -i",
            environment: [
                "PS1": "$ ", "HISTFILE": "", "VMOON_PASSWORD": runs.simulator.password,
                "V": "\(program) \(runs.connection.joined(separator: " "))",
            ],
            in: runs.folder
        )
        try terminal.wait(forLast: "$")
        try terminal.enter("ulimit -c 0; stty -g > before; stty -echo < /dev/null")
        let signals = isFault ? Self.faults : SignalTests.signals.filter { $0 != SIGINT }
        for (index, signal) in signals.enumerated() {
            try terminal.enter("clear; $V; stty -g | cmp - before && echo restored \(signal)")
            try terminal.wait { $0.last?.hasSuffix(">") == true }
            try terminal.enter(
                "f = io.open('/proc/self/stat') print('pid ' .. f:read('n')) listVMs()[1] = 0"
            )
            let row = try terminal.wait {
                $0.contains { $0.hasPrefix("pid ") } && $0.last?.hasSuffix(">") == true
            }.last { $0.hasPrefix("pid ") }
            try terminal.type("half a li")
            try terminal.wait { $0.last?.hasSuffix("half a li") == true }
            kill(Int32(row?.dropFirst(4) ?? "") ?? 0, signal)
            try terminal.wait { $0.contains("restored \(signal)") && $0.last == "$" }
            let sessions = try runs.sessions()
            #expect(sessions.logIns == index + 1)
            if !isFault { #expect(sessions.logOuts == index + 1, "signal \(signal)") }
        }
    }
}
