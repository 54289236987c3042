import JSON
import Support
import Testing

/// The functions that have nothing to do with a vCenter, as a script and its user see them.
@Suite struct ModulesTests {
    private static let program = "\(projectRoot)/Tests/Lua/modules.lua"

    @Test(arguments: ["rest", "api"]) func `the modules do what is said of them`(
        _ dialect: String
    ) throws {
        let run = try Runs().vmoon(["--api", dialect, Self.program])
        #expect(run.status == 0, "\(run.error)")
        #expect(!(run.output + run.error).contains("hunter2"))
        #expect(run.output.contains("{{cycle}}") || run.output.contains("<cycle>"))
        #expect(run.error.contains(#"INFO a message\nof two lines list=[1,2] token=*** vm=vm-1"#))
        #expect(run.error.contains("WARN getVM (vm vm-0) at "))
        #expect(!run.error.contains("not written"))
        #expect(run.error.contains("steps: 1/4 (25%)\nsteps: 4/4 (100%)\n"))
        #expect(run.output.contains("getCheckOut(item, vm)"))
        #expect(run.output.contains("\nparallel(list, fn [, options])\n"))
        #expect(run.output.contains("\nspawn(fn [, ...])\n"))
    }

    @Test func `no global is there beyond Lua's own and those promised`() throws {
        let list =
            "local t = {} for k in pairs(_G) do t[#t + 1] = k end print(table.concat(t, ' '))"
        let lua = try ProgramRun.shell("lua5.4 -e \"\(list)\"")
        let ours = try ProgramRun.of("vmoon", ["-e", list])
        let known = Set(lua.output.split(whereSeparator: \.isWhitespace))
        let found = Set(ours.output.split(whereSeparator: \.isWhitespace))
        #expect(known.isSubset(of: found))
        let promised: Set<Substring> = [
            "session", "parallel", "spawn", "sleep", "shard", "share", "step", "exec", "show",
            "progress",
            "json",
            "log", "time", "http", "secret", "help", "getCheckOut", "listCheckOuts", "checkOut",
            "checkIn", "deleteCheckOut", "listVersions", "getVersion", "deleteVersion", "rollback",
            "getTemplate", "createTemplate", "deploy", "listChanges", "getChange", "listLibraries",
            "getLibrary", "findLibraries", "listItems", "getItem", "findItems", "item", "listVMs",
            "getVM", "deleteVM", "getPower", "setPower", "getVMItem", "listFolders",
            "listResourcePools", "listClusters", "listHosts", "listDatastores", "listDatacenters",
            "request", "isDryRun", "listNetworks", "deleteItem", "getTask", "listTasks",
            "cancelTask", "step", "api", "getTools", "getGuest", "shutdownGuest", "rebootGuest",
            "waitForPower", "waitForGuest", "listCustomizationSpecs", "getCustomizationSpec",
            "customize", "getHardware", "setHardware", "updateItem", "createLibrary",
            "deleteLibrary", "publish", "sync", "listSubscriptions", "listTags", "attachTag",
            "detachTag", "deployOVF",
            "waitFor", "retry", "fail", "options", "confirm", "ask", "csv", "find", "placement",
            "items",
        ]
        #expect(found.subtracting(known).isSubset(of: promised))
        let module = try ProgramRun.of(
            "vmoon",
            ["-e", "for k, v in pairs(require 'vmoon') do assert(_G[k] == v) print(k) end"]
        )
        #expect(Set(module.lines.map { Substring($0) }) == found.subtracting(known))
    }

    @Test func `a secret opens a session`() throws {
        let runs = try Runs()
        let text = """
            local vc <close> = session{ password = secret.file "word" }
            print(#vc:listVMs() > 0)
            """
        try runs.folder.write(runs.simulator.password + "\n", to: "word", mode: 0o600)
        let run = try runs.script(text)
        #expect(run.output == "true\n", "\(run.error)")
        let refused = try runs.script(text.replacing("word\"", with: "none\""))
        #expect(refused.status == 78 && refused.error.contains("none"))
    }

    @Test func `a credential of systemd's is found in its folder`() throws {
        let folder = TestFolder()
        try folder.write("t0ken\n", to: "hook.token", mode: 0o600)
        let run = try ProgramRun.of(
            "vmoon",
            ["-e", "print(secret.credential 'hook.token', pcall(secret.credential, 'other'))"],
            environment: ["CREDENTIALS_DIRECTORY": folder.path]
        )
        #expect(run.output.hasPrefix("***\tfalse\t"), "\(run.error)")
        #expect(!run.output.contains("t0ken"))
    }

    @Test func `show tells what cannot be copied`() throws {
        let text = """
            local task = spawn(sleep, 0)
            function named() end
            show { task, coroutine.create(print), print, string.rep, show, named, function() end }
            print(io.write("") == io.stdout)
            show(io.stdout)
            print(io.stdout)
            task:join()
            show(task)
            """
        let run = try ProgramRun.of("vmoon", ["-e", text])
        let lines = run.lines
        for text in [
            "<function print>", "<function string.rep>", "<function named at (command line):2>",
            "<function show>", "<function at (command line):3>",
        ] {
            #expect(run.output.contains(text), "\(run.output)")
        }
        #expect(lines.last == "<task: done>")
        let files = lines.filter { $0.hasPrefix("file (0x") }
        #expect(files.count == 2 && files[0] == files[1], "\(run.output)")
    }

    @Test func `show ends quietly when nobody reads any more`() throws {
        let vmoon = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell(
            "\(vmoon) -e 'while true do show{1, 2, 3} end' | head -1; echo ${PIPESTATUS[0]}"
        )
        #expect(run.lines == ["{1, 2, 3}", "141"], "\(run.error)")
    }

    @Test func `show keeps its place between what is printed and written`() throws {
        let run = try ProgramRun.of(
            "vmoon",
            ["-e", "io.write('a ') show(1) io.write('b ') print(2) show(3)"]
        )
        #expect(run.output == "a 1\nb 2\n3\n")
    }
}
