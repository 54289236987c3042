#!/usr/bin/env vmoon
-- Reports the check-outs that are older than so many hours: each keeps its item from being rolled back.
--
--   vmoon [options] stale-checkouts.lua [--json] [--fail] [--library NAME]… HOURS
--
--   --json          an array of records instead of a table
--   --fail          end with 3 when there are any
--   --library NAME  only this library; may be repeated
--
-- Ends with 0, with 3 as above, 64 for wrong arguments, 66 for a library that is not there, else as vmoon does.
-- It only reads. The report is complete or the run fails: an item that cannot be read is an error.

local USAGE = "usage: vmoon [options] stale-checkouts.lua [--json] [--fail] [--library NAME]… HOURS"

local function stop(code, problem)
  io.stderr:write("stale-checkouts.lua: ", problem, "\n")
  os.exit(code)
end

local function usage(problem) stop(64, problem .. "\n" .. USAGE) end

local words, given, wanted, hours = { ... }, {}, {}, nil
while #words > 0 do
  local word = table.remove(words, 1)
  if word == "--help" then
    print(USAGE)
    os.exit(0)
  elseif word == "--json" or word == "--fail" then
    given[word] = true
  elseif word == "--library" then
    wanted[#wanted + 1] = table.remove(words, 1) or usage "--library needs a name"
  elseif word:find "^%-" then
    usage("there is no option " .. word)
  elseif hours then
    usage("one number of hours is enough: " .. word)
  else
    hours = tonumber(word)
    if not hours or hours < 0 then usage("not a number of hours: " .. word) end
  end
end
if not hours then usage "the number of hours is missing" end

local vc <close> = session()

local libraries = #wanted == 0 and vc:listLibraries() or {}
for _, name in ipairs(wanted) do
  local found = vc:findLibraries { name = name }
  if #found == 0 then stop(66, "there is no library " .. name) end
  table.move(found, 1, #found, #libraries + 1, libraries)
end

local templates = {}
parallel(libraries, function(id)
  local library = vc:getLibrary(id).name
  for _, template in ipairs(vc:findItems { library_id = id, type = "vm-template" }) do
    templates[#templates + 1] = { id = template, library = library }
  end
end)

local stale = {}
parallel(templates, function(template)
  for _, held in ipairs(vc:listCheckOuts(template.id)) do
    local ok, checkOut = pcall(vc.getCheckOut, vc, template.id, held.vm)
    if ok then
      local age = (time.now() - time.parse(checkOut.time)) / 3600
      if age > hours then
        local name = vc:getItem(template.id).name -- waits: not between #stale and the assignment
        stale[#stale + 1] = {
          name = name,
          library = template.library,
          vm = held.vm,
          user = checkOut.user,
          since = checkOut.time,
          hours = math.floor(age),
        }
      end
    elseif checkOut.kind ~= "not_found" then -- else it ended while we looked
      error(checkOut, 0)
    end
  end
end)
table.sort(stale, function(a, b)
  if a.since ~= b.since then return a.since < b.since end
  return a.vm < b.vm
end)

if given["--json"] then
  print(json.encode(json.array(stale), { sorted = true, pretty = true }))
elseif #stale > 0 then
  show(stale)
else
  print(("no check-out is older than %g hours (%d templates)"):format(hours, #templates))
end
if given["--fail"] and #stale > 0 then os.exit(3) end
