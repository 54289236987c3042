import Support
import Testing

/// Questions on a real terminal, and where there is none.
@Suite struct AskTests {
    private static let script = """
        local ok, sure = pcall(confirm, "Delete three?")
        print("sure", ok, sure)
        if sure then
          print("mode", ask("How", { choices = { "fast", "careful" }, default = "careful" }))
          local token = ask("Token", { secret = true })
          print("token", token, getmetatable(token))
        end
        """

    /// A terminal in which the script runs.
    private func terminal(_ options: String = "", _ end: String = "") throws -> PromptTerminal {
        let folder = TestFolder()
        _ = try folder.write(Self.script, to: "ask.lua")
        let program = try SimulatorProcess.program("vmoon")
        return try PromptTerminal("\(program) \(options) ask.lua \(end)", in: folder)
    }

    @Test(.enabled(if: PromptTerminal.isThere))
    func `a script asks, and hides what is secret`() throws {
        let terminal = try terminal()
        try terminal.wait(forLast: "Delete three? [y/N]")
        try terminal.enter("perhaps")
        try terminal.wait(forLast: "answer y or n: Delete three? [y/N]")
        try terminal.enter("y")
        try terminal.wait(forLast: "How (fast/careful) [careful]:")
        try terminal.enter("f")
        try terminal.wait(forLast: "Token:")
        try terminal.enter("hush-hush")
        let rows = try terminal.wait { $0.last?.hasPrefix("ended with") == true }
        #expect(rows.contains("mode    fast"))
        #expect(rows.contains { $0.hasPrefix("token   ***") })
        #expect(rows.last == "ended with 0")
        #expect(!rows.contains { $0.contains("hush") })
    }

    @Test(.enabled(if: PromptTerminal.isThere))
    func `the question is on the terminal when both outputs are elsewhere`() throws {
        let terminal = try terminal("", "</dev/null 2>/dev/null | cat >out")
        try terminal.wait(forLast: "Delete three? [y/N]")
        try terminal.press("Enter")
        try terminal.wait(forLast: "ended with 0")
    }

    @Test(.enabled(if: PromptTerminal.isThere))
    func `Ctrl-C ends the run and leaves the terminal as it was`() throws {
        let folder = TestFolder()
        _ = try folder.write(Self.script, to: "ask.lua")
        let program = try SimulatorProcess.program("vmoon")
        // The shell that says how it ended is not ended by the key itself.
        let line = "trap : INT; \(program) ask.lua; echo code $?; stty -a | grep -o -- '-*echo '"
        let terminal = try PromptTerminal("sh -c \(PromptTerminal.quoted(line))", in: folder)
        try terminal.wait(forLast: "Delete three? [y/N]")
        try terminal.enter("y")
        try terminal.wait(forLast: "[careful]:")
        try terminal.press("Enter")
        try terminal.wait(forLast: "Token:")
        try terminal.press("C-c")
        try terminal.wait(forRow: "code 130")
        try terminal.wait(forRow: "echo")
    }

    @Test(.enabled(if: PromptTerminal.isThere))
    func `a deadline ends a question as it ends all else`() throws {
        let terminal = try terminal("--deadline 1s")
        try terminal.wait(forRow: "vmoon: the deadline was reached")
        try terminal.wait(forLast: "ended with 124")
    }

    @Test(.enabled(if: PromptTerminal.isThere))
    func `Ctrl-D is no answer`() throws {
        let terminal = try terminal()
        try terminal.wait(forLast: "Delete three? [y/N]")
        try terminal.press("C-d")
        let rows = try terminal.wait(forLast: "ended with 0")
        #expect(rows.contains("sure    true    false"))
    }

    @Test(.enabled(if: PromptTerminal.isThere))
    func `what other tasks have sent goes on while a question stands`() throws {
        let folder = TestFolder()
        _ = try folder.write(
            """
            local task = spawn(function() local n = #listVMs() return n end)
            sleep(0)
            print(confirm "Wait?", task:join() > 0)
            """,
            to: "a.lua"
        )
        let program = try SimulatorProcess.program("vmoon")
        let terminal = try PromptTerminal("\(program) --sim a.lua", in: folder)
        try terminal.wait(forLast: "Wait? [y/N]")
        try terminal.enter("y")
        let rows = try terminal.wait(forLast: "ended with 0")
        #expect(rows.contains { $0.hasSuffix("true    true") })
    }

    /// A process without a terminal: in a session of its own.
    private func alone(_ options: String, _ code: String) throws -> ProgramRun {
        let program = try SimulatorProcess.program("vmoon")
        let folder = TestFolder()
        let script = try folder.write(code, to: "a.lua")
        return try ProgramRun.shell(
            "setsid -w \(program) \(options) \(script) </dev/null",
            in: folder
        )
    }

    @Test func `without a terminal it is a usage error that says what to do`() throws {
        let confirmed = try alone("", "confirm 'Delete three?'")
        #expect(confirmed.status == 64)
        #expect(
            confirmed.error.contains(
                "confirm: usage: there is no terminal to ask on: Delete three?"
            )
        )
        #expect(confirmed.error.contains("  try: --yes answers yes"))
        let asked = try alone("--yes", "ask 'Name'")
        #expect(asked.status == 64)
        #expect(asked.error.contains("take it as an option of the script"))
    }

    @Test func `with --yes, and in a dry run, nobody is asked`() throws {
        let code = "print(confirm 'Delete?', ask('How', { default = 'careful' }))"
        for options in [
            "--yes", "--dry-run", "--yes --cron -e \"error'x'\"", "--yes --sandbox -e ''",
        ] {
            let run = try alone(options, code)
            if options.contains("error") || options.contains("sandbox") {
                #expect(run.status == 1)
            } else {
                #expect(run.output == "true\tcareful\n", "\(run.error)")
            }
        }
    }

    @Test(arguments: [
        ("ask('x', { secret = true, default = 'a' })", "a secret has no choices, and no default"),
        ("ask('x', { choices = { 'a' }, default = 'b' })", "default must be one of the choices"),
        ("ask('x', { choices = {} })", "choices must be a list of strings"),
        ("ask('x', { chioces = { 'a' } })", "did you mean choices?"),
        ("ask('')", "question must not be empty"), ("confirm(3)", "question must be a string"),
    ]) func `a wrong question is refused`(_ code: String, _ problem: String) throws {
        let run = try alone("--yes", code)
        #expect(run.status == 64)
        #expect(run.error.contains(problem), "\(run.error)")
    }
}
