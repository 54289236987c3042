import Bindings
import Foundation
import JSON
import Support
import Testing

/// `vmoon check`, `doc` and `types`, as their user runs them.
@Suite struct KitTests {
    private static let bad = """
        local vc <close> = session()
        local other = session.opne()
        print(other, rolback("a", "1", "why"))
        print(vc:getChekOut("a", "b"))
        """

    @Test func `check names file, line, column and what was meant, and ends with 1`() throws {
        let folder = TestFolder()
        try folder.write(Self.bad, to: "bad.lua")
        let run = try ProgramRun.of("vmoon", ["check", "bad.lua"], in: folder)
        #expect(run.status == 1)
        #expect(
            run.lines == [
                "bad.lua:2:23: error: session is a function and has no field opne; session() makes one",
                "bad.lua:3:14: error: nothing defines rolback; did you mean rollback?",
                "bad.lua:4:10: error: a session has no getChekOut; did you mean getCheckOut?",
            ]
        )
        #expect(run.error.isEmpty)
        let json = try ProgramRun.of("vmoon", ["check", "--format", "json", "bad.lua"], in: folder)
        #expect(json.status == 1)
        let findings = try JSONParser().decode(Array(json.output.utf8)).array ?? []
        #expect(findings.count == 3)
        #expect(findings.first?["file"]?.string == "bad.lua")
        #expect(findings.first?["line"]?.integer == 2 && findings.first?["column"]?.integer == 23)
        #expect(findings.first?["severity"]?.string == "error")
    }

    @Test func `check is silent about a good script, and says what it cannot read`() throws {
        let folder = TestFolder()
        try folder.write("#!/usr/bin/env vmoon\nprint(item 'a/b')\n", to: "good.lua")
        let good = try ProgramRun.of("vmoon", ["check", "good.lua"], in: folder)
        #expect(good.status == 0 && good.output.isEmpty && good.error.isEmpty)
        let empty = try ProgramRun.of("vmoon", ["check", "--format=json", "good.lua"], in: folder)
        #expect(empty.status == 0 && empty.output == "[]\n")
        let missing = try ProgramRun.of("vmoon", ["check", "good.lua", "none.lua"], in: folder)
        #expect(missing.status == 66 && missing.error.contains("none.lua"))
        #expect(try ProgramRun.of("vmoon", ["check"], in: folder).status == 64)
        try folder.write(
            "test('x', function() assert.eqal(1, 1) sim.reset() end)",
            to: "a_test.lua"
        )
        let all = try ProgramRun.of("vmoon", ["check", "."], in: folder)
        #expect(
            all.lines == ["a_test.lua:1:29: error: assert has no eqal; did you mean equal?"]
        )
        let input = try ProgramRun.of("vmoon", ["check", "-"], input: "print(nope)\n", in: folder)
        #expect(input.lines == ["-:1:7: error: nothing defines nope"])
    }

    @Test func `a misspelt name that is run into says what was meant`() throws {
        let run = try ProgramRun.of("vmoon", ["--sim", "-e", "rolback('a', '1', 'why')"])
        #expect(run.status == 1)
        #expect(
            run.error.hasPrefix(
                "vmoon: (command line):1: attempt to call a nil value (global 'rolback')\n"
                    + "  did you mean rollback?\n"
            )
        )
    }

    @Test func `doc lists all, tells about one, and guesses`() throws {
        let list = try ProgramRun.of("vmoon", ["doc"])
        #expect(list.status == 0)
        for spec in FunctionSpec.all + FunctionSpec.testing {
            let name = spec.isGlobal ? spec.name : "\(spec.receivers[0]):\(spec.name)"
            #expect(list.lines.contains { $0.hasPrefix(name + " ") }, "\(name)")
        }
        let one = try ProgramRun.of("vmoon", ["doc", "rollback"])
        #expect(
            one.status == 0 && one.output.hasPrefix("rollback(item, version, message [, options])")
        )
        #expect(one.output.contains("if_latest") && one.output.contains("Since 0.1"))
        let object = try ProgramRun.of("vmoon", ["doc", "vmoon.item"])
        #expect(object.output.contains("id: string") && object.output.contains("item:latest"))
        let method = try ProgramRun.of("vmoon", ["doc", "item:latest"])
        #expect(method.output.hasPrefix("item:latest()"))
        let module = try ProgramRun.of("vmoon", ["doc", "json"])
        #expect(module.lines.count == 4 && module.output.contains("json.null"))
        let word = try ProgramRun.of("vmoon", ["doc", "clone"])
        let help = try ProgramRun.of("vmoon", ["-e", "help 'clone'"])
        let found = help.lines.compactMap { $0.split(separator: " ").first }
            .filter { !$0.isEmpty && help.lines.count > 1 }
        #expect(word.status == 0 && found.allSatisfy { word.output.contains($0) }, "\(word)")
        let wrong = try ProgramRun.of("vmoon", ["doc", "rolback"])
        #expect(wrong.status == 66 && wrong.output.isEmpty)
        #expect(wrong.error == "vmoon: the reference has no 'rolback'; did you mean rollback?\n")
    }

    @Test(arguments: [
        (["vmoon", "--man"], ".TH VMOON 1 "), (["vmoon-sim", "--man"], ".TH VMOON\\-SIM 1 "),
        (["vmoon", "doc", "--man"], ".TH VMOON-LUA 7"),
    ])
    func `a manual page is one that man accepts`(_ words: [String], _ begin: String) throws {
        let folder = TestFolder()
        let page = try ProgramRun.of(words[0], Array(words.dropFirst()))
        #expect(page.status == 0 && page.output.hasPrefix(begin))
        try folder.write(page.output, to: "page")
        let shown = try ProgramRun.shell(
            "command -v man >/dev/null || exit 0; "
                + "man --warnings -l page 2>&1 >/dev/null | grep -v \"can't open\" || true",
            in: folder
        )
        #expect(shown.output.isEmpty)
    }

    @Test func `the notices are printed, and a program that was built without them says so`() throws
    {
        let run = try ProgramRun.of("vmoon", ["--licenses"])
        guard ProcessInfo.processInfo.environment["VMOON_TEST_PROGRAMS"] == nil else {
            #expect(run.status == 0 && run.output.contains("Lua 5.4"), "\(run)")
            return
        }
        // Tests/Packaging/check.sh looks at the program that ships.
        let line =
            "vmoon: this program was built without the notices: scripts/build collects them\n"
        #expect(run.status == 69 && run.output.isEmpty && run.error == line)
    }

    @Test func `types writes four files, and leaves those of others alone`() throws {
        let folder = TestFolder()
        let first = try ProgramRun.of("vmoon", ["types", "."], in: folder)
        #expect(first.status == 0)
        #expect(
            first.lines == [
                "written  ./vmoon.d.lua", "written  ./.luarc.json", "written  ./.luacheckrc",
                "written  ./vmoon-api.d.lua",
            ]
        )
        let again = try ProgramRun.of("vmoon", ["types", "."], in: folder)
        #expect(again.lines.allSatisfy { $0.hasPrefix("current") })
        try folder.write("{\"mine\": true}\n", to: ".luarc.json")
        let other = try ProgramRun.of("vmoon", ["types", "."], in: folder)
        #expect(other.status == 0)
        #expect(other.error.contains("./.luarc.json is not ours and stays as it is: add"))
        let kept = try ProgramRun.shell("cat .luarc.json", in: folder)
        #expect(kept.output == "{\"mine\": true}\n")
        try folder.write(
            "{\"workspace.library\": [\"vmoon.d.lua\"], \"mine\": true}\n",
            to: ".luarc.json"
        )
        let enough = try ProgramRun.of("vmoon", ["types", "."], in: folder)
        #expect(enough.error.isEmpty && enough.lines[1].hasPrefix("kept"))
        let nowhere = try ProgramRun.of("vmoon", ["types", "nowhere"], in: folder)
        #expect(nowhere.status == 66)
        #expect(nowhere.error == "vmoon: there is no folder 'nowhere'; mkdir -p makes it\n")
    }

    /// Runs a script with nothing of vmoon's in it: a Lua that only knows what the types file says.
    @Test func `the types file is Lua, and names every function with its parameters`() throws {
        let folder = TestFolder()
        _ = try ProgramRun.of("vmoon", ["types", "."], in: folder)
        var script = """
            local text = assert(io.open("vmoon.d.lua")):read("a")
            -- The classes are local in the file: this hands them out.
            local env = setmetatable({}, { __index = function() return nil end })
            text = text:gsub("\\nlocal (%w+_methods) = {}", "\\n%1 = {}")
            local vmoon = assert(load(text, "=types", "t", env))()
            local function names(f)
              local list = {}
              for i = 1, debug.getinfo(f, "u").nparams do list[i] = debug.getlocal(f, i) end
              if debug.getinfo(f, "u").isvararg then list[#list + 1] = "..." end
              return table.concat(list, " ")
            end
            local function check(path, f, wanted)
              if type(f) ~= "function" then print(path .. " is missing") return end
              if names(f) ~= wanted then print(path .. ": " .. names(f) .. ", wanted " .. wanted) end
            end

            """
        for spec in FunctionSpec.all + FunctionSpec.testing {
            func list(_ kind: ObjectKind?) -> String {
                spec.declaredParameters(on: kind).map(\.name).joined(separator: " ")
            }
            // What is a module as well is a table that can be called.
            if spec.isGlobal, spec.called == nil,
                !FunctionSpec.all.contains(where: { $0.module == spec.name })
            {
                let path = spec.name
                script += "check('\(path)', env.\(path), '\(list(nil))')\n"
                let isTest = FunctionSpec.testing.contains { $0.name == path }
                if !isTest {
                    script += "check('vmoon.\(path)', vmoon.\(path), '\(list(nil))')\n"
                }
            }
            for kind in spec.receivers {
                let wanted = (["self"] + (list(kind).isEmpty ? [] : [list(kind)]))
                    .joined(separator: " ")
                script +=
                    "check('\(kind):\(spec.name)', env.\(kind)_methods.\(spec.name), '\(wanted)')\n"
            }
        }
        try folder.write(script, to: "look.lua")
        let run = try ProgramRun.of("vmoon", ["look.lua"], in: folder)
        #expect(run.status == 0, "\(run.error)")
        #expect(run.output.isEmpty)
    }

    @Test func `the types of the whole API are Lua, and name no class that is not there`() throws {
        let folder = TestFolder()
        _ = try ProgramRun.of("vmoon", ["types", "."], in: folder)
        let script = """
            local text = assert(io.open("vmoon-api.d.lua")):read("a")
            assert(load(text))
            local declared, functions = {}, 0
            for name in text:gmatch("\\n%-%-%-@%l+ (vmoon%.api%S*)") do
              assert(not declared[name], name)
              declared[name] = true
            end
            for line in text:gmatch("[^\\n]+") do
              local kind = line:match("^%-%-%-@field %S+ (.*)") or line:match("^%-%-%-@alias %S+ (.*)") or ""
              if kind:find("^fun%(") then functions = functions + 1 end
              for name in kind:gmatch("vmoon%.api[%w_.]*") do assert(declared[name], name) end
            end
            print(functions)
            """
        try folder.write(script, to: "look.lua")
        let run = try ProgramRun.shell("lua5.4 look.lua", in: folder)
        #expect(run.output == "1401\n", "\(run.error)")
    }

    @Test func `everything that is described is there`() throws {
        var script = """
            local objects = { session = session(), item = item "golden/rhel-9",
              progress = progress(1), task = spawn(function() end) }
            objects.error = select(2, pcall(getVM, "vm-0"))
            objects.item:latest()
            local function check(what, value, wanted)
              if type(value) ~= wanted then print(what .. ": " .. type(value)) end
            end

            """
        for spec in FunctionSpec.all {
            let isModule = FunctionSpec.all.contains { $0.module == spec.name }
            if spec.isGlobal {
                let type = spec.called != nil ? "userdata" : isModule ? "table" : "function"
                script += "check('\(spec.name)', \(spec.name), '\(type)')\n"
            }
            for kind in spec.receivers {
                let place = "objects.\(kind).\(spec.name)"
                script += "check('\(place)', \(place), 'function')\n"
            }
        }
        for kind in ObjectKind.allCases {
            for field in kind.fields where !field.type.allowsNil {
                let type =
                    switch field.type {
                    case .boolean: "boolean"
                    case .integer: "number"
                    case .object: "userdata"
                    case .record: "table"
                    default: "string"
                    }
                let place = "objects.\(kind).\(field.name)"
                script += "check('\(place)', \(place), '\(type)')\n"
            }
        }
        for value in ValueSpec.all { script += "if \(value.name) == nil then print(1) end\n" }
        let folder = TestFolder()
        let file = try folder.write(script, to: "look.lua")
        let run = try ProgramRun.of("vmoon", ["--sim", file])
        #expect(run.status == 0 && run.output.isEmpty, "\(run.error)\(run.output)")
    }

    @Test func `luacheck with our standard accepts scripts and finds what is misspelt`() throws {
        let folder = TestFolder()
        _ = try ProgramRun.of("vmoon", ["types", "."], in: folder)
        try folder.write(Self.bad, to: "bad.lua")
        let bad = try ProgramRun.shell("luacheck --no-color bad.lua", in: folder)
        #expect(bad.status == 1)
        #expect(
            bad.output.contains(
                "bad.lua:2:15: accessing undefined field 'opne' of global 'session'"
            )
        )
        #expect(bad.output.contains("bad.lua:3:14: accessing undefined variable 'rolback'"))
        let scripts = "\(Self.root)/scripts"
        let good = try ProgramRun.shell(
            "luacheck --no-color vmoon.d.lua '\(scripts)'/*.lua",
            in: folder
        )
        #expect(good.status == 0, "\(good.output)")
    }

    @Test func `check finds nothing in the scripts of this repository`() throws {
        let run = try ProgramRun.shell(
            "\(try SimulatorProcess.program("vmoon")) check \(Self.root)/scripts/*.lua"
        )
        #expect(run.status == 0, "\(run.output)\(run.error)")
    }

    @Test(arguments: ["vmoon.d.lua", ".luarc.json", ".luacheckrc"])
    func `what vmoon types wrote beside the scripts is current`(_ file: String) throws {
        let folder = TestFolder()
        _ = try ProgramRun.of("vmoon", ["types", "."], in: folder)
        let run = try ProgramRun.shell("diff \(file) '\(Self.root)/scripts/\(file)'", in: folder)
        #expect(run.status == 0, "run: vmoon types scripts\n\(run.output)\(run.error)")
    }

    @Test func `the reference in docs is current`() throws {
        let run = try ProgramRun.shell(
            "\(try SimulatorProcess.program("vmoon")) doc --markdown | diff - '\(Self.root)/docs/reference.md'"
        )
        #expect(run.status == 0, "run: vmoon doc --markdown > docs/reference.md\n\(run.output)")
    }

    @Test func `every block of Lua in the page for newcomers runs, and nothing is found in it`()
        throws
    {
        let page = try ProgramRun.shell("cat '\(Self.root)/docs/coming-from.md'").output
        let blocks = page.components(separatedBy: "```lua\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        #expect(blocks.count > 8)
        let folder = TestFolder()
        for block in blocks {
            let file = try folder.write(block, to: "block.lua")
            let check = try ProgramRun.of("vmoon", ["check", file])
            #expect(check.status == 0, "\(block)\n\(check.output)")
            let run = try ProgramRun.of("vmoon", ["--sim", file])
            #expect(run.status == 0 && !run.output.isEmpty, "\(block)\n\(run.error)")
        }
    }

    private static let root = #filePath.split(separator: "/").dropLast(3)
        .reduce(into: "") { $0 += "/\($1)" }
}
