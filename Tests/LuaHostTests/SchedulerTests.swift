import CLuaHost
import Testing

@testable import LuaHost

/// Waiting from everywhere, tasks, and what coroutines keep of Lua's rules.
@Suite struct SchedulerTests {
    typealias Case = HostFunctionTests.Case

    static let cases: [Case] = [
        Case("a call that waits looks like any other", "assert(select(2, later(3, 'x')) == 'x')"),
        Case(
            "an error that comes later is raised",
            "local ok, e = pcall(failLater) assert(e.kind == 'not_found')"
        ),
        Case(
            "in a coroutine",
            """
            local co = coroutine.create(function(a) local b = select(2, later(1, a)); coroutine.yield(b); return 'end' end)
            assert(select(2, coroutine.resume(co, 'x')) == 'x')
            assert(select(2, coroutine.resume(co)) == 'end' and coroutine.status(co) == 'dead')
            """
        ),
        Case(
            "in a wrapped iterator",
            """
            local sum = 0
            for v in coroutine.wrap(function() for i = 1, 5 do coroutine.yield((select(2, later(1, i)))) end end) do sum = sum + v end
            assert(sum == 15)
            """
        ),
        Case(
            "in a metamethod",
            """
            local t = setmetatable({}, {__index = function(_, k) return (select(2, later(1, k))) end,
                __add = function() return (select(2, later(1, 'sum'))) end, __tostring = function() return (select(2, later(1, 'text'))) end})
            assert(t.x == 'x' and t + t == 'sum' and tostring(t) == 'text')
            """
        ),
        Case(
            "in sort and gsub callbacks",
            """
            local t = {3, 1, 2}
            table.sort(t, function(a, b) later(1) return a < b end)
            assert(t[1] == 1 and t[3] == 3)
            assert(('abc'):gsub('.', function(c) return (select(2, later(1, c:upper()))) end) == 'ABC')
            """
        ),
        Case(
            "in pcall, xpcall and its handler",
            """
            assert(select(3, pcall(later, 1, 'x')) == 'x')
            local ok, text = xpcall(function() later(1) error('boom', 0) end, function(m) return m .. select(2, later(1, '!')) end)
            assert(not ok and text == 'boom!')
            """
        ),
        Case(
            "in a close handler, after an error too",
            """
            local seen = 0
            local function guarded() local x <close> = setmetatable({}, {__close = function() later(1) seen = seen + 1 end}) error('e') end
            pcall(guarded)
            coroutine.wrap(function() pcall(guarded) end)()
            assert(seen == 2)
            """
        ),
        Case(
            "in a finalizer",
            """
            local seen
            do setmetatable({}, {__gc = function() seen = select(2, later(1, 'gc')) end}) end
            collectgarbage() collectgarbage()
            assert(seen == 'gc')
            """
        ),
        Case(
            "tasks run side by side",
            """
            local order = {}
            local tasks = {}
            for i = 1, 3 do tasks[i] = spawn(function(n) later(4 - n) order[#order + 1] = n return n * 10 end, i) end
            assert(#order == 0)
            for i = 1, 3 do assert(tasks[i]:join() == i * 10) end
            assert(table.concat(order, ' ') == '3 2 1', table.concat(order, ' '))
            """
        ),
        Case(
            "a task's error is raised where it is joined",
            """
            local t = spawn(function() later(1) error({x = 1}) end)
            local ok, e = pcall(t.join, t)
            assert(not ok and e.x == 1)
            """
        ),
        Case(
            "a task inside coroutines inside a task",
            """
            local t = spawn(function()
                local inner = coroutine.wrap(function()
                    local deeper = coroutine.wrap(function() return (select(2, later(2, 'deep'))) end)
                    coroutine.yield(deeper())
                    return spawn(function() return (select(2, later(1, 'kid'))) end):join()
                end)
                return inner() .. inner()
            end)
            assert(t:join() == 'deepkid')
            """
        ),
        Case(
            "a comparator may start and join tasks of its own",
            """
            local outer = spawn(function() later(2) return 'outer' end)
            local t = spawn(function()
                local list = {2, 1}
                table.sort(list, function(a, b) return spawn(function() later(1) return a < b end):join() end)
                return list[1]
            end)
            assert(t:join() == 1 and outer:join() == 'outer')
            """
        ),
        Case(
            "a comparator in a task cannot join a task from outside",
            """
            local outer = spawn(function() later(5) end)
            local t = spawn(function() table.sort({2, 1}, function(a, b) outer:join() return a < b end) end)
            local ok, e = pcall(t.join, t)
            assert(not ok and e.kind == 'usage', tostring(e))
            """
        ),
        Case(
            "a coroutine that waits for the host is nobody else's",
            """
            local co
            local t = spawn(function()
                co = coroutine.create(function() later(3) return 'done' end)
                return select(2, coroutine.resume(co))
            end)
            later(1)
            assert(coroutine.status(co) == 'normal', coroutine.status(co))
            local ok, why = coroutine.resume(co)
            assert(not ok and why == 'cannot resume non-suspended coroutine', why)
            assert(not pcall(coroutine.close, co))
            assert(t:join() == 'done')
            """
        ),
        Case(
            "a cancelled task runs its close handlers and raises where it is joined",
            """
            local closed
            local t = spawn(function()
                local x <close> = setmetatable({}, {__close = function() later(1) closed = true end})
                while true do pcall(later, 5) end
            end)
            later(1)
            t:cancel()
            local ok, e = pcall(t.join, t)
            assert(not ok and e.kind == 'cancelled' and closed, tostring(e))
            """
        ),
        Case(
            "a task cancelled before it began never begins",
            """
            local began
            local t = spawn(function() began = true end)
            t:cancel()
            assert(not pcall(t.join, t) and not began)
            """
        ),
        Case(
            "yielding from a task's own body is refused",
            """
            local t = spawn(function() coroutine.yield() end)
            local ok, e = pcall(t.join, t)
            assert(not ok and e:find('outside a coroutine'), tostring(e))
            """
        ),
        Case(
            "thousands of tasks",
            """
            local n, tasks = 0, {}
            for i = 1, 5000 do tasks[i] = spawn(function() later(i % 7 + 1) n = n + 1 end) end
            for i = 1, #tasks do tasks[i]:join() end
            assert(n == 5000)
            """
        ),
        Case(
            "wrap closes what is pending and adds the position",
            """
            local closed
            local f = coroutine.wrap(function() local x <close> = setmetatable({}, {__close = function() closed = true end}) error('e') end)
            local ok, e = pcall(f)
            assert(not ok and closed and e:find('test:2: test:1: e') or e:find('e$'), e)
            """
        ),
        Case(
            "close and status as in the manual",
            """
            local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() error('c', 0) end}) coroutine.yield() end)
            coroutine.resume(co)
            local ok, e = coroutine.close(co)
            assert(ok == false and e == 'c' and coroutine.status(co) == 'dead')
            assert(coroutine.close(co) == true)
            assert(select(2, coroutine.resume(co)) == 'cannot resume dead coroutine')
            assert(coroutine.status(coroutine.running()) == 'running')
            assert(not pcall(coroutine.close, coroutine.running()))
            """
        ),
    ]

