-- Right: an item whose latest version is a roll-back of ours is left alone.
local vc <close> = session()
for _, name in ipairs(arg) do
  local it = assert(vc:item(name))
  local latest, previous, isOurs = it:latest(), it:previous(), false
  for _, entry in ipairs(it:listChanges()) do
    isOurs = isOurs or entry.version == latest and entry.short_message:find("bad patch", 1, true) ~= nil
  end
  if not isOurs then it:rollback(previous, "bad patch", { if_latest = latest }) end
end
