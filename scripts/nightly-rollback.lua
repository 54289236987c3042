#!/usr/bin/env vmoon
-- Rolls items back to the version before their latest, on one vCenter or several: undoes what the day has changed.
--
--   vmoon [options] nightly-rollback.lua [--json] [--message TEXT] [--list FILE] [[PROFILE:]ITEM]…
--
-- An item whose latest version carries the message already is left alone: nothing has changed since, and a second
-- roll-back would bring back what the first one undid. So it may be run again at any time. With vmoon's --shard, or as
-- a job of many copies, each copy takes its part of the items. With --dry-run it plans and changes nothing.
-- A run that died is continued by vmoon resume: what it has rolled back it does not look at again (a list that came on
-- standard input has to be given once more).
-- An item that is named twice, by its path and its identifier for example, is rolled back once.
--
-- Verdicts: "rolled back", "planned", "unchanged", "failed", "unknown" and, when a signal or the deadline ends the run,
-- "interrupted" (vmoon runs tells) and "not started". They are printed then too, if --grace leaves time.
--
-- Ends with 0 when none failed, else with the code of the worst: 80 (unknown: vmoon reconcile), 81 (conflict), what
-- trying again does not mend, 69 and 75 (try again). 64 for wrong arguments, 66 for a list that is not there.

