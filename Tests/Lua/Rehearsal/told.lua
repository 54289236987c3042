-- Right: what went wrong is told for each item, and the worst of it is the exit code.
local vc <close> = session()
local worst
for _, name in ipairs(arg) do
  local ok, err = pcall(step, "undo " .. name, function()
    local it = assert(vc:item(name))
    local latest, previous = it:latest(), it:previous()
    return it:rollback(previous, "bad patch", { if_latest = latest })
  end)
  if not ok and type(err) == "table" and err.kind == "cancelled" then error(err, 0) end
  if not ok and (not worst or err.exit_code == 80) then worst = err end
end
if worst then error(worst, 0) end
