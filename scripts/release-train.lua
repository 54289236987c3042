#!/usr/bin/env vmoon
-- Makes a new version of a template: check out, change, check in, verify; roll back when the new version is no good.
--
--   vmoon [options] release-train.lua [options] ITEM -- CHANGE [ARGUMENT]… -- VERIFY [ARGUMENT]…
--
--   ITEM             "library/name" or an identifier
--   CHANGE           changes the machine {vm} and leaves it powered off; run without a shell
--   VERIFY           says with 0 that version {version} of the item is good; in both, {item} and {id} are filled in too
--   --folder NAME    where the machine is put, and
--   --pool NAME      the resource pool it runs in: both are needed
--   --name NAME      what it is called, "ITEM-release-{op}" by default; {op} makes it unique, so that
--                    a check-out whose answer was lost can be told from others
--   --message TEXT   kept in the item's history, "release train" by default
--   --timeout D      how long each command may take, 1h by default
--
-- When the change fails, the check-out is discarded with its machine. When the verification fails, the item is rolled
-- back to the version it had before. A verification that could not be run (126, 127) says nothing: the new version
-- stays, unverified. A run that is stopped leaves what it has, and says what that is: vmoon resume goes on from there,
-- with the same machine; a command that was stopped is run again from its beginning.
-- With --dry-run neither command is run.
--
-- Ends with 0 when the new version is good (its identifier is printed), 1 when the change failed, 3 when rolled back,
-- 64 for wrong arguments, 66 for an item, placement or command that is not there, 80 when the outcome of a step is unknown
-- (then nothing is cleaned up: vmoon reconcile), else as vmoon does.

local USAGE = "usage: vmoon [options] release-train.lua --folder NAME --pool NAME [--name NAME] [--message "
  .. "TEXT] [--timeout D] ITEM -- CHANGE [ARGUMENT]… -- VERIFY [ARGUMENT]…"

local function stop(code, problem)
  io.stderr:write("release-train.lua: ", problem, "\n")
  os.exit(code)
end

local function usage(problem) stop(64, problem .. "\n" .. USAGE) end

-- Three groups of words: ours, and the two commands.
local groups = { {} }
for _, word in ipairs { ... } do
  if word == "--" and #groups < 3 then
    groups[#groups + 1] = {}
  else
    table.insert(groups[#groups], word)
  end
end
local words, change, verify = table.unpack(groups)

local given, path = { ["--message"] = "release train", ["--timeout"] = "1h" }, nil
local known = { ["--folder"] = 1, ["--pool"] = 1, ["--name"] = 1, ["--message"] = 1, ["--timeout"] = 1 }
while #words > 0 do
  local word = table.remove(words, 1)
  if word == "--help" then
    print(USAGE)
    os.exit(0)
  elseif known[word] then
    given[word] = table.remove(words, 1) or usage(word .. " needs a value")
  elseif word:find "^%-" then
    usage("there is no option " .. word)
  elseif path then
    usage("one item at a time: " .. word)
  else
    path = word
  end
end
if not path then usage "the item is missing" end
if not change or #change == 0 then usage "the command of the change is missing, after --" end
if not verify or #verify == 0 then usage "the command that verifies is missing, after a second --" end
if not given["--folder"] or not given["--pool"] then usage "--folder and --pool are needed" end
local timeout = time.duration(given["--timeout"])

-- Whether both can be run is known before anything is changed; a word that is filled in later is not.
for _, command in ipairs { change, verify } do
  local program = command[1]
  if not program:find "[{}]"
    and exec({ "sh", "-c", 'command -v -- "$1"', "sh", program, safe = true }).code ~= 0 then
    stop(66, "there is no command " .. program)
  end
end

local vc <close> = session()
local template = assert(vc:item(path))

-- The identifier of the only thing of that name.
local function only(list, name, field)
  if #list ~= 1 then stop(66, ("%d of %s is called %s; one is needed"):format(#list, field, name)) end
  return list[1][field]
end
local folders = vc:listFolders { names = { given["--folder"] }, type = "VIRTUAL_MACHINE" }
local pools = vc:listResourcePools { names = { given["--pool"] } }
local placement = {
  folder = only(folders, given["--folder"], "folder"),
  resource_pool = only(pools, given["--pool"], "resource_pool"),
}

-- Runs a command: true when it ends with 0, else false; nil when it could not be run.
local function run(step, command, values)
  local argv = {}
  for i, word in ipairs(command) do
    argv[i] = word:gsub("{(%w+)}", values)
  end
  local ok, result = pcall(exec, argv, { timeout = timeout })
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
  return template:checkOut { name = given["--name"] or template.name .. "-release-{op}", placement = placement }
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
    stop(1, "the change failed; nothing is released")
  end
  local ok, result = pcall(step, "check in", function() return template:checkIn(vm, given["--message"]) end)
  if not ok then
    -- A machine that may have become a version is not ours to delete.
    if result.kind ~= "cancelled" and result.outcome ~= "unknown" then discard() end
    error(result, 0)
  end
  version = result
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
  stop(66, "the verification could not be run: " .. unverified)
elseif not isGood then
  local new = step("roll back", function()
    return template:rollback(before, given["--message"] .. ": verification failed", { if_latest = version })
  end)
  stop(3, ("version %s is no good, rolled back to %s as version %s"):format(version, before, new))
end
print(version)
