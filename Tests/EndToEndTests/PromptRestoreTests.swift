import Glibc
import Support
import Testing

/// However the prompt ends, the terminal is as it was.
@Suite(
    .enabled(if: PromptTerminal.isThere, "skipped: tmux is not there and cannot be installed"),
    .serialized
)
struct PromptRestoreTests {
    /// A shell with job control that has started the prompt.
    private func shell(
        _ folder: TestFolder = TestFolder(),
        options: String = ""
    ) throws -> PromptTerminal {
        let program = try SimulatorProcess.program("vmoon")
        let terminal = try PromptTerminal(
            "bash --norc -i",
            environment: ["PS1": "$ ", "HISTFILE": ""],
            in: folder
        )
        try terminal.wait(forLast: "$")
        try terminal.enter(
            "stty -g > before; alias vm='\(program) --sim \(options); stty -g > after; cmp before after && echo restored'"
        )
        try terminal.enter("vm")
        try terminal.wait(forLast: "sim>")
        return terminal
    }

    private static func pid(in folder: TestFolder) throws -> Int32 {
        let text = try ProgramRun.shell("cat pid", in: folder).output.filter(\.isNumber)
        return Int32(text) ?? 0
    }

    @Test(arguments: [
        "os.exit(3)", ".exit", "spawn(function() os.exit(4) end)", "error('x')\n.exit",
    ])
    func `an end of its own restores it`(_ line: String) throws {
        let terminal = try shell()
        for part in line.split(separator: "\n") { try terminal.enter(String(part)) }
        try terminal.wait(forRow: "restored")
    }

    @Test(arguments: [SIGTERM, SIGHUP]) func `a signal restores it`(_ signal: Int32) throws {
        let folder = TestFolder()
        let terminal = try shell(folder)
        try terminal.enter("local f = io.open('/proc/self/stat') pid = f:read('n') f:close()")
        try terminal.enter("f = io.open('pid', 'w') f:write(pid) f:close()")
        try terminal.wait(forLast: "sim>")
        try terminal.type("half a li")
        try terminal.wait(forLast: "half a li")
        kill(try Self.pid(in: folder), signal)
        try terminal.wait(forRow: "restored")
        try terminal.enter("echo visible again")
        try terminal.wait(forRow: "visible again")
    }

    @Test func `a second Ctrl-C that ends the process restores it`() throws {
        let terminal = try shell()
        try terminal.enter(
            "print'begun' s = ('a'):rep(100) .. 'b' s:find(('a?'):rep(40) .. ('.-'):rep(40) .. 'c')"
        )
        try terminal.wait(forRow: "begun")
        try terminal.press("C-c")
        // Two that come before the first is handled are one.
        try terminal.wait(forLast: "^C")
        try terminal.press("C-c")
        try terminal.wait(forLast: "$")
        // The shell has dropped the rest of its line, as it does when a signal ended the program.
        try terminal.enter("stty -g | cmp - before && echo restored")
        try terminal.wait(forRow: "restored")
    }

    @Test func `a task that never lets go is stopped by Ctrl-C, twice`() throws {
        let terminal = try shell()
        let program = try Self.program(terminal)
        try terminal.enter("t = spawn(function() print('begun') while true do end end)")
        try terminal.wait(forRow: "begun")
        // The first is the line's, and nobody looks at it; the second reaches the task.
        kill(program, SIGINT)
        try terminal.wait { _ in try Self.hasCaught(SIGINT, program) }
        try terminal.press("C-c")
        try terminal.wait(forLast: "sim>")
        try terminal.enter("6 * 7")
        try terminal.wait(forRow: "42")
        try terminal.press("C-d")
        try terminal.wait(forRow: "restored")
    }

    // MARK: Stopping

    @Test func `Ctrl-Z stops it with the terminal restored, and fg brings the line back`() throws {
        let terminal = try shell()
        try terminal.type("half a li")
        try terminal.wait(forLast: "half a li")
        try terminal.press("C-z")
        try terminal.wait { $0.last == "$" && $0.contains { $0.contains("Stopped") } }
        try terminal.enter("stty -g | cmp - before && echo restored")
        try terminal.wait(forRow: "restored")
        try terminal.enter("fg")
        try terminal.wait(forLast: "sim> half a li")
        try terminal.press("C-u")
        try terminal.enter("20 + 22")
        try terminal.wait(forRow: "42")
        try terminal.press("C-d")
        try terminal.wait(forLast: "$")
    }

    @Test(arguments: [SIGTSTP, SIGSTOP]) func `a signal stops it, and it goes on with its block`(
        _ signal: Int32
    ) throws {
        let terminal = try shell()
        let program = try Self.program(terminal)
        try terminal.enter("do")
        try terminal.type("half()")
        try terminal.wait(forLast: "...   half()")
        kill(program, signal)
        try terminal.wait { $0.last == "$" && $0.contains { $0.contains("Stopped") } }
        // SIGSTOP leaves no time to restore anything; the shell does that for itself.
        try terminal.enter("echo here; clear; fg")
        try terminal.wait { $0.suffix(2) == ["sim> do", " ...   half()"] }
        try terminal.press("Enter")
        try terminal.type("end")
        try terminal.wait { $0.suffix(3) == ["sim> do", " ...   half()", " ... end"] }
        try terminal.press("C-c")
        try terminal.wait(forLast: "sim>")
        try terminal.press("C-d")
        try terminal.wait(forLast: "$")
        try terminal.enter("clear; stty -g | cmp - before && echo at the end")
        try terminal.wait(forRow: "at the end")
    }

