/// `find`, in Lua: identifiers of the places in a vCenter, by their names or paths.
///
/// A path is walked from its left end. What its first name stands for may be anything that can hold what is looked for, so
/// a path need not begin at a datacenter; a container that vCenter's lists take as a filter holds what is deeper in it
/// too, so that not every folder in between has to be named.
let findingPart = #"""
    local common = need "common"
    local insert, concat, sort = table.insert, table.concat, table.sort

    -- For each kind: the list that has it, its identifier there, what may hold it, the nearest first, and how it is called.
    local kinds = {
      vm = { list = "listVMs", within = { "folder", "resource_pool", "host", "cluster", "datacenter" }, called = "machine" },
      folder = { list = "listFolders", within = { "folder", "datacenter" }, called = "folder" },
      resource_pool = { list = "listResourcePools", within = { "resource_pool", "cluster", "host", "datacenter" },
        called = "resource pool" },
      host = { list = "listHosts", within = { "cluster", "folder", "datacenter" }, called = "host" },
      cluster = { list = "listClusters", within = { "folder", "datacenter" }, called = "cluster" },
      datastore = { list = "listDatastores", within = { "folder", "datacenter" }, called = "datastore" },
      network = { list = "listNetworks", within = { "folder", "datacenter" }, called = "network" },
      datacenter = { list = "listDatacenters", within = { "folder" }, called = "datacenter" },
    }
    local functions = { vm = "vm", folder = "folder", resourcePool = "resource_pool", host = "host", cluster = "cluster",
      datastore = "datastore", network = "network", datacenter = "datacenter" }

    local function call(vc, name, argument)
      if vc then return vc[name](vc, argument) end
      return _ENV[name](argument)
    end

    -- The field of a filter that names containers.
    local function filter_of(kind, container)
      return kind == container and "parent_" .. container .. "s" or container .. "s"
    end

    -- What is of a kind, of a name if one is given, and in a container if one is given.
    local function list(vc, kind, name, container, ids)
      local filter = { names = name and { name } or nil }
      if container then filter[filter_of(kind, container)] = ids end
      local rows = {}
      for _, row in ipairs(call(vc, kinds[kind].list, filter)) do
        insert(rows, { kind = kind, id = row[kind], name = row.name })
      end
      return rows
    end

    -- The kinds that may hold one, directly or not.
    local function holders(kind, known)
      known = known or {}
      for _, holder in ipairs(kinds[kind].within) do
        if not known[holder] then
          known[holder] = true
          insert(known, holder)
          holders(holder, known)
        end
      end
      return known
    end

    local function holds(container, kind)
      for _, holder in ipairs(kinds[kind].within) do
        if holder == container then return true end
      end
      return false
    end

    -- What one name stands for: one of these kinds, in one of these places, or anywhere.
    local function step(vc, name, wanted, places)
      local found, seen = {}, {}
      local function add(row, path)
        if seen[row.id] then return end
        seen[row.id] = true
        row.path = path
        insert(found, row)
      end
      for _, kind in ipairs(wanted) do
        if not places then
          for _, row in ipairs(list(vc, kind, name)) do add(row, name) end
        else
          for _, place in ipairs(places) do
            if holds(place.kind, kind) then
              for _, row in ipairs(list(vc, kind, name, place.kind, { place.id })) do add(row, place.path .. "/" .. name) end
            end
          end
        end
      end
      return found
    end

    -- The container of one object, found by halves: vCenter's lists do not tell it.
    local function parent(vc, row, containers)
      for _, kind in ipairs(kinds[row.kind].within) do
        containers[kind] = containers[kind] or list(vc, kind)
        local all = containers[kind]
        local function look(from, to)
          if from > to then return nil end
          local ids = {}
          for i = from, to do insert(ids, all[i].id) end
          local is_in = false
          for _, other in ipairs(list(vc, row.kind, row.name, kind, ids)) do is_in = is_in or other.id == row.id end
          if not is_in then return nil end
          if from == to then return all[from] end
          local middle = (from + to) // 2
          return look(from, middle) or look(middle + 1, to)
        end
        local found = look(1, #all)
        if found and found.id ~= row.id then return found end
      end
    end

    local function whole_path(vc, row, containers)
      local names, at = { row.name }, row
      for _ = 1, 20 do
        at = parent(vc, at, containers)
        if not at then break end
        insert(names, 1, at.name)
      end
      return concat(names, "/")
    end

    local function ambiguous(vc, operation, path, found)
      local containers, places = {}, {}
      for i, row in ipairs(found) do
        if i > 10 then
          insert(places, "and " .. #found - 10 .. " more")
          break
        end
        -- Where it cannot be found out, the path that was given.
        local ok, whole = pcall(whole_path, vc, row, containers)
        insert(places, box.shown(ok and whole or row.path) .. " (" .. row.id .. ")")
      end
      sort(places)
      error(common.problem("ambiguous", operation,
        ("%d %ss are called \"%s\": %s"):format(#found, kinds[found[1].kind].called, box.shown(path), concat(places, ", ")),
        "name one by more of its path, or by its identifier"), 0)
    end

    -- The names that are there instead.
    local function near(vc, name, wanted, places)
      local names = {}
      for _, kind in ipairs(wanted) do
        for i, place in ipairs(places or { false }) do
          if i > 3 then break end
          if not place or holds(place.kind, kind) then
            -- One that is too long for one list, or may not be read, is no reason to say less.
            local ok, rows = pcall(list, vc, kind, nil, place and place.kind, place and { place.id })
            for _, row in ipairs(ok and rows or {}) do insert(names, row.name) end
          end
        end
      end
      return common.guess(name, names)
    end

    local function split(operation, path)
      if type(path) ~= "string" or path == "" then
        common.usage(operation, "the name must be a string, and not empty", operation .. ' "DC0/vm/prod"')
      end
      local names = {}
      for name in path:gsub("^/", ""):gmatch "[^/]+" do insert(names, name) end
      if #names == 0 then common.usage(operation, "a path needs a name", operation .. ' "DC0/vm/prod"') end
      return names
    end

    local function is_planned(text) return type(text) == "string" and text:find("<planned ", 1, true) ~= nil end

    -- The identifier of what a path leads to; nil and an error where it leads nowhere.
    local function find(vc, kind, operation, path)
      if is_planned(path) then return path end
      local names = split(operation, path)
      local places
      for i, name in ipairs(names) do
        local is_last = i == #names
        local wanted = is_last and { kind } or holders(kind)
        local found = step(vc, name, wanted, places)
        if is_last and #found == 0 and kind == "resource_pool" then
          -- A cluster, or a host of its own, stands for its root pool: in each of them that has the same name.
          local owners = step(vc, name, { "cluster", "host" }, places)
          found = #owners > 0 and step(vc, "Resources", { kind }, owners) or found
        end
        if #found == 0 then
          if #names == 1 then
            local ok, rows = pcall(call, vc, kinds[kind].list, { [kind .. "s"] = { name } })
            if ok and #rows == 1 and rows[1][kind] == name then return name end
          end
          local called = is_last and kinds[kind].called or "folder or the like"
          local where = ""
          if places then
            where = " in " .. box.shown(places[1].path)
          end
          return nil, common.problem("not_found", operation,
            ("there is no %s \"%s\"%s"):format(called, box.shown(name), where),
            near(vc, name, wanted, places))
        end
        if is_last then
          if #found > 1 then ambiguous(vc, operation, path, found) end
          return found[1].id
        end
        places = found
      end
    end

    local function find_library(vc, operation, path)
      if is_planned(path) then return path end
      if type(path) ~= "string" or path == "" then
        common.usage(operation, "the name must be a string, and not empty", operation .. ' "golden"')
      end
      local ids = call(vc, "findLibraries", { name = path })
      if #ids == 1 then return ids[1] end
      if #ids > 1 then
        error(common.problem("ambiguous", operation,
          ("%d libraries are called \"%s\": %s"):format(#ids, box.shown(path), concat(ids, ", ")),
          "name one by its identifier"), 0)
      end
      local names = {}
      for i, id in ipairs(call(vc, "listLibraries")) do
        if id == path then return id end
        if i <= 50 then insert(names, call(vc, "getLibrary", id).name) end
      end
      return nil, common.problem("not_found", operation, ("there is no library \"%s\""):format(box.shown(path)),
        common.guess(path, names))
    end

    local finding = {}
    local function finder(vc)
      local made = {}
      for name, kind in pairs(functions) do
        made[name] = function(path) return find(vc, kind, "find." .. name, path) end
      end
      made.library = function(path) return find_library(vc, "find.library", path) end
      return made
    end
    for name, fn in pairs(finder()) do finding["find." .. name] = fn end

    -- `vc.find`: the same table each time.
    local bound = setmetatable({}, { __mode = "k" })
    finding["session.find"] = function(vc)
      local made = bound[vc]
      if not made then
        made = finder(vc)
        bound[vc] = made
      end
      return made
    end

    -- placement: the fields of the specification, in the order in which they are looked up.
    local fields = { { "cluster", "cluster" }, { "host", "host" }, { "resource_pool", "resourcePool" },
      { "folder", "folder" }, { "datastore", "datastore" } }

    local function placement(vc, given)
      if type(given) ~= "table" then
        common.usage("placement", "the argument must be a table", 'placement{ folder = "DC0/vm/prod", resource_pool = "east/gold" }')
      end
      given = common.options("placement", given, "folder", "resource_pool", "host", "cluster", "datastore", "datacenter")
      for name, path in pairs(given) do
        if type(path) ~= "string" or not path:find "[^/]" then
          common.usage("placement", name .. " must be a name, a path, or an identifier")
        end
      end
      local made = {}
      for _, field in ipairs(fields) do
        local name, fn = field[1], field[2]
        local path = given[name]
        if path ~= nil then
          -- A name alone is looked for where the others are.
          local id, err
          if not path:find("/", 1, true) then
            local outer = (name == "resource_pool" or name == "host") and given.cluster or given.datacenter
            if outer and not is_planned(path) then
              id, err = find(vc, functions[fn], "placement", outer .. "/" .. path)
              if not id then
                local ok, rows = pcall(call, vc, kinds[name].list, { [name .. "s"] = { path } })
                if ok and #rows == 1 then id = path end
              end
              if not id then error(err, 0) end
            end
          end
          if not id then id, err = find(vc, functions[fn], "placement", path) end
          if not id then error(err, 0) end
          made[name] = id
        end
      end
      if next(made) == nil then
        common.usage("placement", "nothing is named", "folder, resource_pool, host, cluster, datastore")
      end
      return made
    end

    function finding.placement(given) return placement(nil, given) end
    finding["session.placement"] = placement

    -- A pattern of Lua for one of the shell: * stays inside a name, ** does not, ? is one character.
    local function pattern(glob)
      local text = glob:gsub("[%^%$%(%)%%%.%[%]%+%-]", "%%%0"):gsub("%*%*", "\0"):gsub("%*", "[^/]*")
        :gsub("%?", "[^/]"):gsub("\0", ".*")
      return "^" .. text .. "$"
    end

    local function items(vc, glob, options)
      if type(glob) ~= "string" or not (glob:find "^/?[^/]+/." or glob:find("**", 1, true)) then
        common.usage("items", "the pattern must be \"library/name\"", 'items "golden/*"')
      end
      options = common.options("items", options, "type")
      glob = glob:gsub("^/", "")
      local wanted, first = pattern(glob), pattern(glob:match "^[^/]*")
      local ids, libraries = {}, {}
      for _, library in ipairs(call(vc, "listLibraries")) do
        local name = call(vc, "getLibrary", library).name
        if name:find("/", 1, true) or glob:find("**", 1, true) or name:find(first) then
          local listed = options.type and call(vc, "findItems", { library_id = library, type = options.type })
            or call(vc, "listItems", library)
          for _, id in ipairs(listed) do
            insert(ids, id)
            libraries[id] = name
          end
        end
      end
      local models = parallel(ids, function(id) return call(vc, "getItem", id) end)
      local found = {}
      for i, id in ipairs(ids) do
        local path = libraries[id] .. "/" .. models[i].name
        if path:find(wanted) then
          insert(found, { path = path, id = id, name = models[i].name, library = libraries[id] })
        end
      end
      sort(found, function(a, b)
        if a.path ~= b.path then return a.path < b.path end
        return a.id < b.id
      end)
      for i, item in ipairs(found) do found[i] = box.item(vc or false, item.id, item.name, item.library) end
      return found
    end

    function finding.items(glob, options) return items(nil, glob, options) end
    finding["session.items"] = items

    finding["item.path"] = function(item) return box.path(item) end

    return finding
    """#
