-- Patches templates: check out, patch, check in, look at the health, and roll back what is not healthy.
local opt = options {
  "Patches templates, and rolls back those that are not healthy afterwards.",
  { "pattern", "the templates, such as \"golden/*\"" },
  { "patch", "the program that patches; $VM is the machine" },
  { "health", "the program that tells with 0 that $VERSION of $ITEM is healthy" },
  pool = { "the resource pool they run in", required = true },
}
local where = placement { folder = "vm", resource_pool = opt.pool }
local _, errors = parallel(items(opt.pattern, { type = "vm-template" }), function(it)
  local function once(what, fn) return step(what .. " " .. it.id, fn) end
  local function runs(program, env) return exec({ program, env = env }).code == 0 end
  local before = once("look at", function() return it:latest() end)
  local vm = once("check out", function() return it:checkOut { name = "patch-{op}", placement = where } end)
  if not once("patch", function() return runs(opt.patch, { VM = vm, ITEM = it.path }) end) then
    once("discard", function() it:deleteCheckOut(vm) end)
    fail(it.path .. " was not patched")
  end
  local new = once("check in", function() return it:checkIn(vm, "patched") end)
  local good = once("look after", function() return runs(opt.health, { VERSION = new, ITEM = it.path }) end)
  if good then return print(it.path .. ": patched, version " .. new) end
  once("roll back", function() return it:rollback(before, "not healthy", { if_latest = new }) end)
  fail(it.path .. ": version " .. new .. " was not healthy, and is rolled back")
end, { errors = "collect" })
for _, err in pairs(errors) do log.error(err) end
if next(errors) then fail("not all templates are patched", 81) end
