-- json, time, log, secret, show, progress and help, as a script sees them. Run with both dialects.

local function refused(kind, word, f, ...)
  local ok, err = pcall(f, ...)
  assert(not ok, "it was not refused: " .. word)
  assert(err.kind == kind, err.kind .. " is not " .. kind .. ": " .. err.message)
  assert(tostring(err):find(word, 1, true), tostring(err) .. " does not say: " .. word)
end

-- require gives the same functions
local vmoon = require "vmoon"
assert(vmoon.session == session and vmoon.json == json and vmoon.rollback == rollback)
assert(require "vmoon" == vmoon)

-- json: every value comes back as it went
local decoded = json.decode '{"a":[],"b":{},"c":null,"d":9007199254740993,"e":1.0,"f":"\\u00e9\\u0000","g":[null]}'
assert(decoded.c == json.null and decoded.d == 9007199254740993 and math.type(decoded.e) == "float")
assert(decoded.f == "é\0" and decoded.g[1] == json.null)
assert(json.encode(decoded, { sorted = true })
  == [[{"a":[],"b":{},"c":null,"d":9007199254740993,"e":1.0,"f":"é\u0000","g":[null]}]])
assert(json.encode({}) == "{}" and json.encode(json.array()) == "[]" and json.encode(json.array {}) == "[]")
assert(json.encode("x") == '"x"' and json.encode(nil) == "null" and json.encode(json.null) == "null")
assert(json.encode({ a = { 1 } }, { pretty = true }) == '{\n  "a": [\n    1\n  ]\n}')
local list = json.array { 1 }
list[2] = 2
assert(json.encode(list) == "[1,2]")
list.note = "x"
refused("usage", 'is an array, and has the key "note" beside', json.encode, list)
list = json.decode "[1,2,3]"
list[5] = 5
refused("usage", "a is an array of 3 elements, and has the key 5", json.encode, { a = list })
list[5], list[2] = nil, nil
refused("usage", "is an array with a gap", json.encode, list)
list[3], list[1] = nil, nil
assert(json.encode(list) == "[]")
list.x = 1
refused("usage", 'has the key "x"', json.encode, list)
list.x, list[0] = nil, 1
refused("usage", "has the key 0", json.encode, list)
list[0], list[true] = nil, 1
refused("usage", "has a boolean among its keys", json.encode, list)
refused("usage", 'has the key "note"', http.post, "http://127.0.0.1:9/", { body = { vms = setmetatable({ note = 1 }, getmetatable(json.array())) } })
local cycle = {}
cycle.inner = { cycle }
refused("usage", "inner[1] contains itself", json.encode, cycle)
refused("usage", "a.b is a function", json.encode, { a = { b = print } })
refused("usage", "numbers among its keys", json.encode, { a = { [2] = 1 } })
refused("usage", "is a task", json.encode, spawn(sleep, 0))
refused("usage", "a[2] is not a finite number", json.encode, { a = { 1, 0 / 0 } })
refused("usage", "a is not UTF-8", json.encode, { a = "\xff" })
refused("usage", "there is no value", json.encode)
refused("usage", "keys 1", json.array, { x = 1 })
refused("protocol", "twice", json.decode, '{"a":1,"a":2}')
refused("protocol", "deeper than 64", json.decode, ("["):rep(65) .. ("]"):rep(65))
assert(json.decode(("["):rep(64) .. ("]"):rep(64)))
for _, bad in ipairs { "", "{", "[1,]", "nul", "1 2", "\xff", '"\x01"', "1e999" } do
  refused("protocol", "json.decode", json.decode, bad)
end
refused("usage", "text must be a string", json.decode, 12)

-- time
assert(time.parse "2026-11-21T10:11:12.5+02:00" == 1795248672.5)
assert(math.type(time.parse "2026-11-21T10:11:12Z") == "integer")
assert(time.format(time.parse "2026-11-21T10:11:12.345Z") == "2026-11-21T10:11:12.345Z")
assert(time.format(0, { digits = 0, offset = "-05:30" }) == "1969-12-31T18:30:00-05:30")
assert(time.duration "1h30m" == 5400 and time.duration "250ms" == 0.25)
assert(time.age(time.now() - 3 * 3600) == "3h ago" and time.age(time.now() + 7300) == "in 2h")
assert(math.abs(time.now() - os.time()) < 5)
refused("usage", "RFC 3339", time.parse, "2026-11-21T10:11:60Z")
refused("usage", "digits", time.format, 0, { digits = 10 })
refused("usage", "offset", time.format, 0, { offset = "+2" })
refused("usage", "years", time.format, 1e14)
refused("usage", "finite", time.format, 0 / 0)
refused("usage", "no option", time.format, 0, { digit = 1 })

-- secret: shown as *** everywhere
local word = secret.command { "printf", "hunter2" }
assert(tostring(word) == "***" and tostring(secret.command "printf 'hunter2\n'") == "***")
assert(word.text == nil and word.reveal == nil)
refused("usage", "token is a vmoon.secret", json.encode, { token = word })
refused("configuration", "not set", secret.env, "NO_SUCH_VARIABLE")
refused("configuration", "vmoon takes the variable VMOON_PASSWORD", secret.env, "VMOON_PASSWORD")
refused("configuration", "ended with code 3", secret.command, { "sh", "-c", "echo hunter2; exit 3" })
refused("configuration", "holds nothing", secret.command, { "true" })
refused("usage", "quote", secret.command, "printf 'hunter2")
refused("usage", "not a path", secret.credential, "../passwd")
do
  -- Other tasks go on while a program prints it, and its end counts, not that of what it has left behind.
  local go = os.tmpname()
  os.remove(go)
  local helper = spawn(function()
    sleep(0.01)
    assert(io.open(go, "w")):close()
  end)
  local late = secret.command { "sh", "-c", "until [ -e " .. go .. " ]; do sleep 0.01; done; sleep 5 2>/dev/null & printf late" }
  assert(tostring(late) == "***")
  helper:join()
  os.remove(go)
end
refused("configuration", "cannot run /no/such", secret.command, { "/no/such" })
local ok, err = pcall(error, word)
assert(tostring(err) == "***")
refused("usage", "", getVM, word)

-- log and show take anything
log.info("a message\nof two lines", { token = word, vm = "vm-1", list = { 1, 2 } })
log.warn(select(2, pcall(getVM, "vm-0")), { f = print, cycle = cycle })
log.debug "not written"
refused("usage", "no message", log.info)
for _, fields in ipairs { "y", "", 5, true, print, { 1 }, json.null, word } do
  refused("usage", "fields", log.info, "x", fields)
end
log.info("no fields", {})

-- exec
refused("usage", "argv[2] must be a string, not an integer", exec, { "echo", 5 })
refused("usage", "argv[1] must be a string, not a boolean", exec, { true })
refused("usage", "argv[2] must be a string, not a vmoon.secret", exec, { "echo", word })
refused("usage", "argv[2] must not hold a NUL", exec, { "echo", "a\0b" })
show(listVMs(), cycle, word, print, coroutine.create(print), { [true] = 1, [1.5] = 2, [{}] = 3 })

-- progress
do
  local bar <close> = progress(4, "steps")
  bar:step()
  bar:step(3)
  assert(tostring(bar) == "progress steps: 4/4 (100%)")
end
refused("usage", "total", progress, -1)
refused("usage", "progress object", progress(1).step, item "golden/rhel-9")

-- help
help()
help(getCheckOut)
help "json"
help(session())
help(parallel)
help(spawn)
help "no such thing at all"
