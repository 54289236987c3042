-- Right: the version is chosen once; what is tried again is only the look at the result.
local vc <close> = session()
local it = assert(vc:item(arg[1]))
local latest, previous = step("look", function() return it:latest(), it:previous() end)
step("roll back", function() return it:rollback(previous, "bad patch", { if_latest = latest }) end)
print(retry(function() return it:getVersion(it:latest()).vm_template end, { times = 3, every = "1s" }))
