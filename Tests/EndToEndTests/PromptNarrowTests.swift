import Support
import Testing

/// The prompt on a screen of 40 by 12.
@Suite(
    .enabled(if: PromptTerminal.isThere, "skipped: tmux is not there and cannot be installed"),
    .serialized
)
struct PromptNarrowTests {
    @Test func `a narrow terminal breaks what is said at its words`() throws {
        let terminal = try PromptTerminal.prompt(columns: 40, rows: 12)
        let banner = try terminal.screen()
        #expect(
            banner.dropFirst() == [
                "a private simulator stands for every", "  vCenter",
                "help() lists the functions, .help the", "  keys; Ctrl-D leaves", "sim>",
            ],
            "\(banner)"
        )
        try terminal.enter("getVM('vm-1').name.of.it")
        let refused = try terminal.wait { $0.last == "sim>" && $0.count > 7 }
        #expect(
            refused.contains("  There is no virtual machine with the")
                && refused.contains("  identifier vm-1."),
            "\(refused)"
        )
    }

    @Test func `a word that is no Lua gets advice, unless it has a meaning`() throws {
        let terminal = try PromptTerminal.prompt(columns: 40, rows: 12)
        try terminal.enter("exit")
        try terminal.wait(forRow: ".exit or Ctrl-D leaves")
        try terminal.enter("help")
        try terminal.wait(forRow: "help() lists the functions, help(name)")
        try terminal.enter("exit = 42")
        try terminal.press("C-l")
        try terminal.wait { $0 == ["sim>"] }
        try terminal.enter("exit")
        try terminal.wait(forRow: "42")
    }

    @Test func `Enter does not wait for a quote that no further line can bring`() throws {
        let terminal = try PromptTerminal.prompt(columns: 40, rows: 12)
        try terminal.enter("print(\"a")
        try terminal.wait { $0.contains { $0.contains("unfinished string") } && $0.last == "sim>" }
        try terminal.enter("print(\"a\\")
        try terminal.enter("b\")")
        try terminal.wait { $0.suffix(3) == ["a", "b", "sim>"] }
    }

    @Test func `a text that takes for ever is stopped, and so is one that waits`() throws {
        let terminal = try PromptTerminal.prompt(columns: 40, rows: 12)
        try terminal.enter("says = function(f) return setmetatable({}, { __tostring = f }) end")
        try terminal.enter("says(function() while true do end end)")
        try terminal.wait(forRow: "<__tostring takes too long>")
        try terminal.enter("says(function() sleep(600) end)")
        try terminal.press("C-c")
        try terminal.wait { $0.last == "sim>" && $0.contains { $0.hasSuffix("stopped") } }
        try terminal.enter("says(function() return 'still here' end)")
        try terminal.wait(forRow: "still here")
    }
}
