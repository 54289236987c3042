#!/usr/bin/env vmoon
-- Discards the check-outs of users who left, and the machines with them.
--
--   vmoon [options] discard-checkouts.lua [--json] [--library NAME]… FILE
--
-- Look first: with vmoon's --dry-run it shows what would be lost and discards nothing. Users match without regard to
-- case, and always with their domain. What is lost is printed before the first is discarded. A machine that
-- runs is not discarded: vCenter refuses it.
--
-- Ends with 0, 64 for wrong arguments or lines, 66 for a file or library that is not there; when some could not be
-- discarded, with the code of the worst (80: its outcome is unknown); else as vmoon does.

local opt = options {
  "Discards the check-outs of users who left, and the machines with them; vmoon --dry-run shows what would be lost.",
  { "file", "one user a line, as CORP\\alice or alice@corp; \"-\" is standard input, # begins a comment" },
  json = "an array of records instead of a table",
  library = { "only this library", list = true, value = "NAME" },
}
local file = opt.file

-- CORP\Alice and alice@corp are one user: "alice@corp". nil without a domain.
local function canonical(user)
  local domain, name = user:match "^([^\\@]+)\\([^\\@]+)$"
  if not domain then name, domain = user:match "^([^\\@]+)@([^\\@]+)$" end
  return name and (name .. "@" .. domain):lower()
end

local input, missing = io.stdin, nil
if file ~= "-" then input, missing = io.open(file) end
if not input then fail(missing, 66) end
local text, problem = input:read "a"
if not text then fail(file .. ": " .. problem, 66) end
local left, number = {}, 0
for line in (text .. "\n"):gmatch "(.-)\n" do
  number = number + 1
  local user = line:gsub("#.*", ""):match "^%s*(.-)%s*$"
  if user ~= "" then
    local key = canonical(user) or fail(("%s:%d: not a user with a domain: %s"):format(file, number, user), 64)
    left[key] = true
  end
end
if not next(left) then fail(file .. " names no user", 64) end

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

local lost, owners = {}, {}
parallel(templates, function(it)
  for _, held in ipairs(it:listCheckOuts()) do
    local ok, checkOut = pcall(it.getCheckOut, it, held.vm)
    if not ok and (checkOut.kind ~= "not_found" or isHeld(it, held.vm)) then error(checkOut, 0) end -- else it ended
    if ok and left[canonical(checkOut.user)] then
      local machine = vc:getVM(held.vm)
      local row = { name = it.path, vm = held.vm, machine = machine.name, power = machine.power_state,
        user = checkOut.user, since = checkOut.time }
      lost[#lost + 1], owners[row] = row, it
    end
  end
end)
table.sort(lost, function(a, b) return a.name .. "\0" .. a.vm < b.name .. "\0" .. b.vm end)

if not opt.json then
  if #lost == 0 then print "no check-out of these users" else show(lost) end
  io.stdout:flush()
end

local _, errors = parallel(lost, function(row)
  owners[row]:deleteCheckOut(row.vm)
end, { errors = "collect" })

-- Unknown and conflicts count most: these must not simply be tried again.
local rank, worst = { [80] = 6, [81] = 5, [69] = 2, [75] = 1, [0] = 0 }, 0
for i, row in ipairs(lost) do
  local err = errors[i]
  row.error = err and tostring(err)
  if err then
    local code = type(err) == "table" and err.exit_code or 1
    if (rank[code] or 4) > (rank[worst] or 4) then worst = code end
    if not opt.json then log.error(err, { item = row.name, vm = row.vm, user = row.user }) end
  end
end
if opt.json then show(lost, { format = "json" }) end
if worst ~= 0 then os.exit(worst) end