    @Test(arguments: cases) func `a script holds`(_ row: Case) throws {
        let bench = try Bench()
        let error = bench.error(of: row.text)
        #expect(error == nil)
        #expect(vm_lua_stack_height(bench.interpreter.pointer) == 0)
    }

    @Test func `a failure that nobody joins is reported at the end`() throws {
        let error = try Bench().error(of: "spawn(function() error('lost', 0) end)")
        #expect(error?.message == "lost")
    }

    @Test func `a failure whose handle is collected is reported all the same`() throws {
        let error = try Bench().error(
            of: """
                for _ = 1, 20 do spawn(function() error('nobody saw this') end) end
                spawn(function() for _ = 1, 4 do collectgarbage() later(1) end end)
                """
        )
        #expect(error?.message.contains("nobody saw this") == true)
    }

    @Test func `an interrupt ends a loop around pcall and lets close handlers call`() throws {
        let bench = try Bench()
        var turns = 0
        defer { bench.host.onWait = {} }  // it holds the bench, which holds the host
        bench.host.onWait = {
            turns += 1
            if turns == 3 { bench.interpreter.interrupt(reason: -1) }
        }
        let error = bench.error(
            of: """
                local x <close> = setmetatable({}, {__close = function() closed = later(1) end})
                while true do pcall(later, 1) end
                """
        )
        #expect(error?.raised?.kind == "cancelled")
        #expect(bench.interpreter.interruption == -1)
        #expect(turns == 4)
    }
}