    @Test func `stopped and continued by others, it draws itself again`() throws {
        let terminal = try shell()
        let program = try Self.program(terminal)
        try terminal.type("half a li")
        try terminal.wait(forLast: "half a li")
        // The whole job twice: the shell has the terminal meanwhile.
        kill(program, SIGSTOP)
        try terminal.wait { $0.last == "$" && $0.contains { $0.contains("Stopped") } }
        try terminal.enter("bg")
        // In the background it may not touch the terminal, and is stopped again.
        try terminal.wait { $0.count { $0.contains("Stopped") } == 2 || $0.last == "$" }
        try terminal.enter("fg")
        try terminal.wait(forLast: "sim> half a li")
        try terminal.type("ne")
        try terminal.wait(forLast: "sim> half a line")
        try terminal.press("C-c")
        try terminal.wait(forLast: "sim>")
        try terminal.press("C-d")
        try terminal.wait(forLast: "$")
        try terminal.enter("clear; stty -g | cmp - before && echo at the end")
        try terminal.wait(forRow: "at the end")
    }

    @Test(arguments: [
        "print('begun') repeat sleep(0.01) local go = io.open('go') until go print('done')",
        "print('begun') repeat local go = io.open('go') until go print('done')",
    ]) func `Ctrl-Z while a call runs stops it, and fg goes on with it`(_ line: String) throws {
        let terminal = try shell()
        try terminal.enter(line)
        try terminal.wait(forRow: "begun")
        try terminal.press("C-z")
        try terminal.wait { $0.last == "$" && $0.contains { $0.contains("Stopped") } }
        try terminal.enter("touch go; stty -g | cmp - before && echo restored")
        try terminal.wait(forRow: "restored")
        #expect(try !terminal.screen().contains("done"))
        try terminal.enter("fg")
        try terminal.wait(forRow: "done")
        try terminal.wait(forLast: "sim>")
        try terminal.enter("20 + 22")
        try terminal.wait(forRow: "42")
    }

    @Test func `long output is stopped with the terminal restored, and goes on`() throws {
        let terminal = try shell()
        let program = try Self.program(terminal)
        try terminal.enter("local t = {} for i = 1, 90 do t[i] = 'value ' .. i end")
        try terminal.enter("table.concat(t, '\\n')")
        try terminal.enter("t")
        try terminal.wait { $0.last?.contains("lines: space") == true }
        kill(program, SIGTSTP)
        try terminal.wait { $0.last == "$" && $0.contains { $0.contains("Stopped") } }
        try terminal.enter("stty -g | cmp - before && echo restored")
        try terminal.wait(forRow: "restored")
        try terminal.enter("fg")
        try terminal.wait { $0.last?.contains("lines: space") == true }
        try terminal.type("q")
        try terminal.wait(forLast: "sim>")
    }

    @Test func `a SIGHUP that opens the log again leaves the line as it is`() throws {
        let folder = TestFolder()
        let terminal = try shell(folder, options: "--log-file log")
        let program = try Self.program(terminal)
        try terminal.type("x = 'half a li")
        try terminal.wait(forLast: "sim> x = 'half a li")
        _ = try ProgramRun.shell("mv log log.1", in: folder)
        kill(program, SIGHUP)
        try terminal.wait { _ in try Self.hasCaught(SIGHUP, program) }
        try terminal.enter("ne' log.info(x)")
        // In the file that was made for it, and typed in raw mode: shown once.
        try terminal.wait { _ in
            try ProgramRun.shell("cat log", in: folder).output.contains("half a line")
        }
        let rows = try terminal.wait(forLast: "sim>")
        #expect(rows.count { $0.contains("log.info(") } == 1)
        try terminal.press("C-d")
        try terminal.wait(forRow: "restored")
    }

    @Test func `a signal that nothing expects restores it`() throws {
        let terminal = try shell()
        kill(try Self.program(terminal), SIGQUIT)
        try terminal.wait(forRow: "restored")
    }

    /// The process of the prompt.
    private static func program(_ terminal: PromptTerminal) throws -> Int32 {
        try terminal.enter(
            "do local f = io.open('/proc/self/stat') print('pid ' .. f:read('n')) f:close() end"
        )
        let row = try terminal.wait { $0.contains { $0.hasPrefix("pid ") } && $0.last == "sim>" }
            .last { $0.hasPrefix("pid ") }
        return Int32(row?.dropFirst(4) ?? "") ?? 0
    }

    /// Whether no signal of a kind waits for a process to take it.
    private static func hasCaught(_ signal: Int32, _ process: Int32) throws -> Bool {
        let line = "awk '/^(Sig|Shd)Pnd/ {print $2}' /proc/\(process)/status"
        return try ProgramRun.shell(line).lines.allSatisfy { mask in
            (UInt64(mask, radix: 16) ?? 0) >> UInt64(signal - 1) & 1 == 0
        }
    }
}
