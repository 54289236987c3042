-- Right: each part is a step, so that vmoon resume ends what was begun; what cannot be ended is given back.
local vc <close> = session()
local it = assert(vc:item(arg[1]))
local place = vc:placement{ folder = arg[2], cluster = arg[3] }
local vm = step("check out", function() return it:checkOut{ name = "patch-{op}", placement = place } end)
step("patch", function() vc:setHardware(vm, { cpu_count = 4 }) end)
step("check in", function() return it:checkIn(vm, "patched") end)
