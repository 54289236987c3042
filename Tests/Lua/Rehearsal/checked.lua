-- Right: an item whose latest version is a roll-back of ours is left alone.
local vc <close> = session()
for _, name in ipairs(arg) do
  local it = assert(vc:item(name))
  local latest, previous = it:latest(), it:previous()
  local known, change = pcall(it.getChange, it, latest)
  if not known and change.kind ~= "not_found" then error(change, 0) end -- not every version has a history
  if not known or not (change.message or ""):find("bad patch", 1, true) then
    it:rollback(previous, "bad patch", { if_latest = latest })
  end
end
