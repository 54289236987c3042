#!/usr/bin/env vmoon
-- Discards the check-outs of users who left, and the machines with them.
--
--   vmoon [options] discard-checkouts.lua [--json] [--library NAME]… FILE
--
--   FILE            one user a line, as CORP\alice or alice@corp; "-" is standard input, # begins a comment
--   --json          an array of records instead of a table
--   --library NAME  only this library; may be repeated
--
-- Look first: with vmoon's --dry-run it shows what would be lost and discards nothing. Users match without regard to
-- case, and always with their domain. What is lost is printed before the first is discarded. A machine that
-- runs is not discarded: vCenter refuses it.
--
-- Ends with 0, 64 for wrong arguments or lines, 66 for a file or library that is not there; when some could not be
-- discarded, with the code of the worst (80: its outcome is unknown); else as vmoon does.

local USAGE = "usage: vmoon [options] discard-checkouts.lua [--json] [--library NAME]… FILE"

local function stop(code, problem)
  io.stderr:write("discard-checkouts.lua: ", problem, "\n")
  os.exit(code)
end

local function usage(problem) stop(64, problem .. "\n" .. USAGE) end

local words, wanted, file, asJSON = { ... }, {}, nil, false
while #words > 0 do
  local word = table.remove(words, 1)
  if word == "--help" then
    print(USAGE)
    os.exit(0)
  elseif word == "--json" then
    asJSON = true
  elseif word == "--library" then
    wanted[#wanted + 1] = table.remove(words, 1) or usage "--library needs a name"
  elseif word ~= "-" and word:find "^%-" then
    usage("there is no option " .. word)
  elseif file then
    usage("one file is enough: " .. word)
  else
    file = word
  end
end
if not file then usage "the file of users is missing" end

-- CORP\Alice and alice@corp are one user: "alice@corp". nil without a domain.
local function canonical(user)
  local domain, name = user:match "^([^\\@]+)\\([^\\@]+)$"
  if not domain then name, domain = user:match "^([^\\@]+)@([^\\@]+)$" end
  return name and (name .. "@" .. domain):lower()
end

local input, missing = io.stdin, nil
if file ~= "-" then input, missing = io.open(file) end
if not input then stop(66, missing) end
local text, problem = input:read "a"
if not text then stop(66, file .. ": " .. problem) end
local left, number = {}, 0
for line in (text .. "\n"):gmatch "(.-)\n" do
  number = number + 1
  local user = line:gsub("#.*", ""):match "^%s*(.-)%s*$"
  if user ~= "" then
    local key = canonical(user) or usage(("%s:%d: not a user with a domain: %s"):format(file, number, user))
    left[key] = true
  end
end
if not next(left) then usage(file .. " names no user") end

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

local lost, ids = {}, {}
parallel(templates, function(template)
  for _, held in ipairs(vc:listCheckOuts(template.id)) do
    local ok, checkOut = pcall(vc.getCheckOut, vc, template.id, held.vm)
    if not ok and checkOut.kind ~= "not_found" then error(checkOut, 0) end
    if ok and left[canonical(checkOut.user)] then
      local machine = vc:getVM(held.vm)
      local row = {
        name = template.library .. "/" .. vc:getItem(template.id).name,
        vm = held.vm,
        machine = machine.name,
        power = machine.power_state,
        user = checkOut.user,
        since = checkOut.time,
      }
      lost[#lost + 1], ids[row] = row, template.id
    end
  end
end)
table.sort(lost, function(a, b)
  if a.name ~= b.name then return a.name < b.name end
  return a.vm < b.vm
end)

if not asJSON then
  if #lost == 0 then print "no check-out of these users" else show(lost) end
  io.stdout:flush()
end

local _, errors = parallel(lost, function(row)
  vc:deleteCheckOut(ids[row], row.vm)
end, { errors = "collect" })

-- Unknown and conflicts first: these must not simply be tried again.
local function isWorse(a, b)
  local rank = { [80] = 6, [81] = 5, [69] = 2, [75] = 1, [0] = 0 }
  return (rank[a] or 4) > (rank[b] or 4)
end

local worst = 0
for i, row in ipairs(lost) do
  local err = errors[i]
  row.error = err and tostring(err)
  if err then
    local code = type(err) == "table" and err.exit_code or 1
    if isWorse(code, worst) then worst = code end
    if not asJSON then log.error(err, { item = row.name, vm = row.vm, user = row.user }) end
  end
end
if asJSON then print(json.encode(json.array(lost), { sorted = true, pretty = true })) end
if worst ~= 0 then os.exit(worst) end
