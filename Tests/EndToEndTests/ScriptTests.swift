import Foundation
import JSON
import Support
import Testing

/// How scripts are started, how they end, and that no way out leaves a session behind.
@Suite struct ScriptTests {
    static let endings: [(text: String, status: Int32?)] = [
        ("vc = session()", 0),
        ("session():close()", 0),
        ("local vc <close> = session() getCheckOut = nil", 0),
        ("vc = session() error('boom')", 1),
        ("vc = session() error({})", 1),
        ("vc = session() os.exit(7)", 7),
        ("vc = session() os.exit(true, true)", 0),
        ("vc = session() os.exit(false)", 1),
        ("vc = session() coroutine.wrap(function() os.exit(9) end)()", 9),
        ("vc = session() spawn(function() error('in a task') end)", 1),
        ("vc = session() load('x = = 1')()", 1),
        ("vc = session() string.rep('x', -1)() ", 1),
        ("vc = session() item('golden/rhel-9'):getCheckOut('vm-9')", 66),
        ("local a <close> = session() local b <close> = session() listLibraries()", 0),
    ]

    @Test(arguments: endings)
    func `a script ends with its code and the session is logged out, once`(
        _ text: String,
        _ status: Int32?
    ) throws {
        let runs = try Runs()
        let run = try runs.script(text)
        #expect(run.status == status, "\(run.error)")
        let sessions = try runs.sessions()
        #expect(sessions.logIns == 1)
        #expect(sessions.logOuts == 1)
    }

    @Test func `a syntax error after a session was opened is 1, and the session is logged out`()
        throws
    {
        let runs = try Runs()
        let run = try runs.vmoon(["-e", "vc = session()", "-e", "x = = 1"])
        #expect(run.status == 1)
        #expect(run.error == "vmoon: (command line):1: unexpected symbol near '='\n")
        #expect(try runs.sessions().logOuts == 1)
    }

    @Test(arguments: [(SIGINT, "INT"), (SIGTERM, "TERM"), (SIGHUP, "HUP")])
    func `a signal closes what is open, logs out, and ends the process`(
        _ signal: Int32,
        _ name: String
    ) throws {
        let runs = try Runs()
        let script = try runs.folder.write(
            """
            local guard <close> = setmetatable({}, { __close = function() print("closed", #listLibraries()) end })
            local vc <close> = session()
            print "ready"
            io.stdout:flush()
            while true do pcall(function() while true do end end) end
            """,
            to: "loop.lua"
        )
        let run = try ProgramRun.of(
            "vmoon",
            runs.connection + [script],
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        ) { text, process in
            if text.contains("ready") { kill(process.identifier, signal) }
        }
        #expect(run.signal == signal, "\(run)")
        #expect(run.error == "")
        let sessions = try runs.sessions()
        #expect(sessions.logOuts == sessions.logIns)
        #expect(run.lines.last?.hasPrefix("closed") == true)
    }

