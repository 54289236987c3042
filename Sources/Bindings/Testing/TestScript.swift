internal import VSphere

/// The functions that tests are written with, in Lua: `test`, `assert`, `sim` and `run`.
///
/// The host passes `render`, `ask`, `check`, `launch` and `read` under `sim`, and the chunk removes them again; the runner
/// finds its own entries in `package.loaded`, where no script looks.
let testScript = #"""
    local error_meta = select(4, ...)
    local render, ask, check, launch, read = sim.render, sim.ask, sim.check, sim.launch, sim.read
    sim = nil
    local plain_assert, decode, encode = assert, json.decode, json.encode
    local error, getmetatable, ipairs, math_type, next, pairs, pcall, rawequal, select, setmetatable, tostring, type, xpcall =
      error, getmetatable, ipairs, math.type, next, pairs, pcall, rawequal, select, setmetatable, tostring, type, xpcall
    local find, format, getinfo, traceback = string.find, string.format, debug.getinfo, debug.traceback

    local function usage(operation, message, hint)
      error(setmetatable({ kind = "usage", operation = operation, message = message,
        hint = hint, outcome = "none", retryable = false, exit_code = \#(ExitCode.usage.rawValue) }, error_meta), 0)
    end

    local function is_callable(value)
      if type(value) == "function" then return true end
      local meta = getmetatable(value)
      return type(meta) == "table" and type(meta.__call) == "function"
    end

    -- Assertions -----------------------------------------------------------------------------------------

    local failure_meta = {}
    function failure_meta.__tostring(failure)
      local text = failure.message
      if failure.expected then text = text .. "\nexpected: " .. failure.expected end
      if failure.got then text = text .. "\ngot: " .. failure.got end
      return text
    end

    local function fail(message, note, expected, got, hint)
      if note ~= nil then message = tostring(note) .. ": " .. message end
      error(setmetatable({ message = message, expected = expected, got = got, hint = hint }, failure_meta), 0)
    end

    -- Where two values differ first, as a path; nil where they are the same.
    local function difference(a, b, path, seen)
      if rawequal(a, b) then return nil end
      if type(a) ~= "table" or type(b) ~= "table" then
        if a == b then return nil end
        return path
      end
      if seen[a] == b then return nil end
      seen[a] = b
      for key, value in next, a do
        local step = type(key) == "string" and "." .. key or "[" .. tostring(key) .. "]"
        local found = difference(value, b[key], path .. step, seen)
        if found then return found end
      end
      for key in next, b do
        if a[key] == nil then
          return path .. (type(key) == "string" and "." .. key or "[" .. tostring(key) .. "]")
        end
      end
      return nil
    end

    local assertions = {}

    function assertions.equal(expected, got, note)
      if expected == got then return got end
      local hint
      if type(expected) == "table" and type(got) == "table" then
        hint = "two tables are equal only where they are one; assert.same compares what is in them"
      end
      fail("not equal", note, render(expected), render(got), hint)
    end

    function assertions.same(expected, got, note)
      local path = difference(expected, got, "", {})
      if not path then return got end
      fail(path == "" and "not the same" or "not the same: they differ at " .. path, note, render(expected), render(got))
    end

    function assertions.truthy(got, note)
      if got then return got end
      fail("not true", note, "neither nil nor false", render(got))
    end

    function assertions.falsy(got, note)
      if not got then return got end
      fail("not false", note, "nil or false", render(got))
    end

    function assertions.matches(pattern, got, note)
      if type(pattern) ~= "string" then usage("assert.matches", "pattern must be a string") end
      if type(got) ~= "string" then fail("no text", note, "a text with the pattern " .. render(pattern), render(got)) end
      local found = { find(got, pattern) }
      if found[1] then return got end
      fail("no match", note, "a text with the pattern " .. render(pattern), render(got))
    end

    function assertions.contains(part, got, note)
      if type(got) == "string" then
        if type(part) ~= "string" then usage("assert.contains", "what is looked for in a text must be a string") end
        if find(got, part, 1, true) then return got end
        fail("not in it", note, "a text with " .. render(part), render(got))
      end
      if type(got) ~= "table" then fail("neither text nor table", note, "something with " .. render(part), render(got)) end
      for _, value in pairs(got) do
        if not difference(part, value, "", {}) then return got end
      end
      fail("not in it", note, "a table with " .. render(part), render(got))
    end

    function assertions.error(fn, expected, note)
      if not is_callable(fn) and is_callable(expected) then fn, expected = expected, fn end
      if not is_callable(fn) then
        usage("assert.error", "the first argument must be a function", "assert.error(function() … end, { kind = \"conflict\" })")
      end
      local ok, err = pcall(fn)
      if ok then
        fail("no error was raised", note, expected == nil and "an error" or "the error " .. render(expected), nil)
      end
      if expected == nil then return err end
      if type(expected) == "string" then
        if find(tostring(err), expected, 1, true) then return err end
        fail("another error", note, "an error that says " .. render(expected), tostring(err))
      end
      if type(expected) ~= "table" then usage("assert.error", "what is expected must be a text or a table of fields") end
      for key, value in pairs(expected) do
        local found = type(err) == "table" and err[key] or nil
        if difference(value, found, "", {}) then
          fail("another error: " .. tostring(key) .. " is " .. render(found), note, render(expected), tostring(err))
        end
      end
      return err
    end

    assert = setmetatable(assertions, {
      __call = function(_, ...)
        if select("#", ...) == 0 or (...) then return plain_assert(...) end
        -- As Lua's own says it; that one would name this line.
        local message = "assertion failed!"
        if select("#", ...) > 1 then message = select(2, ...) end
        error(message, 2)
      end,
      __index = function(_, name)
        usage("assert", "there is no assert." .. tostring(name),
          "they are equal, same, truthy, falsy, matches, contains and error")
      end,
    })

    -- The simulators -------------------------------------------------------------------------------------

    local function simulator(vcenter)
      local s = {}
      local function replace(name, place, text)
        ask(name, vcenter, "PUT", place, text)
        ask(name, vcenter, "DELETE", "/sim/faults")
        ask(name, vcenter, "DELETE", "/sim/stubs")
        ask(name, vcenter, "DELETE", "/sim/requests")
      end
      function s.fault(fault)
        if type(fault) ~= "table" then
          usage("sim.fault", "the fault must be a table", "sim.fault{ match = { operation = \"rollback\" }, [\"do\"] = \"html_503\" }")
        end
        local list = {}
        for index, one in ipairs(fault[1] and fault or { fault }) do
          local copy = {}
          for key, value in pairs(one) do copy[key] = value end
          -- `do` is a word of Lua's: `effect` says the same without brackets, `operation` saves a table.
          if copy.effect then copy["do"], copy.effect = copy.effect, nil end
          if copy.operation then
            local match = {}
            for key, value in pairs(copy.match or {}) do match[key] = value end
            match.operation, copy.operation = copy.operation, nil
            copy.match = match
          end
          list[index] = copy
        end
        ask("sim.fault", vcenter, "POST", "/sim/faults", encode(json.array(list)))
      end
      function s.stub(stub)
        local example = 'sim.stub{ service = "cis.tagging.tag", operation = "list", result = { "tag-1" } }'
        if type(stub) ~= "table" then usage("sim.stub", "a table expected, got a " .. type(stub), example) end
        for key in pairs(stub) do
          if not ({ service = 1, operation = 1, result = 1, error = 1, message = 1 })[key] then
            usage("sim.stub", "a stub has no field " .. tostring(key), example)
          end
        end
        for _, key in ipairs { "service", "operation" } do
          if type(stub[key]) ~= "string" then usage("sim.stub", key .. " must be a string", example) end
        end
        if stub.error ~= nil and stub.result ~= nil then
          usage("sim.stub", "a stub has a result or an error, and this one has both", example)
        end
        if stub.message ~= nil and stub.error == nil then
          usage("sim.stub", "a message belongs to an error, and this stub has none", example)
        end
        local answer = stub.result
        if stub.error then answer = { error = stub.error, message = stub.message } end
        local name = stub.service:gsub("^com%.vmware%.", "") .. "." .. stub.operation:gsub("%$", "_")
        ask("sim.stub", vcenter, "POST", "/sim/stubs", encode({ operation = name, answer = answer }))
      end
      function s.role(privileges, user)
        if privileges ~= nil and type(privileges) ~= "table" then
          usage("sim.role", "the privileges must be a list", "sim.role{ \"System.Read\" }")
        end
        if user ~= nil and type(user) ~= "string" then usage("sim.role", "the user must be a string") end
        ask("sim.role", vcenter, "POST", "/sim/users",
          encode({ name = user, privileges = privileges and json.array(privileges) }))
      end
      function s.clock(seconds)
        if type(seconds) ~= "number" then usage("sim.clock", "seconds must be a number") end
        return decode(ask("sim.clock", vcenter, "POST", "/sim/clock", encode({ advance_s = seconds }))).now
      end
      function s.requests(filter)
        if filter ~= nil and type(filter) ~= "table" then
          usage("sim.requests", "the filter must be a table", "sim.requests{ operation = \"rollback\" }")
        end
        if filter and next(filter) ~= nil then check(filter) end
        local list = {}
        for _, request in ipairs(decode(ask("sim.requests", vcenter, "GET", "/sim/requests")).requests) do
          local wanted = true
          for key, value in pairs(filter or {}) do wanted = wanted and request[key] == value end
          if wanted then list[#list + 1] = request end
        end
        return list
      end
      function s.state()
        return decode(ask("sim.state", vcenter, "GET", "/sim/state"))
      end
      function s.reset(state)
        if state ~= nil and type(state) ~= "table" then usage("sim.reset", "the inventory must be a table") end
        -- Without a body it is what the simulator began with.
        replace("sim.reset", "/sim/state", state and encode(state) or "")
      end
      function s.load(file)
        local place = "/sim/state"
        if vcenter then
          place = place .. "?vcenter=" .. vcenter:gsub("[^%w.-]", function(c) return format("%%%02X", c:byte()) end)
        end
        replace("sim.load", place, read(file))
      end
      return s
    end

    sim = simulator(nil)
    function sim.vcenter(name)
      if type(name) ~= "string" or name == "" then
        usage("sim.vcenter", "name must be a vCenter's, as the script names it", "sim.vcenter \"vc.example.com\"")
      end
      -- It has to be there before a run that names it.
      ask("sim.vcenter", name, "GET", "/sim/sessions")
      return simulator(name)
    end

    function run(script, ...)
      if type(script) ~= "string" or script == "" then
        usage("run", "the first argument must be the script's file", "run(\"script.lua\", \"web-1\")")
      end
      local words, count = {}, select("#", ...)
      local options = count > 0 and type((select(count, ...))) == "table" and select(count, ...) or nil
      if options then count = count - 1 end
      for index = 1, count do
        local word = select(index, ...)
        if type(word) ~= "string" and type(word) ~= "number" then
          usage("run", "argument " .. index .. " must be a string", "options come last, as a table")
        end
        words[index] = tostring(word)
      end
      return launch(script, words, options)
    end

    -- The tests ------------------------------------------------------------------------------------------

    local tests, is_running = {}, false

    function test(name, fn)
      if is_running then usage("test", "a test cannot hold another one") end
      if type(name) ~= "string" or name == "" then usage("test", "the first argument must be the name", "test(\"name\", function() … end)") end
      if not is_callable(fn) then usage("test", "the second argument must be a function", "test(\"name\", function() … end)") end
      tests[#tests + 1] = { name = name, fn = fn, line = getinfo(2, "l").currentline }
    end

    os.exit = function(code)
      fail("os.exit(" .. (code == nil and "" or tostring(code)) .. ") was called", nil, nil, nil,
        "run(\"script.lua\") runs a script of its own, which may leave as it likes")
    end

    local function describe(err)
      local report = { message = tostring(err), trace = traceback("", 2) }
      if getmetatable(err) == failure_meta then
        report.message, report.expected, report.got, report.hint = err.message, err.expected, err.got, err.hint
      elseif type(err) == "table" then
        if type(err.hint) == "string" then report.hint = err.hint end
        local meta = getmetatable(err)
        if not meta or not meta.__tostring then report.message = "an error of the script's own: " .. render(err) end
      end
      for level = 2, 60 do
        local info = getinfo(level, "Sl")
        if not info then break end
        if info.currentline > 0 and info.source ~= "=[vmoon]" then
          report.file, report.line = info.source, info.currentline
          break
        end
      end
      return report
    end

    package.loaded["vmoon.testing"] = {
      names = function(filter)
        local list = {}
        for index, one in ipairs(tests) do
          local ok, found = pcall(find, one.name, filter or "")
          if not ok then error("--filter: " .. found:gsub("^%[vmoon%]:%d+: ", ""), 0) end
          if found then list[#list + 1] = { index = index, name = one.name, line = one.line } end
        end
        return json.array(list)
      end,
      run = function(index)
        is_running = true
        local ok, report = xpcall(tests[index].fn, describe)
        return ok, not ok and report or nil
      end,
    }
    """#
