-- Wrong: it does not look whether the day's change was undone already. Run again, it undoes what it has undone.
local vc <close> = session()
for _, name in ipairs(arg) do
  local it = assert(vc:item(name))
  it:rollback(it:previous(), "bad patch")
end
