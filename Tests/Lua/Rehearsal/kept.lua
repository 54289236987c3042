-- Wrong: where anything fails after the check-out, the item stays checked out.
local vc <close> = session()
local it = assert(vc:item(arg[1]))
local vm = it:checkOut{ name = "patch-{op}", placement = vc:placement{ folder = arg[2], cluster = arg[3] } }
vc:setHardware(vm, { cpu_count = 4 })
it:checkIn(vm, "patched")
