#!/usr/bin/env vmoon
-- Tells who has changed which template, when and why: the newest first. It only reads.
--
--   vmoon [options] change-report.lua [--since SPAN] [--format table|csv|json|markdown|html] [--file FILE] [PATTERN]

local opt = options {
  "Tells who has changed which template, when and why: the newest first.",
  { "pattern", "the templates, as library/name; * stands for anything", required = false, default = "*/*" },
  since = { "how long ago at most", type = "duration", default = "1d" },
  format = { "how it is shown", choices = { "table", "csv", "json", "markdown", "html" }, default = "table" },
  file = { "a file instead of standard output", value = "FILE" },
}
local vc <close> = session()
local from, rows = time.now() - opt.since, {}
parallel(vc:items(opt.pattern, { type = "vm-template" }), function(template)
  for _, change in ipairs(template:listChanges()) do
    if time.parse(change.time) >= from then
      local whole = template:getChange(change.version)
      rows[#rows + 1] = { time = change.time, item = template.path, version = change.version, user = change.user,
        message = whole.message, operation = whole.op_id }
    end
  end
end)
if #rows == 0 and opt.format == "table" then return print "no template was changed" end
show(rows, { columns = { "time", "item", "version", "user", "message", "operation" }, sort = { "-time", "item" },
  format = opt.format, file = opt.file })
