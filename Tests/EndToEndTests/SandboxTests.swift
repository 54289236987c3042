import Support
import Testing

/// What a script that is not trusted tries in the sandbox.
@Suite struct SandboxTests {
    struct Escape: Sendable, CustomTestStringConvertible {
        let code: String
        /// What the error says.
        let complaint: String

        init(_ code: String, _ complaint: String) {
            self.code = code
            self.complaint = complaint
        }
        var testDescription: String { code }
    }

    static let bytecode = #""\27Lua\84\0\25\147\r\n\26\n\4\8\8xV\0\0\0""#
    static let absent = "attempt to"

    /// Each must fail, with an error that says something.
    static let escapes: [Escape] = [
        Escape("os.execute('id')", absent),
        Escape("os.getenv('HOME')", absent),
        Escape("os.remove('x')", absent),
        Escape("os.rename('x', 'y')", absent),
        Escape("os.tmpname()", absent),
        Escape("os.exit(0)", absent),
        Escape("os.setlocale('C')", absent),
        Escape("io.open('/etc/passwd')", absent),
        Escape("io.popen('id')", absent),
        Escape("io.stdout:write('x')", absent),
        Escape("for l in io.lines('/etc/passwd') do end", absent),
        Escape("dofile('/etc/passwd')", absent),
        Escape("loadfile('/etc/passwd')()", absent),
        Escape("debug.getregistry()", absent),
        Escape("debug.getupvalue(require, 1)", absent),
        Escape("debug.sethook()", absent),
        Escape("string.dump(function() end)", absent),
        Escape("('').dump(function() end)", absent),
        Escape("assert(load(\(bytecode)))", "binary chunk"),
        Escape("assert(load(\(bytecode), 'x', 'b'))", "text only"),
        Escape("assert(load(\(bytecode), 'x', 'bt'))", "binary chunk"),
        Escape("assert(load(function() return \(bytecode) end))", "binary chunk"),
        Escape("assert(load('return io', 'x', 't', nil)()).open()", absent),
        Escape("assert(load('return io')()).open('x')", "assertion failed"),
        Escape("load('return os')().execute('id')", absent),
        Escape("getmetatable('').__index = io", absent),
        Escape("getmetatable('').__index.rep()", absent),
        Escape("setmetatable('', {})", "bad argument"),
        Escape("package.loaded.io.open('x')", absent),
        Escape("package.loadlib('liblua5.4.so', '*')", absent),
        Escape("package.searchpath('io', '/?')", absent),
        Escape("_G.package.loaded.os.execute()", absent),
        Escape("_ENV._G.io.open('x')", absent),
        Escape("require('io').open('x')", "not available in the sandbox"),
        Escape("require('os')", "not available in the sandbox"),
        Escape("require('debug')", "not available in the sandbox"),
        Escape("require('package')", "not available in the sandbox"),
        Escape("require('cjson')", "not available in the sandbox"),
        Escape("require('/etc/passwd')", "not available in the sandbox"),
        Escape("require('../secret')", "not available in the sandbox"),
        Escape("require('..secret')", "not available in the sandbox"),
        Escape("require('a\\0b')", "not available in the sandbox"),
        Escape("collectgarbage('stop')", "invalid option"),
        Escape("collectgarbage('setpause', 1)", "invalid option"),
        Escape("collectgarbage('generational')", "invalid option"),
        Escape("coroutine.wrap(function() return io.open('x') end)()", absent),
        Escape("assert(coroutine.resume(coroutine.create(os.execute or error), 'x'))", "x"),
        Escape("setmetatable({}, { __gc = function() end, __index = io }).open()", absent),
        Escape("getmetatable(session()).__index()", absent),
        Escape("setmetatable(session(), {})", "bad argument"),
        Escape("xpcall(error, debug.traceback)", absent),
        Escape("error(setmetatable({}, { __tostring = function() return io.open('x') end }))", ""),
        Escape("exec({ 'id' })", absent),
        Escape("http.get('http://127.0.0.1:1/')", absent),
        Escape("secret.file('/etc/passwd')", absent),
        Escape("secret.env('HOME')", absent),
        Escape("session{ vcenter = 'https://elsewhere.example' }", "forbidden_by_policy"),
        Escape("session{ user = 'administrator@vsphere.local' }", "forbidden_by_policy"),
        Escape("session{ password = 'x' }", "forbidden_by_policy"),
        Escape("session{ password_file = '/etc/shadow' }", "forbidden_by_policy"),
        Escape("session{ password_command = 'touch escaped' }", "forbidden_by_policy"),
        Escape("session{ ca_file = '/etc/passwd' }", "forbidden_by_policy"),
        Escape("session{ insecure = true }", "forbidden_by_policy"),
        Escape("session{ pin = 'sha256//x' }", "forbidden_by_policy"),
        Escape("session{ limit = 1000 }", "forbidden_by_policy"),
        Escape("session{ profile = 'a', vcenter = 'b' }", "forbidden_by_policy"),
    ]

