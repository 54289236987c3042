import CLuaHost
import Testing

@testable import LuaHost

/// Scripts that assert; each must run to its end.
@Suite struct HostFunctionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        var testDescription: String { name }
        init(_ name: String, _ text: String) {
            self.name = name
            self.text = text
        }
    }

    static let cases: [Case] = [
        Case(
            "values come back as they went",
            """
            local a, b, c, d, e = echo(1, 2.5, "x\\0y", true, nil)
            assert(a == 1 and math.type(a) == "integer" and b == 2.5 and c == "x\\0y" and d == true and e == nil)
            assert(echo(math.maxinteger) == math.maxinteger)
            """
        ),
        Case(
            "tables are copied deeply",
            """
            local t = echo{ list = {1, 2, {x = "y"}}, empty = {} }
            assert(#t.list == 3 and t.list[3].x == "y" and next(t.empty) == nil)
            """
        ),
        Case(
            "an array stays an array though it is empty",
            """
            local a = echo{1}
            a[1] = nil
            assert(getmetatable(echo(a)) == getmetatable(echo{1}))
            """
        ),
        Case(
            "a table of two minds is refused",
            """
            local ok, err = pcall(echo, {1, 2, x = 3})
            assert(not ok and tostring(err):find("numbers among its keys", 1, true), tostring(err))
            """
        ),
        Case(
            "an error of the host is a table that speaks",
            """
            local ok, err = pcall(fail)
            assert(not ok and err.kind == "not_found" and err.exit_code == 66)
            assert(tostring(err) == "not_found: there is no such item", tostring(err))
            assert("x " .. err == "x not_found: there is no such item")
            """
        ),
        Case(
            "a cycle is named",
            """
            local t = {a = {}}
            t.a.b = t
            local ok, err = pcall(measure, t)
            assert(err.kind == "usage" and tostring(err):find("argument 1: a.b contains itself", 1, true), tostring(err))
            """
        ),
        Case(
            "a function inside a table is named",
            """
            local ok, err = pcall(measure, 1, {spec = {1, print}})
            assert(tostring(err):find("argument 2: spec[2] is a function", 1, true), tostring(err))
            """
        ),
        Case(
            "a key that is no string is named",
            """
            local ok, err = pcall(measure, {x = {[true] = 1}})
            assert(tostring(err):find("argument 1: x[boolean key] is not a string key", 1, true), tostring(err))
            """
        ),
        Case(
            "deep nesting is refused",
            """
            local t = {}
            for _ = 1, 70 do t = {t} end
            assert(tostring(select(2, pcall(measure, t))):find("nested deeper", 1, true))
            """
        ),
        Case(
            "handles have properties, methods, a name and an end",
            """
            local h = open()
            assert(h.id == 1 and h.nothing == nil and tostring(h) == "handle 1")
            assert(h:echo(5) == h or select(2, h:echo(5)) == 5)
            do local x <close> = open() end
            assert(getmetatable(h) == false)
            """
        ),
    ]

    @Test(arguments: cases) func `a script holds`(_ row: Case) throws {
        let bench = try Bench()
        #expect(bench.error(of: row.text) == nil)
        #expect(vm_lua_stack_height(bench.interpreter.pointer) == 0)
    }

    @Test func `every handle is released when the interpreter is closed`() throws {
        let bench = try Bench()
        #expect(bench.error(of: "keep = {} for i = 1, 100 do keep[i] = open() end") == nil)
        #expect(bench.host.liveHandles.count == 100)
        bench.interpreter.close()
        #expect(bench.host.liveHandles.isEmpty)
    }

    @Test func `an error that leaves a script says where and what`() throws {
        let error = try #require(try Bench().error(of: "local x = 1\nfail()"))
        #expect(error.kind == .raised)
        #expect(error.position == "test:2")
        #expect(
            error.raised
                == LuaError.Raised(
                    kind: "not_found",
                    message: "there is no such item",
                    hint: nil,
                    exitCode: 66,
                    outcome: nil,
                    isPlain: false
                )
        )
        #expect(error.traceback?.contains("test:2: in main chunk") == true)
    }

    @Test(arguments: [
        ("x = = 1", LuaError.Kind.syntax, "test:1: unexpected symbol near '='"),
        ("for i = 1, 2 do", .incomplete, "test:1: 'end' expected near <eof>"),
        ("error({})", .raised, "(error object is a table value)"),
        ("error('boom')", .raised, "test:1: boom"),
        ("error()", .raised, "(error object is a nil value)"),
        (
            "local t = setmetatable({}, {__tostring = function() return 'me' end}) error(t)",
            .raised, "me"
        ),
    ]) func `errors have a kind and a message`(
        _ text: String,
        _ kind: LuaError.Kind,
        _ message: String
    ) throws {
        let error = try #require(try Bench().error(of: text))
        #expect(error.kind == kind)
        #expect(error.message == message)
    }
}
