-- Rolls each item back.
local vc <close> = session()
for _, name in ipairs(arg) do
  local it <const> = assert(item(name))
  print(name, "was " .. it:latest(), it:rollback(it:previous(), "bad patch", { if_latest = "2" }))
end
