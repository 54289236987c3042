import Bindings
import Testing

@testable import Shell

/// What is found in a source, and what is not.
@Suite struct CheckerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let source: String
        /// `line:column: severity: message`; empty for nothing.
        let findings: [String]
        var testDescription: String { source }

        init(_ source: String, _ findings: String...) {
            self.source = source
            self.findings = findings
        }
    }

    func findings(_ source: String) throws -> [String] {
        try SourceCheck().findings(in: Array(source.utf8)).map {
            "\($0.line):\($0.column): \($0.severity.rawValue): \($0.message)"
        }
    }

    static let names = [
        Case(
            "rolback('a', '1', 'no')",
            "1:1: error: nothing defines rolback; did you mean rollback?"
        ),
        Case("print(frobnicate)", "1:7: error: nothing defines frobnicate"),
        Case(
            "local s = session.opne()",
            "1:19: error: session is a function and has no field opne; session() makes one"
        ),
        Case(
            "session.rolback()",
            "1:9: error: session is a function and has no field rolback; did you mean "
                + "session():rollback(…)?"
        ),
        Case("json.decod('x')", "1:6: error: json has no decod; did you mean decode?"),
        Case("print(json.null, json.nul)", "1:23: error: json has no nul; did you mean null?"),
        Case("string.foramt('x')", "1:8: error: string has no foramt; did you mean format?"),
        Case("local n = ('x'):uper()", "1:17: error: a string has no uper; did you mean upper?"),
        Case("json:decode('x')", "1:6: error: json is no object: write json.decode(…)"),
        Case("string.trim = 1 print(string.trim)"),
        Case("x = 1 print(x)"),
        Case("function f() return g() end function g() end f()"),
        Case("print(_G.anything, _VERSION, arg[1], math.pi)"),
        Case("local _ENV = {} x = 1 print(y)"),
        Case(
            "local v = require 'vmoon' v.rolback()",
            "1:29: error: vmoon has no rolback; did you mean rollback?"
        ),
        Case("local v = require 'vmoon' print(v.json.encode(1), v.item 'a/b')"),
        Case("local j = json j.encod(1)", "1:18: error: json has no encod; did you mean encode?"),
        Case("goto done do local x end ::done::"),
        Case(
            "api.vcenter.netwrk.list()",
            "1:13: error: api.vcenter has no netwrk; did you mean network?"
        ),
        Case(
            "api.vcenter.network.lst{}",
            "1:21: error: api.vcenter.network has no lst; did you mean list?"
        ),
        Case(
            "api.vcenter.vm.list()",
            "1:16: error: api.vcenter.vm has no list; did you mean api.vcenter.VM.list?"
        ),
        Case(
            "api.vcenter.network()",
            "1:1: error: api.vcenter.network is no operation: in it are api.vcenter.network.list, "
                + "api.vcenter.network.projects"
        ),
        Case(
            "api.vcenter.network.list{ filter = { nams = {} } }",
            "1:38: error: api.vcenter.network.list: there is no parameters.filter.nams; did you mean names?"
        ),
        Case(
            "api.vcenter.VM.get()",
            "1:1: error: api.vcenter.VM.get(parameters) takes 1 argument, not 0"
        ),
        Case("api.vcenter.VM.get{}", "1:19: error: api.vcenter.VM.get: parameters.vm is missing"),
        Case(
            "api.cis.tagging.category.create{ create_spec = { name = 'n', description = '', cardinality = 'MANY', associable_types = {} } }",
            "1:94: error: api.cis.tagging.category.create: parameters.create_spec.cardinality must be "
                + "\"MULTIPLE\" or \"SINGLE\", not \"MANY\""
        ),
        Case(
            "local vc = session() print(vc.api.vcenter.network.list()[1].nam) vc:close()",
            "1:61: warning: there is no field nam in table; did you mean name?"
        ),
        Case("local net = api.vcenter.network print(#net.list{ filter = { names = { 'prod' } } })"),
        Case("local part = ... print(api[part].network.list())"),
        Case(
            "function string.startswith(s, p) return s:find(p, 1, true) == 1 end ('x'):startswith('y')"
        ),
        Case("_G.helper = print helper(1)"), Case("_ENV.foo = 1 print(foo)"),
        Case("rawset(_G, 'bar', 1) print(bar)"), Case("_G['baz'] = 1 print(baz)"),
        Case("for k, v in pairs(arg) do _G[k] = v end print(anything)"),
        Case("setmetatable(_G, { __index = print }) print(anything)"),
        Case(
            "log('x')",
            "1:1: error: log is a table of functions: call one of them, such as log.debug, "
                + "log.error, log.info"
        ),
    ]

    /// What a script looks for before it uses it.
    static let tested = [
        Case("local unpack = table.unpack or unpack print(unpack{ 1 })"),
        Case("if jit then print(jit.version, jit.os) end print(jit)"),
        Case("local s = package.loaders or package.searchers print(s, package.loaders)"),
        Case("local l = (loadstring or load)('x') print(l)"),
        Case("if setfenv ~= nil then setfenv(1, {}) end"),
        Case("if nil == setfenv then return end"),
        Case("if type(bit32) == 'table' then bit32.band(1) end"),
        Case("local os = jit and jit.os print(os)"), Case("print(not unpack)"),
        Case("while not (a and b) do print(a, b) end"),
        Case("repeat print(1) until finished or failed"),
        Case("if table.pack and utf8.graphemes then utf8.graphemes('x') end"),
        Case(
            "local f = opts and opts.f or rolback",
            "1:30: error: nothing defines rolback; did you mean rollback?"
        ),
        Case("print(jit) if jit then print(jit) end", "1:7: error: nothing defines jit"),
        Case("local f = jit == 1", "1:11: error: nothing defines jit"),
        Case("print(string.nope and 1) print(string.nop)", "1:39: error: string has no nop"),
    ]

    /// Names that other languages have.
    static let synonyms = [
        Case("log.warning 'x'", "1:5: error: log has no warning; did you mean warn?"),
        Case(
            "local t = spawn(print) t:wait()",
            "1:26: error: a task has no wait; did you mean join?"
        ),
        Case(
            "local r = exec{ 'ls' } print(r.exit_code, r.what)",
            "1:32: warning: there is no field exit_code in table; did you mean code?",
            "1:45: warning: there is no field what in table; known: code, stdout, stderr"
        ),
        Case("json.stringify(1)", "1:6: error: json has no stringify; did you mean encode?"),
        Case("unpack{ 1 }", "1:1: error: nothing defines unpack; did you mean table.unpack?"),
        Case("print(x, i)", "1:7: error: nothing defines x", "1:10: error: nothing defines i"),
    ]

    static let globals = [
        Case(
            "function f() acc = 1 end f()",
            "1:14: warning: acc becomes a global from inside a function; write local acc = …, or set "
                + "it outside first"
        ),
        Case("acc = 0 function f() acc = 1 end f()"),
        Case(
            "item = item 'a/b'",
            "1:1: warning: this replaces vmoon's item for the rest of the run; write local item = …"
        ),
        Case("local item = item 'a/b' print(item)"),
        Case("print(nope) -- vmoon: ignore"), Case("print(nope) -- vmoon: ignore, because"),
        Case("print(nope) --\tvmoon:\tignore\tit"), Case("print(nope) --vmoon:ignore"),
        Case(
            "print(nope) -- vmoon: ignored",
            "1:7: error: nothing defines nope"
        ),
        Case("-- vmoon: ignore\nprint(nope)\nprint(nope)", "3:7: error: nothing defines nope"),
        Case("print('-- vmoon: ignore', nope)", "1:27: error: nothing defines nope"),
    ]

    static let objects = [
        Case(
            "local vc <close> = session() vc:getChekOut('x', 'y')",
            "1:33: error: a session has no getChekOut; did you mean getCheckOut?"
        ),
        Case("local vc <close> = session() vc:getCheckOut('x', 'y') print(vc.user, vc.vcenter)"),
        Case(
            "local it = assert(item 'a/b') print(it.nam, it.name, it:latets())",
            "1:40: error: an item has no nam; did you mean name?",
            "1:57: error: an item has no latets; did you mean latest?"
        ),
        Case(
            "local it = item 'a/b' print(it:name())",
            "1:32: error: name is a field of an item, not a method: write .name"
        ),
        Case(
            "local vc <close> = session() vc.listVMs()",
            "1:30: error: listVMs is a method: write vc:listVMs(…)"
        ),
        Case("local vc <close> = session() vc.listVMs(vc) pcall(vc.listVMs, vc)"),
        Case(
            "local t = spawn(print) t:jion()",
            "1:26: error: a task has no jion; did you mean join?"
        ),
        Case(
            "for _, v in ipairs(listVersions('x')) do print(v.verson) end",
            "1:50: warning: there is no field verson in {version: string, vm_template: string}; did "
                + "you mean version?"
        ),
        Case("local co = getCheckOut('a', 'b') print(co.whatever, co.user)"),
        Case(
            "local r = exec{'ls'} print(r.sdtout)",
            "1:30: warning: there is no field sdtout in table; did you mean stdout?"
        ),
        Case("local r = exec{'ls'} r.more = 1 print(r.more)"),
        Case("local it = item 'a/b' it = {} print(it.nam)"),
        Case("local r = exec{'ls'} r.stdou = 1 print(exec{'ls'}.stdou)"),
        Case("for _, v in ipairs(listVersions('x')) do v.vms = 1 end print(listVMs()[1].vms)"),
        Case(
            "local it, err = item 'x' print(it, err.mesage, err.message, err.whatever)",
            "1:40: warning: an error has no field mesage; did you mean message?"
        ),
        Case(
            "print(listCheckOuts('x')[1].user, listCheckOuts('x')[1].whatever)",
            "1:29: warning: there is no field user in {vm: string}; getCheckOut gives one"
        ),
        Case("local it, err = item 'x' err.mesage = 1 print(it, err.mesage)"),
        Case(
            "for _, vm in listVMs() do print(vm) end",
            "1:14: error: for cannot go through a list: write ipairs(…) around it"
        ),
        Case("for _, vm in next, listVMs() do print(vm) end for l in io.lines() do print(l) end"),
        Case(
            "for vm in ipairs(listVMs()) do print(vm.name) end",
            "1:41: error: a number has no field name"
        ),
        Case("local function f(it) return it:anything() end f()"),
    ]

    static let arguments = [
        Case(
            "rollback('a', '1')",
            "1:1: error: rollback(item, version, message [, options]) takes 3 to 4 arguments, not 2"
        ),
        Case(
            "item('a/b'):rollback('1')",
            "1:13: error: rollback(version, message [, options]) takes 2 to 3 arguments, not 1"
        ),
        Case("item('a/b'):publish() item('a/b'):attachTag('c/d') print(item('a/b'):listTags())"),
        Case("local function f() return 1 end rollback('a', f())"),
        Case("rollback(table.unpack({'a', '1', 'why'}))"),
        Case("local function f(...) rollback('a', ...) end f()"),
        Case("math.floor()", "1:1: error: math.floor takes 1 argument, not 0"),
        Case("setmetatable({})", "1:1: error: setmetatable takes 2 arguments, not 1"),
        Case("print(('x'):rep())", "1:13: error: rep takes 1 to 2 arguments, not 0"),
        Case(
            "rollback('a', 2, 'no')",
            "1:15: error: rollback: version must be a string, not an integer; write it in quotes"
        ),
        Case("exec('ls')", "1:6: error: exec: argv must be a list of strings, not \"ls\""),
        Case("rollback('a', nil, 'x')", "1:15: error: rollback: version must be a string, not nil"),
        Case(
            "rollback(session(), '1', 'x')",
            "1:10: error: rollback: item must be an item or a string, not a session"
        ),
        Case(
            "setPower('vm-1', 'strat')",
            "1:18: error: setPower: action must be \"start\", \"stop\", \"reset\" or \"suspend\", not "
                + "\"strat\"; did you mean start?"
        ),
        Case("local how = io.read() setPower('vm-1', how)"),
        Case("sleep(2) sleep(0.5) sleep(2 * 3) time.age('2026-11-21T10:11:12Z')"),
        Case(
            "sleep('2')",
            "1:7: error: sleep: seconds must be a number, not \"2\""
        ),
        Case(
            "parallel({}, print, { limits = 3 })",
            "1:23: error: parallel: there is no options.limits; did you mean limit?"
        ),
        Case(
            "rollback('a', '1', 'x', { latest = '2' })",
            "1:27: error: rollback: there is no options.latest; did you mean if_latest?"
        ),
        Case(
            "deploy('a', { placement = { foldr = 'x' } })",
            "1:13: error: deploy: spec.name is missing",
            "1:29: warning: deploy: there is no spec.placement.foldr; did you mean folder?"
        ),
        Case("deploy('a', { name = 'x', guest_os_of_tomorrow = 1, placement = { folder = 'f' } })"),
        Case(
            "checkOut('a', { name = 1 })",
            "1:24: error: checkOut: spec.name must be a string, not an integer; write it in quotes"
        ),
        Case("local t = { name = 'x' } deploy('a', t) deploy('a', { [io.read()] = 1 })"),
        Case("help(rollback) help 'json' show(1, {}, nil) log.info('x', { a = 1 })"),
        Case(
            "http.post('https://h/', { body = { a = 1 }, headers = { A = { 'B', secret.env 'T' } } })"
        ),
    ]

    static let sessions = [
        Case(
            "local vc = session() vc:listVMs()",
            "1:7: warning: this session is never closed: write local vc <close> = session(), or "
                + "close it"
        ),
        Case("local vc <close> = session() vc:listVMs()"),
        Case("local vc = session() vc:listVMs() vc:close()"),
        Case("local vc = session() return vc"),
        Case(
            "local vc if arg[1] then vc = session() else vc = session{ vcenter = 'b' } end vc:close()"
        ),
        Case("local vc = session() vc:close() vc = session() vc:close()"),
        Case("vc = session() vc:close() vc = session() vc:close()"),
        Case("local vc for _, n in ipairs(arg) do vc = session{ vcenter = n } vc:close() end"),
        Case("local function open() return session() end local vc <close> = open() print(vc)"),
        Case("local t = { vc = session() } print(t)"),
        Case(
            "vc = session() vc:listVMs()",
            "1:1: warning: this session is never closed: write local vc <close> = session(), or "
                + "close it"
        ),
        Case(
            "session()",
            "1:1: warning: the session is opened and not kept: write local vc <close> = session()"
        ),
        Case("session():close()"),
        Case(
            "parallel({}, function(p) return p end)",
            "1:1: warning: the results of parallel are thrown away: keep them, or return nothing"
        ),
        Case("parallel({}, function(p) print(p) end)"),
        Case(
            "local r = parallel({}, print, { errors = 'collect' }) print(r)",
            "1:11: warning: errors = \"collect\" raises nothing, and the errors are thrown away: "
                + "write local results, errors = parallel(…)"
        ),
        Case("local r, e = parallel({}, print, { errors = 'collect' }) print(r, e)"),
    ]

    @Test(arguments: names + tested + synonyms + globals + objects + arguments + sessions)
    func `a source has these findings`(_ test: Case) throws {
        #expect(try findings(test.source) == test.findings)
    }

    @Test func `a filter of a list has fields of its own`() throws {
        #expect(
            try findings("print(#listVMs{ name = 'x' })")
                == ["1:17: error: listVMs: there is no filter.name; did you mean names?"]
        )
        let check = try SourceCheck(testing: FunctionSpec.testing)
        let source =
            "sim.requests{ opration = 'x' } sim.requests{ operation = 'cis.tagging.tag.list' }"
        let messages = check.findings(in: Array(source.utf8), isTest: true).map(\.message)
        #expect(messages.count == 1 && messages.allSatisfy { $0.contains("did you mean") })
    }

    @Test func `what Lua refuses is said in its words, with the place`() throws {
        #expect(try findings("local x = = 1") == ["1:11: error: unexpected symbol near '='"])
        #expect(try findings("#!/bin/x\nfor") == ["2:4: error: <name> expected near <eof>"])
        #expect(
            try findings("local x\n  goto nowhere\n")
                == ["2:3: error: no visible label 'nowhere' for <goto>"]
        )
    }

    @Test func `a test of scripts has more functions, beside those of Lua's assert`() throws {
        func spec(_ name: String, _ parameters: [FunctionSpec.Parameter]) -> FunctionSpec {
            FunctionSpec(name, "", parameters, returns: .init("nil", ""), example: "", body: nil)
        }
        let check = try SourceCheck(testing: [
            spec("test", [.init("name", "string", ""), .init("fn", "fun()", "")]),
            spec("assert.equal", [.init("expected", "any", ""), .init("got", "any", "")]),
            spec(
                "run",
                [
                    .init("script", "string", ""), .init("...", "string", "", isOptional: true),
                    .init("options", "table", "", isOptional: true),
                ]
            ),
        ])
        let good = """
            test("it works", function()
              assert.equal("2", assert(item "golden/ubuntu-22.04"):latest())
              assert(run("a.lua", "b", "c", { stdin = "" }))
            end)
            """
        #expect(check.findings(in: Array(good.utf8), isTest: true) == [])
        #expect(check.findings(in: Array(good.utf8)).count == 3)
        let bad = Array("assert.eqal(1, assert(item 'a/b').nam)".utf8)
        let messages = check.findings(in: bad, isTest: true).map(\.message)
        #expect(
            messages == [
                "assert has no eqal; did you mean equal?", "an item has no nam; did you mean name?",
            ]
        )
    }
}
