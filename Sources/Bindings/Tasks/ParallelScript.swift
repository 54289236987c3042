internal import VSphere

/// `parallel`, in Lua: workers that take one item after the other, so that a list or an iterator of any length
/// holds only what is in flight.
///
/// Functions it calls are saved when the run starts, before a script can replace them; compiled at the first call.
let parallelScript = #"""
    local spawn, semaphore, default_limit, error_meta, compile, describe, open, raise, check = ...
    local error, getmetatable, ipairs, math_type, pairs, pcall, rawget, rawset, setmetatable, tostring, type, xpcall =
      error, getmetatable, ipairs, math.type, pairs, pcall, rawget, rawset, setmetatable, tostring, type, xpcall
    local run
    function parallel(list, fn, options)
      run = run or compile()(spawn, semaphore, default_limit, error_meta, describe, open, raise, check,
        error, getmetatable, ipairs, math_type, pairs, pcall, rawget, rawset, setmetatable, tostring, type, xpcall)
      return run(list, fn, options)
    end
    """#

/// The rest of `parallelScript`.
let parallelBody = #"""
    local spawn, semaphore, default_limit, error_meta, describe, open, raise, check,
      error, getmetatable, ipairs, math_type, pairs, pcall, rawget, rawset, setmetatable, tostring, type, xpcall = ...

    local function usage(message, hint)
      error(setmetatable({ kind = "usage", operation = "parallel", message = message, hint = hint,
        outcome = "none", retryable = false, exit_code = \#(ExitCode.usage.rawValue) }, error_meta), 0)
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
        ended = true -- nobody asks again where it fails
        local value = list()
        if value == nil then return nil end
        ended = false
        index = index + 1
        return index, value
      end
    end

    -- The error that ends it, with what is known of all the others.
    local function fail(err, trace, results, errors)
      if type(err) ~= "table" then
        err = setmetatable({ message = tostring(err), cause = err, outcome = "none", retryable = false,
          exit_code = \#(ExitCode.scriptError.rawValue) }, error_meta)
      end
      rawset(err, "results", results)
      rawset(err, "errors", errors)
      raise(err, trace)
    end

    return function(list, fn, options)
      local limit, mode = read_options(options)
      if not is_callable(fn) then usage("the second argument must be a function of value and index") end
      -- What is shared with other copies of the run is told when an item is over.
      local meta = type(list) == "table" and getmetatable(list)
      local share = type(meta) == "table" and rawget(meta, "__name") == "share" and meta
      local next_item, count = source(list)
      local results, errors, workers = {}, {}, {}
      local current, most = {}, 0 -- the item that each worker is at, and the last one given out
      local wanted = count and count < limit and count or limit
      local stopped, failed, failure, trace = false, false, nil, nil
      local doubt, doubt_trace -- the first step that stopped since its change may have happened: it stops alone

      local function stop()
        stopped = true
        for _, worker in ipairs(workers) do worker:cancel() end
      end

      -- The first failure ends it, whatever else fails while it is being stopped.
      local function stop_for(err, where)
        if failed then return end
        failed, failure, trace = true, err, where
        stop()
      end

      -- One worker more for each item, as long as there are items: an iterator's may be few.
      local work
      local function grow()
        local number = #workers + 1
        if number <= wanted and not stopped then workers[number] = spawn(work, number) end
      end

      function work(number)
        while not stopped do
          check() -- what comes next is not begun any more
          local asked, index, value = xpcall(next_item, describe)
          if not asked then return stop_for(open(index)) end
          if index == nil then return end
          if stopped then return share and share.untouched() end
          if index > most then most = index end
          current[number] = index
          grow()
          local ok, result = xpcall(fn, describe, value, index)
          current[number] = false
          if ok then
            results[index] = result
            if share then share.done() end
          else
            local err, where = open(result)
            if err == nil then -- error(nil): an error all the same
              err = setmetatable({ message = "(error object is a nil value)", outcome = "none",
                retryable = false, exit_code = \#(ExitCode.scriptError.rawValue) }, error_meta)
            end
            errors[index] = err
            local is_doubt = type(err) == "table" and rawget(err, "step") and rawget(err, "kind") == "unknown_outcome"
            if mode == "stop" and not is_doubt then return stop_for(err, where) end -- the end of the run tells the rest
            -- In mode "collect" the caller looks at the errors.
            if mode == "stop" and doubt == nil then doubt, doubt_trace = err, where end
            if share then
              local told, why = xpcall(share.failed, describe)
              if not told then return stop_for(open(why)) end
            end
          end
        end
      end

      -- What is known of every item, once no worker is left.
      local function conclude(why)
        local number = 1
        while workers[number] do
          local ok, err = pcall(workers[number].join, workers[number])
          if not ok and not stopped then stop_for(err) end -- no item's error: there was no memory for a worker
          number = number + 1
        end
        results.n = most
        for _, index in pairs(current) do
          if index then
            errors[index] = setmetatable({ kind = "cancelled", message = "cancelled: " .. why,
              outcome = "none", retryable = false, exit_code = \#(ExitCode.scriptError.rawValue) }, error_meta)
          end
        end
      end

      local done = false
      local _ <close> = setmetatable({}, { __close = function(_, err)
        if done then return end -- else the caller was cancelled: nothing is left running behind it
        stop()
        conclude("the run of it was stopped")
        if type(err) == "table" then
          rawset(err, "results", results)
          rawset(err, "errors", errors)
        end
      end })
      grow()
      conclude("another item failed first")
      if share and not failed then share.settle() end
      done = true
      if not failed and doubt ~= nil then failed, failure, trace = true, doubt, doubt_trace end
      if failed then fail(failure, trace, results, errors) end
      return results, errors
    end
    """#
