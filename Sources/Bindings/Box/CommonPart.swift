internal import VSphere

/// The base of the other parts of the box: errors, and options of functions.
let commonPart = #"""
    local codes = { usage = \#(ExitCode.usage.rawValue), ambiguous = \#(ExitCode.invalidInput.rawValue),
      not_found = \#(ExitCode.notFound.rawValue), timeout = \#(ExitCode.unavailable.rawValue) }
    local common = {}

    -- The error of a function; `more` has further fields.
    function common.problem(kind, operation, message, hint, more)
      local err = more or {}
      err.kind, err.operation, err.message, err.hint = kind, operation, message, hint
      err.outcome, err.retryable = "none", false
      err.exit_code = err.exit_code or codes[kind] or \#(ExitCode.scriptError.rawValue)
      return setmetatable(err, error_meta)
    end

    function common.usage(operation, message, hint)
      error(common.problem("usage", operation, message, hint), 0)
    end

    function common.is_callable(value)
      if type(value) == "function" then return true end
      local meta = getmetatable(value)
      return type(meta) == "table" and type(meta.__call) == "function"
    end

    -- ": did you mean …?", where one of the names is near.
    function common.guess(name, names)
      local near = type(name) == "string" and box.nearest(name, names)
      return near and ("did you mean " .. near .. "?") or nil
    end

    -- A table of options, with no other names than these.
    function common.options(operation, given, ...)
      if given == nil then return {} end
      if type(given) ~= "table" then common.usage(operation, "options must be a table") end
      local known = { ... }
      local is_known = {}
      for _, name in ipairs(known) do is_known[name] = true end
      for name in pairs(given) do
        if not is_known[name] then
          common.usage(operation, "there is no option \"" .. box.shown(tostring(name)) .. "\"",
            common.guess(name, known) or "the options are " .. table.concat(known, ", "))
        end
      end
      return given
    end

    -- A length of time in seconds: a number, or a text as the command line has it.
    function common.seconds(operation, name, value, default)
      if value == nil then return default end
      if type(value) == "string" then
        local ok, seconds = pcall(time.duration, value)
        if ok then return seconds end
      elseif type(value) == "number" and value >= 0 and value < 1e9 then
        return value
      end
      common.usage(operation, name .. " must be a length of time", "write it as 250ms, 30s, 5m or 1h30m, or in seconds")
    end

    return common
    """#