local opt = options {
  "Rolls items back to the version before their latest, on one vCenter or several: undoes what the day has changed.",
  "An item whose latest version carries the message already is left alone: it may be run again at any time.",
  { "item", "\"library/name\" or an identifier, PROFILE: before it if it is not of the default", list = true,
    required = false, value = "[PROFILE:]ITEM" },
  list = { "one [PROFILE:]ITEM a line; \"-\" is standard input, # begins a comment", list = true, value = "FILE" },
  message = { "kept in the items' history", default = "nightly roll-back", value = "TEXT" },
  json = "an array of verdicts instead of a table",
}
local message, places = opt.message, opt.item
for _, file in ipairs(opt.list) do
  local input, missing = io.stdin, nil
  if file ~= "-" then input, missing = io.open(file) end
  if not input then fail(missing, 66) end
  local text, problem = input:read "a"
  if not text then fail(file .. ": " .. problem, 66) end
  for line in text:gmatch "[^\n]+" do
    local place = line:gsub("#.*", ""):match "^%s*(.-)%s*$"
    if place ~= "" then places[#places + 1] = place end
  end
end
if #places == 0 then fail("no items are named", 64) end

-- What is asked for, by profile.
local verdicts, profiles, byProfile, seen = {}, {}, {}, {}
for _, place in ipairs(places) do
  local profile, name = place:match "^([%w_.-]*):(.+)$"
  profile, name = profile or "", name or place -- "" is the default
  if not byProfile[profile] then byProfile[profile], profiles[#profiles + 1] = {}, profile end
  local key = profile .. ":" .. name
  if not seen[key] then
    seen[key] = { name = name, profile = profile, verdict = "not started", code = 0 }
    verdicts[#verdicts + 1] = seen[key]
    table.insert(byProfile[profile], seen[key])
  end
end

local function failed(row, err)
  local known = type(err) == "table" and err or {}
  if known.kind == "cancelled" then error(err, 0) end -- the run is being stopped
  row.code = known.exit_code or 1
  row.verdict = row.code == 80 and "unknown" or "failed"
  row.detail, row.hint = tostring(err), known.hint
end

-- Whether the latest version is the work of an earlier run. Not every version has a history.
local function isOurs(template, version)
  local ok, change = pcall(template.getChange, template, version)
  if not ok and change.kind ~= "not_found" then error(change, 0) end
  for _, known in ipairs(ok and {} or template:listChanges()) do
    if known.version == version then error(change, 0) end -- this one has
  end
  return ok and (change.message or ""):sub(-#message) == message
end

-- The rows of one vCenter that are ours, with what they name. Only an identifier tells that two names are one item,
-- and only by it do all copies of a job divide the items alike.
local function resolve(vc, rows)
  local templates, names, owners = {}, {}, {}
  parallel(rows, function(row)
    local ok, template, missing = pcall(vc.item, vc, row.name)
    if ok and template then templates[row] = template else failed(row, missing or template) end
  end)
  for _, row in ipairs(rows) do
    -- Nobody's by its identifier: all copies know it by the name.
    local name = templates[row] and templates[row].id or row.name
    if owners[name] then
      row.isDropped = true
    else
      owners[name], names[#names + 1] = row, name
    end
  end
  local ours = {}
  for _, name in ipairs(shard(names)) do ours[owners[name]] = true end
  local kept = {}
  for _, row in ipairs(rows) do
    -- Whose an item is that could not be asked for is not known: each copy says that it failed.
    local isLost = not templates[row] and row.code ~= 66
    if not ours[row] and not isLost then row.isDropped = true end
    if templates[row] and not row.isDropped then kept[#kept + 1] = row end
  end
  return kept, templates
end

-- In two steps: a run that is continued rolls back by what it saw at first, not by what it has made of it since.
local function rollBack(template, row)
  local name = row.profile .. ":" .. template.id
  local latest, previous, isDone = step("look at " .. name, function()
    local latest, previous = template:latest(), template:previous()
    return latest, previous, previous ~= nil and isOurs(template, latest)
  end)
  if not previous then
    row.verdict, row.version, row.detail = "unchanged", latest, "it has one version only"
  elseif isDone then
    row.verdict, row.version = "unchanged", latest
  else
    row.verdict = "interrupted" -- if this is the last we hear of it
    -- The version we looked at is the one to undo: if_latest refuses when somebody was faster.
    row.version = step("roll back " .. name, function()
      return template:rollback(previous, message, { if_latest = latest })
    end)
    local isPlanned = row.version:find("<planned", 1, true)
    row.verdict = isPlanned and "planned" or "rolled back"
    row.detail = (isPlanned and "from %s back to %s" or "%s undone, %s restored"):format(latest, previous)
  end
end

local function report()
  local rows = {}
  for _, row in ipairs(verdicts) do
    if not row.isDropped then rows[#rows + 1] = row end
  end
  verdicts = rows
  if opt.json then return show(verdicts, { format = "json" }) end
  local counts, order = {}, {}
  for _, row in ipairs(verdicts) do
    print(("%-11s  %s%s%s"):format(row.verdict, row.profile ~= "" and row.profile .. ":" or "", row.name,
      row.detail and ": " .. row.detail or ""))
    if row.hint then print("             try: " .. row.hint) end
    if not counts[row.verdict] then order[#order + 1] = row.verdict end
    counts[row.verdict] = (counts[row.verdict] or 0) + 1
  end
  for i, verdict in ipairs(order) do order[i] = counts[verdict] .. " " .. verdict end
  print(#order > 0 and table.concat(order, ", ") or "no item of the list is ours")
end

do
  local _ <close> = setmetatable({}, { __close = report }) -- also when a signal or the deadline ends the run
  parallel(profiles, function(profile)
    local rows = byProfile[profile]
    local opened, vc = pcall(session, profile ~= "" and { profile = profile } or nil)
    if not opened then
      for _, row in ipairs(rows) do failed(row, vc) end
      return
    end
    local _ <close> = vc
    local kept, templates = resolve(vc, rows)
    parallel(kept, function(row)
      local ok, err = pcall(rollBack, templates[row], row)
      if not ok then failed(row, err) end
    end)
  end, { limit = math.max(#profiles, 1) })
end
-- The worst code of all verdicts; what only needs another try comes last.
local rank, code = { [80] = 6, [81] = 5, [69] = 2, [75] = 1, [0] = 0 }, 0
for _, row in ipairs(verdicts) do
  if (rank[row.code] or 4) > (rank[code] or 4) then code = row.code end
end
if code ~= 0 then os.exit(code) end -- os.exit(0) would hide that the output was lost
