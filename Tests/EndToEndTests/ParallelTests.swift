import Glibc
import Support
import Testing

/// Many calls at once from code that reads like a loop.
@Suite struct ParallelTests {
    static let programs: [(name: String, text: String)] = [
        (
            "results keep the order of the list",
            """
            local r, e = parallel({3, 1, 2}, function(v, i) sleep(v / 100) return v * 10 + i end, { limit = 3 })
            assert(r.n == 3 and r[1] == 31 and r[2] == 12 and r[3] == 23 and next(e) == nil)
            """
        ),
        ("an empty list", "local r, e = parallel({}, print) assert(r.n == 0 and next(e) == nil)"),
        (
            "no more than the limit run at once, and that many do",
            """
            local now, most = 0, 0
            parallel({ n = 50 }, function() now = now + 1 most = math.max(most, now) sleep(0.001) now = now - 1 end, { limit = 7 })
            assert(most == 7 and now == 0, most)
            """
        ),
        (
            "an iterator that waits is asked by one task at a time",
            """
            local pages = coroutine.wrap(function() for i = 1, 40 do sleep(0) coroutine.yield(i) end end)
            local r = parallel(pages, function(v) sleep(0.001) return v end, { limit = 8 })
            assert(r.n == 40)
            for i = 1, 40 do assert(r[i] == i) end
            """
        ),
        (
            "an iterator is not read further than what is in flight",
            """
            local given = 0
            local ok, e = pcall(parallel, function() given = given + 1 return given end,
              function(v) sleep(0) if v == 20 then error("enough", 0) end end, { limit = 4 })
            assert(not ok and given <= 24 and tostring(e):find("enough", 1, true), given)
            """
        ),
        (
            "the first error stops, and tells about the others",
            """
            local started = 0
            local ok, e = pcall(parallel, { n = 100 }, function(_, i)
              started = started + 1
              if i == 3 then sleep(0.02) error({ code = 42 }) end
              sleep(i < 3 and 0 or 60)
              return i
            end, { limit = 5 })
            assert(not ok and e.code == 42 and e.results[1] == 1 and e.results[2] == 2, tostring(e))
            assert(e.errors[3] == e and e.errors[4].kind == "cancelled" and started <= 7, started)
            """
        ),
        (
            "errors are collected",
            """
            local r, e = parallel({ 1, 2, 3, 4 }, function(v) if v % 2 == 0 then error("even " .. v, 0) end return v end, { errors = "collect" })
            assert(r.n == 4 and r[1] == 1 and r[3] == 3 and r[2] == nil and e[2] == "even 2" and e[4] == "even 4")
            """
        ),
        (
            "an error without a value is an error",
            """
            local r, e = parallel({1, 2, 3}, function(v) if v == 2 then error() end return v end, { errors = "collect" })
            assert(r[1] == 1 and r[3] == 3 and tostring(e[2]) == "(error object is a nil value)", tostring(e[2]))
            """
        ),
        (
            "an error of an iterator is raised",
            """
            local ok, e = pcall(parallel, function() error("no more", 0) end, print)
            assert(not ok and tostring(e):find("no more"))
            """
        ),
        (
            "an iterator that fails stops what is in flight, and is not asked again",
            """
            local asked, began = 0, time.now()
            local ok, e = pcall(parallel, coroutine.wrap(function()
              for i = 1, 2 do asked = i coroutine.yield(i) end
              error("iterator broke", 0)
            end), function() sleep(60) end, { limit = 3 })
            assert(not ok and tostring(e):find("iterator broke", 1, true) and asked == 2, tostring(e))
            assert(time.now() - began < 30 and e.errors[1].kind == "cancelled" and e.errors[2].kind == "cancelled")
            """
        ),
        (
            "an iterator of few items starts few tasks, whatever the limit",
            """
            local n, before = 0, collectgarbage "count"
            local r = parallel(function() n = n + 1 if n <= 3 then return n end end, function(v) return v end, { limit = 1000000 })
            assert(r.n == 3 and collectgarbage "count" < before + 1000)
            """
        ),
        (
            "an error that must not be written to carries what is known all the same",
            """
            local sealed = setmetatable({}, { __newindex = function() error "sealed" end })
            local ok, e = pcall(parallel, { 1 }, function() error(sealed) end)
            assert(not ok and e == sealed and rawget(e, "errors")[1] == sealed)
            """
        ),
        (
            "a text that ends it is an error like others, with one position",
            """
            local ok, e = pcall(parallel, { 1 }, function() error "plain" end)
            assert(not ok and e.exit_code == 1 and e.retryable == false and e.outcome == "none" and e.kind == nil)
            assert(tostring(e):match "^stdin:%d+: plain$", tostring(e))
            """
        ),
        (
            "it nests",
            """
            local r = parallel({ 1, 2 }, function(a) return parallel({ 1, 2, 3 }, function(b) sleep(0) return a * b end)[3] end)
            assert(r[1] == 3 and r[2] == 6)
            """
        ),
        (
            "inside a comparator",
            """
            local t = { 3, 1, 2 }
            table.sort(t, function(a, b) local r = parallel({ a, b }, function(v) sleep(0) return v end) return r[1] < r[2] end)
            assert(t[1] == 1 and t[3] == 3)
            """
        ),
        (
            "misuse is said",
            """
            for _, call in ipairs{ { 5, print }, { {}, 5 }, { {}, print, { limit = 0 } }, { {}, print, { error = "stop" } }, { {}, print, 7 } } do
              local ok, e = pcall(parallel, table.unpack(call))
              assert(not ok and e.kind == "usage", tostring(e))
            end
            """
        ),
        (
            "sleep refuses what is no time",
            """
            for _, value in ipairs{ -1, "x", {}, 1e300 } do
              local ok, e = pcall(sleep, value)
              assert(not ok and e.kind == "usage")
            end
            assert(not pcall(sleep))
            """
        ),
        (
            "a cancelled caller leaves nothing running",
            """
            local after = 0
            local task = spawn(function() parallel({ n = 8 }, function() sleep(30) after = after + 1 end) end)
            sleep(0.01)
            task:cancel()
            local ok, e = pcall(task.join, task)
            assert(not ok and e.kind == "cancelled" and after == 0, tostring(e))
            """
        ),
        (
            "a caller that is cancelled is told what is known",
            """
            local known
            local task = spawn(function()
              local _ <close> = setmetatable({}, { __close = function(_, e) known = e end })
              parallel({ n = 5 }, function(_, i) if i < 3 then return i end sleep(60) end)
            end)
            sleep(0.05)
            task:cancel()
            assert(not pcall(task.join, task))
            assert(known.kind == "cancelled" and known.results[2] == 2 and known.errors[3].kind == "cancelled")
            """
        ),
        (
            "workers that are stopped clean up in peace, whoever stops them once more",
            """
            local closed = 0
            local task = spawn(function()
              parallel({ 1, 2 }, function()
                local _ <close> = setmetatable({}, { __close = function() sleep(0.1) closed = closed + 1 end })
                sleep(60)
              end)
            end)
            sleep(0.02) task:cancel()
            sleep(0.02) task:cancel()
            assert(not pcall(task.join, task) and closed == 2, closed)
            """
        ),
        (
            "tasks take turns",
            """
            local seen = {}
            local tasks = {}
            for i = 1, 4 do tasks[i] = spawn(function() for _ = 1, 50 do sleep(0) seen[#seen + 1] = i end end) end
            for i = 1, 4 do tasks[i]:join() end
            local last = {}
            for place, i in ipairs(seen) do last[i] = place end
            for i = 1, 4 do assert(last[i] > 180, last[i]) end
            """
        ),
    ]

