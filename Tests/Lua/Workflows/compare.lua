-- Compares the versions of the templates of two vCenters, by their paths and messages.
local opt = options {
  "Compares the latest versions of the templates of two vCenters.",
  { "one", "a profile" },
  { "other", "another profile" },
  format = { "how it is shown", choices = { "table", "csv", "json" }, default = "table" },
}
local function latest(profile)
  local vc <close> = session { profile = profile }
  local found = {}
  parallel(vc:items("*/*", { type = "vm-template" }), function(it)
    local version = it:latest()
    local ok, change = pcall(it.getChange, it, version) -- a version may have no history
    found[it.path] = { version = version, message = ok and change.message or version }
  end)
  return found
end
local sides, rows = parallel({ opt.one, opt.other }, latest), {}
for path, mine in pairs(setmetatable(sides[1], nil)) do
  local yours = sides[2][path] or { version = "missing" }
  if mine.message ~= yours.message then
    rows[#rows + 1] = { template = path, [opt.one] = mine.version, [opt.other] = yours.version, message = mine.message }
  end
end
show(rows, { sort = { "template" }, format = opt.format })
if #rows > 0 then os.exit(3) end
