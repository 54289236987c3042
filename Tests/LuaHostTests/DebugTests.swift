import Testing

@testable import LuaHost

/// Scripts that take `debug` to what the host relies on: each gets an error or goes on, and the process lives.
@Suite struct DebugTests {
    private static let start = """
        local R, get, set = debug.getregistry(), debug.getmetatable, debug.setmetatable
        local function try(f, ...) return select(2, pcall(f, ...)) end
        local function wipe(value)
          for k in pairs(R) do if k ~= 1 and k ~= 2 then pcall(rawset, R, k, value) pcall(function() R[k] = value end) end end
        end

        """

    /// Scripts that are refused, with a part of the error.
    static let refused: [(code: String, complaint: String)] = [
        ("set(spawn(later, 1), nil)", "not open to debug"),
        ("set(spawn(later, 1), {})", "not open to debug"),
        ("set(open(), nil)", "not open to debug"),
        ("debug.setuservalue(spawn(later, 1), nil, 1)", "not open to debug"),
        ("debug.getuservalue(spawn(later, 1), 1)", "not open to debug"),
        ("debug.setuservalue(open(), 1, 1)", "not open to debug"),
        ("debug.setupvalue(echo, 1, 'x')", "upvalues of a C function"),
        ("debug.setupvalue(later, 1, 1 << 60)", "upvalues of a C function"),
        ("debug.setupvalue(coroutine.wrap(print), 1, nil)", "upvalues of a C function"),
        ("debug.setlocal(0, 1, nil)", "a C function has on its stack"),
        (
            "string.gsub('x', 'x', function() debug.setlocal(2, 1, nil) end)",
            "a C function has on its stack"
        ),
        ("R['vmoon.task'] = nil", "belongs to the host"),
        ("R[debug.upvalueid(function() return R end, 1)] = 1", "belongs to the host"),
        ("get(open()).__index(open(), 'id')", "attempt to index"),
        ("get(spawn(later, 1)).__gc(io.stdout)", "attempt to index"),
    ]

    @Test(arguments: refused.indices) func `what would break the host is refused`(_ index: Int)
        throws
    {
        let row = Self.refused[index]
        let bench = try Bench()
        let error = try #require(bench.error(of: Self.start + row.code), "\(row.code)")
        #expect(error.message.contains(row.complaint), "\(row.code): \(error.message)")
        #expect(bench.error(of: "assert(spawn(later, 7):join() == 7)") == nil, "\(row.code)")
    }

    /// Scripts that do no harm, whatever they do.
    static let harmless = [
        "wipe(nil)", "wipe(nil) local t = spawn(later, 1) collectgarbage() try(t.join, t)",
        "wipe(1)", "wipe('s')", "wipe({})", "wipe(io.stdout)", "wipe(coroutine.create(print))",
        "local t = spawn(later, 3) wipe(nil) t = nil collectgarbage()",
        "local h = open() wipe(nil) try(tostring, h) h = nil collectgarbage()",
        "R[1] = nil spawn(later, 1)", "R[1] = 5 try(coroutine.wrap(function() later(1) end))",
        "R._LOADED = nil R._PRELOAD = nil try(require, 'x')",
        "R['FILE*'] = nil try(io.open, '/dev/null')",
        "for k in pairs(R) do assert(type(k) ~= 'userdata') assert(R[k] ~= nil) end assert(R._LOADED.string == string)",
        "R.own = 5 assert(R.own == 5 and rawequal(R, debug.getregistry())) R.own = nil",
        "assert(get(open()) == false and get('').__index == string)",
        "local f = io.tmpfile() set(f, get(spawn(later, 1)) or nil) f = nil collectgarbage()",
        "for level = 0, 9 do for i = -5, 20 do pcall(debug.setlocal, level, i, io.stdout) end end",
        """
        local t = spawn(function() for l = 0, 8 do for i = -5, 12 do pcall(debug.setlocal, l, i, print) end end later(1) end)
        try(t.join, t)
        """,
        "for _, f in pairs(coroutine) do for i = 1, 9 do pcall(debug.setupvalue, f, i, nil) end try(f) try(f, later) end",
        "debug.sethook(function() error 'h' end, 'l') local a = 1",
        "debug.sethook(function() later(1) end, 'l', 1) local a = 1 debug.sethook()",
        "debug.sethook(function() coroutine.yield() end, 'l') local a = 1",
        "try(spawn(function() debug.sethook(function() coroutine.yield() end, 'l') local a = 1 end).join)",
        "setmetatable({}, {__gc = function() spawn(later, 1) later(1) end}) collectgarbage()",
        "setmetatable({}, {__gc = function() spawn(later, 1):join() end}) collectgarbage()",
        "setmetatable({}, {__gc = function() wipe(nil) set(open(), nil) end})",
        """
        local c = coroutine.create(function() local x <close> = open() coroutine.yield() end) coroutine.resume(c)
        setmetatable({}, {__gc = function() coroutine.close(c) end}) c = nil collectgarbage()
        """,
        "set(print, {__index = _G}) set(nil, {__index = error, __call = print}) set(1, {__index = _G}) later(1)",
        "set('', nil) try(later, 1) try(error, {})",
        "local m = get(try(fail)) for k in pairs(m) do m[k] = nil end tostring(try(fail))",
        "local m = get(try(fail)) m.__tostring = function() return 5 end m.__name = 5 fail()",
        "local e = try(fail) get(e).__tostring = function() error(e) end fail()",
        "local t = spawn(error, 'x') later(1) wipe(nil)",
        "for _, v in pairs(R) do if type(v) == 'table' then v[io.stdout] = 5 v.x = open() end end spawn(error, 'x') later(1)",
    ]

    @Test(arguments: harmless) func `nothing else does any harm`(_ code: String) throws {
        let bench = try Bench()
        _ = bench.error(of: Self.start + code)
        _ = bench.error(of: "debug.sethook() set = nil")
        _ = bench.error(of: "spawn(later, 1):join()")
        bench.interpreter.close()
    }
}
