-- Uses every operation once at least and asserts its result. What it prints is the same in both
-- dialects and under both tables of statuses; times of now and identifiers of operations are left out.
local function show(value)
  if type(value) == "string" then
    local text = ("%q"):format(value):gsub("%d%d%d%d%-%d%d%-%d%dT[%d:.]+Z", "<time>")
    return (text:gsub("%x%x%x%x%x%x%x%x%-%x%x%x%x%-4[%x-]+", "<operation>"))
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
equal("the message", getChange(ubuntu, "3").message, "patched\nwith a second line")
equal("the mark is apart", #getChange(ubuntu, "3").op_id, 36)
local path = "/content/library/item/" .. ubuntu.id .. "/changes/3"
equal("the raw text", request{ path = path }.message:sub(1, 7), "[vmoon:")
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

-- What runs in a machine, and with which hardware.
local jump = listVMs{ names = { "jump-host" } }[1].vm
equal("tools", note("getTools", getTools(jump)).run_state, "RUNNING")
local guest = note("getGuest", getGuest(jump))
equal("who", guest.family .. " " .. guest.host_name, "LINUX jump-host")
equal("a text", guest.full_name.default_message, "UBUNTU_64")
rebootGuest(jump)
equal("it is on all the while", getPower(jump).state, "POWERED_ON")
equal("it comes up again", note("waitForGuest", waitForGuest(jump)).ip_address, guest.ip_address)
shutdownGuest(jump)
equal("off", waitForPower(jump, "POWERED_OFF", { timeout = "20s" }), "POWERED_OFF")
equal("nobody to ask", getGuest(jump), nil)
equal("too late", select(2, pcall(waitForGuest, jump, { timeout = 0.2 })).data, "NOT_RUNNING")
equal("nothing to wait for", waitForGuest(jump, { tools = false, address = false }), nil)
setHardware(jump, { cpu_count = 4, memory_size_MiB = 8192.0 })
local hardware = note("getHardware", getHardware(jump))
equal("processors and memory", hardware.cpu_count .. " " .. hardware.memory_size_MiB, "4 8192")
local custom = note("listCustomizationSpecs", listCustomizationSpecs{ names = "linux" })[1]
equal("a specification", custom.OS_type, "LINUX")
local inside = note("getCustomizationSpec", getCustomizationSpec(custom.name)).spec.spec
equal("its inside", inside.configuration_spec.linux_config.domain, "example.test")
customize(jump, { name = "linux" })
setPower(jump, "start")
waitForGuest(jump)

-- Tags, by their names.
equal("none", #listTags(jump), 0)
attachTag(jump, "stage/test")
attachTag(jump, "owner/web")
attachTag(jump, "owner/web")
attachTag(rhel, "stage/prod")
note("listTags", listTags{ type = "VirtualMachine", id = jump })
equal("both", table.concat(listTags(jump), " "), "owner/web stage/test")
equal("of an item", rhel:listTags()[1], "stage/prod")
equal("one of its kind", select(2, pcall(attachTag, jump, "owner/data")).kind, "invalid_argument")
detachTag(jump, "owner/web")
detachTag(jump, "owner/web")
equal("one is left", table.concat(listTags(jump), " "), "stage/test")
equal("no such tag", select(2, pcall(attachTag, jump, "stage/none")).kind, "not_found")

-- Libraries that follow one.
local backing = { { type = "DATASTORE", datastore_id = store.datastore } }
local own = note("createLibrary", createLibrary{ name = "own", storage_backings = backing })
equal("a type", getLibrary(own).type, "LOCAL")
local follower = createLibrary{ name = "follower", type = "SUBSCRIBED", storage_backings = backing,
  subscription_info = { authentication_method = "NONE",
    subscription_url = getLibrary(golden).publish_info.publish_url } }
local follows = note("listSubscriptions", listSubscriptions(golden))
equal("who", follows[1].subscribed_library, follower)
equal("of an item's library", #rhel:listSubscriptions(), 1)
sync(follower)
equal("nothing is published", #listItems(follower), 0)
rhel:publish()
equal("nothing has been fetched", #listItems(follower), 0)
sync(follower)
equal("one item", #listItems(follower), 1)
publish(golden, { subscriptions = { follows[1].subscription } })
sync(follower)
equal("all items", #listItems(follower), #listItems(golden))
local photon = item "golden/photon-ova"
photon:updateItem{ name = "photon", description = "of November" }
equal("renamed", note("updateItem", getItem(photon)).name, "photon")
photon:publish()
local copied = findItems{ library_id = follower, source_id = photon.id }[1]
sync(copied)
equal("and fetched", getItem(copied).description, "of November")
equal("it follows nothing", select(2, pcall(sync, own)).kind, "invalid_element_type")
photon:updateItem{ name = "photon-ova" }
deleteLibrary(follower)
deleteLibrary(own)
equal("gone", select(2, pcall(getLibrary, own)).kind, "not_found")

-- A package.
local appliance = photon:deployOVF{ deployment_spec = { name = "photon-{op}", accept_all_EULA = true },
  target = { resource_pool_id = place.resource_pool, folder_id = place.folder } }
equal("made of a package", getVM(appliance).name:match("^photon%-%x+$") ~= nil, true)
local denied = select(2, pcall(deployOVF, photon, { deployment_spec = { name = "p", accept_all_EULA = false },
  target = { resource_pool_id = place.resource_pool } }))
equal("a report of failure", note("deployOVF", denied.kind .. ": " .. denied.message),
  "invalid_argument: The licences of the package are not accepted.")
deleteVM(appliance)

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
