internal import Buffers
internal import LuaHost
internal import VSphere

extension FunctionSpec {
    /// `shard`: scripts call a Lua wrapper of it, which keeps the elements as they are.
    static let shard = FunctionSpec(
        "shard",
        "Picks the part of a list that is ours, where many copies of a script run at once.",
        [
            Parameter(
                "list",
                "(vmoon.item|string|{id: string})[]",
                "identifiers, or objects that have one"
            )
        ],
        returns: Result(
            "table",
            "the elements that are ours, in their order. Each belongs to exactly one of the copies "
                + "that agree on their number, and another copy moves only its own share. Which one "
                + "this is: --shard I/N, else JOB_COMPLETION_INDEX or NOMAD_ALLOC_INDEX with "
                + "VMOON_SHARD_COUNT, or Slurm's variables of an array; else all of it is ours"
        ),
        errors: ["usage"],
        example: """
            local items = {}
            for _, library in ipairs(findLibraries{ name = "golden" }) do
              for _, id in ipairs(listItems(library)) do items[#items + 1] = id end
            end
            for _, id in ipairs(shard(items)) do print(item(id).name) end
            """
    ) { runtime, call in
        runtime.answer(call) { () throws(VSphereError) in
            let shard = try runtime.configuration.shard().get()
            let identifiers = call.arguments.root?.elements.map { $0.bytes ?? [] } ?? []
            call.result.putArray {
                for identifier in identifiers {
                    call.result.put(shard?.contains(identifier) ?? true)
                }
                return identifiers.count
            }
        }
    }
}

/// The Lua wrapper of `shard`: finds the identifiers, and picks from the list itself.
let shardScript = #"""
    local _, _, _, error_meta, compile = ...
    local is_ours, error, math_type, pcall, setmetatable, tostring, type =
      shard, error, math.type, pcall, setmetatable, tostring, type
    local run
    function shard(list)
      run = run or compile()(error_meta, is_ours, error, math_type, pcall, setmetatable, tostring, type)
      return run(list)
    end
    """#

/// The rest of `shardScript`.
let shardBody = #"""
    local error_meta, is_ours, error, math_type, pcall, setmetatable, tostring, type = ...

    local function usage(message, hint)
      error(setmetatable({ kind = "usage", operation = "shard", message = message, hint = hint,
        outcome = "none", retryable = false, exit_code = \#(ExitCode.usage.rawValue) }, error_meta), 0)
    end

    local function identifier(element)
      if type(element) == "string" then return element end
      if math_type(element) == "integer" then return tostring(element) end
      if type(element) ~= "table" and type(element) ~= "userdata" then return nil end
      local ok, id = pcall(function() return element.id end)
      if ok and math_type(id) == "integer" then return tostring(id) end
      return ok and type(id) == "string" and id or nil
    end

    return function(list)
      if type(list) ~= "table" then usage("the argument must be a list", "shard(listItems(library))") end
      local count = math_type(list.n) == "integer" and list.n or #list
      local ids = {}
      for i = 1, count do
        local id = identifier(list[i])
        if not id or id == "" then
          usage("element " .. i .. " of the list has no identifier",
            "give ids, items, or tables with a field id")
        end
        ids[i] = id
      end
      local answers, ours = is_ours(ids), {}
      for i = 1, count do
        if answers[i] then ours[#ours + 1] = list[i] end
      end
      return ours
    end
    """#
