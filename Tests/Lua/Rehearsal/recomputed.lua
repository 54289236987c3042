-- Wrong: what is tried again asks anew for the previous version, which by then is the one that was undone.
local vc <close> = session()
local it = assert(vc:item(arg[1]))
for try = 1, 3 do
  local ok, err = pcall(function()
    it:rollback(it:previous(), "bad patch")
    print(it:getVersion(it:latest()).vm_template)
  end)
  if ok then break end
  if try == 3 then error(err, 0) end
end
