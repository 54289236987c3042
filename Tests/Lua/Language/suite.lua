-- Runs the cases of Lua 5.4's own rules for coroutines, closing and protected calls.
--
--   lua5.4 suite.lua PLACE      the cases hold in the reference implementation …
--   vmoon  suite.lua PLACE      … and in ours, where `wait` also suspends the task in the middle of everything
--
-- PLACE is where each case runs: `main`, the main chunk; `coroutine`, a coroutine of its own; `task`, a task of
-- the scheduler (vmoon only). Prints how many cases held; the first that does not ends it with 1.
local place = arg[1]
local folder = arg[0]:match "^(.*/)" or "./"

-- In stock Lua nothing waits. Here the host does, and no case may notice.
local wait = sleep and function() sleep(0) end or function() end

local places = {
  main = function(body) body() end,
  coroutine = function(body)
    local co = coroutine.create(body)
    local ok, message = coroutine.resume(co)
    if not ok then error(debug.traceback(co, message), 0) end
    assert(coroutine.status(co) == "dead", "the case yielded to its own runner")
  end,
  task = function(body) spawn(body):join() end,
}

local count = 0
local function case(name, body, only)
  if only and only ~= place then return end
  local ok, message = xpcall(places[place], debug.traceback, body)
  if not ok then
    io.stderr:write("not as in Lua 5.4: ", name, " (", place, ")\n", tostring(message), "\n")
    os.exit(1)
  end
  count = count + 1
end

for _, file in ipairs { "coroutines", "yields", "closing", "protected" } do
  assert(loadfile(folder .. file .. ".lua"))(case, wait, place)
end
print(count .. " cases")
