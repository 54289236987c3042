-- Provokes every declared error of every operation. Arguments are rows "operation kind": for each of them
-- the simulator will fail the operation's next call so. Without arguments: the errors that a state causes.
-- Prints "operation kind" for every one that was raised as it should be.
local ITEM, HELD = "00000000-0000-4000-a17e-000000000001", "00000000-0000-4000-a17e-000000000002"
local OVF, LIBRARY = "00000000-0000-4000-a17e-000000000004", "00000000-0000-4000-a11b-000000000001"
local NONE, JUMP, VM = "00000000-0000-4000-8000-00000000dead", "vm-109", "vm-110"
local place = { folder = "group-v3", resource_pool = "resgroup-8" }
local vc <close> = session()

local valid = {
  getCheckOut = { HELD, VM }, listCheckOuts = { HELD }, checkOut = { ITEM, { name = "x", placement = place } },
  checkIn = { HELD, VM, "m" }, deleteCheckOut = { HELD, VM }, listVersions = { ITEM },
  getVersion = { ITEM, "1" }, deleteVersion = { ITEM, "1" }, rollback = { ITEM, "1", "m" },
  getTemplate = { ITEM }, createTemplate = { { source_vm = JUMP, name = "n", library = LIBRARY,
    placement = place } },
  deploy = { ITEM, { name = "d", placement = place } }, listChanges = { ITEM }, getChange = { ITEM, "1" },
  listLibraries = {}, getLibrary = { LIBRARY }, findLibraries = { { name = "golden" } },
  listItems = { LIBRARY }, getItem = { ITEM }, findItems = { { name = "rhel-9" } }, listVMs = {},
  getVM = { JUMP }, deleteVM = { JUMP }, getPower = { JUMP }, setPower = { JUMP, "stop" },
  getVMItem = { VM }, listFolders = {}, listResourcePools = {}, listClusters = {}, listHosts = {},
  listDatastores = {}, listDatacenters = {}, listNetworks = {}, deleteItem = { OVF }, getTask = { NONE }, listTasks = {},
  cancelTask = { NONE }, getTools = { JUMP }, getGuest = { JUMP }, shutdownGuest = { JUMP },
  rebootGuest = { JUMP }, listCustomizationSpecs = {}, getCustomizationSpec = { "linux" },
  customize = { VM, { name = "linux" } }, getHardware = { JUMP }, setHardware = { VM, { cpu_count = 4 } },
  deployOVF = { OVF, { deployment_spec = { name = "p", accept_all_EULA = true },
    target = { resource_pool_id = "resgroup-8" } } },
  updateItem = { OVF, { description = "d" } },
  createLibrary = { { name = "new", storage_backings = { { type = "DATASTORE", datastore_id = "datastore-11" } } } },
  deleteLibrary = { LIBRARY }, publish = { LIBRARY }, sync = { LIBRARY }, listSubscriptions = { LIBRARY },
  listTags = { JUMP }, attachTag = { JUMP, "stage/test" }, detachTag = { JUMP, "stage/test" },
}

-- A change that fails so may have happened: nobody may call it a failure.
local doubtful = { error = true }
local changing = { checkOut = true, checkIn = true, deleteCheckOut = true, deleteVersion = true,
  rollback = true, createTemplate = true, deploy = true, deleteVM = true, setPower = true,
  deleteItem = true, cancelTask = true, shutdownGuest = true, rebootGuest = true, customize = true,
  deployOVF = true, setHardware = true, updateItem = true, createLibrary = true, deleteLibrary = true, publish = true,
  sync = true, attachTag = true, detachTag = true }

