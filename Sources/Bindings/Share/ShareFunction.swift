internal import Buffers
internal import Changes
internal import LuaHost
internal import VSphere

extension FunctionSpec {
    /// `share`, which is written in Lua.
    static let share = FunctionSpec(
        "share",
        "Hands out the items of a list to the copies of a run that are at work, each to one of them.",
        [
            Parameter(
                "list",
                "(vmoon.item|string|{id: string})[]",
                "identifiers, objects that have one, or anything with a key"
            ),
            Parameter(
                "options",
                "{key: (string|fun(value: any): string)?}",
                "key: what tells the items apart, the same in every copy: the name of a field, or a function",
                isOptional: true
            ),
        ],
        returns: Result(
            "fun(): any, integer",
            "an iterator for parallel and for: the next item that nobody has, and its place in the list; nil where "
                + "all are over. Copies are the runs with the same --run-name and --journal, whatever their number. "
                + "While the last items are others', it waits: those of a copy that died are handed on when its "
                + "--lease has ended, and its steps are then known here. With --sim and in a dry run all items are ours"
        ),
        errors: ["usage", "journal", "conflict"],
        example: """
            parallel(share{ "golden/ubuntu-22.04", "golden/debian-12" }, function(name)
              step("look " .. name, function() return assert(item(name)):latest() end)
            end)
            """,
        waits: true,
        body: nil
    )
}

/// The host's part of `share`.
let shareFunctions: [(name: String, body: FunctionSpec.Body)] = [
    (
        // keys → the number of the share
        "box.share",
        { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let keys = call.arguments.root?.elements.map { $0.string ?? "" } ?? []
                call.result.put(try runtime.changes.share(keys).get())
            }
        }
    ),
    (
        // the number of the share → the place of the next item, or nil
        "box.shareNext",
        { runtime, call in
            let share = runtime.changes.shares[call.arguments.root?.integer ?? 0]
            return runtime.waits(call) { pending in
                share.next(isThere: { !pending.isOver }) { result in
                    guard !pending.isOver else {
                        if case .success(let place?) = result { share.giveBack(place) }
                        return
                    }
                    switch result {
                    case .success(let place?): call.result.put(place + 1)
                    case .success(nil): call.result.putNil()
                    case .failure(let error): return runtime.finish(pending, error)
                    }
                    runtime.finish(pending, nil)
                }
            }
        }
    ),
    (
        // the number of the share, the place of an item that is done → nothing
        "box.shareDone",
        { runtime, call in
            let (share, place) = runtime.place(in: call)
            share.done(place)
            return .returned
        }
    ),
    (
        // the number of the share, the place of an item that was not begun → nothing
        "box.shareReturn",
        { runtime, call in
            let (share, place) = runtime.place(in: call)
            share.giveBack(place)
            return .returned
        }
    ),
    (
        // the number of the share, the place of an item that has failed → nothing
        "box.shareFail",
        { runtime, call in
            let (share, place) = runtime.place(in: call)
            return runtime.waits(call, isShielded: true) { pending in
                share.fail(place) { error in runtime.finish(pending, error) }
            }
        }
    ),
    (
        // the number of the share → nothing, when all that has ended is in the journal
        "box.shareSettle",
        { runtime, call in
            let share = runtime.changes.shares[call.arguments.root?.integer ?? 0]
            return runtime.waits(call) { pending in
                share.settle { error in runtime.finish(pending, error) }
            }
        }
    ),
]

extension Runtime {
    /// The share and the place that a call of the host's part names.
    fileprivate func place(in call: HostCall) -> (WorkShare, Int) {
        let values = call.arguments.values
        let place = values.count > 1 ? values[1].integer ?? 1 : 1
        return (changes.shares[values.first?.integer ?? 0], place - 1)
    }
}

/// `share`, in Lua: which task has which item.
let sharingPart = #"""
    local common = need "common"
    local running, math_type = coroutine.running, math.type
    local sharing = {}

    local function identifier(value)
      if type(value) == "string" then return value end
      if math_type(value) == "integer" then return tostring(value) end
      if type(value) ~= "table" and type(value) ~= "userdata" then return nil end
      local ok, id = pcall(function() return value.id end)
      if ok and math_type(id) == "integer" then return tostring(id) end
      return ok and type(id) == "string" and id or nil
    end

    local function key_of(value, key)
      if key == nil then return identifier(value) end
      local found
      if type(key) == "string" then found = value[key] else found = key(value) end
      return math_type(found) == "integer" and tostring(found) or type(found) == "string" and found or nil
    end

    function sharing.share(list, options)
      if type(list) ~= "table" then common.usage("share", "the argument must be a list", "share(listItems(library))") end
      options = common.options("share", options, "key")
      local key = options.key
      if key ~= nil and type(key) ~= "string" and not common.is_callable(key) then
        common.usage("share", "key must be the name of a field, or a function")
      end
      local count = math_type(list.n) == "integer" and list.n or #list
      local keys, places = {}, {}
      for place = 1, count do
        local found = key_of(list[place], key)
        if not found or found == "" then
          common.usage("share", "element " .. place .. " of the list has no key",
            "give ids, items, tables with a field id, or share(list, { key = \"name\" })")
        end
        if places[found] then
          common.usage("share", "elements " .. places[found] .. " and " .. place .. " have the same key, " .. box.shown(found))
        end
        keys[place], places[found] = found, place
      end
      local number = box.share(keys)
      local ours = {} -- the place of the item that each task has
      local function ended(how)
        local task = running()
        local place = ours[task]
        if place == nil then return end
        ours[task] = nil
        how(number, place)
      end
      return setmetatable({}, { __name = "share",
        done = function() ended(box.shareDone) end,
        failed = function() ended(box.shareFail) end,
        untouched = function() ended(box.shareReturn) end,
        settle = function() box.shareSettle(number) end,
        __call = function()
        ended(box.shareDone) -- whoever asks for the next is through with the last one
        local place = box.shareNext(number)
        if place == nil then return nil end
        ours[running()] = place
        return list[place], place
      end })
    end

    return sharing
    """#
