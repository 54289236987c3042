#!/usr/bin/env vmoon
-- Runs a health check for a template, and rolls the template back to its previous version when that fails.
--
--   vmoon [options] rollback-if-unhealthy.lua [--timeout D] [--message TEXT] ITEM -- COMMAND [ARGUMENT]…
--
-- The check ends with 0 for healthy and 1 to 125 for unhealthy. 75 says that it could not tell, 126 and more that
-- it could not run or was killed: both change nothing. With --dry-run the check runs, the roll-back is planned.
--
-- Ends with 0 when healthy, 3 when rolled back (or planned), 64 for wrong arguments, 66 for an item that is not there
-- or has no previous version, 75 when the check could not tell, 81 when the unhealthy version is a roll-back of ours
-- already (a second one would bring the bad version back) or somebody else was faster, else as vmoon does.

local opt = options {
  "Runs a health check for a template, and rolls the template back to its previous version when that fails.",
  "The check ends with 0 for healthy and 1 to 125 for unhealthy; 75, 126 and more say nothing, and change nothing.",
  { "item", "\"library/name\" or an identifier" },
  { "command", "the check behind --, run without a shell; {item}, {id} and {version} are filled in", list = true },
  timeout = { "how long the check may take; longer means unhealthy", type = "duration", default = "5m" },
  message = { "kept in the item's history", default = "health check failed", value = "TEXT" },
}
local path, command, message = opt.item, opt.command, opt.message

local vc <close> = session()
local template = assert(vc:item(path))
local version = template:latest()

local values = { item = template.name, id = template.id, version = version }
for i, word in ipairs(command) do
  command[i] = word:gsub("{(%w+)}", values)
end

-- nil when healthy, else what is wrong; does not return when there is no telling.
local function disease()
  local ok, result = pcall(exec, command, { timeout = opt.timeout, safe = true })
  if not ok then
    if result.kind ~= "timeout" then error(result, 0) end
    return ("the check took longer than %g s"):format(opt.timeout)
  end
  if result.code == 0 then return nil end
  log.warn("health check failed",
    { item = path, version = version, code = result.code, output = (result.stdout .. result.stderr):sub(-1000) })
  if result.code == 75 or result.code > 125 then
    fail(("the check could not tell (code %d); nothing is changed"):format(result.code), 75)
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
  fail(("version %s is unhealthy (%s), and there is none before it"):format(version, problem), 66)
end
local known, change = pcall(template.getChange, template, version)
if not known and change.kind ~= "not_found" then error(change, 0) end -- not every version has a history
for _, entry in ipairs(known and {} or template:listChanges()) do
  if entry.version == version then error(change, 0) end -- this one has
end
if known and (change.message or ""):sub(-#message) == message then
  fail(("version %s is unhealthy (%s), but is a roll-back already: look what else is wrong")
    :format(version, problem), 81)
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
