-- Right: a name with {op} tells the machine of a lost answer, and resume goes on with that one.
local vc <close> = session()
local it = assert(vc:item(arg[1]))
local place = vc:placement{ folder = arg[2], cluster = arg[3] }
step("deploy", function() return it:deploy{ name = "web-{op}", placement = place } end)
