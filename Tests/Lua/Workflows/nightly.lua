-- For cron: undoes what the day has changed in templates, and says nothing where there is nothing to say.
local opt = options {
  "Rolls templates back to the version before their latest, unless that is a roll-back of an earlier night.",
  { "pattern", "the templates, such as \"training/*\"" },
  message = { "kept in the history", default = "nightly roll-back" },
}
local vc <close> = session()
local _, errors = parallel(vc:items(opt.pattern, { type = "vm-template" }), function(it)
  local latest, previous, isDone = step("look at " .. it.id, function()
    local latest, previous = it:latest(), it:previous()
    local ok, change = pcall(it.getChange, it, latest) -- a version may have no history
    return latest, previous, not previous or ok and change.message == opt.message
  end)
  if isDone then return end
  local new = step("roll back " .. it.id, function()
    return it:rollback(previous, opt.message, { if_latest = latest })
  end)
  print(it.path .. ": " .. latest .. " undone, " .. previous .. " restored as " .. new)
end, { errors = "collect" })
for _, err in pairs(errors) do log.error(err) end
if next(errors) then fail("not all templates were rolled back", 81) end
