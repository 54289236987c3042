-- Lua 5.4 manual, §2.3 (errors), §6.1 (pcall, xpcall, error, assert), with yields and waits inside.
local case, wait = ...
local create, resume, yield, wrap = coroutine.create, coroutine.resume, coroutine.yield, coroutine.wrap

case("pcall returns everything, and every kind of error value", function()
  local results = table.pack(pcall(function(...) wait() return ... end, 1, nil, "x", nil))
  assert(results.n == 5 and results[1] == true and results[4] == "x")
  for _, value in ipairs { "text", 7, true, { 1 }, print } do
    local ok, raised = pcall(function() wait() error(value, 0) end)
    assert(ok == false and raised == value)
  end
  assert(select("#", pcall(error)) == 2 and select(2, pcall(error)) == nil)
end)

case("pcall of what is no function is an error it returns", function()
  local ok, message = pcall(nil)
  assert(ok == false and message:find("attempt to call a nil value", 1, true))
  ok, message = pcall(setmetatable({}, { __call = function(_, a) wait() return a end }), "called")
  assert(ok == true and message == "called")
  ok, message = pcall(pcall)
  assert(ok == false and message:find("bad argument #1", 1, true), message)
end)

case("error puts the position of its level before a text", function()
  local function here() error("m") end
  local function caller() error("m", 2) end
  local function call() caller() end
  local _, first = pcall(here)
  local _, second = pcall(call)
  assert(first:find "protected%.lua:%d+: m$" and second:find "protected%.lua:%d+: m$" and first ~= second)
  assert(select(2, pcall(error, "m", 0)) == "m")
  assert(select(2, pcall(error, { 1 }, 1))[1] == 1)
end)

case("positions are right after a wait", function()
  local line = debug.getinfo(1, "l").currentline
  local ok, message = pcall(function()
    wait()
    local x = nil
    return x.field
  end)
  assert(not ok and message:find(":" .. line + 4 .. ": attempt to index a nil value (local 'x')", 1, true), message)
end)

case("yields pass through pcall and xpcall", function()
  local co = create(function(a)
    local results = table.pack(pcall(function(b) wait() local c = yield(b) wait() return c, "in" end, a))
    local more = table.pack(xpcall(function(b) wait() return yield(b) end, print, "x"))
    return results[2], results[3], more[2]
  end)
  assert(select(2, resume(co, "first")) == "first")
  assert(select(2, resume(co, "second")) == "x")
  local _, a, b, c = resume(co, "third")
  assert(a == "second" and b == "in" and c == "third")
end)

case("an error after a yield is caught by the pcall around it", function()
  local co = create(function()
    local ok, message = pcall(function() yield(1) wait() error("late", 0) end)
    local again, other = pcall(function() pcall(yield, 2) wait() error("later", 0) end)
    return ok, message, again, other
  end)
  resume(co) resume(co)
  local _, ok, message, again, other = resume(co)
  assert(ok == false and message == "late" and again == false and other == "later")
end)

case("deep nests of pcall keep their levels", function()
  local function nest(n)
    if n == 0 then wait() error("bottom", 0) end
    local ok, message = pcall(nest, n - 1)
    wait()
    error(message .. n, 0)
  end
  local _, message = pcall(nest, 5)
  assert(message == "bottom12345")
  local function endless() local ok, m = pcall(endless) if not ok then error(m, 0) end end
  local ok, why = pcall(endless)
  assert(not ok and tostring(why):find "stack overflow", tostring(why))
end)

case("xpcall gives its handler the error where it was raised", function()
  local ok, text = xpcall(function() local function culprit() wait() error("e", 0) end culprit() end, function(e)
    return e .. "|" .. debug.traceback("", 2)
  end)
  assert(not ok and text:find "^e|" and text:find "culprit", text)
  local results = table.pack(xpcall(function(...) wait() return ... end, print, 1, nil, 3))
  assert(results.n == 4 and results[4] == 3)
end)

