#!/usr/bin/env vmoon
-- Reports the check-outs that are older than so many hours: each keeps its item from being rolled back.
--
--   vmoon [options] stale-checkouts.lua [--fail] [--json] [--library NAME]… HOURS
--
-- Ends with 0, with 3 under --fail, 64 for wrong arguments, 66 for a library that is not there, else as vmoon does.
-- It only reads. The report is complete or the run fails: an item that cannot be read is an error.

local opt = options {
  "Reports the check-outs that are older than so many hours: each keeps its item from being rolled back.",
  { "hours", "how old they must be", type = "number", min = 0 },
  json = "an array of records instead of a table",
  fail = "end with 3 when there are any",
  library = { "only this library", list = true, value = "NAME" },
}

local vc <close> = session()

local templates = {}
for _, name in ipairs(#opt.library > 0 and opt.library or { "*" }) do
  if name ~= "*" and #vc:findLibraries { name = name } == 0 then fail("there is no library " .. name, 66) end
  for _, it in ipairs(vc:items(name .. "/*", { type = "vm-template" })) do templates[#templates + 1] = it end
end

local function isHeld(it, vm)
  for _, held in ipairs(it:listCheckOuts()) do
    if held.vm == vm then return true end
  end
end

local stale = {}
parallel(templates, function(it)
  for _, held in ipairs(it:listCheckOuts()) do
    local ok, checkOut = pcall(it.getCheckOut, it, held.vm)
    -- It may have ended while we looked.
    if not ok and (checkOut.kind ~= "not_found" or isHeld(it, held.vm)) then error(checkOut, 0) end
    local hours = ok and (time.now() - time.parse(checkOut.time)) / 3600 or 0
    if hours > opt.hours then
      stale[#stale + 1] = { name = it.name, library = it.path:sub(1, -#it.name - 2), vm = held.vm,
        user = checkOut.user, since = checkOut.time, hours = math.floor(hours) }
    end
  end
end)

if opt.json or #stale > 0 then
  show(stale, { sort = { "since", "vm" }, format = opt.json and "json" or "table" })
else
  print(("no check-out is older than %g hours (%d templates)"):format(opt.hours, #templates))
end
if opt.fail and #stale > 0 then os.exit(3) end
