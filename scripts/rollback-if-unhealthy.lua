#!/usr/bin/env vmoon
-- Runs a health check for a template, and rolls the template back to its previous version when that fails.
--
--   vmoon [options] rollback-if-unhealthy.lua [--timeout D] [--message TEXT] ITEM -- COMMAND [ARGUMENT]…
--
--   ITEM            "library/name" or an identifier
--   COMMAND         the check, run without a shell; {item}, {id} and {version} in its words are filled in
--   --timeout D     how long the check may take, 5m by default; longer means unhealthy
--   --message TEXT  kept in the item's history, "health check failed" by default
--
-- The check ends with 0 for healthy and 1 to 125 for unhealthy. 75 says that it could not tell, 126 and more that
-- it could not run or was killed: both change nothing. With --dry-run the check runs, the roll-back is planned.
--
-- Ends with 0 when healthy, 3 when rolled back (or planned), 64 for wrong arguments, 66 for an item that is not there
-- or has no previous version, 75 when the check could not tell, 81 when the unhealthy version is a roll-back of ours
-- already (a second one would bring the bad version back) or somebody else was faster, else as vmoon does.

local USAGE = "usage: vmoon [options] rollback-if-unhealthy.lua [--timeout D] [--message TEXT] ITEM -- "
  .. "COMMAND [ARGUMENT]…"

local function stop(code, problem)
  io.stderr:write("rollback-if-unhealthy.lua: ", problem, "\n")
  os.exit(code)
end

local function usage(problem) stop(64, problem .. "\n" .. USAGE) end

local words, path = { ... }, nil
local timeout, message = time.duration "5m", "health check failed"
while #words > 0 and words[1] ~= "--" do
  local word = table.remove(words, 1)
  if word == "--help" then
    print(USAGE)
    os.exit(0)
  elseif word == "--timeout" then
    timeout = time.duration(table.remove(words, 1) or usage "--timeout needs a length of time")
  elseif word == "--message" then
    message = table.remove(words, 1) or usage "--message needs a text"
  elseif word:find "^%-" then
    usage("there is no option " .. word)
  elseif path then
    usage("one item at a time: " .. word)
  else
    path = word
  end
end
table.remove(words, 1) -- the "--"
local command = words
if not path then usage "the item is missing" end
if #command == 0 then usage "the command of the check is missing, after --" end

local vc <close> = session()
local template = assert(vc:item(path))
local version = template:latest()

local values = { item = template.name, id = template.id, version = version }
for i, word in ipairs(command) do
  command[i] = word:gsub("{(%w+)}", values)
end

-- nil when healthy, else what is wrong; does not return when there is no telling.
local function disease()
  local ok, result = pcall(exec, command, { timeout = timeout, safe = true })
  if not ok then
    if result.kind ~= "timeout" then error(result, 0) end
    return ("the check took longer than %g s"):format(timeout)
  end
  if result.code == 0 then return nil end
  log.warn("health check failed",
    { item = path, version = version, code = result.code, output = (result.stdout .. result.stderr):sub(-1000) })
  if result.code == 75 or result.code > 125 then
    stop(75, ("the check could not tell (code %d); nothing is changed"):format(result.code))
  end
  return ("the check ended with code %d"):format(result.code)
end

local problem = disease()
if not problem then
  print(("%s: version %s is healthy"):format(path, version))
  return
end

local previous = template:previous()
if not previous then
  stop(66, ("version %s is unhealthy (%s), and there is none before it"):format(version, problem))
end
local known, change = pcall(template.getChange, template, version)
if not known and change.kind ~= "not_found" then error(change, 0) end -- not every version has a history
if known and (change.message or ""):sub(-#message) == message then
  stop(81, ("version %s is unhealthy (%s), but is a roll-back already: look what else is wrong")
    :format(version, problem))
end

-- Only while the version that was checked is still the latest: nobody's newer work is undone.
local new = template:rollback(previous, message, { if_latest = version })
if new:find("<planned", 1, true) then
  print(("%s: version %s is unhealthy (%s), planned: back to %s"):format(path, version, problem, previous))
else
  print(("%s: version %s is unhealthy (%s), rolled back to %s as version %s")
    :format(path, version, problem, previous, new))
end
os.exit(3)
