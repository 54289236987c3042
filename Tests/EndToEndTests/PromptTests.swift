import Support
import Testing

/// The prompt as a person sees it, on a screen of 80 by 24.
@Suite(
    .enabled(if: PromptTerminal.isThere, "skipped: tmux is not there and cannot be installed"),
    .serialized
)
struct PromptTests {
    @Test func `a banner of three lines says where one is`() throws {
        let rows = try PromptTerminal.prompt().screen()
        #expect(rows.count == 4)
        #expect(rows[0].hasPrefix("vmoon "))
        #expect(rows[3] == "sim>")
    }

    @Test func `an expression shows its value, a statement nothing, and locals stay`() throws {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter("local a, b <const> = 6, 7")
        // What is typed before the prompt is back is shown by the terminal itself.
        try terminal.wait { $0.count == 5 && $0.last == "sim>" }
        try terminal.enter("a * b")
        try terminal.wait(forRow: "42")
        try terminal.enter("_ + 1")
        try terminal.wait(forRow: "43")
        try terminal.enter("local function f() return f end")
        try terminal.enter("f() == f")
        let rows = try terminal.wait(forRow: "true")
        #expect(rows[4...].filter { !$0.hasPrefix("sim>") } == ["42", "43", "true"])
    }

    @Test func `an equals sign shows a value, and what is saved loads`() throws {
        let folder = TestFolder()
        let terminal = try PromptTerminal.prompt(in: folder)
        try terminal.enter("x = 6")
        try terminal.enter("=x * 7")
        try terminal.wait(forRow: "42")
        try terminal.enter("x + 1 -- a note")
        try terminal.wait(forRow: "7")
        try terminal.enter("tostring(x)")
        try terminal.wait(forRow: "\"6\"")
        try terminal.enter("return x, 8")
        try terminal.wait(forRow: "8")
        try terminal.enter(".save kept.lua")
        try terminal.wait(forRow: "5 inputs are in kept.lua")
        let run = try ProgramRun.of("vmoon", ["kept.lua"], in: folder)
        #expect(run.status == 0 && run.output == "42\n7\n6\n8\n", "\(run)")
    }

