-- Discards the check-outs that are older than so many hours, after a question.
local opt = options {
  "Discards the check-outs that are older than so many hours.",
  { "hours", "how old they must be", type = "number", min = 0 },
  pattern = { "the templates", default = "*/*" },
}
local vc <close> = session()
local stale = {}
parallel(vc:items(opt.pattern, { type = "vm-template" }), function(it)
  for _, held in ipairs(it:listCheckOuts()) do
    local out = it:getCheckOut(held.vm)
    if time.now() - time.parse(out.time) > opt.hours * 3600 then
      stale[#stale + 1] = { item = it, path = it.path, vm = held.vm, user = out.user, since = out.time }
    end
  end
end)
if #stale == 0 then return print "no check-out is that old" end
show(stale, { columns = { "path", "vm", "user", "since" }, sort = { "since" } })
if not confirm(("Discard these %d check-outs, with their machines?"):format(#stale)) then fail("nothing was discarded", 3) end
parallel(stale, function(held) held.item:deleteCheckOut(held.vm) end)
print(#stale .. " discarded")
