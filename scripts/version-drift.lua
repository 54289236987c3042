#!/usr/bin/env vmoon
-- Compares the templates of two vCenters: which are at different versions, which are only in one.
--
--   vmoon [options] version-drift.lua [--json] [--fail] [--library NAME]… PROFILE PROFILE
--
--   --json          an array of records instead of a table
--   --fail          end with 3 when there is any drift
--   --library NAME  only libraries of this name; may be repeated
--
-- The profiles are those of vmoon's config.lua. Templates are the same when library and name are.
-- Ends with 0, with 3 as above, 64 for wrong arguments, 66 when neither has a library of
-- that name, else as vmoon does. It only reads.

local USAGE = "usage: vmoon [options] version-drift.lua [--json] [--fail] [--library NAME]… PROFILE PROFILE"

local function stop(code, problem)
  io.stderr:write("version-drift.lua: ", problem, "\n")
  os.exit(code)
end

local function usage(problem) stop(64, problem .. "\n" .. USAGE) end

local words, given, wanted, profiles = { ... }, {}, {}, {}
local known = {} -- the libraries that are in either vCenter
while #words > 0 do
  local word = table.remove(words, 1)
  if word == "--help" then
    print(USAGE)
    os.exit(0)
  elseif word == "--json" or word == "--fail" then
    given[word] = true
  elseif word == "--library" then
    wanted[table.remove(words, 1) or usage "--library needs a name"] = true
  elseif word:find "^%-" then
    usage("there is no option " .. word)
  else
    profiles[#profiles + 1] = word
  end
end
if #profiles ~= 2 then usage("two profiles are compared, not " .. #profiles) end
if profiles[1] == profiles[2] then usage("a vCenter is no different from itself: " .. profiles[1]) end

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
    stop(66, ("neither %s nor %s has a library %s"):format(profiles[1], profiles[2], name))
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
table.sort(drift, function(a, b) return a.name < b.name end)

if given["--json"] then
  print(json.encode(json.array(drift), { sorted = true, pretty = true }))
elseif #drift > 0 then
  show(drift)
else
  print(("no drift between %s and %s (%d templates)"):format(profiles[1], profiles[2], count))
end
if given["--fail"] and #drift > 0 then os.exit(3) end
