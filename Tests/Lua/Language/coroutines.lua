-- Lua 5.4 manual, §2.6 (coroutines) and §6.2 (the functions of the library).
local case, wait, place = ...
local create, resume, yield, status = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status
local wrap, running, close, isyieldable = coroutine.wrap, coroutine.running, coroutine.close, coroutine.isyieldable

local function packed(...) return table.concat({ ... }, " ") end

-- What a call raises, as text.
local function failure(f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok, "nothing was raised")
  return message
end

case("what resume is given first are the body's arguments, then what yield returns", function()
  local co = create(function(a, b)
    wait()
    local c = yield(a + b)
    wait()
    local d, e = yield(c * 2)
    return d .. e
  end)
  assert(select(2, resume(co, 1, 2)) == 3)
  assert(select(2, resume(co, 5)) == 10)
  assert(select(2, resume(co, "x", "y")) == "xy")
end)

case("values pass through in any number, nil and none among them", function()
  local co = create(function(...)
    assert(select("#", ...) == 3 and select(2, ...) == nil)
    assert(select("#", yield()) == 0)
    assert(select("#", yield(nil, nil)) == 2)
    return nil, false, nil
  end)
  assert(select("#", resume(co, 1, nil, nil)) == 1)
  assert(select("#", resume(co)) == 3)
  local results = table.pack(resume(co, nil, nil))
  assert(results.n == 4 and results[1] == true and results[3] == false)
end)