-- JSON-RPC answers everything with 200: then an error has no status.
local function expect(operation, kind, call, ...)
  local ok, e = pcall(call, ...)
  if ok then error(operation .. " " .. kind .. ": nothing was raised", 0) end
  local raised = e.kind
  if doubtful[kind] and changing[operation] then
    assert(e.outcome == "unknown" and raised == "unknown_outcome", tostring(e))
    raised = e.cause
  else
    assert(e.outcome == (changing[operation] and "rejected" or e.outcome), tostring(e))
  end
  if raised ~= kind then error(("%s %s: raised %s"):format(operation, kind, e), 0) end
  assert(e.operation == operation and e.vcenter and (no_status or e.status) and #e.messages == 1, tostring(e))
  assert(type(e.retryable) == "boolean" and math.type(e.exit_code) == "integer")
  assert(not tostring(e):find("\n") and tostring(e):find(e.kind, 1, true))
  print(operation .. " " .. kind)
end

local queues, order = {}, {}
for _, row in ipairs(arg) do
  local operation, kind = row:match("^(%S+) (%S+)$")
  if not queues[operation] then
    queues[operation] = {}
    order[#order + 1] = operation
  end
  table.insert(queues[operation], kind)
end

-- Reads fail side by side: some are tried again for a while. A change reads the state of its item first and
-- takes the item for itself, so changes come afterwards, one by one.
local function provoke(operation)
  for _, kind in ipairs(queues[operation]) do
    -- A refusal because it is so already is a doubt where it is not: this machine is on, this item is held.
    local arguments = kind == "already_in_desired_state"
        and (operation == "shutdownGuest" and { VM } or { JUMP, "start" })
      or operation == "checkOut" and kind == "unable_to_allocate_resource" and { HELD, { name = "x", placement = place } }
      or valid[operation]
    expect(operation, kind, _G[operation], table.unpack(arguments))
  end
end

-- These are several operations: what is to happen to another of them would happen to these.
local several = { getGuest = true, getHardware = true, listTags = true, listSubscriptions = true }
local tasks = {}
for _, operation in ipairs(order) do
  if not changing[operation] and not several[operation] then
    tasks[#tasks + 1] = spawn(provoke, operation)
  end
end
for _, task in ipairs(tasks) do task:join() end
for _, operation in ipairs(order) do
  if several[operation] then provoke(operation) end
end
for _, operation in ipairs(order) do
  if changing[operation] then provoke(operation) end
end

if #arg > 0 then
  print "done"
  return
end

local states = {
  { "getCheckOut", "not_found", NONE, VM }, { "getCheckOut", "not_found", HELD, "vm-9" },
  { "getCheckOut", "invalid_argument", ITEM, VM }, { "getCheckOut", "invalid_argument", OVF, VM },
  { "listCheckOuts", "not_found", NONE }, { "listCheckOuts", "invalid_argument", OVF },
  { "checkOut", "not_found", NONE, { name = "x", placement = place } },
  { "checkOut", "invalid_argument", OVF, { name = "x", placement = place } },
  { "checkOut", "invalid_argument", ITEM, { name = "x" } },
  { "checkOut", "already_exists", ITEM, { name = "jump-host", placement = { folder = "group-v3" } } },
  { "checkOut", "unable_to_allocate_resource", HELD, { name = "x", placement = place } },
  { "checkIn", "not_found", NONE, VM, "m" }, { "checkIn", "invalid_argument", ITEM, VM, "m" },
  { "deleteCheckOut", "not_found", HELD, "vm-9" }, { "deleteCheckOut", "invalid_argument", ITEM, VM },
  { "listVersions", "not_found", NONE }, { "listVersions", "invalid_argument", OVF },
  { "getVersion", "not_found", ITEM, "9" }, { "getVersion", "invalid_argument", OVF, "1" },
  { "deleteVersion", "not_found", ITEM, "9" }, { "deleteVersion", "invalid_argument", ITEM, "2" },
  { "rollback", "not_found", ITEM, "9", "m" }, { "rollback", "invalid_argument", ITEM, "2", "m" },
  { "rollback", "not_allowed_in_current_state", HELD, "1", "m" },
  { "getTemplate", "not_found", NONE },
  { "createTemplate", "not_found", { source_vm = "vm-9", name = "n", library = LIBRARY } },
  { "createTemplate", "already_exists", { source_vm = JUMP, name = "rhel-9", library = LIBRARY,
    placement = place } },
  { "createTemplate", "already_exists", { source_vm = JUMP, name = "jump-host", library = LIBRARY,
    placement = place } },
  { "createTemplate", "not_allowed_in_current_state", { source_vm = VM, name = "n", library = LIBRARY,
    placement = place } },
  { "createTemplate", "invalid_argument", { source_vm = JUMP, name = "n", library = LIBRARY,
    placement = { folder = "no" } } },
  { "createTemplate", "invalid_argument", { source_vm = JUMP, name = "n", library = LIBRARY } },
  { "deploy", "not_found", ITEM, { name = "d", placement = { folder = "no" } } },
  { "deploy", "not_found", ITEM, { name = "d", placement = place, guest_customization = { name = "no" } } },
  { "deploy", "invalid_argument", ITEM, { name = "d", placement = { folder = "group-h4" } } },
  { "deploy", "invalid_argument", ITEM, { name = "d", placement = { resource_pool = "resgroup-8" } } },
  { "deploy", "invalid_argument", ITEM, { name = "d", placement = place, hardware_customization = {
    disks_to_update = { ["2000"] = { capacity = 1 } } } } },
  -- What is sent as JSON-RPC is checked before.
  no_status and { "deploy", "invalid_argument", OVF, { name = "d" } }
    or { "request", "unexpected_input", { path = "/vcenter/vm", query = { no_such = 1 } } },
  { "deploy", "not_found", NONE, { name = "d" } }, { "deploy", "invalid_argument", OVF, { name = "d" } },
  { "deploy", "already_exists", ITEM, { name = "jump-host", placement = { folder = "group-v3" } } },
  { "listChanges", "not_found", NONE }, { "getChange", "not_found", ITEM, "9" },
  { "getLibrary", "not_found", NONE }, { "findLibraries", "invalid_argument", {} },
  { "listItems", "not_found", NONE }, { "getItem", "not_found", NONE },
  { "findItems", "invalid_argument", {} }, { "getVM", "not_found", "vm-101" },
  { "deleteVM", "not_found", "vm-9" }, { "deleteVM", "not_allowed_in_current_state", JUMP },
  { "getPower", "not_found", "vm-9" }, { "setPower", "not_found", "vm-9", "start" },
  { "setPower", "already_in_desired_state", JUMP, "start" },
  { "getTools", "not_found", "vm-9" }, { "getGuest", "not_found", "vm-9" },
  { "shutdownGuest", "not_found", "vm-9" }, { "shutdownGuest", "already_in_desired_state", VM },
  { "rebootGuest", "not_found", "vm-9" }, { "rebootGuest", "not_allowed_in_current_state", VM },
  { "getCustomizationSpec", "not_found", "none" }, { "customize", "not_found", VM, { name = "none" } },
  { "customize", "not_allowed_in_current_state", JUMP, { name = "linux" } },
  { "getHardware", "not_found", "vm-9" }, { "setHardware", "not_found", "vm-9", { cpu_count = 4 } },
  { "setHardware", "not_allowed_in_current_state", JUMP, { cpu_count = 4 } },
  { "setHardware", "invalid_argument", VM, { cpu_count = 4, cores_per_socket = 3 } },
  { "updateItem", "not_found", NONE, { name = "x" } },
  { "updateItem", "already_exists", OVF, { name = "rhel-9" } },
  { "createLibrary", "invalid_argument",
    { name = "x", storage_backings = { { type = "DATASTORE", datastore_id = "none" } } } }, { "deleteLibrary", "not_found", NONE },
  { "deleteLibrary", "not_allowed_in_current_state", LIBRARY },
  { "publish", "not_allowed_in_current_state", "00000000-0000-4000-a11b-000000000002" },
  { "sync", "invalid_element_type", LIBRARY }, { "listSubscriptions", "not_found", NONE },
  { "deployOVF", "invalid_argument", ITEM, { deployment_spec = { name = "p", accept_all_EULA = true },
    target = { resource_pool_id = "resgroup-8" } } },
  { "deployOVF", "not_found", OVF, { deployment_spec = { name = "p", accept_all_EULA = true },
    target = { resource_pool_id = "none" } } },
  { "attachTag", "invalid_argument", "vm-9", "stage/test" }, { "detachTag", "not_found", "vm-9", "stage/test" },
  { "setPower", "not_allowed_in_current_state", VM, "reset" }, { "getVMItem", "not_found", "vm-9" },
}
for _, row in ipairs(states) do
  expect(row[1], row[2], _G[row[1]], table.unpack(row, 3))
end
setPower(VM, "start")
expect("checkIn", "not_allowed_in_current_state", checkIn, HELD, VM, "m")
expect("deleteCheckOut", "not_allowed_in_current_state", deleteCheckOut, HELD, VM)
local _, held = pcall(rollback, HELD, "1", "m")
setPower(VM, "stop")
assert(held.hint:find([[VSPHERE.LOCAL\alice since 2025-10-10T04:53:20.000Z as vm-110]], 1, true), held.hint)
print "done"
