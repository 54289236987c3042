/// `waitFor` and `retry`, in Lua.
let waitingPart = #"""
    local common = need "common"
    local pack, unpack, math_type = table.pack, table.unpack, math.type
    local never = { unknown_outcome = true, diverged = true, cancelled = true }
    local waiting = {}

    -- What the function said last, for a person: the value itself, or what stands behind a false one.
    local function said(values)
      local last = values[1]
      if values.n > 1 and values[2] ~= nil then last = values[2] end
      return last, type(last) == "string" and '"' .. last .. '"' or tostring(last)
    end

    function waiting.waitFor(fn, options)
      if not common.is_callable(fn) then
        common.usage("waitFor", "the first argument must be a function", "waitFor(function() return … end)")
      end
      options = common.options("waitFor", options, "every", "timeout", "title")
      local every = common.seconds("waitFor", "every", options.every, 5)
      local timeout = common.seconds("waitFor", "timeout", options.timeout, 600)
      local title = options.title
      if title ~= nil and type(title) ~= "string" then common.usage("waitFor", "title must be a string") end
      if every <= 0 then common.usage("waitFor", "every must be more than nothing") end
      local began = box.clock()
      while true do
        local values = pack(fn())
        if values[1] then return unpack(values, 1, values.n) end
        if isDryRun() then return box.planned("waitFor", title or "what only comes when the plan is carried out") end
        local left = timeout - (box.clock() - began)
        if left <= 0 then
          local last, text = said(values)
          error(common.problem("timeout", "waitFor",
            "it did not come within " .. box.span(timeout) .. "; the last value was " .. text, nil,
            { subject = title, last = last }), 0)
        end
        sleep(left < every and left or every)
      end
    end

    local function kinds(on)
      if on == nil then return nil end
      if type(on) == "string" then on = { on } end
      if type(on) ~= "table" then
        common.usage("retry", "on must be a list of kinds of error", 'on = { "resource_busy", "timeout" }')
      end
      local wanted = {}
      for _, kind in ipairs(on) do
        if type(kind) ~= "string" then common.usage("retry", "on must be a list of kinds of error") end
        if never[kind] then
          common.usage("retry", "nothing is tried again after " .. kind,
            kind == "unknown_outcome" and "vmoon reconcile tells whether it happened" or nil)
        end
        wanted[kind] = true
      end
      return wanted
    end

    -- Whether another try can do no harm.
    local function may_retry(err, wanted)
      if type(err) ~= "table" then return false end
      local kind = rawget(err, "kind")
      if kind == nil or never[kind] or rawget(err, "outcome") == "unknown" then return false end
      if wanted then return wanted[kind] == true end
      return rawget(err, "retryable") == true
    end

    function waiting.retry(fn, options)
      if not common.is_callable(fn) then
        common.usage("retry", "the first argument must be a function", "retry(function() return … end)")
      end
      options = common.options("retry", options, "times", "every", "on")
      local times = options.times == nil and 3 or options.times
      if math_type(times) ~= "integer" or times < 1 then common.usage("retry", "times must be a whole number from 1") end
      local every = common.seconds("retry", "every", options.every, 5)
      local wanted = kinds(options.on)
      local attempt = 1
      while true do
        local doubts = box.doubts()
        local results = pack(xpcall(fn, describe, attempt))
        if results[1] then return unpack(results, 2, results.n) end
        local err, trace = open(results[2])
        -- A change in doubt stays one, whatever error the function makes of it.
        if attempt >= times or box.doubts() > doubts or not may_retry(err, wanted) then return raise(err, trace) end
        attempt = attempt + 1
        sleep(every)
      end
    end

    return waiting
    """#
