import CLuaHost
import Testing

@testable import LuaHost

/// What stops a task, how often it is told, and what it may still do.
@Suite struct StoppingTests {
    typealias Case = HostFunctionTests.Case

    static let cases: [Case] = [
        Case(
            "a task that cancels itself ends in the next protected call",
            """
            local t, rounds = nil, 0
            t = spawn(function()
                t:cancel()
                while rounds < 50 do pcall(later, 1) rounds = rounds + 1 end
            end)
            local ok, e = pcall(t.join, t)
            assert(not ok and e.kind == 'cancelled' and rounds == 0, rounds)
            """
        ),
        Case(
            "a task is told once, and its handler goes on when it is cancelled again",
            """
            local closed
            local t = spawn(function()
                local x <close> = setmetatable({}, {__close = function() later(3) closed = true end})
                later(100)
            end)
            later(1) t:cancel()
            later(1) t:cancel()
            assert(not pcall(t.join, t) and closed)
            """
        ),
        Case(
            "load passes on what stops its reader",
            """
            local survived
            local t = spawn(function()
                later(1)
                load(function() later(100) end)
                survived = true
            end)
            local other = spawn(function() later(2) t:cancel() end)
            later(1)
            t:cancel()
            local ok, e = pcall(t.join, t)
            assert(not ok and e.kind == 'cancelled' and not survived)
            """
        ),
        Case(
            "the verdict of a change reaches the script before it hears that it has to stop",
            """
            local got, after
            local t = spawn(function()
                local x <close> = setmetatable({}, {__close = function() got = got and got .. ' closed' end})
                local _, word = change(4, 'done')
                got = word
                later(1)
                after = true
            end)
            later(1) t:cancel()
            local ok, e = pcall(t.join, t)
            assert(not ok and e.kind == 'cancelled' and got == 'done closed' and not after, got)
            """
        ),
        Case(
            "so does its error, which pcall hands back as ever",
            """
            local seen
            local t = spawn(function()
                local ok, e = pcall(failChange, 4)
                seen = e.kind
                pcall(later, 1)
            end)
            later(1) t:cancel()
            local ok, e = pcall(t.join, t)
            assert(not ok and e.kind == 'cancelled' and seen == 'not_found', seen)
            """
        ),
        Case(
            "after the verdict a script does not compute for ever",
            """
            local t = spawn(function() change(4) while true do end end)
            later(1) t:cancel()
            local ok, e = pcall(t.join, t)
            assert(not ok and e.kind == 'cancelled')
            """
        ),
        Case(
            "nor by switching between coroutines",
            """
            local t = spawn(function()
                change(4)
                local g = coroutine.wrap(function() while true do coroutine.yield() end end)
                while true do g() end
            end)
            later(1) t:cancel()
            local ok, e = pcall(t.join, t)
            assert(not ok and e.kind == 'cancelled')
            """
        ),
        Case(
            "what xpcall's handler makes of being stopped is forgotten",
            """
            local t = spawn(function() xpcall(later, function() return 'text' end, 100) end)
            later(1) t:cancel()
            local ok, e = pcall(t.join, t)
            assert(not ok and e.kind == 'cancelled')
            """
        ),
        Case(
            "tasks in a callback that wait for one another are told so",
            """
            local seen
            local t = spawn(function()
                table.sort({2, 1}, function(a, b)
                    local x, y
                    x = spawn(function() y:join() end)
                    y = spawn(function() x:join() end)
                    seen = select(2, pcall(x.join, x))
                    x:cancel() y:cancel()
                    return a < b
                end)
            end)
            t:join()
            assert(seen.kind == 'usage' and seen.message:find('wait for one another'), tostring(seen))
            """
        ),
        Case(
            "coroutines of a finalizer run no tasks either",
            """
            local order = {}
            local t = spawn(function() later(1) order[#order + 1] = 'task' end)
            do setmetatable({}, {__gc = function()
                coroutine.wrap(function() later(3) end)()
                order[#order + 1] = 'finalizer'
            end}) end
            collectgarbage()
            t:join()
            assert(table.concat(order, ' ') == 'finalizer task')
            """
        ),
        Case(
            "a handle outlives its finalizer",
            """
            local seen = {}
            local o = setmetatable({}, {__gc = function(o)
                o.t:cancel()
                seen[1], seen[2] = tostring(o.t), select(2, pcall(o.t.join, o.t))
            end})
            o.t = spawn(function() return 1 end)
            o.t:join()
            o = nil
            collectgarbage() collectgarbage()
            assert(seen[1] == 'task: collected' or seen[1] == 'task: done', seen[1])
            """
        ),
        Case(
            "a task in a comparator's region cannot wait for one outside it",
            """
            local outer = spawn(function() later(3) end)
            local t = spawn(function()
                table.sort({2, 1}, function(a, b)
                    spawn(function() outer:join() end):join()
                    return a < b
                end)
            end)
            local ok, e = pcall(t.join, t)
            assert(not ok and e.kind == 'usage' and e.message:find('it started itself'), tostring(e))
            """
        ),
        Case(
            "tasks that wait for one another are told so",
            """
            local a, b
            a = spawn(function() b:join() end)
            b = spawn(function() a:join() end)
            local ok, e = pcall(a.join, a)
            assert(not ok and e.kind == 'usage' and e.message:find('wait for one another'), tostring(e))
            a:cancel() b:cancel()
            """
        ),
        Case(
            "a task that is done is dead to coroutine functions, and keeps its results",
            """
            local co
            local t = spawn(function() co = coroutine.running() return print, nil, 3 end)
            t:join()
            assert(coroutine.status(co) == 'dead' and coroutine.close(co))
            assert(select(2, coroutine.resume(co)) == 'cannot resume dead coroutine')
            assert(select('#', t:join()) == 3 and t:join() == print)
            """
        ),
        Case(
            "the marker that debug finds means that others may go first",
            """
            local co, found
            local t = spawn(function() co = coroutine.running() later(3) end)
            later(1)
            for i = 1, 5 do
                local _, value = debug.getlocal(co, 0, i)
                if type(value) == 'userdata' then found = value end
            end
            local went_on
            local other = spawn(function() coroutine.wrap(function() coroutine.yield(found) end)() went_on = true end)
            other:join() t:join()
            assert(found and went_on)
            """
        ),
        Case(
            "what is no function cannot be spawned",
            """
            local ok, e = pcall(spawn, 5)
            assert(not ok and e.kind == 'usage' and e.message:find('must be a function'))
            assert(spawn(setmetatable({}, {__call = function() return 'called' end})):join() == 'called')
            """
        ),
        Case(
            "failures leave nothing behind once they were seen",
            """
            local function fail_often()
                for _ = 1, 2000 do local t = spawn(error, 'x') pcall(t.join, t) end
                collectgarbage() collectgarbage()
                return collectgarbage('count')
            end
            local first = fail_often()
            assert(fail_often() < first + 64)
            """
        ),
        Case(
            "a close handler of the main chunk gets the error itself",
            """
            local seen = {}
            local function guarded(f)
                return function()
                    local x <close> = setmetatable({}, {__close = function(_, e) seen[#seen + 1] = e end})
                    f()
                end
            end
            pcall(guarded(fail)) pcall(guarded(function() error('text', 0) end))
            assert(seen[1].kind == 'not_found' and seen[2] == 'text')
            """
        ),
    ]

