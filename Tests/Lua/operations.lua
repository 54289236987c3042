-- Uses every operation once at least and asserts its result. What it prints is the same in both
-- dialects and under both tables of statuses; times of now and identifiers of operations are left out.
local function show(value)
  if type(value) == "string" then
    local text = ("%q"):format(value):gsub("%d%d%d%d%-%d%d%-%d%dT[%d:.]+Z", "<time>")
    return (text:gsub("%[vmoon:%x[%x-]+%]", "[vmoon:<operation>]"))
  end
  if type(value) ~= "table" then return tostring(value) end
  local keys, parts = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do parts[#parts + 1] = tostring(key) .. "=" .. show(value[key]) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

local function note(what, value)
  print(what .. ": " .. show(value))
  return value
end

local function equal(what, value, expected)
  if value ~= expected then
    error(("%s: %s expected, got %s"):format(what, show(expected), show(value)), 2)
  end
end

local function find(list, field, wanted)
  for _, entry in ipairs(list) do
    if entry[field] == wanted then return entry end
  end
end

local vc <close> = session()

-- Libraries and items.
equal("libraries", #note("listLibraries", listLibraries()), 4)
local golden = findLibraries{ name = "golden" }[1]
equal("a library's name", note("getLibrary", vc:getLibrary(golden)).name, "golden")
equal("local libraries", #findLibraries{ type = "LOCAL" }, 4)
equal("two of a name", #findLibraries{ name = "edge" }, 2)
equal("items", #note("listItems", listItems(golden)), 4)
local found = note("findItems", findItems{ name = "rhel-9", library_id = golden })
equal("found", #found, 1)
equal("an item's type", note("getItem", getItem(found[1])).type, "vm-template")

local rhel, ubuntu = item "/golden/rhel-9", item "golden/ubuntu-22.04"
equal("by path", rhel.id, found[1])
equal("by id", item(rhel.id).name, "rhel-9")
equal("latest", ubuntu:latest(), "2")
equal("previous", ubuntu:previous(), "1")
equal("no previous", item("golden/debian-12"):previous(), nil)
equal("and it is a value", select("#", item("golden/debian-12"):previous()), 1)
local none, why = item "golden/none"
equal("none", none, nil)
equal("why", why.kind, "not_found")
equal("two of a name", select(2, pcall(item, "edge/edge-gateway")).kind, "ambiguous")

-- Templates: their maps are tables in both dialects.
local template = note("getTemplate", ubuntu:getTemplate())
equal("a disk", type(template.disks["2000"].capacity), "number")
equal("a nic", template.nics["4000"].network, "network-14")
equal("memory", math.type(template.memory.size_MiB), "integer")

-- Placements.
local folder = find(note("listFolders", listFolders{ names = { "vm" } }), "type", "VIRTUAL_MACHINE")
local pools = note("listResourcePools", listResourcePools())
local cluster = note("listClusters", listClusters())[1]
local hosts = note("listHosts", listHosts{ clusters = { cluster.cluster } })
local store = note("listDatastores", listDatastores{ types = { "VMFS" } })[1]
local network = note("listNetworks", listNetworks{ names = { "VM Network" } })[1]
equal("a network", network.network, "network-14")
local centre = note("listDatacenters", listDatacenters())[1]
equal("hosts", #hosts, 2)
equal("bytes", math.type(store.free_space), "integer")
equal("a centre", centre.name, "dc-1")
equal("a filter without a match", #listFolders{ names = { "no-such" } }, 0)
local place = { folder = folder.folder, resource_pool = pools[1].resource_pool, host = hosts[1].host,
  cluster = cluster.cluster }

-- Check-outs.
local held = note("listCheckOuts", rhel:listCheckOuts())[1].vm
local holder = note("getCheckOut", getCheckOut(rhel, held))
equal("who", holder.user, [[VSPHERE.LOCAL\alice]])
equal("since", holder.time, "2025-10-10T04:53:20.000Z")
equal("the item of a machine", note("getVMItem", getVMItem(held)).check_out.library_item, rhel.id)
equal("none is checked out", #ubuntu:listCheckOuts(), 0)
local vm = note("checkOut", ubuntu:checkOut{ name = "patch", placement = place, powered_on = false })
equal("one is", ubuntu:listCheckOuts()[1].vm, vm)

-- Machines and their power.
equal("its name", note("getVM", getVM(vm)).name, "patch")
equal("maps", getVM(vm).disks["2000"].capacity, 16 << 30)
equal("off", note("getPower", getPower(vm)).clean_power_off, true)
for _, step in ipairs{ "start", "suspend", "start", "reset", "stop" } do setPower(vm, step) end
setPower(vm, "start")
equal("on", getPower(vm).state, "POWERED_ON")
equal("found on", note("listVMs", listVMs{ names = { "patch" }, power_states = { "POWERED_ON" } })[1].vm, vm)
setPower(vm, "stop")

-- Versions and their history.
local version = note("checkIn", ubuntu:checkIn(vm, "patched\nwith a second line"))
equal("a new version", version, "3")
local versions = note("listVersions", ubuntu:listVersions())
equal("versions", #versions, 2)
equal("its template", note("getVersion", getVersion(ubuntu, "3")).vm_template, vm)
local changes = note("listChanges", ubuntu:listChanges())
equal("the first line", changes[#changes].short_message:match("patched.*"), "patched")
equal("the message", getChange(ubuntu, "3").message:match("patched.*"), "patched\nwith a second line")
equal("rolled back", note("rollback", ubuntu:rollback("2", "bad patch", { if_latest = "3" })), "4")
equal("rolled back again", rollback(ubuntu, "3", "good after all"), "5")
equal("latest", ubuntu:latest(), "5")
ubuntu:deleteVersion("4")
equal("one is left", #ubuntu:listVersions(), 1)
rhel:deleteCheckOut(held)
equal("given back", #rhel:listCheckOuts(), 0)

-- New items and machines.
local copy = deploy(ubuntu, { name = "web-1", description = "a test", placement = place,
  disk_storage_overrides = { ["2000"] = { datastore = store.datastore } }, powered_on = true })
note("deploy", copy)
-- The vCenter switches it on by itself, some time after the call.
while getPower(copy).state ~= "POWERED_ON" do sleep(0.05) end
local made = note("createTemplate", createTemplate{ source_vm = copy, name = "web", library = golden,
  description = "made of web-1", placement = place,
  disk_storage_overrides = { ["2000"] = { datastore = store.datastore } } })
equal("made", item("golden/web").id, made)
setPower(copy, "stop")
deleteVM(copy)
equal("gone", select(2, pcall(getVM, copy)).kind, "not_found")

-- Any other call: wrapped and unwrapped as the dialect has it.
equal("get", request{ path = "/vcenter/datacenter" }[1].name, "dc-1")
equal("a query", #vc:request{ path = "/vcenter/vm", query = { [
  vc.dialect == "rest" and "filter.names" or "names"] = { "jump-host" } } }, 1)
local disks = request{ path = "/vcenter/vm-template/library-items/" .. made, maps = { "disks", "nics" } }
equal("maps", disks.nics["4000"].mac_type, "ASSIGNED")
local deployed = request{ method = "post", path = "/vcenter/vm-template/library-items/" .. made .. "?action=deploy",
  body = { name = "asked", placement = place, disk_storage_overrides = { ["2000"] = { datastore = store.datastore } } },
  maps = { "disk_storage_overrides" } }
equal("sent", getVM(deployed).name, "asked")
equal("no content", request{ method = "DELETE", path = "/vcenter/vm/" .. deployed }, nil)
local task, about = next(listTasks{ operations = "deploy" })
equal("a task", getTask(task).service, about.service)
equal("it has ended", select(2, pcall(cancelTask, task)).kind, "not_allowed_in_current_state")
deleteItem(made)
equal("no item", select(2, pcall(getItem, made)).kind, "not_found")
print "done"
