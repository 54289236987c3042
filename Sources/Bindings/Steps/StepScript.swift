internal import VSphere

/// The Lua part of `step`: a step that ends in any way, an error or a closed coroutine too, is left by its guard.
let stepScript = #"""
    local _, _, _, error_meta, compile = ...
    local step, error, getmetatable, setmetatable, type, pack, unpack =
      step, error, getmetatable, setmetatable, type, table.pack, table.unpack
    local begin, finish, leave = step.begin, step.finish, step.leave
    step.begin, step.finish, step.leave = nil, nil, nil
    local run
    setmetatable(step, { __name = "step", __metatable = false, __call = function(_, name, fn, ...)
      run = run or compile()(begin, finish, leave, error_meta, error, getmetatable, setmetatable, type, pack, unpack)
      return run(name, fn, ...)
    end })
    """#

/// The rest of `stepScript`.
let stepBody = #"""
    local begin, finish, leave, error_meta, error, getmetatable, setmetatable, type, pack, unpack = ...

    local function is_callable(value)
      if type(value) == "function" then return true end
      local meta = getmetatable(value)
      return type(meta) == "table" and type(meta.__call) == "function"
    end

    local guard = setmetatable({}, { __close = function(_, err) leave(err) end })

    return function(name, fn, ...)
      if not is_callable(fn) then
        error(setmetatable({ kind = "usage", operation = "step", message = "the second argument must be a function",
          hint = "step(name, function() … end)", outcome = "none", retryable = false,
          exit_code = \#(ExitCode.usage.rawValue) }, error_meta), 0)
      end
      local known = pack(begin(name))
      if known[1] then return unpack(known, 2, known.n) end
      local _ <close> = guard
      local results = pack(fn(...))
      finish(unpack(results, 1, results.n))
      return unpack(results, 1, results.n)
    end
    """#
