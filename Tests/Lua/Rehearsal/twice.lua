-- Wrong: a deployment that was not answered is made once more, under another name.
local vc <close> = session()
local it = assert(vc:item(arg[1]))
local place = vc:placement{ folder = arg[2], cluster = arg[3] }
for try = 1, 2 do
  local ok, err = pcall(function() return it:deploy{ name = "web-" .. try, placement = place } end)
  if ok then break end
  if try == 2 then error(err, 0) end
end
