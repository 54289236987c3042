-- The main job, step by step: who holds a check-out, a rollback that is refused, one that works.
local vc <close> = session()
print("session:   " .. tostring(vc) .. ", dialect " .. vc.dialect)

local function versions(item)
  local list = {}
  for _, v in ipairs(item:listVersions()) do
    list[#list + 1] = v.version .. (v.version == item:latest() and " (latest)" or "") .. " in " .. v.vm_template
  end
  return table.concat(list, ", ")
end

local held = assert(item "golden/rhel-9")
local vm = held:listCheckOuts()[1].vm
local checkOut = getCheckOut(held, vm)
print("check-out: " .. held.name .. " is held by " .. checkOut.user .. " since " .. checkOut.time .. ", as " .. vm)

local ok, err = pcall(rollback, held, held:previous(), "must not happen")
assert(not ok, "a checked-out item was rolled back")
print("refused:   " .. err.kind .. ", HTTP status " .. err.status)
if err.hint then print("           " .. err.hint) end

local ubuntu = assert(item "golden/ubuntu-22.04")
print("before:    " .. ubuntu.name .. ": " .. versions(ubuntu))
local version = rollback(ubuntu, ubuntu:previous(), "bad patch")
print("rollback:  the new version is " .. version)
print("after:     " .. ubuntu.name .. ": " .. versions(ubuntu))
assert(ubuntu:latest() == version, "the new version is not the latest")
