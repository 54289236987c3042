import Foundation
import JSON
import Support
import Testing

/// A module in C that forks, made for these tests.
private enum NativeModule {
    private static let source = """
        #include <err.h>
        #include <lauxlib.h>
        #include <signal.h>
        #include <stdlib.h>
        #include <sys/wait.h>
        #include <unistd.h>
        static int l_fork(lua_State *L) { lua_pushinteger(L, fork()); return 1; }
        static int l_wait(lua_State *L) {
          int status;
          while (waitpid((pid_t)luaL_checkinteger(L, 1), &status, 0) < 0) {}
          lua_pushinteger(L, WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status));
          return 1;
        }
        static int l_exit(lua_State *L) { exit((int)luaL_checkinteger(L, 1)); }
        static int l_deaf(lua_State *L) { (void)L; signal(SIGPIPE, SIG_IGN); return 0; }
        static int l_raise(lua_State *L) { kill(getpid(), (int)luaL_checkinteger(L, 1)); return 0; }
        static int l_warn(lua_State *L) { warnx("%s", luaL_checkstring(L, 1)); warn("%d", 1); return 0; }
        int luaopen_native(lua_State *L) {
          luaL_Reg all[] = {{"fork", l_fork}, {"wait", l_wait}, {"raise", l_raise}, {"warn", l_warn}, {"exit", l_exit}, {"deaf", l_deaf}, {NULL, NULL}};
          luaL_newlib(L, all);
          return 1;
        }
        """

    /// The folder with the module; nil where it cannot be made.
    static let folder: TestFolder? = {
        let folder = TestFolder()
        let line = "cc -shared -fPIC -I/usr/include/lua5.4 -o native.so native.c"
        guard (try? folder.write(source, to: "native.c")) != nil,
            let run = try? ProgramRun.shell(line, in: folder), run.status == 0
        else { return nil }
        return folder
    }()

    static let isThere = folder != nil
    static let reason: Comment = "skipped: there is no C compiler, or no header of Lua's"
}

/// What C modules find in the program, and what becomes of a process that they fork.
@Suite struct NativeModuleTests {
    private func run(_ runs: Runs, _ text: String, _ options: [String] = []) throws -> ProgramRun {
        try ProgramRun.of(
            "vmoon",
            runs.connection + options + [try runs.folder.write(text, to: "script.lua")],
            environment: [
                "VMOON_PASSWORD": runs.simulator.password,
                "LUA_CPATH_5_4": (NativeModule.folder?.path ?? "") + "/?.so",
                "XDG_STATE_HOME": runs.folder.path,
            ],
            in: runs.folder
        )
    }

    // MARK: Symbols

    @Test func `the program exports Lua's functions and nothing of its own`() throws {
        let program = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell("nm -D --defined-only '\(program)' | awk '{ print $3 }'")
        #expect(run.status == 0, "\(run)")
        // What the linker itself defines, and libc's variables that lie in the program.
        let usual: Set = ["__bss_start", "_edata", "_end", "__data_start", "data_start", "_start"]
        let own = run.lines.filter {
            !$0.hasPrefix("lua") && !$0.contains("@GLIBC") && !usual.contains($0)
        }
        #expect(own == [])
        #expect(run.lines.contains("lua_newstate"))
    }

    @Test(.enabled(if: NativeModule.isThere, NativeModule.reason))
    func `a module that calls warn(3) reaches libc's`() throws {
        let runs = try Runs()
        let run = try run(runs, "session() require('native').warn('careful')")
        #expect(run.status == 0 && run.error.contains("careful\n"), "\(run)")
        #expect(try runs.sessions() == (1, 1))
    }

    // MARK: An end that is not ours

    /// Where a module calls exit(3).
    static let exits = [
        "native.exit(5)", "coroutine.wrap(function() native.exit(5) end)()",
        "spawn(function() native.exit(5) end) sleep(1)",
        "table.sort({ 1, 2 }, function() native.exit(5) end)",
        "local x <close> = setmetatable({}, { __close = function() native.exit(5) end }) error 'x'",
        "setmetatable({}, { __gc = function() native.exit(5) end }) collectgarbage()",
    ]

    @Test(.enabled(if: NativeModule.isThere, NativeModule.reason), arguments: exits)
    func `a module that ends the process leaves no session behind`(_ text: String) throws {
        let runs = try Runs()
        let run = try run(
            runs,
            """
            local native = require "native"
            local vc = session()
            setPower("vm-110", "start")
            io.write "written"
            local file = io.open("kept", "w")
            file:write("kept")
            Keep = file
            \(text)
            """
        )
        #expect(run.status == 5 && run.output == "written", "\(run)")
        #expect(try runs.sessions() == (1, 1))
        #expect(try ProgramRun.shell("cat kept", in: runs.folder).output == "kept")
        let journal = try ProgramRun.of(
            "vmoon",
            ["runs"],
            environment: ["XDG_STATE_HOME": runs.folder.path],
            in: runs.folder
        )
        #expect(journal.output.contains("exit 5"), "\(journal)")
    }