    @Test func `a reader that goes away ends the run quietly, logged out`() throws {
        let runs = try Runs()
        let program = try SimulatorProcess.program("vmoon")
        let script = try runs.folder.write(
            "vc = session() for i = 1, 1e6 do print(i) end",
            to: "talk.lua"
        )
        let command = ([program] + runs.connection + [script]).map { "'\($0)'" }.joined(
            separator: " "
        )
        let run = try ProgramRun.shell(
            "\(command) | head -1; echo ${PIPESTATUS[0]}",
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
        #expect(run.lines == ["1", "141"])
        #expect(run.error == "")
        #expect(try runs.sessions().logOuts == 1)
    }

    @Test func `a script that cannot be read is 66`() throws {
        let run = try ProgramRun.of("vmoon", ["no-such.lua"])
        #expect(run.status == 66)
        #expect(run.error == "vmoon: cannot open no-such.lua: No such file or directory\n")
    }

    @Test(arguments: [("reconcil", "reconcile"), ("tests", "test"), ("scripts/run", nil)])
    func `a script that is not there may be a command misspelt`(_ name: String, _ meant: String?)
        throws
    {
        let run = try ProgramRun.of("vmoon", [name])
        let guess = meant.map { "  did you mean the command \($0)?\n" } ?? ""
        #expect(run.status == 66)
        #expect(run.error == "vmoon: cannot open \(name): No such file or directory\n" + guess)
    }

    @Test func `a command behind an option is told to come first`() throws {
        let run = try ProgramRun.of("vmoon", ["--sim", "runs"])
        let way = "  try: a command comes before its options: vmoon runs …\n"
        #expect(run.status == 66)
        #expect(run.error == "vmoon: cannot open runs: No such file or directory\n" + way)
    }

    @Test func `an item with one version cannot go back, and the error says why`() throws {
        let code = "local it = item 'golden/debian-12' it:rollback(it:previous(), 'bad patch')"
        let run = try ProgramRun.of("vmoon", ["--sim", "-e", code])
        #expect(run.status == 64)
        let why = "rollback: usage: version is missing\n  try: an item with one version has none"
        #expect(run.error.contains(why), "\(run)")
    }

    @Test func `a script that is bytecode is named`() throws {
        let folder = TestFolder()
        try folder.write("\u{1B}Lua", to: "code.luac")
        let run = try ProgramRun.of("vmoon", ["code.luac"], in: folder)
        #expect(run.status == 1)
        #expect(run.error.hasPrefix("vmoon: code.luac: attempt to load a binary chunk"), "\(run)")
    }

    struct Start: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        var input = ""
        let output: String
        var status: Int32 = 0
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let starts: [Start] = [
        Start(arguments: ["-e", "print(1)", "-e", "print(2)"], output: "1\n2\n"),
        Start(arguments: ["-eprint(1)"], output: "1\n"),
        Start(arguments: ["-e", "-- x"], output: ""),
        Start(arguments: ["-l", "mod", "-e", "print(mod.x)"], output: "from mod\n", status: 1),
        Start(arguments: ["-"], input: "print(..., arg[0])", output: "nil\t-\n"),
        Start(arguments: [], input: "print 'stdin'", output: "stdin\n"),
        Start(arguments: ["args.lua", "a", "-e", "--help"], output: "a -e --help args.lua\n"),
        Start(arguments: ["--", "args.lua", "b"], output: "b args.lua\n"),
        Start(arguments: ["-e", "x = 5", "args.lua"], output: " args.lua\n"),
        Start(arguments: ["module.lua"], output: "from mod\n"),
        Start(arguments: ["-E", "-e", "print(package.path:find('elsewhere'))"], output: "nil\n"),
        Start(
            arguments: ["-e", "print(package.path:match('^here/%?.lua;/else'))"],
            output: "here/?.lua;/else\n"
        ),
        Start(
            arguments: ["-e", "print(package.cpath:match('^[^;]*;/usr'))"],
            output: "./?.so;/usr\n"
        ),
        Start(
            arguments: ["-e", "print(package.path:find(';%./') or package.path:match('^%?'))"],
            output: "nil\n"
        ),
        Start(arguments: ["-e", "print(require 'cjson'.encode{1, 2})"], output: "[1,2]\n"),
        Start(arguments: ["-W", "-e", "warn 'careful'"], output: ""),
        Start(arguments: ["-e", "warn 'unheard'"], output: ""),
    ]

    @Test(arguments: starts) func `options and scripts are taken as lua does`(_ row: Start) throws {
        let folder = TestFolder()
        try folder.write("print(table.concat(arg, ' ') .. ' ' .. arg[0])", to: "args.lua")
        try folder.write("return { x = 'from mod' }", to: "mod.lua")
        try folder.write("print(require 'mod'.x)", to: "module.lua")
        let run = try ProgramRun.of(
            "vmoon",
            row.arguments,
            input: row.input,
            environment: [
                "LUA_PATH_5_4": "here/?.lua;/elsewhere/?.lua;;", "LUA_CPATH": "./?.so;;",
            ],
            in: folder
        )
        // `-l mod` has no script whose folder could hold the module, and the working directory does not count.
        #expect(run.status == row.status, "\(run.error)")
        if row.status == 0 { #expect(run.output == row.output) }
    }

    @Test func `a script with a first line for the kernel runs by itself`() throws {
        let folder = TestFolder()
        let bin = try SimulatorProcess.program("vmoon").split(separator: "/").dropLast()
            .map { "/" + $0 }.joined()
        let path = bin + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        // Written by another program: what a child of this process still has open for writing is busy.
        let line =
            "printf '#!/usr/bin/env vmoon\\nprint(\"ran\", ...)\\n' >tool; chmod 755 tool; ./tool one"
        let run = try ProgramRun.shell(line, environment: ["PATH": path], in: folder)
        #expect(run.output == "ran\tone\n", "\(run)")
    }

    @Test(arguments: [
        (["--nonsense"], "unknown option"), (["--vcenter"], "--vcenter"),
        (["--timeout", "soon", "-e", ""], "soon"), (["--password", "hunter2"], "--password"),
    ]) func `a bad option is one line and 64`(_ arguments: [String], _ word: String) throws {
        let run = try ProgramRun.of("vmoon", arguments)
        #expect(run.status == 64)
        #expect(run.error.split(separator: "\n").count == 1)
        #expect(run.error.contains(word), "\(run.error)")
        #expect(!run.error.contains("hunter2"))
    }

    @Test func `help and version`() throws {
        let help = try ProgramRun.of("vmoon", ["--help"])
        #expect(help.status == 0 && help.output.contains("--vcenter"))
        let version = try ProgramRun.of("vmoon", ["--version"])
        #expect(version.output.contains("Lua 5.4.4") && version.output.contains("libcurl"))
    }

    @Test func `a wrong password is 77, asked once, and never shown`() throws {
        let runs = try Runs()
        let run = try runs.vmoon(
            ["-e", "pcall(session) pcall(session) listLibraries()"],
            password: "wrong-horse"
        )
        #expect(run.status == 77, "\(run.error)")
        #expect(run.error.contains("unauthenticated"))
        #expect(!(run.error + run.output).contains("wrong-horse"))
        #expect(try runs.sessions().logIns == 1)
    }

    @Test func `a private simulator needs nothing but itself`() throws {
        let run = try ProgramRun.of(
            "vmoon",
            ["--sim", "-e", "print(#item('golden/ubuntu-22.04'):listVersions())"]
        )
        #expect(run.output == "2\n", "\(run.error)")
        #expect(run.status == 0)
    }
}