case("the example of two nested functions that yield", function()
  local log = {}
  local function inner(a) log[#log + 1] = "inner " .. a wait() return yield(2 * a) end
  local co = create(function(a, b)
    log[#log + 1] = "body " .. a .. " " .. b
    local r = inner(a + 1)
    log[#log + 1] = "again " .. r
    local x, y = yield(a + b, a - b)
    log[#log + 1] = "last " .. x .. " " .. y
    return b, "end"
  end)
  assert(select(2, resume(co, 1, 10)) == 4)
  local _, sum, difference = resume(co, "r")
  assert(sum == 11 and difference == -9)
  local _, ten, word = resume(co, "x", "y")
  assert(ten == 10 and word == "end")
  local ok, message = resume(co, "x", "y")
  assert(ok == false and message == "cannot resume dead coroutine")
  assert(table.concat(log, ", ") == "body 1 10, inner 2, again r, last x y")
end)

case("status tells suspended, running, normal and dead", function()
  local outer, inner
  outer = create(function()
    assert(status(outer) == "running")
    inner = create(function()
      assert(status(outer) == "normal" and status(inner) == "running")
      wait()
      assert(status(outer) == "normal" and status(inner) == "running")
      yield()
    end)
    resume(inner)
    assert(status(inner) == "suspended" and status(outer) == "running")
    resume(inner)
    assert(status(inner) == "dead")
  end)
  assert(status(outer) == "suspended")
  assert(resume(outer))
  assert(status(outer) == "dead")
end)

case("a coroutine that failed is dead, and its error is a value of any kind", function()
  for _, value in ipairs { { "a table" }, "text", 42, true, print } do
    local co = create(function() wait() error(value, 0) end)
    local ok, raised = resume(co)
    assert(ok == false and raised == value and status(co) == "dead")
  end
  local ok, raised = resume(create(function() error(nil) end))
  assert(ok == false and raised == nil)
  ok, raised = resume(create(function() error() end))
  assert(ok == false and raised == nil)
end)

case("nobody resumes what runs or what has resumed another", function()
  local co
  co = create(function()
    local ok, message = resume(co)
    assert(ok == false and message == "cannot resume non-suspended coroutine")
    local inner = create(function()
      wait()
      ok, message = resume(co)
      assert(ok == false and message == "cannot resume non-suspended coroutine")
    end)
    assert(resume(inner))
  end)
  assert(resume(co))
end)

case("wrap returns what resume does without the first value, and raises its errors", function()
  local f = wrap(function(a) wait() local b = yield(a, "one") return b, "two" end)
  assert(packed(f("x")) == "x one" and packed(f("y")) == "y two")
  assert(failure(f):find("cannot resume dead coroutine", 1, true))
  local raised = {}
  assert(failure(wrap(function() error(raised) end)) == raised)
end)

case("wrap puts the caller's position before a message of text", function()
  local f = wrap(function() wait() error("deep", 0) end)
  local function call() return (f()) end
  local message = failure(call)
  assert(message:find "^[^:]*coroutines%.lua:%d+: deep$", message)
end)

case("running tells the coroutine, and whether it is the main one", function()
  local here, is_main = running()
  assert(type(here) == "thread" and is_main == (place == "main"))
  local seen, main
  local co = create(function() seen, main = running() wait() assert(running() == seen) end)
  resume(co)
  assert(seen == co and main == false)
  wait()
  assert(running() == here)
end)

case("isyieldable is false where yield would fail", function()
  assert(isyieldable() == (place == "coroutine"))
  local co = create(function()
    assert(isyieldable())
    wait()
    assert(isyieldable())
    table.sort({ 2, 1 }, function(a, b) assert(not isyieldable()) return a < b end)
    assert(isyieldable())
  end)
  assert(isyieldable(co) == true)
  assert(resume(co))
  assert(isyieldable(create(print)))
end)

case("yield outside a coroutine is refused, whatever waits", function()
  if place == "coroutine" then return end
  wait()
  assert(failure(yield):find("attempt to yield from outside a coroutine", 1, true))
  assert(failure(yield, 1, 2):find("outside a coroutine", 1, true))
end)

case("yield across a C function that cannot be suspended is refused", function()
  local co = create(function()
    local message = failure(table.sort, { 2, 1 }, function() yield() end)
    assert(message:find("attempt to yield across a C-call boundary", 1, true), message)
    message = failure(string.gsub, "x", "x", function() yield() end)
    assert(message:find("attempt to yield across a C-call boundary", 1, true), message)
    return "went on"
  end)
  local ok, word = resume(co)
  assert(ok and word == "went on")
end)

case("a bad argument is named, with what was expected", function()
  local rows = {
    [function() create(1) end] = "bad argument #1 to 'create' (function expected, got number)",
    [function() wrap "x" end] = "bad argument #1 to 'wrap' (function expected, got string)",
    [function() resume(1) end] = "bad argument #1 to 'resume' (thread expected, got number)",
    [function() status() end] = "bad argument #1 to 'status' (thread expected, got no value)",
    [function() close {} end] = "bad argument #1 to 'close' (thread expected, got table)",
    [function() isyieldable(1) end] = "bad argument #1 to 'isyieldable' (thread expected, got number)",
  }
  for f, expected in pairs(rows) do assert(failure(f):find(expected, 1, true), failure(f)) end
end)

case("close ends a suspended coroutine, and one that never began", function()
  local co = create(function() wait() yield() error "never" end)
  resume(co)
  assert(close(co) == true and status(co) == "dead")
  assert(close(co) == true)
  local fresh = create(function() error "never" end)
  assert(close(fresh) == true and status(fresh) == "dead")
  assert(select(2, resume(fresh)) == "cannot resume dead coroutine")
end)

case("close of a coroutine that failed gives its error, once", function()
  local co = create(function() wait() error({ code = 7 }) end)
  resume(co)
  local ok, raised = close(co)
  assert(ok == false and raised.code == 7)
  assert(close(co) == true)
end)

case("close of what runs is an error that says so", function()
  local co
  co = create(function()
    assert(failure(close, co):find("cannot close a running coroutine", 1, true))
    local inner = create(function()
      wait()
      assert(failure(close, co):find("cannot close a normal coroutine", 1, true))
    end)
    assert(resume(inner))
  end)
  assert(resume(co))
end)

case("a generator ends where it returns nothing", function()
  local function numbers(n) return wrap(function() for i = 1, n do wait() yield(i) end end) end
  local sum = 0
  for i in numbers(10) do sum = sum + i end
  assert(sum == 55)
  local pairs_seen = 0
  for k, v in wrap(function() for i = 1, 3 do yield(i, i * i) end end) do
    assert(v == k * k)
    pairs_seen = pairs_seen + 1
  end
  assert(pairs_seen == 3)
end)

case("producer, filter and consumer", function()
  local function producer() return create(function() for i = 1, 5 do wait() yield("line " .. i) end end) end
  local function filter(source)
    return create(function()
      for number = 1, math.huge do
        local _, line = resume(source)
        if not line then return end
        yield(number .. ": " .. line)
      end
    end)
  end
  local source, lines = filter(producer()), {}
  while true do
    local _, line = resume(source)
    if not line then break end
    lines[#lines + 1] = line
  end
  assert(#lines == 5 and lines[5] == "5: line 5")
end)

case("a generator that calls itself", function()
  local function permute(list, n)
    n = n or #list
    if n <= 1 then
      wait()
      yield(table.concat(list))
    else
      for i = 1, n do
        list[n], list[i] = list[i], list[n]
        permute(list, n - 1)
        list[n], list[i] = list[i], list[n]
      end
    end
  end
  local seen, count = {}, 0
  for word in wrap(function() permute { "a", "b", "c", "d" } end) do
    assert(not seen[word])
    seen[word], count = true, count + 1
  end
  assert(count == 24)
end)

case("many coroutines at once keep their own stacks", function()
  local list = {}
  for i = 1, 200 do
    list[i] = create(function(x) for _ = 1, 5 do wait() x = x + yield(x) end return x end)
  end
  for i = 1, 200 do assert(select(2, resume(list[i], i)) == i) end
  for round = 1, 5 do
    for i = 200, 1, -1 do assert(select(2, resume(list[i], 1)) == i + round) end
  end
  for i = 1, 200 do assert(status(list[i]) == "dead") end
end)

case("too deep a nest of coroutines is an error, not a crash", function()
  local function nest(n) return n == 0 or select(2, resume(create(nest), n - 1)) end
  assert(nest(100) == true)
  local function endless() return assert(resume(create(endless))) end
  assert(tostring(failure(endless)):find("C stack overflow", 1, true))
end)

case("a stack that overflows in a coroutine is that coroutine's error", function()
  local function deep() return 1 + deep() end
  local ok, message = resume(create(deep))
  assert(ok == false and message:find("stack overflow", 1, true))
end)

case("a traceback of a suspended coroutine shows where it stands", function()
  local co = create(function() local function standing() wait() yield() end standing() end)
  resume(co)
  local text = debug.traceback(co)
  assert(text:find "stack traceback:" and text:find "yield" and text:find "standing", text)
  assert(debug.traceback(co, "why"):find "^why\n")
end)

case("a thread that is collected takes nothing with it", function()
  local weak = setmetatable({}, { __mode = "k" })
  for _ = 1, 50 do
    local co = create(function() local x <const> = {} wait() yield(x) end)
    resume(co)
    weak[co] = true
  end
  collectgarbage() collectgarbage()
  assert(next(weak) == nil)
end)
