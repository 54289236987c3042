import CLuaHost
import Testing

@testable import LuaHost

/// Running out of memory at every possible place.
///
/// Under AddressSanitizer these runs also prove that nothing leaks.
@Suite struct MemoryTests {
    static let corpus = [
        "local t = {} for i = 1, 20 do t[i] = {tostring(i), i} end return t",
        "local ok, e = pcall(fail) assert(not ok) tostring(e)",
        "local t = echo{a = {1, 2, {b = 'c'}}, d = 'e'} return t.a[3].b",
        "local h <close> = open() return h.id, tostring(h), h:echo(1)",
        "local t = spawn(function(a) later(2) return a end, 'x') return t:join()",
        "local w = coroutine.wrap(function() later(1) coroutine.yield(1) error('e') end) w() pcall(w)",
        "local l = {3, 1, 2} table.sort(l, function(a, b) later(1) return a < b end)",
        "for i = 1, 3 do pcall(function() local x <close> = open() error({i}) end) end",
    ]

    @Test(arguments: corpus) func `the n-th allocation fails and the host goes on`(
        _ text: String
    ) throws {
        for forever in [false, true] {
            var n = 1
            while n < 5_000 {
                let bench = try Bench()
                vm_lua_fail_allocation(bench.interpreter.pointer, n, forever)
                let error = bench.error(of: text)
                vm_lua_fail_allocation(bench.interpreter.pointer, 0, false)
                #expect(vm_lua_stack_height(bench.interpreter.pointer) == 0)
                #expect(bench.error(of: "assert(echo(1) == 1)") == nil)
                if error == nil, n > 40 { break }
                n += 1
            }
            #expect(n < 5_000)
        }
    }

    @Test func `a thousand host errors leave nothing behind`() throws {
        let bench = try Bench()
        #expect(bench.error(of: "collectgarbage() collectgarbage()") == nil)
        let before = bench.interpreter.memoryUsed
        #expect(
            bench.error(
                of: """
                    for _ = 1, 1000 do local ok, e = pcall(fail) assert(e.kind == 'not_found') end
                    for _ = 1, 1000 do pcall(failLater) end
                    collectgarbage() collectgarbage()
                    """
            ) == nil
        )
        #expect(bench.interpreter.memoryUsed < before + 4_096)
    }

    @Test(arguments: [
        "string.rep('x', 1 << 30)", "local t = {} for i = 1, 1 << 30 do t[i] = i end",
        "local s = 'x' while true do s = s .. s end",
    ]) func `a limit stops a bomb and the interpreter goes on`(_ bomb: String) throws {
        let bench = try Bench()
        bench.interpreter.setMemoryLimit(16 << 20)
        let error = try #require(bench.error(of: bomb))
        #expect(error.kind == .memory)
        #expect(error.message == "not enough memory")
        #expect(bench.error(of: "assert(echo(1) == 1)") == nil)
        #expect(bench.interpreter.memoryUsed < 16 << 20)
    }
}
