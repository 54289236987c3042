#!/usr/bin/env vmoon
-- Makes a new version of a template: check out, change, check in, verify; roll back when the new version is no good.
--
--   vmoon [options] release-train.lua [options] ITEM -- CHANGE [ARGUMENT]… -- VERIFY [ARGUMENT]…
--
-- ITEM in --name is the item's name; {op} lets a check-out whose answer was lost be told from others.
-- When the change fails, or the check-in is refused, the check-out is discarded with its machine: a new run starts anew,
-- which 69 and 75 ask for, and vmoon resume only says that again. When the verification fails, the item is rolled
-- back to the version it had before. A verification that could not be run (126, 127) says nothing: the new version
-- stays, unverified. A run that is stopped leaves what it has, and says what that is: vmoon resume goes on from there,
-- with the same machine; a command that was stopped is run again from its beginning.
-- With --dry-run neither command is run.
--
-- Ends with 0 when the new version is good (its identifier is printed), 1 when the change failed, 3 when rolled back,
-- 64 for wrong arguments, 66 for an item, placement or command that is not there, 80 when the outcome of a step is unknown
-- (then nothing is cleaned up: vmoon reconcile), else as vmoon does.

local opt = options {
  "Makes a new version of a template: check out, change, check in, verify; roll back when the new version is no good.",
  { "item", "\"library/name\" or an identifier" },
  { "command", "CHANGE [ARGUMENT]… -- VERIFY [ARGUMENT]…, behind --, run without a shell; {vm}, {item}, {id} and, for the "
    .. "verification, {version} are filled in. CHANGE leaves the machine off, VERIFY says with 0 that it is good",
    list = true },
  folder = { "where the machine is put: a name or a path", required = true, value = "PATH" },
  pool = { "the resource pool it runs in, such as cluster/pool; a cluster alone is its root pool", value = "PATH" },
  cluster = { "the cluster it runs in", value = "PATH" },
  host = { "the host it runs on", value = "PATH" },
  name = { "what it is called; {op} makes it unique", default = "ITEM-release-{op}" },
  message = { "kept in the item's history", default = "release train", value = "TEXT" },
  timeout = { "how long each command may take", type = "duration", default = "1h" },
}
if not (opt.pool or opt.cluster or opt.host) then fail("one of --pool, --cluster and --host is needed", 64) end

-- The words of two commands.
local path, change, verify = opt.item, {}, nil
for _, word in ipairs(opt.command) do
  if word == "--" and not verify then verify = {} else table.insert(verify or change, word) end
end
if #change == 0 then fail("the command of the change is missing, after --", 64) end
if not verify or #verify == 0 then fail("the command that verifies is missing, after a second --", 64) end

-- Whether both can be run is known before anything is changed; a word that is filled in later is not.
for _, command in ipairs { change, verify } do
  local program = command[1]
  if not program:find "[{}]"
    and exec({ "sh", "-c", 'command -v -- "$1"', "sh", program, safe = true }).code ~= 0 then
    fail("there is no command " .. program, 66)
  end
end

local vc <close> = session()
local template = assert(vc:item(path))

local placement = vc:placement { folder = opt.folder, resource_pool = opt.pool, cluster = opt.cluster, host = opt.host }

-- Runs a command: true when it ends with 0, else false; nil when it could not be run.
local function run(step, command, values)
  local argv = {}
  for i, word in ipairs(command) do
    argv[i] = word:gsub("{(%w+)}", values)
  end
  local ok, result = pcall(exec, argv, { timeout = opt.timeout })
  if ok and result.code == 0 then return true end
  if not ok and result.kind == "cancelled" then error(result, 0) end
  log.error(ok and step .. " failed" or result, ok
    and { item = path, code = result.code, output = (result.stdout .. result.stderr):sub(-1000) } or { step = step })
  if ok and result.code ~= 126 and result.code ~= 127 then return false end
  if not ok and result.kind == "timeout" then return false end
  return nil
end

-- Each step is done once in the life of the run: `vmoon resume` goes on behind the last one.
local before = step("look", function() return template:latest() end)
local vm = step("check out", function()
  return template:checkOut { name = (opt.name:gsub("ITEM", { ITEM = template.name })), placement = placement }
end)
local values = { item = template.name, id = template.id, version = before, vm = vm }
log.info("check-out", values)

-- Says what is left when the run is stopped meanwhile.
local function guard(left)
  return setmetatable({}, { __close = function(_, err)
    if type(err) == "table" and err.kind == "cancelled" then
      io.stderr:write("release-train.lua: stopped: ", left, "; vmoon resume goes on with it\n")
    end
  end })
end

local function discard()
  step("discard", function()
    if vc:getPower(vm).state ~= "POWERED_OFF" then vc:setPower(vm, "stop") end
    vc:deleteCheckOut(template, vm)
  end)
  log.warn("the check-out was discarded", { item = path, vm = vm })
end

local version
do
  local _ <close> = guard(vm .. " is checked out of " .. path)
  if not step("change", function() return run("the change", change, values) end) then
    discard()
    fail "the change failed; nothing is released"
  end
  -- A refusal is kept: the check-out is given back then, and vmoon resume has nothing to go on with.
  local refusal, code
  version, refusal, code = step("check in", function()
    local ok, result = pcall(template.checkIn, template, vm, opt.message)
    if ok then return result end
    -- A machine that may have become a version is not ours to delete.
    if result.kind == "cancelled" or result.outcome == "unknown" then error(result, 0) end
    return false, tostring(result), result.exit_code
  end)
  if refusal then
    discard()
    fail(refusal .. "; nothing is released: start anew", code)
  end
end
log.info("check-in", { item = path, version = version })

values.version = version
local unverified = ("version %s of %s is the latest, and unverified"):format(version, path)
local isKnown, isGood
do
  local _ <close> = guard(unverified)
  isKnown, isGood = pcall(step, "verify", function()
    local good = run("the verification", verify, values)
    if good == nil then error("it could not be run", 0) end -- says nothing: resume tries again
    return good
  end)
  if not isKnown and type(isGood) == "table" then error(isGood, 0) end
end
if not isKnown then
  fail("the verification could not be run: " .. unverified, 66)
elseif not isGood then
  local new = step("roll back", function()
    return template:rollback(before, opt.message .. ": verification failed", { if_latest = version })
  end)
  fail(("version %s is no good, rolled back to %s as version %s"):format(version, before, new), 3)
end
print(version)