    /// What writes to a reader that goes, while the module ignores SIGPIPE; `io.write` only fails then.
    static let writers = [
        "for i = 1, 1e6 do print(i) end", "for i = 1, 1e5 do show(i) end",
        "for i = 1, 1e5 do io.write(i, '\\n') end",
    ]

    @Test(.enabled(if: NativeModule.isThere, NativeModule.reason), arguments: writers)
    func `a module that ignores SIGPIPE changes nothing where nobody reads any more`(_ text: String)
        throws
    {
        let runs = try Runs()
        let script = try runs.folder.write(
            "require('native').deaf() session() \(text)",
            to: "s.lua"
        )
        let vmoon = try SimulatorProcess.program("vmoon")
        let command = ([vmoon] + runs.connection + [script]).map { "'\($0)'" }.joined(
            separator: " "
        )
        let run = try ProgramRun.shell(
            "\(command) | head -1; echo ${PIPESTATUS[0]}",
            environment: [
                "VMOON_PASSWORD": runs.simulator.password,
                "LUA_CPATH_5_4": (NativeModule.folder?.path ?? "") + "/?.so",
            ],
            in: runs.folder
        )
        #expect(run.lines == ["1", "141"] && run.error == "", "\(run)")
        #expect(try runs.sessions() == (1, 1))
    }

    // MARK: Forks

    /// What the child does, and what its parent sees of that.
    static let children: [(text: String, status: Int)] = [
        ("os.exit(7)", 7), ("os.exit(7, true)", 7), ("do return end", 0),
        ("error 'in the child'", 1),
        ("coroutine.wrap(function() os.exit(7) end)()", 7),
        ("table.sort({ 1, 2 }, function() os.exit(7) end)", 7),
        ("native.raise(15)", -15), ("native.raise(10)", -10), ("native.raise(9)", -9),
        ("listVMs()", 64), ("sleep(1)", 64), ("setPower('vm-110', 'start')", 64),
        ("exec{ 'touch', 'begun' }", 64), ("spawn(os.exit, 7) sleep(1)", 64),
        ("vc:close()", 0),
        ("setmetatable({}, { __gc = function() os.exit(7) end }) collectgarbage()", 7),
        (
            "io.write('from the child\\n') local f = io.open('file', 'w') f:write('x') Keep = f os.exit(7)",
            7
        ),
    ]

    @Test(.enabled(if: NativeModule.isThere, NativeModule.reason), arguments: children.indices)
    func `a child that a module forks leaves the run of its parent alone`(_ index: Int) throws {
        let (text, status) = Self.children[index]
        let runs = try Runs()
        let options = ["--lock", "one", "--deadline", "40s", "--metrics-file", "m.prom"]
        let run = try run(
            runs,
            """
            local native = require "native"
            local vc <close> = session()
            local r = setPower("vm-110", "start") -- the journal is at work
            local task = spawn(function() sleep(0.2) listLibraries() end)
            local child = native.fork()
            if child == 0 then \(text) return end
            print()
            print("child", native.wait(child))
            task:join()
            print(#vc:listVMs() > 0, (io.open("begun")), (io.open("m.prom")))
            """,
            options
        )
        #expect(run.status == 0, "\(text): \(run)")
        #expect(run.lines.suffix(2) == ["child\t\(status)", "true\tnil\tnil"], "\(text): \(run)")
        let requests = try runs.simulator.requests().compactMap { $0["operation"]?.string }
        #expect(requests.last == "deleteSession")
        #expect(requests.count { $0 == "listVMs" } == 1 && requests.count { $0 == "setPower" } == 1)
        #expect(requests.count { $0 == "listLibraries" } == 1)
        let sessions = try runs.sessions()
        #expect(sessions == (1, 1), "\(sessions)")
        let journal = try ProgramRun.of(
            "vmoon",
            ["runs"],
            environment: ["XDG_STATE_HOME": runs.folder.path],
            in: runs.folder
        )
        #expect(journal.output.contains("  done  "), "\(journal)")
        if text.contains("from the child") {
            #expect(run.output.contains("from the child"), "\(run)")
        }
    }

    @Test(.enabled(if: NativeModule.isThere, NativeModule.reason))
    func `the private simulator outlives a child, and what --cron keeps is shown once`()
        throws
    {
        let runs = try Runs()
        let run = try run(
            runs,
            """
            local native = require "native"
            print(#listVMs())
            local child = native.fork()
            if child == 0 then error "in the child" end
            print(native.wait(child), #listVMs())
            error "at the end"
            """,
            ["--sim", "--cron"]
        )
        #expect(run.status == 1, "\(run)")
        #expect(run.output == "2\n1\t2\n", "\(run)")
        #expect(run.error.split(separator: "in the child").count == 2, "\(run)")
        #expect(run.error.split(separator: "at the end").count == 2, "\(run)")
    }
}
