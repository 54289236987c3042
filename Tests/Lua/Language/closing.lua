-- Lua 5.4 manual, §3.3.8 (to-be-closed variables), with yields and waits inside.
local case, wait = ...
local create, resume, yield, close = coroutine.create, coroutine.resume, coroutine.yield, coroutine.close
local wrap, status = coroutine.wrap, coroutine.status

-- A value that notes in `log` that it was closed, and with which error.
local function closing(log, name, raises)
  return setmetatable({}, { __close = function(_, e)
    wait()
    log[#log + 1] = name .. (e ~= nil and "!" .. tostring(e) or "")
    wait()
    if raises then error(raises, 0) end
  end })
end

case("values are closed in reverse order when their block ends", function()
  local log = {}
  do
    local a <close> = closing(log, "a")
    local b <const> = 1
    local c <close> = closing(log, "c")
    wait()
  end
  assert(table.concat(log, " ") == "c a")
end)

case("nil and false need no closing, and nothing else goes without", function()
  do local a <close> = nil local b, c <close> = 1, nil end
  do local a <close> = false end
  local ok, message = pcall(function() local x <close> = {} end)
  assert(not ok and message:find("variable 'x' got a non-closable value", 1, true), message)
  ok, message = pcall(function() local x <close> = 42 end)
  assert(not ok and message:find("non-closable", 1, true))
end)

case("break, goto and return close on their way", function()
  local log = {}
  for i = 1, 3 do
    local x <close> = closing(log, "b" .. i)
    if i == 2 then break end
  end
  do
    local n = 0
    ::again::
    do
      local x <close> = closing(log, "g")
      n = n + 1
      if n < 2 then goto again end
    end
  end
  local function f() local x <close> = closing(log, "r") return #log, "result" end
  local before, word = f()
  assert(before == 4 and word == "result")
  assert(table.concat(log, " ") == "b1 b2 g g r")
end)

case("what is returned is evaluated before, and kept", function()
  local t = { 1 }
  local function f() local x <close> = setmetatable({}, { __close = function() wait() t[1] = 2 end }) return t[1], "a", nil end
  local results = table.pack(f())
  assert(results.n == 3 and results[1] == 1 and results[2] == "a" and t[1] == 2)
end)

case("an error is handed to each handler, innermost first", function()
  local log = {}
  local ok, message = pcall(function()
    local a <close> = closing(log, "a")
    local b <close> = closing(log, "b")
    wait()
    error("e", 0)
  end)
  assert(not ok and message == "e" and table.concat(log, " ") == "b!e a!e")
end)

case("an error in a handler takes the place of the one before", function()
  local log = {}
  local ok, message = pcall(function()
    local a <close> = closing(log, "a")
    local b <close> = closing(log, "b", "second")
    local c <close> = closing(log, "c")
    error("first", 0)
  end)
  assert(not ok and message == "second")
  assert(table.concat(log, " ") == "c!first b!first a!second")
  log = {}
  ok, message = pcall(function()
    local a <close> = closing(log, "a")
    local b <close> = closing(log, "b", "only")
  end)
  assert(not ok and message == "only" and table.concat(log, " ") == "b a!only")
end)

case("a handler may yield, after an error too", function()
  local co = create(function()
    local ok, message = pcall(function()
      local x <close> = setmetatable({}, { __close = function(_, e) wait() yield("closing " .. e) wait() end })
      error("e", 0)
    end)
    yield(message)
    do local y <close> = setmetatable({}, { __close = function() yield "quietly" end }) end
    return "end"
  end)
  local words = {}
  for i = 1, 4 do words[i] = select(2, resume(co)) end
  assert(table.concat(words, ", ") == "closing e, e, quietly, end", table.concat(words, ", "))
end)

case("a handler that yields on return keeps the results", function()
  local co = create(function()
    local function f() local x <close> = setmetatable({}, { __close = function() wait() yield "paused" end }) return 1, 2, 3 end
    return f()
  end)
  assert(select(2, resume(co)) == "paused")
  local results = table.pack(resume(co))
  assert(results.n == 4 and results[4] == 3)
end)

case("the fourth value of a generic for is closed", function()
  local log = {}
  local function iterate(n)
    return function(limit, i) wait() if i < limit then return i + 1 end end, n, 0, closing(log, "f" .. n)
  end
  for _ in iterate(2) do end
  for _ in iterate(5) do break end
  pcall(function() for _ in iterate(7) do error("e", 0) end end)
  local function f() for _ in iterate(9) do return "out" end end
  assert(f() == "out" and table.concat(log, " ") == "f2 f5 f7!e f9")
end)

case("a suspended coroutine closes what is pending when it is closed", function()
  local log = {}
  local co = create(function()
    local a <close> = closing(log, "a")
    local b <close> = closing(log, "b")
    wait()
    yield()
  end)
  resume(co)
  assert(close(co) == true and status(co) == "dead" and table.concat(log, " ") == "b a")
end)

case("an error of such a handler is what close returns", function()
  local log = {}
  local co = create(function()
    local a <close> = closing(log, "a")
    local b <close> = closing(log, "b", "bad")
    yield()
  end)
  resume(co)
  local ok, message = close(co)
  assert(ok == false and message == "bad" and table.concat(log, " ") == "b a!bad")
  assert(close(co) == true)
end)

case("a coroutine that failed leaves its values open until it is closed", function()
  local log = {}
  local co = create(function()
    local a <close> = closing(log, "a")
    wait()
    error("e", 0)
  end)
  local ok, message = resume(co)
  assert(ok == false and message == "e" and #log == 0)
  ok, message = close(co)
  assert(ok == false and message == "e" and table.concat(log, " ") == "a!e")
end)

case("wrap closes them itself when the body fails", function()
  local log = {}
  local f = wrap(function()
    local a <close> = closing(log, "a")
    wait()
    yield()
    error({ "e" })
  end)
  f()
  local ok, raised = pcall(f)
  assert(not ok and raised[1] == "e" and #log == 1)
  f = wrap(function() local a <close> = closing(log, "b", "instead") error("e", 0) end)
  ok, raised = pcall(f)
  assert(not ok and raised:find "instead$" and log[2] == "b!e")
end)

case("a handler runs a protected call of its own", function()
  local seen
  pcall(function()
    local x <close> = setmetatable({}, { __close = function(_, e)
      local ok, inner = pcall(function() wait() error("inner", 0) end)
      seen = e .. " " .. tostring(ok) .. " " .. inner
    end })
    error("outer", 0)
  end)
  assert(seen == "outer false inner")
end)

case("closing in a coroutine inside a coroutine inside a handler", function()
  local log = {}
  local function guarded(depth)
    local x <close> = setmetatable({}, { __close = function()
      wait()
      if depth > 0 then wrap(function() guarded(depth - 1) end)() end
      log[#log + 1] = depth
    end })
  end
  guarded(3)
  assert(table.concat(log, " ") == "0 1 2 3")
end)