    @Test func `a function over several lines is edited, recalled as one entry, and searched`()
        throws
    {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter("function twice(x)")
        try terminal.enter("local y = x * 3")
        try terminal.enter("return y")
        try terminal.enter("end")
        try terminal.wait(forLast: "sim>")
        try terminal.enter("twice(21)")
        try terminal.wait(forRow: "63")
        try terminal.press("Up", "Up")
        let recalled = try terminal.wait { $0.last?.hasSuffix("end") == true }
        #expect(
            recalled.suffix(4).map { $0.drop { $0 == "." || $0 == " " } }.first
                == "sim> function twice(x)"
        )
        // Into the middle: the line that is wrong.
        try terminal.press("Up", "Up", "End", "BSpace")
        try terminal.enter("2")
        try terminal.wait(forLast: "sim>")
        try terminal.enter("twice(21)")
        try terminal.wait(forRow: "42")
        try terminal.press("C-r")
        try terminal.type("* 2")
        let found = try terminal.wait { $0.last?.hasPrefix("(search) * 2") == true }
        #expect(found.contains(" ...   local y = x * 2"))
        #expect(found.contains(" ... end"))
    }

    @Test func `200 lines with tabs are pasted as one block and run once`() throws {
        let terminal = try PromptTerminal.prompt()
        let lines = (1...198).map { "\tn = n + \($0) -- \"" }
        try terminal.paste("n = 0 do\n" + lines.joined(separator: "\n") + "\nend")
        try terminal.wait(forLast: "end")
        try terminal.press("Enter")
        try terminal.wait(forLast: "sim>")
        try terminal.enter("n")
        try terminal.wait(forRow: "\(198 * 199 / 2)")
        try terminal.press("Up", "Up")
        try terminal.wait(forLast: "end")
    }

    @Test func `methods, options and names of items are completed`() throws {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter("local vc <close> = session()")
        try terminal.wait { $0.count > 5 || $0.last == "sim>" && $0.count == 5 }
        try terminal.type("vc:getChe")
        try terminal.press("Tab")
        try terminal.wait { $0.contains("sim> vc:getCheckOut") }
        try terminal.press("C-u")
        try terminal.type("item \"golden/ub")
        try terminal.press("Tab")
        try terminal.wait { $0.contains("sim> item \"golden/ubuntu-22.04\"") }
        try terminal.press("Enter")
        try terminal.wait { $0.contains { $0.hasPrefix("item ubuntu-22.04 (") } }
        try terminal.type("_:getCh")
        try terminal.press("Tab")
        let menu = try terminal.wait { $0.last?.contains("getCheckOut") == true }
        #expect(menu.suffix(2).first?.contains("getChange") == true)
        try terminal.press("Tab", "Tab")
        try terminal.wait { $0.contains("sim> _:getCheckOut") }
        try terminal.press("C-c")
        try terminal.type("rollback(i, v, m, { if")
        try terminal.press("Tab")
        try terminal.wait { $0.contains { $0.hasSuffix("{ if_latest =") } }
    }

    @Test func `Ctrl-C stops what runs, and the session works after it`() throws {
        let terminal = try PromptTerminal.prompt("--sim --grace 1s")
        try terminal.enter("local vc = session()")
        try terminal.wait { $0.count == 5 && $0.last == "sim>" }
        try terminal.enter("while true do pcall(listVMs) end")
        try terminal.wait(forLast: "end")
        try terminal.press("C-c")
        try terminal.wait { $0.contains { $0.hasSuffix("stopped") } && $0.last == "sim>" }
        // Longer than the grace and the watchdog behind it: nothing of the interrupt is left.
        try terminal.enter("t = os.time() repeat until os.time() > t + 4")
        try terminal.wait(forLast: "t + 4")
        try terminal.wait(forLast: "sim>")
        try terminal.enter("#vc:listVMs() > 0")
        try terminal.wait(forRow: "true")
    }

    @Test func `Ctrl-C drops a block, and Ctrl-D leaves`() throws {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter("function half(")
        try terminal.type("x")
        try terminal.press("C-c")
        let rows = try terminal.wait(forLast: "sim>")
        #expect(rows.contains { $0.hasSuffix("x") })
        try terminal.enter("1 + 1")
        try terminal.wait(forRow: "2")
        try terminal.press("C-d")
        try terminal.wait(forRow: "ended with 0")
    }

    @Test(arguments: [(40, 20), (120, 24), (30, 24)])
    func `a resize while a block is edited leaves one block`(_ columns: Int, _ rows: Int) throws {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter("function wide()")
        try terminal.type("return 'a string that is rather long', 'and another one'")
        try terminal.resize(columns: columns, rows: rows)
        try terminal.wait { rows in
            rows.joined().contains("another one'")
                && rows.count(where: { $0.contains("function wide()") }) == 1
        }
        try terminal.press("Enter")
        try terminal.enter("end")
        try terminal.enter("(wide())")
        let text = try terminal.wait {
            $0.contains("\"a string that is rather long\"")
                || $0.joined().contains("\"a string that is rather long\"")
        }
        #expect(text.count(where: { $0.contains("function wide()") }) == 1)
    }

    @Test func `an error shows its line, a caret, and no frames of ours`() throws {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter("x = = 3")
        let syntax = try terminal.wait { $0.last == "sim>" && $0.count > 5 }
        #expect(syntax[4].contains("unexpected symbol near '='"))
        #expect(syntax[5] == "  x = = 3" && syntax[6] == "      ^")
        try terminal.enter("nothing.at.all()")
        let error = try terminal.wait { $0.count > 9 && $0.last == "sim>" }
        #expect(error[8].contains("attempt to index a nil value (global 'nothing')"))
        #expect(error[9] == "  nothing.at.all()" && error[10] == "  ^")
        #expect(!error.contains { $0.contains("[C]") })
        try terminal.enter("item('golden/rhel-9'):deleteCheckOut('vm-nope')")
        try terminal.wait {
            $0.contains { $0.contains("deleteCheckOut") && $0.contains("vm-nope") }
                && $0.last == "sim>"
        }
        try terminal.enter("_err.kind")
        try terminal.wait { $0.contains { $0 == "\"not_found\"" || $0 == "\"invalid_argument\"" } }
    }

    @Test func `50 records are a table that fits 80 columns`() throws {
        let terminal = try PromptTerminal.prompt(rows: 70)
        try terminal.enter(
            "t = {} for i = 1, 50 do t[i] = { vm = 'vm-' .. i, name = ('long'):rep(20), n = i } end"
        )
        try terminal.enter("t")
        let rows = try terminal.wait { $0.contains { $0.contains("vm-50") } }
        let table = rows.filter {
            $0.contains("vm-") && !$0.hasPrefix("sim>") && !$0.hasPrefix(" ...")
        }
        #expect(table.count == 51 || table.count == 50)
        #expect(table.allSatisfy { $0.count <= 80 })
    }

    @Test func `long output comes a page at a time`() throws {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter("local t = {} for i = 1, 50 do t[i] = ('value '):rep(20) .. i end")
        try terminal.enter("t")
        try terminal.wait { $0.last?.contains("q ") == true || $0.last?.hasSuffix("q") == true }
        try terminal.type("q")
        try terminal.wait(forLast: "sim>")
    }

    @Test func `help comes a page at a time, and what fits at once`() throws {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter("help()")
        try terminal.wait { $0.last?.contains("lines: space") == true }
        try terminal.type("G")
        let rows = try terminal.wait(forLast: "sim>")
        #expect(rows.contains("help(name) tells more about one of them."))
        try terminal.press("C-l")
        try terminal.enter("help(sleep) return 7")
        try terminal.wait { $0.contains("7") && $0.contains("sleep(seconds)") }
    }

    @Test func `the history is there after a restart, without secrets`() throws {
        let folder = TestFolder()
        let first = try PromptTerminal.prompt(in: folder)
        try first.enter("kept = 1")
        try first.enter(" hidden = 2")
        try first.enter("do")
        try first.enter("kept = 3")
        try first.enter("end")
        try first.enter("p = { password = 'hunter2' }")
        try first.enter("e = exec{ 'true', '-u', 'me:hunter2' }")
        try folder.write("0ne-of-the-run\n", to: "token")
        try first.enter("t = secret.file 'token'")
        // What it looks like tells nothing; but the run knows it.
        try first.enter("x = '0ne-of-the-run'")
        try first.press("C-d")
        try first.wait(forRow: "ended with 0")
        let history = try ProgramRun.shell(
            "stat -c %a $F; cat $F",
            environment: ["F": "\(folder.path)/.local/state/vmoon/history"]
        )
        let kept = "kept = 1\ndo\\n  kept = 3\\nend\nt = secret.file 'token'\n"
        #expect(history.output == "600\n" + kept)
        let second = try PromptTerminal.prompt(in: folder)
        try second.press("Up")
        try second.press("Up")
        try second.wait { $0.suffix(3) == ["sim> do", " ...   kept = 3", " ... end"] }
        try second.press("C-c")
        try second.type("kep")
        try second.press("Up")
        try second.wait(forLast: "sim> kept = 1")
    }

    @Test func `what tasks print appears above the line that is typed`() throws {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter(
            "task = spawn(function() for i = 1, 3 do listVMs() print('from the task ' .. i) end end)"
        )
        try terminal.type("half a li")
        let rows = try terminal.wait {
            $0.contains("from the task 3") && $0.last == "sim> half a li"
        }
        #expect(rows.contains("from the task 1"))
        try terminal.press("C-u")
        try terminal.enter("task:join() return 'joined'")
        try terminal.wait(forRow: "\"joined\"")
    }

    @Test func `a task that fails says so above the line that is typed, at once`() throws {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter("spawn(function() repeat sleep(0.01) until go error('lost') end)")
        try terminal.enter("spawn(function() sleep(0.3) go = true end)")
        try terminal.type("half a li")
        try terminal.wait { rows in
            rows.contains("a task failed:") && rows.contains { $0.hasSuffix("lost") }
                && rows.last == "sim> half a li"
        }
        try terminal.type("ne")
        try terminal.wait(forLast: "sim> half a line")
        #expect(try terminal.screen().count { $0 == "a task failed:" } == 1)
    }

    @Test func `a bar and a log record of a task leave the line alone that is typed`() throws {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter(
            "spawn(function() local b = progress(2, 'disks') for i = 1, 2 do sleep(0.2) b:step() "
                + "log.info('step ' .. i) end b:close() end)"
        )
        try terminal.type("half a li")
        let rows = try terminal.wait { rows in
            rows.contains { $0.hasSuffix("step 2") } && rows.last == "sim> half a li"
        }
        #expect(rows.contains("disks: 1/2 (50%)") && rows.contains("disks: 2/2 (100%)"))
    }

    @Test func `what is printed beside a bar goes above it`() throws {
        let terminal = try PromptTerminal(
            "\(try SimulatorProcess.program("vmoon")) --sim -e "
                + PromptTerminal.quoted(
                    "local bar = progress(3, 'disks') bar:step() print('one') print('two') "
                        + "while not io.open('go') do sleep(0.01) end bar:step(2) bar:close()"
                )
        )
        let rows = try terminal.wait { $0.last?.hasPrefix("disks [") == true && $0.count > 2 }
        #expect(rows.suffix(3).dropLast() == ["one", "two"])
        #expect(rows.count { $0.hasPrefix("disks [") } == 1)
    }

    @Test(arguments: [("#ffffff", "\u{1B}[1m\u{1B}[34m"), ("#101010", "\u{1B}[1m\u{1B}[36m")])
    func `the colours suit the background that the terminal tells`(
        _ background: String,
        _ sign: String
    ) throws {
        let terminal = try PromptTerminal(
            "\(try SimulatorProcess.program("vmoon")) --sim",
            settings: "set -g window-style bg=\(background)"
        )
        try terminal.wait(forLast: "sim>")
        var row = ""
        // The answer comes when it comes: the prompt is there before it.
        try terminal.wait { _ in
            row = try terminal.screen(colors: true).last ?? ""
            return row.contains(sign)
        }
        #expect(row.contains("sim>"))
    }

    @Test func `the prompt says the vCenter and the mode, and needs neither to appear`() throws {
        // No route leads there; whatever the connection does, the prompt does not wait for it.
        let start = ContinuousClock.now
        let terminal = try PromptTerminal.prompt("--vcenter 192.0.2.1 --user me --read-only")
        let rows = try terminal.screen()
        #expect(rows.last == "192.0.2.1 [read-only]>")
        #expect(ContinuousClock.now - start < .seconds(8))
        #expect(rows[1].contains("192.0.2.1 as me"))
    }

    @Test func `what a prompt closes is closed when it ends`() throws {
        let terminal = try PromptTerminal.prompt()
        try terminal.enter(
            "local a <close> = setmetatable({}, { __close = function() print('closed a') end })"
        )
        try terminal.enter(
            "local b <close> = setmetatable({}, { __close = function() print('closed b') end })"
        )
        try terminal.enter("a ~= nil and b ~= nil")
        try terminal.wait(forRow: "true")
        try terminal.press("C-d")
        let rows = try terminal.wait(forRow: "ended with 0")
        #expect(rows.suffix(3) == ["closed b", "closed a", "ended with 0"])
    }

    @Test func `commands with a dot load, save, time and leave`() throws {
        let folder = TestFolder()
        try folder.write(
            "#!/usr/bin/env vmoon\nlocal loaded = 11\nprint('loading')\n",
            to: "lib.lua"
        )
        let terminal = try PromptTerminal.prompt(in: folder)
        try terminal.type(".load lib")
        try terminal.press("Tab", "Enter")
        try terminal.wait(forRow: "loading")
        try terminal.enter("loaded")
        try terminal.wait(forRow: "11")
        try terminal.enter(".time on")
        try terminal.enter("1")
        try terminal.wait { $0.contains { $0.hasPrefix("took ") } }
        try terminal.enter("error()")
        try terminal.enter(".save out.lua")
        try terminal.wait { $0.contains { $0.hasPrefix("2 inputs are in") } }
        #expect(try ProgramRun.shell("cat out.lua", in: folder).output == "show(loaded)\nshow(1)\n")
        try terminal.enter(".save out.lua")
        try terminal.wait(forRow: "out.lua is there already")
        try terminal.enter(".help rollback")
        try terminal.wait { $0.contains { $0.contains("rollback(item, version, message") } }
        try terminal.type("q")
        try terminal.press("C-u")
        try terminal.enter(".exit")
        try terminal.wait(forRow: "ended with 0")
    }
}
