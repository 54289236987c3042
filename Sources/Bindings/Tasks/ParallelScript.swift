/// `parallel`, in Lua: workers that take one item after the other, so that a list or an iterator of any length
/// holds only what is in flight.
///
/// What it calls is kept when the run starts, before a script can replace it; it is compiled at the first call.
let parallelScript = #"""
    local spawn, semaphore, default_limit, error_meta, compile = ...
    local error, getmetatable, ipairs, math_type, pairs, pcall, setmetatable, tostring, type =
      error, getmetatable, ipairs, math.type, pairs, pcall, setmetatable, tostring, type
    local run
    function parallel(list, fn, options)
      run = run or compile()(spawn, semaphore, default_limit, error_meta,
        error, getmetatable, ipairs, math_type, pairs, pcall, setmetatable, tostring, type)
      return run(list, fn, options)
    end
    """#

/// The rest of `parallelScript`.
let parallelBody = #"""
    local spawn, semaphore, default_limit, error_meta,
      error, getmetatable, ipairs, math_type, pairs, pcall, setmetatable, tostring, type = ...

    local function usage(message, hint)
      error(setmetatable({ kind = "usage", operation = "parallel", message = message, hint = hint,
        outcome = "none", retryable = false, exit_code = 64 }, error_meta), 0)
    end

    local function is_callable(value)
      if type(value) == "function" then return true end
      local meta = getmetatable(value)
      return type(meta) == "table" and type(meta.__call) == "function"
    end

    local function read_options(options)
      local limit, mode = default_limit, "stop"
      if options == nil then return limit, mode end
      if type(options) ~= "table" then usage("options must be a table", "{ limit = 8, errors = \"collect\" }") end
      for name, value in pairs(options) do
        if name == "limit" then
          if math_type(value) ~= "integer" or value < 1 then usage("options.limit must be a whole number from 1") end
          limit = value
        elseif name == "errors" then
          if value ~= "stop" and value ~= "collect" then
            usage("options.errors must be \"stop\" or \"collect\"")
          end
          mode = value
        else
          usage("options." .. tostring(name) .. ": there is no such option", "they are limit and errors")
        end
      end
      return limit, mode
    end

    -- A function that gives index and value of the next item, nil behind the last; and how many there are, if known.
    local function source(list)
      local index = 0
      if type(list) == "table" and not is_callable(list) then
        local count = math_type(list.n) == "integer" and list.n or #list
        return function()
          if index >= count then return nil end
          index = index + 1
          return index, list[index]
        end, count
      end
      if not is_callable(list) then usage("the first argument must be a list or an iterator function") end
      -- An iterator may wait itself: one task at a time asks it.
      local turn, ended = semaphore(1), false
      local give_back = setmetatable({}, { __close = function() turn:release() end })
      return function()
        turn:acquire()
        local _ <close> = give_back
        if ended then return nil end
        local value = list()
        if value == nil then
          ended = true
          return nil
        end
        index = index + 1
        return index, value
      end
    end

    -- The error that ends it, with what is known of all the others.
    local function fail(err, results, errors)
      if type(err) ~= "table" then
        err = setmetatable({ message = tostring(err), cause = err, outcome = "none" }, error_meta)
      end
      err.results, err.errors = results, errors
      error(err, 0)
    end

    return function(list, fn, options)
      local limit, mode = read_options(options)
      if not is_callable(fn) then usage("the second argument must be a function of value and index") end
      local next_item, count = source(list)
      local results, errors, workers = {}, {}, {}
      local current, most = {}, 0 -- the item that each worker is at, and the last one given out
      local stopped, failed, failure = false, false, nil

      local function stop()
        stopped = true
        for _, worker in ipairs(workers) do worker:cancel() end
      end

      local function work(number)
        while not stopped do
          local index, value = next_item()
          if index == nil then return end
          if index > most then most = index end
          current[number] = index
          local ok, result = pcall(fn, value, index)
          current[number] = false
          if ok then
            results[index] = result
          else
            if result == nil then -- error(nil): an error all the same
              result = setmetatable({ message = "(error object is a nil value)", outcome = "none" }, error_meta)
            end
            errors[index] = result
            if mode == "stop" and not failed then
              failed, failure = true, result
              stop()
            end
          end
        end
      end

      local done = false
      local _ <close> = setmetatable({}, { __close = function()
        if done then return end -- else the caller was cancelled: nothing is left running behind it
        stop()
        for _, worker in ipairs(workers) do pcall(worker.join, worker) end
      end })
      local wanted = count and count < limit and count or limit
      for i = 1, wanted do workers[i] = spawn(work, i) end
      for _, worker in ipairs(workers) do
        local ok, err = pcall(worker.join, worker)
        if not ok and not failed and not stopped then -- the iterator itself failed
          failed, failure = true, err
          stop()
        end
      end
      done = true
      results.n = most
      for number = 1, wanted do
        local index = current[number]
        if index then
          errors[index] = setmetatable({ kind = "cancelled", message = "cancelled: another item failed first",
            outcome = "none", retryable = false, exit_code = 1 }, error_meta)
        end
      end
      if failed then fail(failure, results, errors) end
      return results, errors
    end
    """#
