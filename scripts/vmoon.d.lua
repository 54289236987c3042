---@meta vmoon
-- Written by `vmoon types`; do not edit. Editors read it, nothing runs it.
-- luacheck: ignore

---An open session; every operation is a method of it.
---@class vmoon.session
---@field vcenter string the vCenter, as host or host:port
---@field user string who is logged in
---@field dialect "rest"|"api"? what is spoken; nil before the first call
---@field find table the functions of find, on this session: vc.find.folder(path)
---@field api vmoon.api every operation of the Automation API, by its own name
local session_methods = {}

---Closes a handle; the last one of a session logs out, a progress bar ends its line.
---@async
function session_methods:close() end

---Looks an item up by its place, "library/name", or by its identifier.
---@async
---@param path string "library/name", with or without a leading "/", or an id
---@return vmoon.item # an object with id, name and every operation about items as a method; nil and an error when there is none
---@overload fun(self: vmoon.session, path: string): nil, vmoon.error
function session_methods:item(path) end

---Makes the previous version of an item the latest again, under a new identifier.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param version string the version to go back to; not the latest
---@param message string why; kept in the item's history
---@param options? {if_latest: string} if_latest: refuse with kind conflict unless this version is the latest
---@return string # the identifier of the new version
function session_methods:rollback(item, version, message, options) end

---Tells who has checked a machine out of an item, and since when.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param vm string the checked-out machine's identifier
---@return {time: string, user: string} # time in RFC 3339, UTC; user as vCenter writes it
function session_methods:getCheckOut(item, vm) end

---Lists the machines checked out of an item: at most one, as vCenter is now.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@return {vm: string}[] # one record for each machine; empty when nothing is checked out
function session_methods:listCheckOuts(item) end

