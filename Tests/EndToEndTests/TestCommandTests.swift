import Bindings
import Foundation
import JSON
import Support
import Testing

/// `vmoon test` as somebody who writes workflows uses it.
@Suite struct TestCommandTests {
    private func test(
        _ text: String,
        _ arguments: [String] = [],
        beside files: [String: String] = [:],
        environment: [String: String] = [:]
    ) throws -> ProgramRun {
        let folder = TestFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        try folder.write(text, to: "flow_test.lua")
        return try ProgramRun.of(
            "vmoon",
            ["test", "."] + arguments,
            environment: environment,
            in: folder
        )
    }

    @Test(arguments: FunctionSpec.testing.map(\.name))
    func `the example of every function of tests passes`(_ name: String) throws {
        let spec = try #require(FunctionSpec.testing.first { $0.name == name })
        for dialect in ["rest", "api"] {
            let run = try test(spec.example, ["--api", dialect])
            #expect(run.status == 0, "\(run.output)\(run.error)")
            #expect(run.output.contains("1 test, none failed"))
        }
    }

    @Test func `every test has a simulator, a session and globals of its own`() throws {
        let one = """
            test("N", function()
              assert.equal(nil, leaked)
              leaked = true
              assert.equal("3", item("golden/ubuntu-22.04"):rollback("1", "bad patch"))
              sim.fault{ operation = "getCheckOut", effect = "html_503", times = 100 }
              sim.clock(100000)
              assert.equal(1, #sim.requests{ operation = "createSession" })
            end)

            """
        let run = try test(one.replacing("N", with: "one") + one.replacing("N", with: "two"))
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("  ok    one\n  ok    two\n2 tests, none failed"))
    }

    @Test func `a script runs as an operator runs it, against the simulator of the test`() throws {
        let run = try test(
            """
            local flow = require "flow"
            test("in process", function() assert.equal("3", flow("golden/ubuntu-22.04")) end)
            test("as a program", function()
              local r = run("roll.lua", "golden/ubuntu-22.04", { stdin = "why\\n" })
              assert.same({ code = 0, stdout = "why 3\\n", stderr = "" }, r)
              assert.equal("3", item("golden/ubuntu-22.04"):latest())
              assert.equal(1, #sim.requests{ operation = "rollback", applied = true })
              assert.equal(66, run("roll.lua", "golden/none", { stdin = "x\\n" }).code)
            end)
            test("with options", function()
              local r = run("roll.lua", "golden/ubuntu-22.04", { stdin = "x\\n", options = { "--dry-run" } })
              assert.contains("plan: 1. rollback", r.stderr)
              assert.equal(0, #sim.requests{ operation = "rollback" })
            end)
            test("another vCenter", function()
              local b = sim.vcenter "b.example.com"
              assert.equal(0, run("two.lua").code)
              assert.equal(1, #b.requests{ operation = "rollback", applied = true })
              assert.equal(0, #sim.requests{ operation = "rollback" })
            end)
            test("ends as it likes", function() assert.equal(7, run("leave.lua").code) end)
            """,
            beside: [
                "flow.lua": """
                return function(path)
                  local it = assert(item(path))
                  return it:rollback(it:previous(), "bad patch")
                end
                """,
                "roll.lua": "print(io.read() .. ' ' .. require('flow')(arg[1]))",
                "two.lua": """
                local vc <close> = session{ vcenter = "https://b.example.com/sdk" }
                vc:item("golden/ubuntu-22.04"):rollback("1", "x")
                """,
                "leave.lua": "os.exit(7)",
            ]
        )
        #expect(run.status == 0, "\(run.output)\(run.error)")
    }

    @Test func `what is configured on the machine is not for tests`() throws {
        let run = try test(
            """
            test("t", function()
              assert.equal(nil, os.getenv "VMOON_VCENTER")
              assert.equal("2", item("golden/ubuntu-22.04"):latest())
              assert.equal("\\n", run("show.lua").stdout)
            end)
            """,
            beside: ["show.lua": "item 'golden/rhel-9' print(os.getenv 'GOVC_URL' or '')"],
            environment: [
                "VMOON_VCENTER": "https://127.0.0.1:1", "GOVC_URL": "https://127.0.0.1:1",
                "VMOON_PASSWORD": "x",
            ]
        )
        #expect(run.status == 0, "\(run.output)\(run.error)")
    }

    struct Failing: Sendable, CustomTestStringConvertible {
        let body: String
        let says: [String]
        init(_ body: String, _ says: String...) {
            self.body = body
            self.says = says
        }
        var testDescription: String { body }
    }

    @Test(arguments: [
        Failing(
            "local v = '2'\n  assert.equal('3', v, 'latest')",
            "flow_test.lua:3: latest: not equal",
            "> assert.equal('3', v, 'latest')",
            "expected:  \"3\"",
            "got:       \"2\""
        ),
        Failing("assert.same({ a = { 1, 2 } }, { a = { 1, 3 } })", "they differ at .a[2]"),
        Failing("assert.same({}, { x = 1 })", "they differ at .x"),
        Failing("assert.equal({}, {})", "assert.same compares"),
        Failing("assert.truthy(nil)", "got:       nil"),
        Failing("assert.falsy(0)", "got:       0"),
        Failing("assert.matches('^b', 'abc')", "the pattern \"^b\""),
        Failing("assert.contains('x.y', 'x-y')", "a text with \"x.y\""),
        Failing("assert.contains({ 1 }, { { 2 } })", "a table with {1}"),
        Failing("assert.error(function() end)", "no error was raised"),
        Failing("assert.error(function() error('a') end, 'b')", "an error that says \"b\""),
        Failing(
            "assert.error(function() getVM 'vm-0' end, { kind = 'conflict' })",
            "kind is \"not_found\""
        ),
        Failing("assert(nil, 'plain')", "flow_test.lua:2: plain"),
        Failing("assert.equals(1, 1)", "there is no assert.equals", "try: they are equal"),
        Failing("error({ code = 5 })", "an error of the script's own: {code = 5}"),
        Failing("error()", "nil"),
        Failing("os.exit(0)", "os.exit(0) was called"),
        Failing("test('inner', print)", "a test cannot hold another one"),
        Failing("sim.fault{ effect = 'nope' }", "there is no fault named \"nope\""),
        Failing(
            "sim.requests{ opration = 'rollback' }",
            "no option \"opration\"",
            "did you mean operation?"
        ),
        Failing(
            "sim.requests{ operation = 'rolback' }",
            "no operation named \"rolback\"",
            "did you mean rollback?"
        ),
        Failing("listVMs{ name = 'x' }", "there is no field \"name\"", "did you mean names?"),
        Failing("spawn(function() error('late') end)", "late"),
        Failing("print('\\27[2Jseen') error('x\\27[2J')", "x\\x1B[2J", "| \\x1B[2Jseen"),
    ])
    func `a failure says where, what was expected and what came`(_ failing: Failing) throws {
        let run = try test("test('t', function()\n  \(failing.body)\nend)\n")
        #expect(run.status == 1)
        #expect(run.output.contains("  FAIL  t\n"))
        #expect(run.output.contains("1 test, 1 failed"))
        for text in failing.says { #expect(run.output.contains(text), "\(run.output)") }
        #expect(!run.output.contains("[vmoon]"))
    }

    @Test(arguments: [
        ("local x = = 1", "flow_test.lua:1: unexpected symbol"),
        ("print(1)", "there is no test in it"),
        ("local x = item 'golden/rhel-9'", "move this into test("),
        ("test('x')", "the second argument must be a function"),
        ("error 'no'", "flow_test.lua:1: no"),
    ])
    func `a file that is wrong fails as a whole`(_ text: String, _ says: String) throws {
        let run = try test(text)
        #expect(run.status == 1)
        #expect(run.output.contains(says), "\(run.output)")
    }

    @Test func `a test that does not end fails, and the next one runs`() throws {
        let run = try test(
            "test('loops', function() while true do end end) test('sleeps', function() sleep(600) end) "
                + "test('good', print)",
            ["--test-timeout", "1500ms"]
        )
        #expect(run.status == 1)
        #expect(run.output.components(separatedBy: "it took longer than 1.5 seconds").count == 3)
        #expect(run.output.contains("  ok    good\n3 tests, 2 failed"), "\(run.output)")
    }

    @Test func `what a test has opened is closed before the next one`() throws {
        let folder = TestFolder()
        let one = "test('t', function() local vc <close> = session() assert(vc:listVMs()) end)\n"
        try folder.write(String(repeating: one, count: 30), to: "many_test.lua")
        let vmoon = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell(
            "ulimit -n 64; exec \(vmoon) test many_test.lua",
            in: folder
        )
        #expect(run.status == 0, "\(run.output)\(run.error)")
    }

    @Test func `results as TAP and JUnit, and a part of the tests`() throws {
        let folder = TestFolder()
        try folder.write(
            "test('good', print) test('bad', error) test('other', print)",
            to: "x_test.lua"
        )
        let all = ["test", "x_test.lua", "--format", "tap", "--junit", "report.xml"]
        let run = try ProgramRun.of("vmoon", all + ["--filter", "^[gb]"], in: folder)
        #expect(run.status == 1)
        #expect(
            run.output == """
                TAP version 13
                ok 1 - x_test.lua: good
                not ok 2 - x_test.lua: bad
                # nil
                1..2

                """
        )
        let xml = try ProgramRun.shell(
            "python3 -c 'import xml.dom.minidom as m; d = m.parse(\"report.xml\").documentElement; "
                + "print(d.getAttribute(\"tests\"), d.getAttribute(\"failures\"))'",
            in: folder
        )
        #expect(xml.output == "2 1\n", "\(xml.error)")
    }

    @Test func `what a script writes by itself is in no report`() throws {
        let folder = TestFolder()
        try folder.write(
            "test('t', function() io.write 'raw ' io.stdout:write 'out\\n' os.execute 'echo child' end)",
            to: "x_test.lua"
        )
        let options = ["test", "x_test.lua", "--format", "tap"]
        let run = try ProgramRun.of("vmoon", options, in: folder)
        #expect(run.output == "TAP version 13\nok 1 - x_test.lua: t\n1..1\n")
        #expect(run.error.contains("raw out\n") && run.error.contains("child\n"))
    }

    @Test(arguments: [
        ("test", 64), ("test missing", 66), ("test .", 66), ("test --format xml .", 64),
        ("test --sim .", 64),
    ])
    func `misuse is refused`(_ line: String, _ status: Int32) throws {
        let run = try ProgramRun.of("vmoon", line.split(separator: " ").map(String.init))
        #expect(run.status == status)
        #expect(run.error.hasPrefix("vmoon: "))
    }

    @Test func `a signal stops the tests and leaves no simulator behind`() throws {
        let folder = TestFolder()
        try folder.write(
            "test('t', function() assert(item 'golden/rhel-9') os.execute('kill -TERM $PPID') sleep(600) end)",
            to: "x_test.lua"
        )
        let run = try ProgramRun.of("vmoon", ["test", "x_test.lua"], in: folder)
        #expect(run.signal == 15)
        #expect(run.output.contains("interrupted"))
        // The shell that looks and its children have that HOME too: nothing else.
        let names = try ProgramRun.shell(
            "for f in $(grep -lz '^HOME=\(folder.path)$' /proc/[0-9]*/environ 2>/dev/null); do cat ${f%environ}comm; done",
            in: folder
        )
        #expect(!names.output.contains("vmoon"), "\(names.output)")
    }

    @Test func `links to folders are not followed below what was named`() throws {
        let folder = TestFolder()
        let made = try ProgramRun.shell(
            "mkdir -p tests/in; echo \"test('t', print)\" > tests/in/x_test.lua; ln -s .. tests/in/up; ln -s tests named",
            in: folder
        )
        #expect(made.status == 0)
        for name in ["tests", "named"] {
            let run = try ProgramRun.of("vmoon", ["test", name], in: folder)
            #expect(run.output.contains("1 test, none failed"), "\(run.output)")
            let check = try ProgramRun.of("vmoon", ["check", name], in: folder)
            #expect(check.status == 0 && check.output == "", "\(check.output)")
        }
    }

    @Test func `the simulator has every operation that a filter of requests takes`() throws {
        let spec = try #require(FunctionSpec.testing.first { $0.name == "sim.requests" })
        let field = try #require(
            spec.parameters.first?.type.fields.first { $0.name == "operation" }
        )
        let faults = field.type.choices.map {
            "sim.fault{ operation = '\($0)', effect = 'html_503' }"
        }
        #expect(faults.count > 40)
        let run = try test("test('t', function() \(faults.joined(separator: " ")) end)")
        #expect(run.status == 0, "\(run.output)")
    }

    @Test func `a stub that does not fit is refused, and a reset forgets the others`() throws {
        let run = try test(
            """
            test("refused", function()
              local function refused(text, stub)
                assert.error(function() sim.stub(stub) end,
                  { kind = "usage", operation = "sim.stub", message = text })
              end
              refused('there is no operation "vcenter.netwrk.list"; did you mean vcenter.network.list?',
                { service = "vcenter.netwrk", operation = "list", result = {} })
              refused("answer[1].nme is no field of vcenter.network.summary; did you mean name?",
                { service = "com.vmware.vcenter.network", operation = "list", result = { { nme = "a" } } })
              refused("a stub has no field answer", { service = "a", operation = "b", answer = 1 })
              refused("service must be a string", { operation = "b" })
              refused("a table expected, got a string", "vcenter.network.list")
              refused("a stub has a result or an error, and this one has both",
                { service = "vcenter.network", operation = "list", result = {}, error = "not_found" })
              refused("a message belongs to an error, and this stub has none",
                { service = "vcenter.network", operation = "list", result = {}, message = "no" })
            end)
            test("one after the other", function()
              local network = { service = "vcenter.network", operation = "list" }
              network.result = { {}, { error = "resource_busy", message = "later" } }
              sim.stub(network)
              assert.equal(0, #listNetworks())
              assert.error(listNetworks, { kind = "resource_busy" })
              sim.reset()
              assert.truthy(#listNetworks() > 0)
            end)
            test("a role", function()
              sim.role({}, "bob@vsphere.local")
              local last = sim.state().users[#sim.state().users]
              assert.same({ name = "bob@vsphere.local", privileges = {} }, last)
              sim.role{}
              assert.error(listNetworks, { kind = "unauthorized" })
              assert.error(function() sim.role{ "System.Raed" } end,
                { kind = "usage", message = 'privileges: there is no privilege "System.Raed"; did you mean System.Read?' })
              sim.role()
              assert.truthy(listNetworks())
            end)
            """
        )
        #expect(run.status == 0, "\(run.output)")
    }

    @Test func `a source that is nested too deeply says so`() throws {
        let folder = TestFolder()
        let deep = String(repeating: "(", count: 300)
        try folder.write("x=\(deep)", to: "deep.lua")
        let run = try ProgramRun.of("vmoon", ["deep.lua"], in: folder)
        #expect(run.status == 1)
        #expect(run.error.contains("deep.lua: the source is nested too deeply: C stack overflow"))
        let script = "print(load('x=' .. ('('):rep(300)))"
        let loaded = try ProgramRun.of("vmoon", ["-e", script])
        #expect(
            loaded.output.hasPrefix("nil\t") && loaded.output.hasSuffix("C stack overflow\n"),
            "\(loaded.output)"
        )
    }

    @Test func `what a reader of load raises is what load returns`() throws {
        let script = """
            print(load(function() error("boom") end))
            local ok, err = load(function() error({ kind = "mine" }) end)
            print(err.kind)
            error("after")
            """
        let run = try ProgramRun.of("vmoon", ["-e", script])
        #expect(run.output == "nil\t(command line):1: boom\nmine\n", "\(run.output)")
        #expect(run.status == 1 && run.error.hasPrefix("vmoon: (command line):4: after"))
    }

    @Test func `trailing nils are no arguments`() throws {
        let script = """
            local it = item "golden/ubuntu-22.04"
            print(it:rollback("1", "m", nil), #listVersions(it, nil, nil), it:listVersions(nil) ~= nil)
            print(rollback(it, "2", "m", nil, nil, nil))
            for _, bad in ipairs{ { "1", "m", nil, 5 }, { "1", "m", { if_latest = "1" }, 5 } } do
              local ok, err = pcall(it.rollback, it, table.unpack(bad, 1, 4))
              print(err.kind)
            end
            """
        let run = try ProgramRun.of("vmoon", ["--sim", "-e", script])
        #expect(run.output == "3\t2\ttrue\n4\nusage\nusage\n", "\(run.error)")
    }

    @Test func `the functions of tests are there in tests only`() throws {
        let run = try ProgramRun.of("vmoon", ["-e", "print(test, sim, run, type(assert))"])
        #expect(run.output == "nil\tnil\tnil\tfunction\n")
    }
}
