#!/usr/bin/env vmoon
-- Compares the templates of two vCenters: which are at different versions, which are only in one.
--
--   vmoon [options] version-drift.lua [--fail] [--json] [--library NAME]… PROFILE PROFILE
--
-- The profiles are those of vmoon's config.lua. Templates are the same when library and name are.
-- Ends with 0, with 3 under --fail, 64 for wrong arguments, 66 when neither has a library of
-- that name, else as vmoon does. It only reads.

local opt = options {
  "Compares the templates of two vCenters: which are at different versions, which are only in one. It only reads.",
  { "first", "a profile of config.lua", value = "PROFILE" },
  { "second", "another one", value = "PROFILE" },
  json = "an array of records instead of a table",
  fail = "end with 3 when there is any drift",
  library = { "only libraries of this name", list = true, value = "NAME" },
}
local profiles, wanted, known = { opt.first, opt.second }, {}, {} -- known: libraries that are in either vCenter
for _, name in ipairs(opt.library) do wanted[name] = true end
if opt.first == opt.second then fail("a vCenter is no different from itself: " .. opt.first, 64) end

-- The versions of all templates of one vCenter, by "library/name".
local function inventory(profile)
  local vc <close> = session { profile = profile }
  local versions = {}
  parallel(vc:listLibraries(), function(id)
    local library = vc:getLibrary(id).name
    known[library] = true
    if next(wanted) and not wanted[library] then return end
    parallel(vc:findItems { library_id = id, type = "vm-template" }, function(template)
      local model = vc:getItem(template)
      local place = library .. "/" .. model.name
      versions[place] = versions[place] or {}
      table.insert(versions[place], model.content_version or "?")
    end)
  end)
  for place, list in pairs(versions) do -- names need not be unique: then all versions count
    table.sort(list)
    versions[place] = table.concat(list, ", ")
  end
  return versions
end

local sides = parallel(profiles, inventory)
for name in pairs(wanted) do
  if not known[name] then
    fail(("neither %s nor %s has a library %s"):format(profiles[1], profiles[2], name), 66)
  end
end
local places = {}
for i = 1, 2 do
  for place in pairs(sides[i]) do places[place] = true end
end

local drift, count = {}, 0
for place in pairs(places) do
  count = count + 1
  local first, second = sides[1][place], sides[2][place]
  if first ~= second then
    drift[#drift + 1] = {
      name = place,
      drift = not first and "only in " .. profiles[2] or not second and "only in " .. profiles[1] or "differs",
      versions = { [profiles[1]] = first, [profiles[2]] = second },
    }
  end
end

if opt.json or #drift > 0 then
  show(drift, { sort = "name", format = opt.json and "json" or "table" })
else
  print(("no drift between %s and %s (%d templates)"):format(profiles[1], profiles[2], count))
end
if opt.fail and #drift > 0 then os.exit(3) end
