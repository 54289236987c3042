-- Lua 5.4 manual, §2.6 and §4.5: where a coroutine may yield, it may also wait; both leave no trace.
local case, wait = ...
local wrap, yield = coroutine.wrap, coroutine.yield

-- Runs `f` in a coroutine and answers each of its yields with twice the value; returns what `f` returns.
local function doubled(f)
  local co = coroutine.create(f)
  local results = table.pack(coroutine.resume(co))
  while coroutine.status(co) ~= "dead" do
    wait()
    results = table.pack(coroutine.resume(co, results[2] * 2))
  end
  assert(results[1], results[2])
  return table.unpack(results, 2, results.n)
end

local function ask(n) wait() local answer = yield(n) wait() return answer end

case("in the metamethods of arithmetic and bits", function()
  local number = setmetatable({}, {
    __add = function() return ask(1) end, __sub = function() return ask(2) end,
    __mul = function() return ask(3) end, __div = function() return ask(4) end,
    __mod = function() return ask(5) end, __pow = function() return ask(6) end,
    __unm = function() return ask(7) end, __idiv = function() return ask(8) end,
    __band = function() return ask(9) end, __bor = function() return ask(10) end,
    __bxor = function() return ask(11) end, __shl = function() return ask(12) end,
    __shr = function() return ask(13) end, __bnot = function() return ask(14) end,
  })
  local list = doubled(function()
    local x = number
    return { x + 1, x - 1, x * 1, x / 1, x % 1, x ^ 1, -x, x // 1, x & 1, x | 1, x ~ 1, x << 1, x >> 1, ~x,
      1 + x, 1 - x, 3 * x }
  end)
  for i = 1, 14 do assert(list[i] == 2 * i, i) end
  assert(list[15] == 2 and list[16] == 4 and list[17] == 6)
end)

case("in comparisons, whose results are truth values", function()
  local meta = {
    __eq = function() return ask(1) end, __lt = function() return ask(2) end, __le = function() return nil end,
  }
  local a, b = setmetatable({}, meta), setmetatable({}, meta)
  local eq, ne, lt, gt, le = doubled(function() return a == b, a ~= b, a < b, a > b, a <= b end)
  assert(eq == true and ne == false and lt == true and gt == true and le == false)
  assert(doubled(function() if a < b then return "yes" else return "no" end end) == "yes")
  assert(doubled(function() local n = 0 while not (a == b) do n = n + 1 end return n end) == 0)
end)

case("in __index, __newindex, __call, __len, __concat", function()
  local written = {}
  local object = setmetatable({}, {
    __index = function(_, key) return key .. ask(1) end,
    __newindex = function(_, key, value) written[key] = value + ask(value) end,
    __call = function(_, ...) return select("#", ...), ask(3) end,
    __len = function() return ask(4) end,
    __concat = function(a, b) return (type(a) == "string" and a or b) .. ask(5) end,
  })
  local read, count, called, length, after, before = doubled(function()
    object.field = 5
    local n, c = object(1, nil, 3)
    return object.name, n, c, #object, object .. "x", "y" .. object
  end)
  assert(read == "name2" and count == 3 and called == 6 and length == 8)
  assert(after == "x10" and before == "y10" and written.field == 15)
end)

case("in a chain of concatenations", function()
  local piece = setmetatable({}, { __concat = function(a, b)
    ask(1)
    return (type(a) == "table" and "<p>" or a) .. (type(b) == "table" and "<p>" or b)
  end })
  assert(doubled(function() return "a" .. "b" .. piece .. "c" .. 1 end) == "ab<p>c1")
end)

case("in an __index that is a table with an __index of its own", function()
  local base = setmetatable({}, { __index = function(_, key) return ask(#key) end })
  local object = setmetatable({}, { __index = setmetatable({}, { __index = base }) })
  assert(doubled(function() return object.four + object.fifth end) == 18)
end)

case("in the iterator of a generic for, and in its body", function()
  local function upto(limit, i) i = i + 1 ask(i) if i <= limit then return i end end
  local sum = doubled(function()
    local sum = 0
    for i in upto, 4, 0 do sum = sum + ask(i) end
    return sum
  end)
  assert(sum == 20)
end)

case("in __pairs and in what it returns", function()
  local object = setmetatable({}, { __pairs = function()
    ask(1)
    return function(_, key) key = (key or 0) + 1 ask(key) if key < 4 then return key, key * 10 end end
  end })
  assert(doubled(function() local sum = 0 for _, v in pairs(object) do sum = sum + v end return sum end) == 60)
end)

case("in a chunk that dofile or require runs, which waits but cannot yield", function()
  local loaded = load("local wait = ... wait() return 'chunk'")
  assert(doubled(function() return loaded(wait) end) == "chunk")
  package.preload["suite.waits"] = function() wait() return "module" end
  package.loaded["suite.waits"] = nil
  assert(doubled(function() return (require "suite.waits") end) == "module")
end)

case("in callbacks of C functions, which wait but cannot yield", function()
  local list = { 5, 3, 1, 4, 2 }
  doubled(function() table.sort(list, function(a, b) wait() return a < b end) end)
  assert(table.concat(list) == "12345")
  assert(doubled(function() return (("abc"):gsub(".", function(c) wait() return c:upper() end)) end) == "ABC")
  local shown = setmetatable({}, { __tostring = function() wait() return "shown" end })
  assert(doubled(function() return tostring(shown) end) == "shown")
  local proxy = setmetatable({}, { __index = function(_, i) wait() return i <= 3 and i or nil end,
    __len = function() wait() return 3 end })
  assert(doubled(function() return table.concat({ table.unpack(proxy) }, ",") end) == "1,2,3")
  assert(table.concat(proxy, ",") == "1,2,3")
end)

case("the reader of load waits", function()
  local pieces, at = { "return ", "4", "2" }, 0
  assert(load(function() wait() at = at + 1 return pieces[at] end)() == 42)
end)

case("a finalizer waits", function()
  local seen
  do setmetatable({}, { __gc = function() wait() seen = true end }) end
  collectgarbage() collectgarbage()
  assert(seen)
end)

case("yields in nested coroutines reach the one that resumed", function()
  local words = {}
  for word in wrap(function()
    for inner in wrap(function() wait() yield "a" wait() yield "b" end) do wait() yield(inner .. "1") yield(inner .. "2") end
  end) do words[#words + 1] = word end
  assert(table.concat(words, " ") == "a1 a2 b1 b2")
end)

case("a tail call and varargs survive", function()
  local function last(...) wait() return yield(select("#", ...)), ... end
  local function tail(...) return last(...) end
  local answer, a, b = doubled(function() return tail("x", nil, "z") end)
  assert(answer == 6 and a == "x" and b == nil)
end)

case("upvalues and locals are the same before and after", function()
  local function counter()
    local n = 0
    return function() n = n + 1 wait() return n end, function() return n end
  end
  local up, read = counter()
  assert(doubled(function() local a = up() local b = ask(a) local c = up() return a + b + c + read() end) == 7)
end)

case("goto continues across a wait", function()
  assert(doubled(function()
    local i, sum = 0, 0
    ::again::
    i = i + 1
    sum = sum + ask(i)
    if i < 3 then goto again end
    return sum
  end) == 12)
end)
