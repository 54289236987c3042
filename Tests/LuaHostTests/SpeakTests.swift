import Buffers
import CLuaHost

import Testing

@testable import LuaHost

/// The texts that values give of themselves at the prompt.
@Suite struct SpeakTests {
    /// A value as text: what it said of itself, or its name and what is in it.
    private func text(_ value: Value, _ interpreter: Interpreter) -> String {
        if let object = value.object, let standIn = StandIn(object) {
            switch standIn {
            case .text(let number):
                return String(decoding: interpreter.text(numbered: number), as: UTF8.self)
            case .name(let number):
                return "name " + String(decoding: interpreter.text(numbered: number), as: UTF8.self)
            default: return "\(standIn)"
            }
        }
        switch value.kind {
        case .array:
            return "[\(value.elements.map { text($0, interpreter) }.joined(separator: " "))]"
        case .record:
            return
                "{\(value.fields.map { "\($0.key.string ?? ""): \(text($0.value, interpreter))" }.joined(separator: " "))}"
        default: return value.string ?? value.integer.map { "\($0)" } ?? "\(value.kind)"
        }
    }

    private func run(_ bench: Bench, _ line: String) -> String {
        let results = ValueBuffer()
        do throws(LuaError) {
            try bench.interpreter.run(line: line, chunkName: "=input", closing: [], into: results)
        } catch {
            return "error: \(error.message)"
        }
        return results.values.map { text($0, bench.interpreter) }.joined(separator: ", ")
    }

    static let prelude = """
        function says(f, t) return setmetatable(t or {}, { __tostring = f }) end
        function named(t) return setmetatable(t, { __name = 'Point' }) end
        """

    static let lines: [(line: String, shown: String)] = [
        ("says(function() return 'one' end)", "one"),
        ("{ says(function() return 'two' end), 3 }", "[two 3]"),
        ("{ a = { says(function(t) return t.b end, { b = 'deep' }) } }", "{a: [deep]}"),
        ("says(function() return 7 end)", "7"),
        ("says(function() return '' end)", ""),
        ("says(function() return ('x'):rep(1 << 20) end)", String(repeating: "x", count: 4096)),
        ("named { 1, 2 }", "[name Point [1 2]]"),
        ("{ p = named { named {} } }", "{p: [name Point [[name Point {}]]]}"),
        // A name is not the text, and is no metamethod.
        ("setmetatable({ 1 }, { __name = 5 })", "[1]"),
        // Failures stand in the place of the text, and the line goes on.
        ("says(function() error 'boom' end)", "<__tostring failed: input:1: boom>"),
        ("says(function() error { message = 'sad' } end)", "<__tostring failed: sad>"),
        ("says(function() error {} end)", "<__tostring failed with a table>"),
        ("says(function() fail() end)", "<__tostring failed: there is no such item>"),
        ("says(function() end)", "<__tostring gives no string: nil>"),
        ("says(function() return {} end)", "<__tostring gives no string: table>"),
        ("says 'text'", "<__tostring failed: attempt to call a string value>"),
        (
            "coroutine.wrap(function() return says(coroutine.yield) end)()",
            "<__tostring failed: attempt to yield from outside a coroutine>"
        ),
        ("says(function() while true do end end), 2", "<__tostring takes too long>, 2"),
        (
            "says(function() while true do pcall(function() while true do end end) end end)",
            "<__tostring takes too long>"
        ),
        (
            "says(function() xpcall(says, function() while true do end end, nil, 1) end)",
            "<__tostring takes too long>"
        ),
        (
            "says(function() coroutine.wrap(function() while true do end end)() end)",
            "<__tostring takes too long>"
        ),
        // It waits like any function that no task can leave.
        ("says(function() return (select(2, later(2, 'waited'))) end)", "waited"),
        // What it calls may change what is shown.
        (
            "(function() local t = {} t[1] = says(function() t[2] = 5 return 'grows' end) return t end)()",
            "[grows 5]"
        ),
    ]

    @Test(arguments: lines.indices) func `a value is asked once for its text`(_ index: Int) throws {
        let bench = try Bench()
        #expect(run(bench, Self.prelude) == "")
        #expect(run(bench, Self.lines[index].line) == Self.lines[index].shown)
        #expect(vm_lua_stack_height(bench.interpreter.pointer) == 0)
        #expect(run(bench, "1 + 1") == "2")
    }

    @Test func `an endless one costs its own time, and all together theirs`() throws {
        let bench = try Bench()
        _ = run(bench, Self.prelude)
        let shown = run(
            bench,
            "(function() local t = {} for i = 1, 9 do t[i] = says(function() while true do end end) end return t end)()"
        )
        #expect(shown.components(of: "takes too long") == 5)
        #expect(shown.components(of: "not called: others took too long") == 4)
        // The next line begins anew.
        #expect(run(bench, "says(function() return 'fresh' end)") == "fresh")
    }

    @Test func `a hook of the script stays, and a coroutine that outlives the text is let go`()
        throws
    {
        let bench = try Bench()
        _ = run(bench, Self.prelude)
        _ = run(bench, "count = 0 debug.sethook(function() count = count + 1 end, '', 100)")
        #expect(run(bench, "says(function() return 'hooked' end)") == "hooked")
        #expect(run(bench, "debug.gethook() and 1, select(3, debug.gethook())") == "1, 100")
        _ = run(bench, "debug.sethook()")
        _ = run(
            bench,
            "says(function() co = coroutine.create(function() for i = 1, 1e8 do if i % 1e6 == 0 then coroutine.yield(i) end end end) return '' end)"
        )
        #expect(run(bench, "select(2, coroutine.resume(co)) // 1 | 0") == "1000000")
    }

    @Test func `an interrupt ends a text, and is no failure of it`() throws {
        let bench = try Bench()
        _ = run(bench, Self.prelude)
        bench.host.onWait = { bench.interpreter.interrupt(reason: 2) }
        let stopped = run(bench, "says(function() later(5) while true do end end), 'shown'")
        #expect(stopped == "error: cancelled: stopped by SIGINT")
        bench.host.onWait = {}
        bench.interpreter.clearInterrupt()
        #expect(run(bench, "says(function() return 'again' end)") == "again")
    }

    @Test func `a shown value is not kept`() throws {
        let bench = try Bench()
        _ = run(bench, Self.prelude + " kept = setmetatable({}, { __mode = 'k' })")
        _ = run(
            bench,
            "(function() local v = says(function() return 'v' end) kept[v] = 1 return v end)()"
        )
        _ = run(bench, "_ = nil")
        #expect(run(bench, "collectgarbage(), next(kept) or 1") == "0, 1")
    }

    @Test(arguments: [
        "{ says(function() return 'a' .. #_G end), named { 1 }, says(error) }",
        "says(function() return later(2, 'b') end)",
    ]) func `the n-th allocation fails and the prompt goes on`(_ line: String) throws {
        var n = 1
        var outcome = ""
        repeat {
            let bench = try Bench()
            _ = run(bench, Self.prelude)
            vm_lua_fail_allocation(bench.interpreter.pointer, n, false)
            outcome = run(bench, line)
            vm_lua_fail_allocation(bench.interpreter.pointer, 0, false)
            #expect(vm_lua_stack_height(bench.interpreter.pointer) == 0)
            #expect(run(bench, "says(function() return 'after' end)") == "after")
            n += 1
        } while n < 60 || (outcome.contains("not enough memory") && n < 1000)
        #expect(n < 1000)
    }
}

extension String {
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