    @Test(arguments: programs.map(\.name)) func `a program holds`(_ name: String) throws {
        let program = try #require(Self.programs.first { $0.name == name })
        let run = try ProgramRun.of("vmoon", ["-"], input: program.text)
        #expect(run.status == 0, "\(run.error)")
    }

    /// A check-out is a lock on the server: who is stopped while it is being made must hear of it.
    static let stopped: [(name: String, text: String, signal: Int32?)] = [
        (
            "another item failed",
            """
            local ok, e = pcall(parallel, { 1, 2 }, function(i)
              if i == 2 then sleep(0.3) error "two" end
              return it:checkOut(spec)
            end)
            print(ok, e.results[1] == it:listCheckOuts()[1].vm, e.errors[1])
            """, nil
        ),
        (
            "its task was cancelled",
            """
            local vm
            local t = spawn(function() vm = it:checkOut(spec) sleep(60) end)
            sleep(0.3) t:cancel()
            print(pcall(t.join, t) == false and "false", vm == it:listCheckOuts()[1].vm, nil)
            """, nil
        ),
        (
            "the run got a signal",
            """
            local vm
            local _ <close> = setmetatable({}, { __close = function()
              print(false, vm == it:listCheckOuts()[1].vm, nil)
            end })
            io.stdout:write "ready " io.stdout:flush()
            vm = it:checkOut(spec)
            while true do end
            """, SIGINT
        ),
    ]

    @Test(arguments: stopped.map(\.name))
    func `a check-out under way is known to the script although`(_ name: String) throws {
        let row = try #require(Self.stopped.first { $0.name == name })
        let runs = try Runs("--clone-time", "900ms")
        let script = try runs.folder.write(
            """
            local it = item "golden/ubuntu-22.04"
            local spec = { name = "n", placement = { folder = "group-v3", resource_pool = "resgroup-8" } }
            \(row.text)
            """,
            to: "stopped.lua"
        )
        let run = try ProgramRun.of(
            "vmoon",
            runs.connection + [script],
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        ) { text, process in
            guard let signal = row.signal, text == "ready " else { return }
            usleep(300_000)
            kill(process.identifier, signal)
        }
        #expect(run.output.hasSuffix("false\ttrue\tnil\n"), "\(run)")
        #expect(run.signal == row.signal)
    }
}