---Checks an item out: clones its latest version to a machine that can be changed.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param spec {name: string?, placement: {folder: string?, resource_pool: string?, host: string?, cluster: string?}?, powered_on: boolean?} name, placement = {folder, resource_pool, host, cluster}, powered_on (false); {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the machine's identifier
function session_methods:checkOut(item, spec) end

---Checks a machine in: it becomes the latest version, and the oldest version is purged.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param vm string the checked-out machine's identifier; it must be powered off
---@param message string why; kept in the item's history
---@return string # the identifier of the new version
function session_methods:checkIn(item, vm, message) end

---Discards a check-out and deletes its machine.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param vm string the checked-out machine's identifier; it must be powered off
function session_methods:deleteCheckOut(item, vm) end

---Lists the live versions of an item: the latest and at most one before it.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@return {version: string, vm_template: string}[] # one record for each version, with the machine that holds it
function session_methods:listVersions(item) end

---Tells which machine holds a version.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param version string the version's identifier
---@return {vm_template: string} # the identifier of the template machine
function session_methods:getVersion(item, version) end

---Deletes a version that is not the latest.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param version string the version's identifier
function session_methods:deleteVersion(item, version) end

---Describes the machine in an item.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@return {guest_OS: string, cpu: {count: integer, cores_per_socket: integer}, memory: {size_MiB: integer}, vm_home_storage: {datastore: string, storage_policy: string?}, disks: table<string, table>, nics: table<string, table>, vm_template: string}? # guest_OS, cpu {count, cores_per_socket}, memory {size_MiB}, vm_home_storage, vm_template, disks and nics by their keys; nil for an item that is no VM template
function session_methods:getTemplate(item) end

---Makes a library item from a machine.
---@async
---@param spec {source_vm: string, name: string, library: string, description: string?, vm_home_storage: table?, disk_storage: table?, disk_storage_overrides: table<string, table>?, placement: {folder: string?, resource_pool: string?, host: string?, cluster: string?}?} source_vm, name, library, placement; description, storage; {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the identifier of the new item
function session_methods:createTemplate(spec) end

---Deploys a machine from the latest version of an item.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param spec {name: string, description: string?, vm_home_storage: table?, disk_storage: table?, disk_storage_overrides: table<string, table>?, placement: {folder: string?, resource_pool: string?, host: string?, cluster: string?}?, powered_on: boolean?, guest_customization: table?, hardware_customization: {nics: table<string, table>?, disks_to_remove: string[]?, disks_to_update: table<string, {capacity: integer}>?, cpu_update: {num_cpus: integer?, num_cores_per_socket: integer?}?, memory_update: {memory: integer?}?}?} name, placement with a folder; powered_on (the vCenter switches it on by itself, after the call), storage, customization; {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the new machine's identifier
function session_methods:deploy(item, spec) end

---Lists the history of an item in its content library, newest last.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@return {version: string, time: string, user: string?, short_message: string?, op_id: string?}[] # short_message has the first 80 characters, or the first line; op_id the operation of vmoon that made it
function session_methods:listChanges(item) end

---Reads one entry of an item's history, with its whole message.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param version string the version's identifier
---@return {time: string, user: string?, message: string?, op_id: string?} # the entry; op_id is the operation of vmoon that made it: the mark that it has in the message on the server
function session_methods:getChange(item, version) end

---Lists the content libraries.
---@async
---@return string[] # their identifiers
function session_methods:listLibraries() end

---Describes a content library.
---@async
---@param library string the library's identifier
---@return {id: string, name: string, type: string?, description: string?, version: string?} # the model of the wire: id, name, type, …
function session_methods:getLibrary(library) end

---Finds content libraries.
---@async
---@param spec {name: string?, type: string?} name, type ("LOCAL" or "SUBSCRIBED"); one of them at least
---@return string[] # the identifiers of those that match
function session_methods:findLibraries(spec) end

---Lists the items of a library.
---@async
---@param library string the library's identifier
---@return string[] # their identifiers
function session_methods:listItems(library) end

---Describes a library item.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@return {id: string, name: string, library_id: string, type: string?, content_version: string?, description: string?} # the model of the wire: id, name, type, library_id, content_version (the latest version), …
function session_methods:getItem(item) end

---Finds library items.
---@async
---@param spec {name: string?, library_id: string?, source_id: string?, type: string?, cached: boolean?} name, library_id, source_id, type, cached; one of them at least
---@return string[] # the identifiers of those that match
function session_methods:findItems(spec) end

---Deletes a library item with all its versions.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
function session_methods:deleteItem(item) end

---Changes the name or the description of a library item.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param spec {name: string?, description: string?} name, description; what is left out stays
function session_methods:updateItem(item, spec) end

---Deploys a machine from an OVF item.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param spec {deployment_spec: {accept_all_EULA: boolean, name: string?, annotation: string?, default_datastore_id: string?, network_mappings: table<string, string>?, storage_mappings: table<string, table>?, subnet_mappings: table<string, string>?, storage_provisioning: string?, flags: string[]?}, target: {resource_pool_id: string, folder_id: string?, host_id: string?}} deployment_spec with name, accept_all_EULA, default_datastore_id, network_mappings, …; target with resource_pool_id, folder_id, host_id; {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the new machine's identifier
function session_methods:deployOVF(item, spec) end

---Lists virtual machines.
---@async
---@param filter? {vms: (string|string[])?, names: (string|string[])?, folders: (string|string[])?, datacenters: (string|string[])?, hosts: (string|string[])?, clusters: (string|string[])?, resource_pools: (string|string[])?, power_states: (string|string[])?} what to narrow the list by; a machine must match every field, with one of its values
---@return {vm: string, name: string, power_state: string, cpu_count: integer?, memory_size_MiB: integer?}[] # cpu_count and memory_size_MiB where they are known; vCenter refuses over 4000
function session_methods:listVMs(filter) end

---Describes a virtual machine.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@return {name: string, power_state: string, guest_OS: string?, memory: {size_MiB: integer?, hot_add_increment_size_MiB: integer?, hot_add_limit_MiB: integer?}?, cdroms: table<string, table>?, disks: table<string, table>?, floppies: table<string, table>?, nics: table<string, table>?, nvme_adapters: table<string, table>?, parallel_ports: table<string, table>?, sata_adapters: table<string, table>?, scsi_adapters: table<string, table>?, serial_ports: table<string, table>?} # name, power_state and the hardware as the wire has it; templates are not found
function session_methods:getVM(vm) end

---Deletes a virtual machine that is powered off.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
function session_methods:deleteVM(vm) end

---Reads the power state of a machine.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@return {state: string, clean_power_off: boolean?} # state is POWERED_ON, POWERED_OFF or SUSPENDED
function session_methods:getPower(vm) end

---Starts, stops, resets or suspends a machine.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@param action "start"|"stop"|"reset"|"suspend" what to do
function session_methods:setPower(vm, action) end

---Tells which item a machine is checked out of.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@return {check_out: {library_item: string}?} # check_out is absent for a machine that is not checked out
function session_methods:getVMItem(vm) end

---Tells whether the tools in a machine run, and of what version they are.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@return {run_state: string, upgrade_policy: string, version: string?, version_number: integer?, version_status: string?, install_type: string?, install_attempt_count: integer?, auto_update_supported: boolean?} # run_state is RUNNING, NOT_RUNNING or EXECUTING_SCRIPTS; version, version_status, install_type and upgrade_policy as the wire has them
function session_methods:getTools(vm) end

---Asks the operating system in a machine to shut down; waitForPower tells when it has.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
function session_methods:shutdownGuest(vm) end

---Asks the operating system in a machine to start anew; nothing tells afterwards whether it did.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
function session_methods:rebootGuest(vm) end

---Lists the customization specifications.
---@async
---@param filter? {names: (string|string[])?, OS_type: string?} what to narrow the list by
---@return {name: string, description: string, OS_type: string, last_modified: string}[] # name, description, OS_type (LINUX or WINDOWS), last_modified
function session_methods:listCustomizationSpecs(filter) end

---Describes a customization specification.
---@async
---@param name string its name
---@return {last_modified: string, spec: {name: string, description: string, fingerprint: string, spec: table}} # last_modified; spec with name, description, fingerprint and the specification itself
function session_methods:getCustomizationSpec(name) end

---Sets what a machine is customized with when it is next switched on.
---@async
---@param vm string the virtual machine's identifier, such as vm-42; it must be powered off
---@param spec {name: string?, spec: table?} name of a customization specification, or spec: one of its own
function session_methods:customize(vm, spec) end

---Lists folders, to place machines.
---@async
---@param filter? {folders: (string|string[])?, names: (string|string[])?, type: string?, parent_folders: (string|string[])?, datacenters: (string|string[])?} what to narrow the list by
---@return {name: string, folder: string, type: string}[] # folder, name, type
function session_methods:listFolders(filter) end

---Lists resource pools, to place machines.
---@async
---@param filter? {resource_pools: (string|string[])?, names: (string|string[])?, parent_resource_pools: (string|string[])?, datacenters: (string|string[])?, hosts: (string|string[])?, clusters: (string|string[])?} what to narrow the list by
---@return {name: string, resource_pool: string}[] # resource_pool, name
function session_methods:listResourcePools(filter) end

---Lists clusters, to place machines.
---@async
---@param filter? {clusters: (string|string[])?, names: (string|string[])?, folders: (string|string[])?, datacenters: (string|string[])?} what to narrow the list by
---@return {name: string, cluster: string}[] # cluster, name
function session_methods:listClusters(filter) end

---Lists hosts, to place machines.
---@async
---@param filter? {hosts: (string|string[])?, names: (string|string[])?, folders: (string|string[])?, datacenters: (string|string[])?, clusters: (string|string[])?, connection_states: (string|string[])?} what to narrow the list by
---@return {name: string, host: string, connection_state: string}[] # host, name, connection_state
function session_methods:listHosts(filter) end

---Lists datastores, to place machines.
---@async
---@param filter? {datastores: (string|string[])?, names: (string|string[])?, types: (string|string[])?, folders: (string|string[])?, datacenters: (string|string[])?} what to narrow the list by
---@return {name: string, datastore: string, type: string, free_space: integer?, capacity: integer?}[] # datastore, name, type; free_space and capacity in bytes where they are known
function session_methods:listDatastores(filter) end

---Lists datacenters, to place machines.
---@async
---@param filter? {datacenters: (string|string[])?, names: (string|string[])?, folders: (string|string[])?} what to narrow the list by
---@return {name: string, datacenter: string}[] # datacenter, name
function session_methods:listDatacenters(filter) end

---Lists networks, to place machines.
---@async
---@param filter? {networks: (string|string[])?, names: (string|string[])?, types: (string|string[])?, folders: (string|string[])?, datacenters: (string|string[])?} what to narrow the list by
---@return {name: string, network: string, type: string}[] # network, name, type
function session_methods:listNetworks(filter) end

---Describes one task.
---@async
---@param task string the task's identifier
---@param spec? table return_all, exclude_result
---@return {service: string, operation: string, status: string, cancelable: boolean, description: table} # service, operation, status (PENDING, RUNNING, BLOCKED, SUCCEEDED, FAILED), cancelable; progress, result, error, start_time, end_time, user
function session_methods:getTask(task, spec) end

---Lists tasks, those that have ended not long ago among them.
---@async
---@param filter? {tasks: (string|string[])?, services: (string|string[])?, operations: (string|string[])?, users: (string|string[])?, status: (string|string[])?} what to narrow the list by
---@return table<string, {service: string, operation: string, status: string, cancelable: boolean, description: table}> # the tasks by their identifiers, each as getTask gives it
function session_methods:listTasks(filter) end

---Asks a task to stop.
---@async
---@param task string the task's identifier; it must be cancelable
function session_methods:cancelTask(task) end

---Tells who the operating system in a machine says that it is.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@return {family: string, host_name: string, ip_address: string?, name: string, full_name: {id: string, default_message: string, args: string[], params: table<string, table>?, localized: string?}}? # family (LINUX, WINDOWS, …), host_name, ip_address once there is one, name and full_name of the system; nil while no tools run in the machine
function session_methods:getGuest(vm) end

---Waits until a machine has a state of power.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@param state "POWERED_ON"|"POWERED_OFF"|"SUSPENDED" the state
---@param options? {timeout: number|string?} timeout: how long at most, in seconds or as 90s, 10m (10m); then kind timeout, with the last value as data
---@return string # the state
function session_methods:waitForPower(vm, state, options) end

---Waits until the tools in a machine run and its operating system has an address.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@param options? {tools: boolean?, address: boolean?, timeout: number|string?} tools: whether the tools must run (true); address: whether there must be an address (true); timeout: how long at most, in seconds or as 90s, 10m (10m); then kind timeout, with the last value as data
---@return {family: string, host_name: string, ip_address: string?, name: string, full_name: {id: string, default_message: string, args: string[], params: table<string, table>?, localized: string?}}? # as getGuest gives it; nil where neither was asked for and no tools run
function session_methods:waitForGuest(vm, options) end

---Tells how many processors and how much memory a machine has.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@return {cpu_count: integer, cores_per_socket: integer, cpu_hot_add: boolean, cpu_hot_remove: boolean, memory_size_MiB: integer, memory_hot_add: boolean} # memory in MiB; whether processors and memory can be added, or processors removed, while it runs
function session_methods:getHardware(vm) end

---Sets how many processors and how much memory a machine has: a change for each of both, in this order.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@param spec {cpu_count: integer?, cores_per_socket: integer?, memory_size_MiB: integer?} what is to be another; memory in MiB
function session_methods:setHardware(vm, spec) end

---Makes a content library: a local one, or one that follows another.
---@async
---@param spec {name: string, description: string?, type: string?, storage_backings: {type: string, datastore_id: string?, storage_uri: string?}[], publish_info: table?, subscription_info: table?} name, description, type (LOCAL, or SUBSCRIBED), storage_backings, publish_info; subscription_info for one that follows; {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the identifier of the new library
function session_methods:createLibrary(spec) end

---Deletes a content library with all its items.
---@async
---@param library string the library's identifier
function session_methods:deleteLibrary(library) end

---Publishes a local library, or one item of it, to those who follow it; nothing tells afterwards whether it did, and it can be made again.
---@async
---@param object vmoon.item|string an item, or the identifier of a library or item
---@param options? {subscriptions: string[]?, force_sync_content: boolean?} subscriptions: only to these (all); force_sync_content: the contents of an item too (true)
function session_methods:publish(object, options) end

---Brings a subscribed library, or one item of it, up to what is published; nothing tells afterwards whether it did, and it can be made again.
---@async
---@param object vmoon.item|string an item, or the identifier of a library or item
---@param options? {force_sync_content: boolean?} force_sync_content: the contents of an item too (true)
function session_methods:sync(object, options) end

---Lists who follows a published library, or the library of an item.
---@async
---@param object vmoon.item|string an item, or the identifier of a library or item
---@return {subscription: string, subscribed_library: string, subscribed_library_name: string, subscribed_library_vcenter_hostname: string?}[] # subscription, subscribed_library, subscribed_library_name, subscribed_library_vcenter_hostname
function session_methods:listSubscriptions(object) end

---Lists the tags of an object.
---@async
---@param object vmoon.item|string|{type: string, id: string} an item, a machine's or place's identifier such as vm-42, or its type (VirtualMachine, com.vmware.content.Library, …) and id
---@return string[] # "category/tag" for each, in alphabetical order
function session_methods:listTags(object) end

---Attaches a tag to an object; one that it has already stays.
---@async
---@param object vmoon.item|string|{type: string, id: string} an item, a machine's or place's identifier such as vm-42, or its type (VirtualMachine, com.vmware.content.Library, …) and id
---@param tag string "category/tag", or the tag's identifier
function session_methods:attachTag(object, tag) end

---Takes a tag off an object; one that it does not have is no error.
---@async
---@param object vmoon.item|string|{type: string, id: string} an item, a machine's or place's identifier such as vm-42, or its type (VirtualMachine, com.vmware.content.Library, …) and id
---@param tag string "category/tag", or the tag's identifier
function session_methods:detachTag(object, tag) end

---Makes the placement of a specification of names and paths.
---@async
---@param names {folder: string?, resource_pool: string?, host: string?, cluster: string?, datastore: string?, datacenter: string?} names, paths or identifiers, as find takes them; a pool or a host without a path is looked for in the cluster that is named, anything else in the datacenter
---@return {folder: string?, resource_pool: string?, host: string?, cluster: string?, datastore: string?} # the same fields with identifiers, without datacenter; what is not there is an error here
function session_methods:placement(names) end

---Finds the items whose path fits a pattern.
---@async
---@param pattern string "library/name", in which * stands for any part of a name, ** for any part of the path, and ? for one character
---@param options? {type: string?} type: only items of this type, such as "vm-template"
---@return vmoon.item[] # item objects in the order of their paths; empty where none fits
function session_methods:items(pattern, options) end

---Makes any other call of the Automation API, in the dialect that the session speaks.
---@async
---@param call {path: string, method: string?, query: table?, body: any, wrap: string|boolean?, maps: string[]?} path behind /rest or /api, percent-encoded; method ("GET"); query by name; body as /api wants it; wrap: what /rest calls the body ("spec"), false for nothing; maps: where body and answer hold maps, such as "disks" or "*.nics"
---@return any # the answer without its envelope; nil where it is empty. All but GET and HEAD counts as a change
function session_methods:request(call) end

---A library item; every operation about items is a method of it.
---@class vmoon.item
---@field id string the identifier
---@field name string the name in its library
---@field path string "library/name"; it is asked for where it is not known
local item_methods = {}

---Tells the latest version of the item.
---@async
---@return string # the version's identifier
function item_methods:latest() end

---Tells the version before the latest, which rollback can go back to.
---@async
---@return string? # the version's identifier; nil when there is only one version
function item_methods:previous() end

---Makes the previous version of an item the latest again, under a new identifier.
---@async
---@param version string the version to go back to; not the latest
---@param message string why; kept in the item's history
---@param options? {if_latest: string} if_latest: refuse with kind conflict unless this version is the latest
---@return string # the identifier of the new version
function item_methods:rollback(version, message, options) end

---Tells who has checked a machine out of an item, and since when.
---@async
---@param vm string the checked-out machine's identifier
---@return {time: string, user: string} # time in RFC 3339, UTC; user as vCenter writes it
function item_methods:getCheckOut(vm) end

---Lists the machines checked out of an item: at most one, as vCenter is now.
---@async
---@return {vm: string}[] # one record for each machine; empty when nothing is checked out
function item_methods:listCheckOuts() end

---Checks an item out: clones its latest version to a machine that can be changed.
---@async
---@param spec {name: string?, placement: {folder: string?, resource_pool: string?, host: string?, cluster: string?}?, powered_on: boolean?} name, placement = {folder, resource_pool, host, cluster}, powered_on (false); {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the machine's identifier
function item_methods:checkOut(spec) end

---Checks a machine in: it becomes the latest version, and the oldest version is purged.
---@async
---@param vm string the checked-out machine's identifier; it must be powered off
---@param message string why; kept in the item's history
---@return string # the identifier of the new version
function item_methods:checkIn(vm, message) end

---Discards a check-out and deletes its machine.
---@async
---@param vm string the checked-out machine's identifier; it must be powered off
function item_methods:deleteCheckOut(vm) end

---Lists the live versions of an item: the latest and at most one before it.
---@async
---@return {version: string, vm_template: string}[] # one record for each version, with the machine that holds it
function item_methods:listVersions() end

---Tells which machine holds a version.
---@async
---@param version string the version's identifier
---@return {vm_template: string} # the identifier of the template machine
function item_methods:getVersion(version) end

---Deletes a version that is not the latest.
---@async
---@param version string the version's identifier
function item_methods:deleteVersion(version) end

---Describes the machine in an item.
---@async
---@return {guest_OS: string, cpu: {count: integer, cores_per_socket: integer}, memory: {size_MiB: integer}, vm_home_storage: {datastore: string, storage_policy: string?}, disks: table<string, table>, nics: table<string, table>, vm_template: string}? # guest_OS, cpu {count, cores_per_socket}, memory {size_MiB}, vm_home_storage, vm_template, disks and nics by their keys; nil for an item that is no VM template
function item_methods:getTemplate() end

---Deploys a machine from the latest version of an item.
---@async
---@param spec {name: string, description: string?, vm_home_storage: table?, disk_storage: table?, disk_storage_overrides: table<string, table>?, placement: {folder: string?, resource_pool: string?, host: string?, cluster: string?}?, powered_on: boolean?, guest_customization: table?, hardware_customization: {nics: table<string, table>?, disks_to_remove: string[]?, disks_to_update: table<string, {capacity: integer}>?, cpu_update: {num_cpus: integer?, num_cores_per_socket: integer?}?, memory_update: {memory: integer?}?}?} name, placement with a folder; powered_on (the vCenter switches it on by itself, after the call), storage, customization; {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the new machine's identifier
function item_methods:deploy(spec) end

---Lists the history of an item in its content library, newest last.
---@async
---@return {version: string, time: string, user: string?, short_message: string?, op_id: string?}[] # short_message has the first 80 characters, or the first line; op_id the operation of vmoon that made it
function item_methods:listChanges() end

---Reads one entry of an item's history, with its whole message.
---@async
---@param version string the version's identifier
---@return {time: string, user: string?, message: string?, op_id: string?} # the entry; op_id is the operation of vmoon that made it: the mark that it has in the message on the server
function item_methods:getChange(version) end

---Describes a library item.
---@async
---@return {id: string, name: string, library_id: string, type: string?, content_version: string?, description: string?} # the model of the wire: id, name, type, library_id, content_version (the latest version), …
function item_methods:getItem() end

---Deletes a library item with all its versions.
---@async
function item_methods:deleteItem() end

---Changes the name or the description of a library item.
---@async
---@param spec {name: string?, description: string?} name, description; what is left out stays
function item_methods:updateItem(spec) end

---Deploys a machine from an OVF item.
---@async
---@param spec {deployment_spec: {accept_all_EULA: boolean, name: string?, annotation: string?, default_datastore_id: string?, network_mappings: table<string, string>?, storage_mappings: table<string, table>?, subnet_mappings: table<string, string>?, storage_provisioning: string?, flags: string[]?}, target: {resource_pool_id: string, folder_id: string?, host_id: string?}} deployment_spec with name, accept_all_EULA, default_datastore_id, network_mappings, …; target with resource_pool_id, folder_id, host_id; {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the new machine's identifier
function item_methods:deployOVF(spec) end

---Publishes a local library, or one item of it, to those who follow it; nothing tells afterwards whether it did, and it can be made again.
---@async
---@param options? {subscriptions: string[]?, force_sync_content: boolean?} subscriptions: only to these (all); force_sync_content: the contents of an item too (true)
function item_methods:publish(options) end

---Brings a subscribed library, or one item of it, up to what is published; nothing tells afterwards whether it did, and it can be made again.
---@async
---@param options? {force_sync_content: boolean?} force_sync_content: the contents of an item too (true)
function item_methods:sync(options) end

---Lists who follows a published library, or the library of an item.
---@async
---@return {subscription: string, subscribed_library: string, subscribed_library_name: string, subscribed_library_vcenter_hostname: string?}[] # subscription, subscribed_library, subscribed_library_name, subscribed_library_vcenter_hostname
function item_methods:listSubscriptions() end

---Lists the tags of an object.
---@async
---@return string[] # "category/tag" for each, in alphabetical order
function item_methods:listTags() end

---Attaches a tag to an object; one that it has already stays.
---@async
---@param tag string "category/tag", or the tag's identifier
function item_methods:attachTag(tag) end

---Takes a tag off an object; one that it does not have is no error.
---@async
---@param tag string "category/tag", or the tag's identifier
function item_methods:detachTag(tag) end

---A value that nothing shows.
---@class vmoon.secret
local secret_methods = {}

---A bar that shows how far a piece of work has come.
---@class vmoon.progress
local progress_methods = {}

---Closes a handle; the last one of a session logs out, a progress bar ends its line.
---@async
function progress_methods:close() end

---Counts steps of a progress object as done.
---@param count? integer how many; 1 when it is left out
function progress_methods:step(count) end

---Something that runs beside the script.
---@class vmoon.task
local task_methods = {}

---Waits for the end of a task.
---@async
---@return any # what its function returned; what it raised is raised again
function task_methods:join() end

---Stops a task, once: what it waits for raises kind cancelled; a change in flight is let finish, and the task gets its result first.
function task_methods:cancel() end

---What is raised; tostring gives it on one line.
---@class vmoon.error
---@field kind string? what went wrong: not_found, conflict, unknown_outcome, …
---@field message string what came back, for a person
---@field operation string? the function that failed
---@field subject string? what it was about
---@field vcenter string? where
---@field status integer? the status of the HTTP answer
---@field type string? the server's own name, where it is no known kind
---@field hint string? what to try
---@field outcome "none"|"rejected"|"unknown" what is known of a change
---@field retryable boolean whether the same call may succeed later
---@field exit_code integer what the run ends with if nobody catches it
---@field messages table[]? the server's: id, default_message, args
---@field cause any the kind, or the error, behind this one
---@field data any what the server said beyond that
---@field challenge string? how the server wants to be logged in to
---@field step string? the step that it stopped, where a change is in doubt
---@field last any of waitFor: the last value that came
---@field results table? of parallel: the results there are, by index
---@field errors table? of parallel: the errors, by index
local error_methods = {}

---A part of the Automation API: its fields are its parts, operations are called.
---@class vmoon.api
---@field [string] vmoon.api
---@overload fun(parameters?: table): any
local api_methods = {}

---Opens a session with a vCenter, or joins the one that this run has with it already.
---@async
---@param options? {profile: string?, vcenter: string?, user: string?, password: string|vmoon.secret?, password_file: string?, password_command: string|string[]?, ca_file: string?, pin: string|string[]?, insecure: boolean?, api: ("auto"|"rest"|"api"|"jsonrpc")?, timeout: string|number?, connect_timeout: string|number?, operation_timeout: string|number?, max_answer: string|integer?, limit: integer?} vcenter, user, password_file, ca_file, profile … as the command line names them; a password given here must be that of the session joined; without it, what the command line, a profile or the environment says
---@return vmoon.session # the session: every operation is a method of it; fields vcenter, user, dialect
function session(options) end

---Looks an item up by its place, "library/name", or by its identifier.
---@async
---@param path string "library/name", with or without a leading "/", or an id
---@return vmoon.item # an object with id, name and every operation about items as a method; nil and an error when there is none
---@overload fun(path: string): nil, vmoon.error
function item(path) end

---Makes the previous version of an item the latest again, under a new identifier.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param version string the version to go back to; not the latest
---@param message string why; kept in the item's history
---@param options? {if_latest: string} if_latest: refuse with kind conflict unless this version is the latest
---@return string # the identifier of the new version
function rollback(item, version, message, options) end

---Tells who has checked a machine out of an item, and since when.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param vm string the checked-out machine's identifier
---@return {time: string, user: string} # time in RFC 3339, UTC; user as vCenter writes it
function getCheckOut(item, vm) end

---Lists the machines checked out of an item: at most one, as vCenter is now.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@return {vm: string}[] # one record for each machine; empty when nothing is checked out
function listCheckOuts(item) end

---Checks an item out: clones its latest version to a machine that can be changed.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param spec {name: string?, placement: {folder: string?, resource_pool: string?, host: string?, cluster: string?}?, powered_on: boolean?} name, placement = {folder, resource_pool, host, cluster}, powered_on (false); {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the machine's identifier
function checkOut(item, spec) end

---Checks a machine in: it becomes the latest version, and the oldest version is purged.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param vm string the checked-out machine's identifier; it must be powered off
---@param message string why; kept in the item's history
---@return string # the identifier of the new version
function checkIn(item, vm, message) end

---Discards a check-out and deletes its machine.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param vm string the checked-out machine's identifier; it must be powered off
function deleteCheckOut(item, vm) end

---Lists the live versions of an item: the latest and at most one before it.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@return {version: string, vm_template: string}[] # one record for each version, with the machine that holds it
function listVersions(item) end

---Tells which machine holds a version.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param version string the version's identifier
---@return {vm_template: string} # the identifier of the template machine
function getVersion(item, version) end

---Deletes a version that is not the latest.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param version string the version's identifier
function deleteVersion(item, version) end

---Describes the machine in an item.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@return {guest_OS: string, cpu: {count: integer, cores_per_socket: integer}, memory: {size_MiB: integer}, vm_home_storage: {datastore: string, storage_policy: string?}, disks: table<string, table>, nics: table<string, table>, vm_template: string}? # guest_OS, cpu {count, cores_per_socket}, memory {size_MiB}, vm_home_storage, vm_template, disks and nics by their keys; nil for an item that is no VM template
function getTemplate(item) end

---Makes a library item from a machine.
---@async
---@param spec {source_vm: string, name: string, library: string, description: string?, vm_home_storage: table?, disk_storage: table?, disk_storage_overrides: table<string, table>?, placement: {folder: string?, resource_pool: string?, host: string?, cluster: string?}?} source_vm, name, library, placement; description, storage; {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the identifier of the new item
function createTemplate(spec) end

---Deploys a machine from the latest version of an item.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param spec {name: string, description: string?, vm_home_storage: table?, disk_storage: table?, disk_storage_overrides: table<string, table>?, placement: {folder: string?, resource_pool: string?, host: string?, cluster: string?}?, powered_on: boolean?, guest_customization: table?, hardware_customization: {nics: table<string, table>?, disks_to_remove: string[]?, disks_to_update: table<string, {capacity: integer}>?, cpu_update: {num_cpus: integer?, num_cores_per_socket: integer?}?, memory_update: {memory: integer?}?}?} name, placement with a folder; powered_on (the vCenter switches it on by itself, after the call), storage, customization; {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the new machine's identifier
function deploy(item, spec) end

---Lists the history of an item in its content library, newest last.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@return {version: string, time: string, user: string?, short_message: string?, op_id: string?}[] # short_message has the first 80 characters, or the first line; op_id the operation of vmoon that made it
function listChanges(item) end

---Reads one entry of an item's history, with its whole message.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param version string the version's identifier
---@return {time: string, user: string?, message: string?, op_id: string?} # the entry; op_id is the operation of vmoon that made it: the mark that it has in the message on the server
function getChange(item, version) end

---Lists the content libraries.
---@async
---@return string[] # their identifiers
function listLibraries() end

---Describes a content library.
---@async
---@param library string the library's identifier
---@return {id: string, name: string, type: string?, description: string?, version: string?} # the model of the wire: id, name, type, …
function getLibrary(library) end

---Finds content libraries.
---@async
---@param spec {name: string?, type: string?} name, type ("LOCAL" or "SUBSCRIBED"); one of them at least
---@return string[] # the identifiers of those that match
function findLibraries(spec) end

---Lists the items of a library.
---@async
---@param library string the library's identifier
---@return string[] # their identifiers
function listItems(library) end

---Describes a library item.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@return {id: string, name: string, library_id: string, type: string?, content_version: string?, description: string?} # the model of the wire: id, name, type, library_id, content_version (the latest version), …
function getItem(item) end

---Finds library items.
---@async
---@param spec {name: string?, library_id: string?, source_id: string?, type: string?, cached: boolean?} name, library_id, source_id, type, cached; one of them at least
---@return string[] # the identifiers of those that match
function findItems(spec) end

---Deletes a library item with all its versions.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
function deleteItem(item) end

---Changes the name or the description of a library item.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param spec {name: string?, description: string?} name, description; what is left out stays
function updateItem(item, spec) end

---Deploys a machine from an OVF item.
---@async
---@param item vmoon.item|string the library item: its identifier, or an item object
---@param spec {deployment_spec: {accept_all_EULA: boolean, name: string?, annotation: string?, default_datastore_id: string?, network_mappings: table<string, string>?, storage_mappings: table<string, table>?, subnet_mappings: table<string, string>?, storage_provisioning: string?, flags: string[]?}, target: {resource_pool_id: string, folder_id: string?, host_id: string?}} deployment_spec with name, accept_all_EULA, default_datastore_id, network_mappings, …; target with resource_pool_id, folder_id, host_id; {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the new machine's identifier
function deployOVF(item, spec) end

---Lists virtual machines.
---@async
---@param filter? {vms: (string|string[])?, names: (string|string[])?, folders: (string|string[])?, datacenters: (string|string[])?, hosts: (string|string[])?, clusters: (string|string[])?, resource_pools: (string|string[])?, power_states: (string|string[])?} what to narrow the list by; a machine must match every field, with one of its values
---@return {vm: string, name: string, power_state: string, cpu_count: integer?, memory_size_MiB: integer?}[] # cpu_count and memory_size_MiB where they are known; vCenter refuses over 4000
function listVMs(filter) end

---Describes a virtual machine.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@return {name: string, power_state: string, guest_OS: string?, memory: {size_MiB: integer?, hot_add_increment_size_MiB: integer?, hot_add_limit_MiB: integer?}?, cdroms: table<string, table>?, disks: table<string, table>?, floppies: table<string, table>?, nics: table<string, table>?, nvme_adapters: table<string, table>?, parallel_ports: table<string, table>?, sata_adapters: table<string, table>?, scsi_adapters: table<string, table>?, serial_ports: table<string, table>?} # name, power_state and the hardware as the wire has it; templates are not found
function getVM(vm) end

---Deletes a virtual machine that is powered off.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
function deleteVM(vm) end

---Reads the power state of a machine.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@return {state: string, clean_power_off: boolean?} # state is POWERED_ON, POWERED_OFF or SUSPENDED
function getPower(vm) end

---Starts, stops, resets or suspends a machine.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@param action "start"|"stop"|"reset"|"suspend" what to do
function setPower(vm, action) end

---Tells which item a machine is checked out of.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@return {check_out: {library_item: string}?} # check_out is absent for a machine that is not checked out
function getVMItem(vm) end

---Tells whether the tools in a machine run, and of what version they are.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@return {run_state: string, upgrade_policy: string, version: string?, version_number: integer?, version_status: string?, install_type: string?, install_attempt_count: integer?, auto_update_supported: boolean?} # run_state is RUNNING, NOT_RUNNING or EXECUTING_SCRIPTS; version, version_status, install_type and upgrade_policy as the wire has them
function getTools(vm) end

---Asks the operating system in a machine to shut down; waitForPower tells when it has.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
function shutdownGuest(vm) end

---Asks the operating system in a machine to start anew; nothing tells afterwards whether it did.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
function rebootGuest(vm) end

---Lists the customization specifications.
---@async
---@param filter? {names: (string|string[])?, OS_type: string?} what to narrow the list by
---@return {name: string, description: string, OS_type: string, last_modified: string}[] # name, description, OS_type (LINUX or WINDOWS), last_modified
function listCustomizationSpecs(filter) end

---Describes a customization specification.
---@async
---@param name string its name
---@return {last_modified: string, spec: {name: string, description: string, fingerprint: string, spec: table}} # last_modified; spec with name, description, fingerprint and the specification itself
function getCustomizationSpec(name) end

---Sets what a machine is customized with when it is next switched on.
---@async
---@param vm string the virtual machine's identifier, such as vm-42; it must be powered off
---@param spec {name: string?, spec: table?} name of a customization specification, or spec: one of its own
function customize(vm, spec) end

---Lists folders, to place machines.
---@async
---@param filter? {folders: (string|string[])?, names: (string|string[])?, type: string?, parent_folders: (string|string[])?, datacenters: (string|string[])?} what to narrow the list by
---@return {name: string, folder: string, type: string}[] # folder, name, type
function listFolders(filter) end

---Lists resource pools, to place machines.
---@async
---@param filter? {resource_pools: (string|string[])?, names: (string|string[])?, parent_resource_pools: (string|string[])?, datacenters: (string|string[])?, hosts: (string|string[])?, clusters: (string|string[])?} what to narrow the list by
---@return {name: string, resource_pool: string}[] # resource_pool, name
function listResourcePools(filter) end

---Lists clusters, to place machines.
---@async
---@param filter? {clusters: (string|string[])?, names: (string|string[])?, folders: (string|string[])?, datacenters: (string|string[])?} what to narrow the list by
---@return {name: string, cluster: string}[] # cluster, name
function listClusters(filter) end

---Lists hosts, to place machines.
---@async
---@param filter? {hosts: (string|string[])?, names: (string|string[])?, folders: (string|string[])?, datacenters: (string|string[])?, clusters: (string|string[])?, connection_states: (string|string[])?} what to narrow the list by
---@return {name: string, host: string, connection_state: string}[] # host, name, connection_state
function listHosts(filter) end

---Lists datastores, to place machines.
---@async
---@param filter? {datastores: (string|string[])?, names: (string|string[])?, types: (string|string[])?, folders: (string|string[])?, datacenters: (string|string[])?} what to narrow the list by
---@return {name: string, datastore: string, type: string, free_space: integer?, capacity: integer?}[] # datastore, name, type; free_space and capacity in bytes where they are known
function listDatastores(filter) end

---Lists datacenters, to place machines.
---@async
---@param filter? {datacenters: (string|string[])?, names: (string|string[])?, folders: (string|string[])?} what to narrow the list by
---@return {name: string, datacenter: string}[] # datacenter, name
function listDatacenters(filter) end

---Lists networks, to place machines.
---@async
---@param filter? {networks: (string|string[])?, names: (string|string[])?, types: (string|string[])?, folders: (string|string[])?, datacenters: (string|string[])?} what to narrow the list by
---@return {name: string, network: string, type: string}[] # network, name, type
function listNetworks(filter) end

---Describes one task.
---@async
---@param task string the task's identifier
---@param spec? table return_all, exclude_result
---@return {service: string, operation: string, status: string, cancelable: boolean, description: table} # service, operation, status (PENDING, RUNNING, BLOCKED, SUCCEEDED, FAILED), cancelable; progress, result, error, start_time, end_time, user
function getTask(task, spec) end

---Lists tasks, those that have ended not long ago among them.
---@async
---@param filter? {tasks: (string|string[])?, services: (string|string[])?, operations: (string|string[])?, users: (string|string[])?, status: (string|string[])?} what to narrow the list by
---@return table<string, {service: string, operation: string, status: string, cancelable: boolean, description: table}> # the tasks by their identifiers, each as getTask gives it
function listTasks(filter) end

---Asks a task to stop.
---@async
---@param task string the task's identifier; it must be cancelable
function cancelTask(task) end

---Tells who the operating system in a machine says that it is.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@return {family: string, host_name: string, ip_address: string?, name: string, full_name: {id: string, default_message: string, args: string[], params: table<string, table>?, localized: string?}}? # family (LINUX, WINDOWS, …), host_name, ip_address once there is one, name and full_name of the system; nil while no tools run in the machine
function getGuest(vm) end

---Waits until a machine has a state of power.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@param state "POWERED_ON"|"POWERED_OFF"|"SUSPENDED" the state
---@param options? {timeout: number|string?} timeout: how long at most, in seconds or as 90s, 10m (10m); then kind timeout, with the last value as data
---@return string # the state
function waitForPower(vm, state, options) end

---Waits until the tools in a machine run and its operating system has an address.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@param options? {tools: boolean?, address: boolean?, timeout: number|string?} tools: whether the tools must run (true); address: whether there must be an address (true); timeout: how long at most, in seconds or as 90s, 10m (10m); then kind timeout, with the last value as data
---@return {family: string, host_name: string, ip_address: string?, name: string, full_name: {id: string, default_message: string, args: string[], params: table<string, table>?, localized: string?}}? # as getGuest gives it; nil where neither was asked for and no tools run
function waitForGuest(vm, options) end

---Tells how many processors and how much memory a machine has.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@return {cpu_count: integer, cores_per_socket: integer, cpu_hot_add: boolean, cpu_hot_remove: boolean, memory_size_MiB: integer, memory_hot_add: boolean} # memory in MiB; whether processors and memory can be added, or processors removed, while it runs
function getHardware(vm) end

---Sets how many processors and how much memory a machine has: a change for each of both, in this order.
---@async
---@param vm string the virtual machine's identifier, such as vm-42
---@param spec {cpu_count: integer?, cores_per_socket: integer?, memory_size_MiB: integer?} what is to be another; memory in MiB
function setHardware(vm, spec) end

---Makes a content library: a local one, or one that follows another.
---@async
---@param spec {name: string, description: string?, type: string?, storage_backings: {type: string, datastore_id: string?, storage_uri: string?}[], publish_info: table?, subscription_info: table?} name, description, type (LOCAL, or SUBSCRIBED), storage_backings, publish_info; subscription_info for one that follows; {op} in the name stands for eight digits of the operation, so that a lost answer can be settled by looking
---@return string # the identifier of the new library
function createLibrary(spec) end

---Deletes a content library with all its items.
---@async
---@param library string the library's identifier
function deleteLibrary(library) end

---Publishes a local library, or one item of it, to those who follow it; nothing tells afterwards whether it did, and it can be made again.
---@async
---@param object vmoon.item|string an item, or the identifier of a library or item
---@param options? {subscriptions: string[]?, force_sync_content: boolean?} subscriptions: only to these (all); force_sync_content: the contents of an item too (true)
function publish(object, options) end

---Brings a subscribed library, or one item of it, up to what is published; nothing tells afterwards whether it did, and it can be made again.
---@async
---@param object vmoon.item|string an item, or the identifier of a library or item
---@param options? {force_sync_content: boolean?} force_sync_content: the contents of an item too (true)
function sync(object, options) end

---Lists who follows a published library, or the library of an item.
---@async
---@param object vmoon.item|string an item, or the identifier of a library or item
---@return {subscription: string, subscribed_library: string, subscribed_library_name: string, subscribed_library_vcenter_hostname: string?}[] # subscription, subscribed_library, subscribed_library_name, subscribed_library_vcenter_hostname
function listSubscriptions(object) end

---Lists the tags of an object.
---@async
---@param object vmoon.item|string|{type: string, id: string} an item, a machine's or place's identifier such as vm-42, or its type (VirtualMachine, com.vmware.content.Library, …) and id
---@return string[] # "category/tag" for each, in alphabetical order
function listTags(object) end

---Attaches a tag to an object; one that it has already stays.
---@async
---@param object vmoon.item|string|{type: string, id: string} an item, a machine's or place's identifier such as vm-42, or its type (VirtualMachine, com.vmware.content.Library, …) and id
---@param tag string "category/tag", or the tag's identifier
function attachTag(object, tag) end

---Takes a tag off an object; one that it does not have is no error.
---@async
---@param object vmoon.item|string|{type: string, id: string} an item, a machine's or place's identifier such as vm-42, or its type (VirtualMachine, com.vmware.content.Library, …) and id
---@param tag string "category/tag", or the tag's identifier
function detachTag(object, tag) end

---Makes the placement of a specification of names and paths.
---@async
---@param names {folder: string?, resource_pool: string?, host: string?, cluster: string?, datastore: string?, datacenter: string?} names, paths or identifiers, as find takes them; a pool or a host without a path is looked for in the cluster that is named, anything else in the datacenter
---@return {folder: string?, resource_pool: string?, host: string?, cluster: string?, datastore: string?} # the same fields with identifiers, without datacenter; what is not there is an error here
function placement(names) end

---Finds the items whose path fits a pattern.
---@async
---@param pattern string "library/name", in which * stands for any part of a name, ** for any part of the path, and ? for one character
---@param options? {type: string?} type: only items of this type, such as "vm-template"
---@return vmoon.item[] # item objects in the order of their paths; empty where none fits
function items(pattern, options) end

---Makes any other call of the Automation API, in the dialect that the session speaks.
---@async
---@param call {path: string, method: string?, query: table?, body: any, wrap: string|boolean?, maps: string[]?} path behind /rest or /api, percent-encoded; method ("GET"); query by name; body as /api wants it; wrap: what /rest calls the body ("spec"), false for nothing; maps: where body and answer hold maps, such as "disks" or "*.nics"
---@return any # the answer without its envelope; nil where it is empty. All but GET and HEAD counts as a change
function request(call) end

---Calls an operation of the Automation API by its own name: api.PACKAGE.SERVICE.OPERATION{…}.
---@type vmoon.api
api = nil

---Calls a function for every item of a list, many at once.
---@async
---@param list any[]|table|function a list, or an iterator that gives nil at its end
---@param fn fun(value: any, index: integer): any called for each item
---@param options? {limit: integer?, errors: ("stop"|"collect")?} limit: how many at once (--limit); errors: "stop" raises the first error, "collect" goes on
---@return table # the results in the order of the list, with n; and the errors by index
---@return table<integer, any>
function parallel(list, fn, options) end

---Starts a task: a function that runs beside the script.
---@param fn function what to run; it begins when the script next waits
---@param ... any its arguments
---@return vmoon.task # an object with the methods join and cancel
function spawn(fn, ...) end

---Waits; other tasks go on meanwhile. A dry run does not wait: the time that time.now and os.time tell passes at once.
---@async
---@param seconds number how long, fractions too
function sleep(seconds) end

---Asks again and again until a function gives a true value, and returns that.
---@async
---@param fn fun(): any what to ask; what it raises ends the waiting
---@param options? {every: (string|number)?, timeout: (string|number)?, title: string?} every: how long to wait in between (5s); timeout: how long in all (10m); title: what is waited for, in the error and in a plan; lengths as "30s" or in seconds
---@return any # all that fn returned. A dry run asks once, and where nothing came it goes on at once, with a placeholder
function waitFor(fn, options) end

---Calls a function again when it fails in a way that may pass.
---@async
---@param fn fun(attempt: integer): any what to do
---@param options? {times: integer?, every: (string|number)?, on: (string|string[])?} times: how often in all (3); every: how long to wait in between (5s); on: the kinds of error after which it is tried again, else those that are retryable
---@return any # all that fn returned; the last error is raised as it was. Never tried again: what a change left unknown, and the kinds unknown_outcome, diverged and cancelled
function retry(fn, options) end

---Ends the script with a line for whoever runs it: no traceback, no place in the script.
---@param message string the line
---@param exit_code? integer 1 to 255, else 1
function fail(message, exit_code) end

---Picks the part of a list that is ours, where many copies of a script run at once.
---@param list (vmoon.item|string|{id: string})[] identifiers, or objects that have one
---@return table # the elements that are ours, in their order. Each belongs to exactly one of the copies that agree on their number, and another copy moves only its own share. Which one this is: --shard I/N, else JOB_COMPLETION_INDEX or NOMAD_ALLOC_INDEX with VMOON_SHARD_COUNT, or Slurm's variables of an array; else all of it is ours
function shard(list) end

---Hands out the items of a list to the copies of a run that are at work, each to one of them.
---@async
---@param list (vmoon.item|string|{id: string})[] identifiers, objects that have one, or anything with a key
---@param options? {key: (string|fun(value: any): string)?} key: what tells the items apart, the same in every copy: the name of a field, or a function
---@return fun(): any # an iterator for parallel and for: the next item that nobody has, and its place in the list; nil where all are over. Copies are the runs with the same --run-name and --journal, whatever their number. While the last items are others', it waits: those of a copy that died are handed on when its --lease has ended, and its steps are then known here. With --sim and in a dry run all items are ours
---@return integer
function share(list, options) end

---Reads the arguments of a script after one description of them, which --help, vmoon check and completion use too.
---@param description table elements: sentences about the script, then its words in their order, { "name", "summary", … }; fields: options, name = { "summary", … }, or name = "summary" for a flag. In each: type (string, number, integer, duration, size, flag, list, choice; else that of the default), default, required, list, choices, min, max, short (a letter), value (what stands for it in help). A word is needed unless it has a default or required = false; the last may be a list
---@param words? string[] the arguments, else those of the script
---@return table # the values by name: durations in seconds, sizes in bytes, flags true or false, lists of what was given. An option is --name VALUE or --name=VALUE, a flag --name or --no-name, _ in a name is - there; -- ends them. --help shows the help and ends the script; a mistake of whoever runs it ends it with one line and exit code 64
function options(description, words) end

---Asks a question on the terminal that is answered with yes or no.
---@param question string what to ask; " [y/N]" is added
---@return boolean # whether the answer was yes; an empty line, and Ctrl-D, are no. With --yes it is yes and nobody is asked, in a dry run too. Other tasks wait meanwhile; what they have sent goes on
function confirm(question) end

---Asks a question on the terminal that is answered with a text.
---@param question string what to ask
---@param options? {choices: string[]?, default: string?, secret: boolean?} choices: the answer is one of these, and its beginning is enough; default: what an empty line stands for, taken without asking where there is no terminal, and with --yes; secret: what is typed is not shown
---@return string|vmoon.secret # the answer, without white space around it; a secret as it was typed, as a value that nothing shows
function ask(question, options) end

---Runs a program without a shell and waits for its end; other tasks go on meanwhile.
---@async
---@param argv string[] the program and its arguments
---@param options? {timeout: number?, stdin: string?, safe: boolean?, cwd: string?, env: table<string, string|boolean|vmoon.secret>?, terminal: boolean?} timeout in seconds, then it is killed; stdin is written to it; safe says that it changes nothing: it runs with --dry-run and --read-only too; cwd: the folder it runs in; env: variables beside ours, false takes one away; terminal: it has our terminal and all our streams, for an editor or ssh, and what it writes is not collected. They may stand in argv instead
---@return {code: integer, stdout: string, stderr: string} # the exit code, 128 + n for a program that signal n ended; at most 64M of output each
function exec(argv, options) end

---Tells whether this is a dry run: changes and programs are only planned, and sleep does not wait.
---@return boolean # whether it is
function isDryRun() end

---Prints values for a person.
---@param ... any tables with what is in them, lists of records as an aligned table, times with their age; a value with __tostring as the text it gives, or why it gives none: it failed, gave no string, took too long; a table with __name with that name before it. Behind one value may stand how to show it: columns (fields in their order), sort (a field or several, "-size" the largest first), format ("table", "csv", "json", "markdown", "html"), file (its end tells the format; it is written in a dry run and with --read-only too); with a format or a file no row is left out. In csv a spreadsheet may take what begins with =, +, - or @ for a formula
function show(...) end

---Shows on standard error how far a piece of work has come.
---@param total? integer how many steps it has; nil where nobody knows
---@param title? string what it is called
---@return vmoon.progress # an object with step and close: a bar on a terminal, elsewhere a line for each tenth
function progress(total, title) end

---Prints the reference of a function, a module, or all.
---@param topic? any a function, an object, a name, a module, or a word to look for; nil for the list
function help(topic) end

---@class vmoon.module.find
find = {}

---Finds the identifier of a machine by its name or path.
---@async
---@param path string a name, or a path such as "DC0/vm/prod/web-1" that begins with anything that holds it; an identifier stays what it is
---@return string # the identifier; nil and an error when there is none
---@overload fun(path: string): nil, vmoon.error
function find.vm(path) end

---Finds the identifier of a folder by its name or path.
---@async
---@param path string a name, or a path such as "DC0/vm/prod" that begins with anything that holds it; an identifier stays what it is
---@return string # the identifier; nil and an error when there is none
---@overload fun(path: string): nil, vmoon.error
function find.folder(path) end

---Finds the identifier of a resource pool by its name or path.
---@async
---@param path string a name, or a path such as "cluster/pool" that begins with anything that holds it; a cluster alone stands for its root pool; an identifier stays what it is
---@return string # the identifier; nil and an error when there is none
---@overload fun(path: string): nil, vmoon.error
function find.resourcePool(path) end

---Finds the identifier of a host by its name or path.
---@async
---@param path string a name, or a path such as "cluster/host" that begins with anything that holds it; an identifier stays what it is
---@return string # the identifier; nil and an error when there is none
---@overload fun(path: string): nil, vmoon.error
function find.host(path) end

---Finds the identifier of a cluster by its name or path.
---@async
---@param path string a name, or a path such as "DC0/cluster" that begins with anything that holds it; an identifier stays what it is
---@return string # the identifier; nil and an error when there is none
---@overload fun(path: string): nil, vmoon.error
function find.cluster(path) end

---Finds the identifier of a datastore by its name or path.
---@async
---@param path string a name, or a path such as "DC0/fast" that begins with anything that holds it; an identifier stays what it is
---@return string # the identifier; nil and an error when there is none
---@overload fun(path: string): nil, vmoon.error
function find.datastore(path) end

---Finds the identifier of a network by its name or path.
---@async
---@param path string a name, or a path such as "DC0/VM Network" that begins with anything that holds it; an identifier stays what it is
---@return string # the identifier; nil and an error when there is none
---@overload fun(path: string): nil, vmoon.error
function find.network(path) end

---Finds the identifier of a datacenter by its name or path.
---@async
---@param path string a name, or a path such as "DC0" that begins with anything that holds it; an identifier stays what it is
---@return string # the identifier; nil and an error when there is none
---@overload fun(path: string): nil, vmoon.error
function find.datacenter(path) end

---Finds the identifier of a content library by its name.
---@async
---@param path string the name; an identifier stays what it is
---@return string # the identifier; nil and an error when there is none
---@overload fun(path: string): nil, vmoon.error
function find.library(path) end

---@class vmoon.module.step
---Calls a function once in the life of a run, which vmoon resume continues: its results are kept, and no change of it that was done is made again.
---@overload fun(name: string, fn: function, ...: any): any
step = {}

---Tells the time of day inside a step: the same at one place of the step, however often it is run.
---@async
---@return number # seconds since 1970-01-01T00:00:00Z, with a fraction
function step.time() end

---Gives a random number inside a step: the same at one place of the step, however often it is run.
---@param m? integer as for math.random: 1 to m
---@param n? integer m to n
---@return number # from 0 to below 1; with m, or m and n, a whole number
function step.random(m, n) end

---@class vmoon.module.json
json = {}

---What null in JSON becomes, and what becomes null in JSON.
---@type any
json.null = nil

---Turns JSON text into Lua values.
---@param text string one JSON document in UTF-8, nested at most 64 deep
---@return any # objects and arrays as tables, null as json.null, whole numbers of 64 bits as integers; an empty array stays one when it is encoded again
function json.decode(text) end

---Turns a Lua value into JSON text.
---@param value any tables with keys 1 … n are arrays, other tables objects; an empty one is an object unless json.array made it; a function, a secret, a cycle or a NaN is an error that names the place
---@param options? {pretty: boolean?, sorted: boolean?} pretty: indented by two spaces, sorted; sorted: members in the order of their names
---@return string # the text, on one line unless pretty
function json.encode(value, options) end

---Makes a list that is an array in JSON even while it is empty.
---@param list? any[] a table with keys 1 … n or none; its elements are what JSON knows
---@return any[] # a copy of the list, marked as an array; it may grow afterwards
function json.array(list) end

---@class vmoon.module.csv
csv = {}

---Reads comma-separated values, as RFC 4180 has them.
---@param text string lines of fields; a byte order mark is skipped, and empty lines are
---@param options? {header: boolean?, separator: string?} header: whether the first line names the fields, else true; separator: one character, else a comma
---@return table[] # a record for each line, with the fields by their names; without a header a list of strings for each. Every value is a string; one that a short line lacks is nil
function csv.decode(text, options) end

---Writes comma-separated values, as RFC 4180 has them.
---@param rows table[] records, or lists of values
---@param options? {columns: string[]?, header: boolean?, separator: string?} columns: the fields of the records and their order, else all of them as show has them; header: whether a first line names them, else true; separator: one character, else a comma
---@return string # lines that end with carriage return and line feed; nil and json.null are empty, tables JSON. Fields stay as they are: a spreadsheet that opens the text may take one that begins with =, +, - or @ for a formula
function csv.encode(rows, options) end

---@class vmoon.module.log
log = {}

---Logs what only helps to find a fault.
---@param message any a text, or an error that was caught
---@param fields? table values beside it, sorted by name; a secret is written as ***, and so is a text whose name says that it is one
function log.debug(message, fields) end

---Logs what is worth knowing.
---@param message any a text, or an error that was caught
---@param fields? table values beside it, sorted by name; a secret is written as ***, and so is a text whose name says that it is one
function log.info(message, fields) end

---Logs what may need somebody's attention.
---@param message any a text, or an error that was caught
---@param fields? table values beside it, sorted by name; a secret is written as ***, and so is a text whose name says that it is one
function log.warn(message, fields) end

---Logs what went wrong.
---@param message any a text, or an error that was caught
---@param fields? table values beside it, sorted by name; a secret is written as ***, and so is a text whose name says that it is one
function log.error(message, fields) end

---@class vmoon.module.time
time = {}

---Tells the time of day.
---@return number # seconds since 1970-01-01T00:00:00Z, with a fraction
function time.now() end

---Reads an RFC 3339 time, as vCenter writes them.
---@param text string such as 2026-11-21T10:11:12.345Z or …12+02:00
---@return number # seconds since 1970; an integer where there is no fraction
function time.parse(text) end

---Writes a time as RFC 3339, or in a layout of one's own.
---@param seconds number since 1970-01-01T00:00:00Z
---@param layout? string|{digits: integer?, offset: string?} a text with letters of strftime, in English: %Y %m %d %H %M %S, %F for the date, %T and %R for the time, %a %A %b %B, %j %V %G %u, %I %p, %y %e, %f (milliseconds), %s, %z (+0100), %Z (CET), %%. Or a table for RFC 3339: digits of the fraction, 0 to 9, else 3; offset from UTC, such as "+02:00", else "Z"
---@param zone? string the place whose clocks count: "UTC", which it is unless one is given, "local", an offset such as "+02:00", or a name such as "Europe/Vienna"
---@return string # such as 2026-11-21T10:11:12.345Z
function time.format(seconds, layout, zone) end

---Tells the time that is so much later, or earlier.
---@param time number|string seconds since 1970, or RFC 3339
---@param amount string|number|{years: integer?, months: integer?, weeks: integer?, days: integer?, hours: number?, minutes: number?, seconds: number?} a length of time such as "1h30m" or "-2d", seconds, or a table. Years, months, weeks and days of a table go by the calendar: 31 January and a month is the last of February, and a day may have 23 or 25 hours where clocks are changed
---@param zone? string the place whose clocks count: "UTC", which it is unless one is given, "local", an offset such as "+02:00", or a name such as "Europe/Vienna"
---@return number # seconds since 1970; an integer where there is no fraction
function time.add(time, amount, zone) end

---Says how long ago a time was.
---@param time number|string seconds since 1970, or RFC 3339
---@return string # a text of one unit, rounded down: 3h ago, in 2d, just now; to compare, time.now() - time.parse(time) gives seconds
function time.age(time) end

---Reads a length of time as the command line writes them.
---@param text string such as 250ms, 30s, 1h30m or 2d, the larger unit first
---@return number # seconds; an integer where there is no fraction
function time.duration(text) end

---@class vmoon.module.http
http = {}

---Reads from another service.
---@async
---@param url string https://…, percent-encoded; http:// on this machine only
---@param options? {headers: table<string, string|integer|vmoon.secret|table>?, timeout: number|string?, ca_file: string?, pin: string?, max_answer: integer?} headers, timeout, ca_file, pin, max_answer. A header is a string, a secret, or a list of both that is joined; timeout is in seconds or a text such as "30s" (60s); ca_file replaces the system's roots; pin is the server's key, as a refused certificate names it; max_answer is in bytes (64M)
---@return {status: integer, headers: table<string, string>, body: string} # the answer whatever its status: a redirect is not followed; names of headers are in lower case, values of one that came twice are joined by commas
function http.get(url, options) end

---Sends something to another service; it is sent once and never again.
---@async
---@param url string https://…, percent-encoded; http:// on this machine only
---@param options? {body: string|table|vmoon.secret?, headers: table<string, string|integer|vmoon.secret|table>?, timeout: number|string?, ca_file: string?, pin: string?, max_answer: integer?} body: a string, a secret, or a table that is sent as JSON; headers, timeout, ca_file, pin, max_answer. A header is a string, a secret, or a list of both that is joined; timeout is in seconds or a text such as "30s" (60s); ca_file replaces the system's roots; pin is the server's key, as a refused certificate names it; max_answer is in bytes (64M)
---@return {status: integer, headers: table<string, string>, body: string} # the answer whatever its status: a redirect is not followed; names of headers are in lower case, values of one that came twice are joined by commas
function http.post(url, options) end

---@class vmoon.module.secret
secret = {}

---Takes a secret from a variable of the environment.
---@param name string the variable; it must not be empty
---@return vmoon.secret # an opaque value that is shown as *** everywhere; for the password of session{…}, and for headers and bodies of http
function secret.env(name) end

---Takes a secret from a file; one newline at its end is not part of it.
---@param path string the file
---@return vmoon.secret # an opaque value that is shown as *** everywhere; for the password of session{…}, and for headers and bodies of http
function secret.file(path) end

---Takes a secret from what a program prints; one newline at its end is not part of it.
---@param command string|string[] the program with its arguments; run without a shell, at most 30s; other tasks go on meanwhile
---@return vmoon.secret # an opaque value that is shown as *** everywhere; for the password of session{…}, and for headers and bodies of http
function secret.command(command) end

---Takes a secret from a credential that systemd has passed to the unit.
---@param name string as in LoadCredential=name:…
---@return vmoon.secret # an opaque value that is shown as *** everywhere; for the password of session{…}, and for headers and bodies of http
function secret.credential(name) end

-- Only in the files that `vmoon test` runs:

---Names a test; each runs against a fresh simulator.
---@param name string what it shows, as a sentence
---@param fn fun() the test: it fails where an error leaves it
function test(name, fn) end

---Runs a script as an operator would, against the simulators of the test.
---@param script string the file; one without a leading / lies beside the test
---@param ... string|{options: string[]?, stdin: string?, timeout: number?} its arguments; options of vmoon, such as { "--dry-run" }; what it reads; seconds until it is killed (60)
---@return {code: integer, stdout: string, stderr: string} # how it ended, and what it wrote
function run(script, ...) end

---@class vmoon.module.assert
---@overload fun<T>(v?: T, message?: any, ...: any): T, any
assert = {}

---Fails unless two values are equal, as == says.
---@param expected any what there should be
---@param got any what there is
---@param note? string stands in front of the message
---@return any # what there is
function assert.equal(expected, got, note) end

---Fails unless two values are the same: tables with the same fields, however deep.
---@param expected any what there should be
---@param got any what there is
---@param note? string stands in front of the message
---@return any # what there is
function assert.same(expected, got, note) end

---Fails for nil and false.
---@param got any what there is
---@param note? string stands in front of the message
---@return any # what there is
function assert.truthy(got, note) end

---Fails unless it is nil or false.
---@param got any what there is
---@param note? string stands in front of the message
---@return any # what there is
function assert.falsy(got, note) end

---Fails unless a text has a pattern of Lua's in it.
---@param pattern string as string.find takes it
---@param got any what there is
---@param note? string stands in front of the message
---@return any # what there is
function assert.matches(pattern, got, note) end

---Fails unless a text has another one in it, or a table a value.
---@param part any what should be in it, as it stands
---@param got any what there is
---@param note? string stands in front of the message
---@return any # what there is
function assert.contains(part, got, note) end

---Fails unless a function raises an error.
---@param fn fun() the function
---@param expected? string|table a part of its message, or fields that the error must have
---@param note? string stands in front of the message
---@return any # the error
function assert.error(fn, expected, note) end

---@class vmoon.module.sim
sim = {}

---Makes the simulator fail.
---@param fault table effect: what it does, such as html_503; operation: to which; times, skip and more as vmoon-sim takes them; or a list of such tables
function sim.fault(fault) end

---Makes the simulator answer an operation of vc.api.
---@param stub table service and operation, such as "cis.tagging.tag" and "list"; result, checked by what the operation gives, or error and message, such as "not_found". A list of results (and of { error = … }) has one for each call, the last one for all that follow
function sim.stub(stub) end

---Gives a user of the simulator a role: the privileges it has, on every object.
---@param privileges? string[] such as { "System.Read" }; all of them where there are none
---@param user? string whose, such as reader@vsphere.local; the one that tests log in as
function sim.role(privileges, user) end

---Puts the simulator's clock forward: sessions age, time stamps move.
---@param seconds number how far, from 0
---@return string # its time now
function sim.clock(seconds) end

---Lists the requests that the simulator has seen, in order.
---@param filter? {operation: ("createSession"|"getSession"|"deleteSession"|"getCheckOut"|"listCheckOuts"|"checkOut"|"checkIn"|"deleteCheckOut"|"listVersions"|"getVersion"|"deleteVersion"|"rollback"|"getTemplate"|"createTemplate"|"deploy"|"deployOVF"|"listChanges"|"getChange"|"listLibraries"|"getLibrary"|"findLibraries"|"createLibrary"|"deleteLibrary"|"listItems"|"getItem"|"findItems"|"deleteItem"|"updateItem"|"listSubscriptions"|"publish"|"sync"|"listVMs"|"getVM"|"deleteVM"|"getPower"|"setPower"|"getVMItem"|"getTools"|"getGuest"|"shutdownGuest"|"rebootGuest"|"setHardware"|"listCustomizationSpecs"|"getCustomizationSpec"|"customize"|"listFolders"|"listResourcePools"|"listClusters"|"listHosts"|"listDatastores"|"listDatacenters"|"listNetworks"|"listTagCategories"|"getTagCategory"|"listCategoryTags"|"getTag"|"listTags"|"attachTag"|"detachTag"|"getTask"|"listTasks"|"cancelTask"|"listLocalLibraries"|"getLocalLibrary"|"getHardware"|string)?, method: string?, path: string?, query: string?, body: string?, status: integer?, applied: boolean?, n: integer?} fields that must be so, such as operation, method, status, applied
---@return table[] # n, method, path, query, headers, body, status, operation, applied; arguments of vc.api
function sim.requests(filter) end

---Reads the simulator's whole inventory.
---@return table # libraries, users, machines and placements, as vmoon-sim --inventory reads them
function sim.state() end

---Replaces the simulator's inventory, and forgets its faults, stubs and requests.
---@param state? table the inventory; what it started with where there is none
function sim.reset(state) end

---Replaces the simulator's inventory by that of a file, and forgets its faults, stubs and requests.
---@param file string as vmoon snapshot writes it; one without a leading / lies beside the test. Of one with several vCenters, sim.vcenter(name).load takes its part
function sim.load(file) end

---Gives the same functions for the simulator that stands for another vCenter.
---@param name string the vCenter, as scripts name it
---@return table # fault, stub, role, clock, requests, state, reset and load
function sim.vcenter(name) end

---@class vmoon
local vmoon = {
  session = session,
  item = item,
  rollback = rollback,
  getCheckOut = getCheckOut,
  listCheckOuts = listCheckOuts,
  checkOut = checkOut,
  checkIn = checkIn,
  deleteCheckOut = deleteCheckOut,
  listVersions = listVersions,
  getVersion = getVersion,
  deleteVersion = deleteVersion,
  getTemplate = getTemplate,
  createTemplate = createTemplate,
  deploy = deploy,
  listChanges = listChanges,
  getChange = getChange,
  listLibraries = listLibraries,
  getLibrary = getLibrary,
  findLibraries = findLibraries,
  listItems = listItems,
  getItem = getItem,
  findItems = findItems,
  deleteItem = deleteItem,
  updateItem = updateItem,
  deployOVF = deployOVF,
  listVMs = listVMs,
  getVM = getVM,
  deleteVM = deleteVM,
  getPower = getPower,
  setPower = setPower,
  getVMItem = getVMItem,
  getTools = getTools,
  shutdownGuest = shutdownGuest,
  rebootGuest = rebootGuest,
  listCustomizationSpecs = listCustomizationSpecs,
  getCustomizationSpec = getCustomizationSpec,
  customize = customize,
  listFolders = listFolders,
  listResourcePools = listResourcePools,
  listClusters = listClusters,
  listHosts = listHosts,
  listDatastores = listDatastores,
  listDatacenters = listDatacenters,
  listNetworks = listNetworks,
  getTask = getTask,
  listTasks = listTasks,
  cancelTask = cancelTask,
  getGuest = getGuest,
  waitForPower = waitForPower,
  waitForGuest = waitForGuest,
  getHardware = getHardware,
  setHardware = setHardware,
  createLibrary = createLibrary,
  deleteLibrary = deleteLibrary,
  publish = publish,
  sync = sync,
  listSubscriptions = listSubscriptions,
  listTags = listTags,
  attachTag = attachTag,
  detachTag = detachTag,
  placement = placement,
  items = items,
  request = request,
  api = api,
  parallel = parallel,
  spawn = spawn,
  sleep = sleep,
  waitFor = waitFor,
  retry = retry,
  fail = fail,
  shard = shard,
  share = share,
  options = options,
  confirm = confirm,
  ask = ask,
  exec = exec,
  isDryRun = isDryRun,
  show = show,
  progress = progress,
  help = help,
  find = find,
  step = step,
  json = json,
  csv = csv,
  log = log,
  time = time,
  http = http,
  secret = secret,
}

return vmoon