case("a handler may wait, and may fail itself", function()
  local ok, text = xpcall(error, function(e) wait() return e .. "!" end, "e")
  assert(not ok and text == "e!")
  local fine, what = xpcall(error, function(e) wait() error("again", 0) end, "e")
  assert(fine == false and what ~= nil)
  assert(not pcall(xpcall))
  assert(not pcall(xpcall, print))
end)

case("assert passes its values on, or its message of any kind", function()
  assert(select("#", assert(1, nil, 3)) == 3)
  local object = {}
  assert(select(2, pcall(assert, false, object)) == object)
  assert(select(2, pcall(assert, nil)) == "assertion failed!")
  assert(select(2, pcall(assert)):find("bad argument #1 to 'assert' (value expected)", 1, true))
end)

case("runtime errors name what was wrong", function()
  local rows = {
    { "local t = nil t.x = 1", "attempt to index a nil value (local 't')" },
    { "return nothere.x", "attempt to index a nil value (global 'nothere')" },
    { "return ({}).a.b", "attempt to index a nil value (field 'a')" },
    { "return 1 + {}", "attempt to perform arithmetic on a table value" },
    { "return 'a' + 1", "attempt to add a 'string' with a 'number'" },
    { "return {} .. 'x'", "attempt to concatenate a table value" },
    { "return 1 < 'x'", "attempt to compare number with string" },
    { "return {} < {}", "attempt to compare two table values" },
    { "return #5", "attempt to get length of a number value" },
    { "local zero = 0 return 1 // zero", "attempt to divide by zero" },
    { "local zero = 0 return 1 % zero", "attempt to perform 'n%0'" },
    { "return 1.5 | 1", "number has no integer representation" },
    { "return math.tointeger(2^53) << {}", "attempt to perform bitwise operation on a table value" },
    { "local t = {} t[nil] = 1", "index is nil" },
    { "local t = {} t[0/0] = 1", "index is NaN" },
    { "for i = 1, 10, 0 do end", "'for' step is zero" },
    { "for i = 'a', 2 do end", "bad 'for' initial value (number expected, got string)" },
    { "return ('x'):nothere()", "attempt to call a nil value (method 'nothere')" },
    { "return string.rep()", "bad argument #1 to 'rep' (string expected, got no value)" },
    { "return ('x'):rep({})", "bad argument #1 to 'rep' (number expected, got table)" },
    { "return setmetatable(1, {})", "bad argument #1 to 'setmetatable' (table expected, got number)" },
    { "return tostring()", "bad argument #1 to 'tostring' (value expected)" },
    { "local a <const> = 1; return load('local a <const> = 1 a = 2')()", "attempt to call a nil value" },
  }
  for _, row in ipairs(rows) do
    local chunk = assert(load(row[1], "=chunk"))
    local ok, message = pcall(function() wait() return chunk() end)
    assert(not ok and tostring(message):find(row[2], 1, true), row[1] .. ": " .. tostring(message))
    local again, same = resume(create(chunk))
    assert(not again and same == message, row[1] .. ": " .. tostring(same))
  end
end)

case("an error in a metamethod or an iterator ends only what called it", function()
  local object = setmetatable({}, { __index = function(_, k) wait() error("no " .. k, 0) end })
  assert(select(2, pcall(function() return object.field end)) == "no field")
  local function iterator() wait() error("no more", 0) end
  assert(select(2, pcall(function() for _ in iterator do end end)) == "no more")
  local f = wrap(function() yield(1) wait() error("generator", 0) end)
  local ok, message = pcall(function() for _ in f do end end)
  assert(not ok and message:find "generator$")
end)

case("tostring of errors, and errors with __tostring", function()
  local e = setmetatable({}, { __tostring = function() wait() return "spoken" end })
  local _, raised = pcall(error, e)
  assert(raised == e and tostring(raised) == "spoken")
end)

case("the warning system and select keep their rules", function()
  assert(select(2, pcall(select, 0)):find("index out of range", 1, true))
  assert(select(-1, "a", "b") == "b")
  assert(not pcall(warn))
end)
