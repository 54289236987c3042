import JSON
import Support
import Testing

/// Log-ins at the prompt: passwords that are asked for, and those that are refused.
@Suite(
    .enabled(if: PromptTerminal.isThere, "skipped: tmux is not there and cannot be installed"),
    .serialized
)
struct PromptLogInTests {
    private static func options(_ simulator: SimulatorProcess) -> String {
        "--vcenter \(simulator.url) --user \(PromptTerminal.quoted(simulator.user)) "
            + "--ca-file \(PromptTerminal.quoted(simulator.caFile ?? ""))"
    }

    @Test func `the password is asked for at the first call, and not shown`() throws {
        let simulator = try SimulatorProcess()
        let folder = TestFolder()
        let options = Self.options(simulator)
        let terminal = try PromptTerminal.prompt(options, in: folder)
        try terminal.enter("#listLibraries()")
        try terminal.wait { $0.contains { $0.hasPrefix("Password for ") } }
        try terminal.enter(simulator.password)
        let rows = try terminal.wait { $0.contains("4") }
        #expect(!rows.joined().contains(simulator.password))
        try terminal.press("C-d")
        try terminal.wait(forRow: "ended with 0")
        let history = try ProgramRun.shell("cat \(folder.path)/.local/state/vmoon/history").output
        #expect(history == "#listLibraries()\n")
    }

    @Test func `a password that was typed wrong, or not at all, is asked for again`() throws {
        let simulator = try SimulatorProcess()
        let options = Self.options(simulator)
        let terminal = try PromptTerminal.prompt(options)
        func isAsking(_ times: Int) -> ([String]) -> Bool {
            { $0.count { $0.hasPrefix("Password for ") } == times }
        }
        try terminal.enter("#listLibraries()")
        try terminal.wait(until: isAsking(1))
        try terminal.enter("wrong")
        try terminal.wait { $0.contains { $0.contains("the password that was typed") } }
        try terminal.wait { $0.last?.hasSuffix(">") == true }
        try terminal.enter("#listLibraries()")
        try terminal.wait(until: isAsking(2))
        try terminal.press("C-c")
        try terminal.wait { $0.last?.hasSuffix(">") == true }
        try terminal.enter("#listLibraries()")
        try terminal.wait(until: isAsking(3))
        try terminal.enter(simulator.password)
        try terminal.wait { $0.contains("4") }
    }

    @Test func `a password from elsewhere that is refused is sent again only after reconnect`()
        throws
    {
        let simulator = try SimulatorProcess()
        let folder = TestFolder()
        try folder.write("wrong\n", to: "pw", mode: 0o600)
        let options = Self.options(simulator) + " --password-file pw"
        let terminal = try PromptTerminal.prompt(options, columns: 120, in: folder)
        func logIns() throws -> Int {
            try simulator.requests().count {
                $0["path"]?.string?.hasSuffix("/session") == true && $0["method"] == "POST"
            }
        }
        for _ in 1...2 {
            try terminal.enter("#listLibraries()")
            let rows = try terminal.wait {
                $0.last?.hasSuffix(">") == true && $0.contains { $0.contains(".reconnect reads") }
            }
            #expect(rows.joined().contains("which came from the file pw"))
            try terminal.press("C-l")
        }
        #expect(try logIns() == 1)
        try folder.write(simulator.password + "\n", to: "pw", mode: 0o600)
        try terminal.enter(".reconnect")
        try terminal.enter("#listLibraries()")
        try terminal.wait { $0.contains("4") }
    }
}
