#!/usr/bin/env vmoon
-- Deploys machines from a template, customizes them, and waits until each has an address. A run that died is continued
-- by vmoon resume: what is deployed is not deployed again.
--
--   vmoon [options] deploy-fleet.lua --folder PATH --pool PATH [--customization SPEC] ITEM PREFIX COUNT

local opt = options {
  "Deploys machines from a template, and waits until each has an address.",
  { "item", "\"library/name\" or an identifier" },
  { "prefix", "what their names begin with: web- makes web-01, web-02, …" },
  { "count", "how many", type = "integer", min = 1, max = 999 },
  folder = { "where they are put: a name or a path", required = true, value = "PATH" },
  pool = { "the resource pool they run in; a cluster alone is its root pool", required = true, value = "PATH" },
  customization = { "the customization specification", value = "SPEC" },
  timeout = { "how long each may take until it has an address", type = "duration", default = "15m" },
  format = { "how they are listed", choices = { "table", "csv", "json" }, default = "table" },
}
local vc <close> = session()
local template = assert(vc:item(opt.item))
local spec = { placement = vc:placement { folder = opt.folder, resource_pool = opt.pool }, powered_on = true,
  guest_customization = opt.customization and { name = opt.customization } }
local names = {}
for i = 1, opt.count do names[i] = opt.prefix .. ("%02d"):format(i) end
show(parallel(names, function(name)
  local vm = step("deploy " .. name, function()
    return template:deploy { name = name, placement = spec.placement, powered_on = true,
      guest_customization = spec.guest_customization }
  end)
  local guest = vc:waitForGuest(vm, { timeout = opt.timeout })
  return { name = name, vm = vm, address = guest.ip_address, host_name = guest.host_name }
end), { columns = { "name", "vm", "address", "host_name" }, format = opt.format })