    @Test(arguments: cases) func `a script holds`(_ row: Case) throws {
        let bench = try Bench()
        let error = bench.error(of: row.text)
        #expect(error == nil)
        #expect(vm_lua_stack_height(bench.interpreter.pointer) == 0)
    }

    @Test func `a close handler outside every protected call gets the error itself too`() throws {
        let bench = try Bench()
        let error = bench.error(
            of: """
                local x <close> = setmetatable({}, {__close = function(_, e) kind = e.kind end})
                fail()
                """
        )
        #expect(error?.raised?.kind == "not_found")
        #expect(error?.position == "test:2")
        #expect(bench.error(of: "assert(kind == 'not_found')") == nil)
    }

    @Test func `a task's failure tells where it was, joined or not`() throws {
        let text = """
            local function deep() error('boom') end
            local t = spawn(function() deep() end)
            """
        for text in [text, text + "\nt:join()"] {
            let error = try Bench().error(of: text)
            #expect(error?.message == "test:1: boom")
            #expect(error?.traceback?.contains("test:1: in upvalue 'deep'") == true, "\(text)")
        }
    }

    @Test(arguments: ["later(100)", "while true do end", "pcall(later, 100)"])
    func `a message handler is stopped, and what was to be closed is closed`(_ wait: String) throws
    {
        let bench = try Bench()
        var turns = 0
        defer { bench.host.onWait = {} }  // it holds the bench, which holds the host
        bench.host.onWait = {
            turns += 1
            if turns == 2 { bench.interpreter.interrupt(reason: -1) }
        }
        let text = """
            order = {}
            local function note(name)
                return setmetatable({}, {__close = function() later(1) order[#order + 1] = name end})
            end
            local outer <close> = note('outer')
            xpcall(function()
                local inner <close> = note('inner')
                error('first')
            end, function(m) order[#order + 1] = 'handler' later(1) later(1) \(wait) return m end)
            order[#order + 1] = 'went on'
            """
        #expect(bench.error(of: text)?.raised?.kind == "cancelled")
        bench.interpreter.clearInterrupt()
        let order =
            "assert(table.concat(order, ' ') == 'handler inner outer', table.concat(order, ' '))"
        #expect(bench.error(of: order) == nil)
    }