    @Test func `every way out of the sandbox is closed`() throws {
        #expect(Self.escapes.count >= 30)
        let runs = try Runs()
        // One run for all of them: what one attempt breaks would show in the next.
        let attempts = Self.escapes.enumerated().map { number, escape in
            """
            attempt(\(number + 1), function() \(escape.code) end)
            """
        }
        let run = try runs.script(
            """
            local function attempt(number, body)
              local ok, e = pcall(body)
              local told, text = pcall(tostring, e)
              print(number .. "\\t" .. tostring(ok) .. "\\t" .. tostring(text))
            end
            \(attempts.joined(separator: "\n"))
            """,
            ["--sandbox"]
        )
        #expect(run.status == 0, "\(run.error)")
        for (line, escape) in zip(run.lines, Self.escapes) {
            let parts = line.split(separator: "\t", maxSplits: 2).map(String.init)
            #expect(parts.count == 3 && parts[1] == "false", "\(escape.code): \(line)")
            #expect(parts.last?.contains(escape.complaint) == true, "\(escape.code): \(line)")
        }
        #expect(run.lines.count == Self.escapes.count)
    }

    @Test func `a sandbox runs text only, also from a file and for -l`() throws {
        let runs = try Runs()
        try runs.folder.write("\u{1B}Lua garbage", to: "bytes.lua")
        #expect(try runs.vmoon(["--sandbox", runs.folder.path + "/bytes.lua"]).status == 1)
        let module = try runs.vmoon(["--sandbox", "-l", "cjson", "-e", ""])
        #expect(module.status == 1)
        #expect(module.error.contains("not available in the sandbox"), "\(module.error)")
    }

    @Test func `what is allowed works: operations, text modules beside the script, the base`()
        throws
    {
        let runs = try Runs()
        try runs.folder.write("return { name = ..., here = io == nil }", to: "part.lua")
        let run = try runs.script(
            """
            local vc <close> = session()
            local part = require "part"
            print(part.name, part.here, require "part" == part)
            print(#listLibraries(), item("golden/ubuntu-22.04"):latest(), type(os.time()))
            print(load("return 1 + 1")(), ("x"):rep(3), #arg, select("#", ...))
            print(request{ path = "/vcenter/datacenter" }[1].name)
            local names = {}
            for name in pairs(os) do names[#names + 1] = name end
            table.sort(names)
            print(table.concat(names, " "))
            """,
            ["--sandbox"]
        )
        #expect(run.status == 0, "\(run.error)")
        #expect(
            run.lines == [
                "part\ttrue\ttrue", "4\t2\tnumber", "2\txxx\t0\t0", "dc-1", "clock date time",
            ]
        )
    }

    @Test func `a sandbox opens configured profiles only`() throws {
        let runs = try Runs()
        try runs.folder.write(runs.simulator.password + "\n", to: "password", mode: 0o600)
        let authority = runs.simulator.caFile.map { "ca_file = '\($0)'," } ?? ""
        _ = try ProgramRun.shell("mkdir -p .config/vmoon", in: runs.folder)
        try runs.folder.write(
            """
            return { b = { vcenter = "\(runs.simulator.url)", user = "\(runs.simulator.user)",
              \(authority) password_file = "\(runs.folder.path)/password" } }
            """,
            to: ".config/vmoon/config.lua"
        )
        let run = try ProgramRun.of(
            "vmoon",
            ["--sandbox", "-e", "print(#session{ profile = 'b' }:listLibraries())"],
            in: runs.folder
        )
        #expect(run.output == "4\n", "\(run.error)")
        let other = try ProgramRun.of(
            "vmoon",
            ["--sandbox", "-e", "session{ profile = 'b', user = 'x' }"],
            in: runs.folder
        )
        #expect(other.status == 77, "\(other.error)")
    }
}
