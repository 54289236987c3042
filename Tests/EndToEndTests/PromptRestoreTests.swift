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
    private func shell(_ folder: TestFolder = TestFolder()) throws -> PromptTerminal {
        let program = try SimulatorProcess.program("vmoon")
        let terminal = try PromptTerminal("bash --norc -i", environment: ["PS1": "$ "], in: folder)
        try terminal.wait(forLast: "$")
        try terminal.enter(
            "stty -g > before; alias vm='\(program) --sim; stty -g > after; cmp before after && echo restored'"
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
            "s = ('a'):rep(100) .. 'b' s:find(('a?'):rep(40) .. ('.-'):rep(40) .. 'c')"
        )
        try terminal.wait(forLast: "'c')")
        usleep(300_000)
        try terminal.press("C-c")
        // Two that come before the first is handled are one.
        try terminal.wait(forLast: "^C")
        usleep(300_000)
        try terminal.press("C-c")
        try terminal.wait(forLast: "$")
        // The shell has dropped the rest of its line, as it does when a signal ended the program.
        try terminal.enter("stty -g | cmp - before && echo restored")
        try terminal.wait(forRow: "restored")
    }

    @Test func `a task that never lets go is stopped by Ctrl-C, twice`() throws {
        let terminal = try shell()
        try terminal.enter("t = spawn(function() while true do end end)")
        usleep(300_000)
        try terminal.press("C-c")
        usleep(300_000)
        try terminal.press("C-c")
        try terminal.wait(forLast: "sim>")
        try terminal.enter("6 * 7")
        try terminal.wait(forRow: "42")
        try terminal.press("C-d")
        try terminal.wait(forRow: "restored")
    }

    @Test func `Ctrl-Z stops it with the terminal restored, and fg brings the line back`() throws {
        let terminal = try shell()
        try terminal.type("half a li")
        try terminal.press("C-z")
        try terminal.wait { $0.last == "$" && $0.contains { $0.contains("Stopped") } }
        try terminal.enter("echo here")
        try terminal.wait(forRow: "here")
        try terminal.enter("fg")
        try terminal.wait(forLast: "sim> half a li")
        try terminal.press("C-u")
        try terminal.enter("20 + 22")
        try terminal.wait(forRow: "42")
        try terminal.press("C-d")
        try terminal.wait(forLast: "$")
    }
}