    @Test func `a finalizer that is interrupted does not answer for the script`() throws {
        let bench = try Bench()
        defer { bench.host.onWait = {} }  // it holds the bench, which holds the host
        var turns = 0
        bench.host.onWait = {
            turns += 1
            if turns == 2 { bench.interpreter.interrupt(reason: -1) }
        }
        let text = """
            do setmetatable({}, {__gc = function() later(100) end}) end
            collectgarbage()
            for _ = 1, 1e7 do end
            went_on = true
            """
        #expect(bench.error(of: text)?.raised?.kind == "cancelled")
        bench.interpreter.clearInterrupt()
        #expect(bench.error(of: "assert(went_on == nil)") == nil)
    }

    @Test func `an error that tasks pass on tells where it began`() throws {
        let text = """
            local b = spawn(function() error({1}) end)
            local a = spawn(function() b:join() end)
            a:join()
            """
        #expect(try Bench().error(of: text)?.position == "test:1")
    }

    @Test func `an error is not taken for an equal one that was caught before`() throws {
        let text = """
            local t = spawn(function() error('boom', 0) end)
            pcall(t.join, t)
            error('boom', 0)
            """
        #expect(try Bench().error(of: text)?.position == "test:3")
    }

    @Test func `a stack that overflows in C has a traceback`() throws {
        let text = "local function f() return (string.gsub('a', 'a', f)) end f()"
        let error = try Bench().error(of: text)
        #expect(error?.message.contains("C stack overflow") == true)
        #expect(error?.traceback?.contains("in function 'string.gsub'") == true)
    }

    @Test func `of several failures the first is reported`() throws {
        let error = try Bench().error(
            of: "for i = 1, 50 do spawn(function() error('number ' .. i, 0) end) end"
        )
        #expect(error?.message == "number 1")
    }

    @Test func `the states of a task are those of C`() {
        let states: [(StandIn.TaskState, vm_lua_task_state)] = [
            (.ready, VM_LUA_TASK_READY), (.running, VM_LUA_TASK_RUNNING),
            (.waiting, VM_LUA_TASK_WAITING), (.done, VM_LUA_TASK_DONE),
            (.failed, VM_LUA_TASK_FAILED), (.collected, VM_LUA_TASK_COLLECTED),
        ]
        for (ours, theirs) in states { #expect(ours.rawValue == UInt64(theirs.rawValue)) }
    }
}
