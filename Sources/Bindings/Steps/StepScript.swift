internal import VSphere

/// The Lua part of `step`: a step that ends in any way, an error or a closed coroutine too, is left by its guard.
let stepScript = #"""
    local _, _, _, error_meta, compile, _, open = ...
    local step, error, getmetatable, setmetatable, type, pack, unpack, pcall, match, rawget, rawset =
      step, error, getmetatable, setmetatable, type, table.pack, table.unpack, pcall, string.match, rawget, rawset
    local begin, finish, leave = step.begin, step.finish, step.leave
    step.begin, step.finish, step.leave = nil, nil, nil
    local run
    setmetatable(step, { __name = "step", __metatable = false, __call = function(_, name, fn, ...)
      run = run or compile()(begin, finish, leave, error_meta, error, getmetatable, setmetatable, type, pack, unpack,
        pcall, match, open, rawget, rawset)
      return run(name, fn, ...)
    end })
    """#

/// The rest of `stepScript`.
let stepBody = #"""
    local begin, finish, leave, error_meta, error, getmetatable, setmetatable, type, pack, unpack, pcall, match,
      open, rawget, rawset = ...

    local function is_callable(value)
      if type(value) == "function" then return true end
      local meta = getmetatable(value)
      return type(meta) == "table" and type(meta.__call) == "function"
    end

    local guard = { __close = function(step, err)
      err = open(err)
      leave(err)
      -- Whoever waits for many steps lets the others go on.
      if type(err) == "table" and rawget(err, "kind") == "unknown_outcome" then rawset(err, "step", step.name) end
    end }

    return function(name, fn, ...)
      if not is_callable(fn) then
        error(setmetatable({ kind = "usage", operation = "step", message = "the second argument must be a function",
          hint = "step(name, function() … end)", outcome = "none", retryable = false,
          exit_code = \#(ExitCode.usage.rawValue) }, error_meta), 0)
      end
      local known = pack(begin(name))
      if known[1] then return unpack(known, 2, known.n) end
      local _ <close> = setmetatable({ name = name }, guard)
      local results = pack(fn(...))
      local ok, err = pcall(finish, unpack(results, 1, results.n))
      if not ok then
        -- A value that cannot be copied is found before the host sees any: there it is an argument.
        local place, problem = match(type(err) == "table" and err.message or "", "^argument (%d+): (.*)")
        if place then
          if match(problem, "^is ") or match(problem, "^has ") then problem = "the value " .. problem end
          err.operation, err.subject = "step", name
          err.message = "result " .. place .. " cannot be kept: " .. problem
          err.hint = "\#(StepText.keptHint)"
        end
        error(err, 0)
      end
      return unpack(results, 1, results.n)
    end
    """#

/// The sentences that both parts of `step` have.
enum StepText {
    static let keptHint = "return strings, numbers, booleans and tables of them"
}
