internal import Bindings

/// The standard library of Lua 5.4 (manual §6): names, numbers of arguments, first results.
enum StandardLibrary {
    /// One function.
    struct Function: Sendable, Equatable {
        let name: String
        /// The least number of arguments.
        let least: Int
        /// The largest number of arguments it uses; nil for any number.
        let most: Int?
        /// The type of its first result, if it is always the same.
        let result: LuaType?
    }

    /// The functions by name, those of modules with the module's: `string.rep`.
    static let functions: [String: Function] = Dictionary(
        uniqueKeysWithValues: table.split(separator: "\n").map { line in
            let words = line.split(separator: " ").map(String.init)
            return (
                words[0],
                Function(
                    name: words[0],
                    least: Int(words[1]) ?? 0,
                    most: Int(words[2]),
                    result: words.count > 3 ? LuaType(stringLiteral: words[3]) : nil
                )
            )
        }
    )

    /// Fields that are not functions.
    static let values: [String: LuaType] = [
        "_G": .table, "_VERSION": .string, "arg": .list(.string), "math.pi": .number,
        "math.huge": .number, "math.maxinteger": .integer, "math.mininteger": .integer,
        "package.path": .string, "package.cpath": .string, "package.config": .string,
        "package.loaded": .table, "package.preload": .table, "package.searchers": .table,
        "utf8.charpattern": .string, "io.stdin": .any, "io.stdout": .any, "io.stderr": .any,
    ]

    /// The modules.
    static let modules: Set = [
        "string", "table", "math", "io", "os", "utf8", "coroutine", "package", "debug",
    ]

    /// The globals.
    static let globals: [String] =
        (Array(functions.keys) + Array(values.keys)).filter { !$0.contains(".") } + modules

    /// The names in a module.
    static func names(in module: String) -> [String] {
        (Array(functions.keys) + Array(values.keys)).filter { $0.hasPrefix(module + ".") }
            .map { String($0.dropFirst(module.count + 1)) }
    }

    // Debian's Lua also has the functions of `math` that 5.3 deprecated.
    // Name, fewest and most arguments (- for any number), the type of the first result.
    private static let table = """
        assert 1 -
        collectgarbage 0 4
        dofile 0 1
        error 0 2
        getmetatable 1 1
        ipairs 1 1
        load 1 4
        loadfile 0 3
        next 1 2
        pairs 1 1
        pcall 1 - boolean
        print 0 -
        rawequal 2 2 boolean
        rawget 2 2
        rawlen 1 1 integer
        rawset 3 3
        require 1 1
        select 1 -
        setmetatable 2 2
        tonumber 1 2
        tostring 1 1 string
        type 1 1 string
        warn 1 -
        xpcall 2 - boolean
        coroutine.close 1 1 boolean
        coroutine.create 1 1
        coroutine.isyieldable 0 1 boolean
        coroutine.resume 1 - boolean
        coroutine.running 0 0
        coroutine.status 1 1 string
        coroutine.wrap 1 1
        coroutine.yield 0 -
        debug.debug 0 0
        debug.gethook 0 1
        debug.getinfo 1 3
        debug.getlocal 2 3
        debug.getmetatable 1 1
        debug.getregistry 0 0
        debug.getupvalue 2 2
        debug.getuservalue 1 2
        debug.sethook 0 4
        debug.setlocal 3 4
        debug.setmetatable 2 2
        debug.setupvalue 3 3
        debug.setuservalue 2 3
        debug.setcstacklimit 1 1
        debug.traceback 0 3
        debug.upvalueid 2 2
        debug.upvaluejoin 4 4
        io.close 0 1
        io.flush 0 0
        io.input 0 1
        io.lines 0 -
        io.open 1 2
        io.output 0 1
        io.popen 1 2
        io.read 0 -
        io.tmpfile 0 0
        io.type 1 1
        io.write 0 -
        math.abs 1 1 number
        math.acos 1 1 number
        math.asin 1 1 number
        math.atan2 1 2 number
        math.atan 1 2 number
        math.ceil 1 1 number
        math.cos 1 1 number
        math.cosh 1 1 number
        math.deg 1 1 number
        math.exp 1 1 number
        math.floor 1 1 number
        math.fmod 2 2 number
        math.frexp 1 1 number
        math.ldexp 2 2 number
        math.log 1 2 number
        math.log10 1 1 number
        math.max 1 - number
        math.min 1 - number
        math.modf 1 1 number
        math.pow 2 2 number
        math.rad 1 1 number
        math.random 0 2 number
        math.randomseed 0 2
        math.sin 1 1 number
        math.sinh 1 1 number
        math.sqrt 1 1 number
        math.tan 1 1 number
        math.tanh 1 1 number
        math.tointeger 1 1
        math.type 1 1
        math.ult 2 2 boolean
        os.clock 0 0 number
        os.date 0 2
        os.difftime 1 2 number
        os.execute 0 1
        os.exit 0 2
        os.getenv 1 1
        os.remove 1 1
        os.rename 2 2
        os.setlocale 1 2
        os.time 0 1 integer
        os.tmpname 0 0 string
        package.loadlib 2 2
        package.searchpath 2 4
        string.byte 1 3
        string.char 0 - string
        string.dump 1 2 string
        string.find 2 4
        string.format 1 - string
        string.gmatch 2 3
        string.gsub 3 4 string
        string.len 1 1 integer
        string.lower 1 1 string
        string.match 2 3
        string.pack 1 - string
        string.packsize 1 1 integer
        string.rep 2 3 string
        string.reverse 1 1 string
        string.sub 2 3 string
        string.unpack 2 3
        string.upper 1 1 string
        table.concat 1 4 string
        table.insert 2 3
        table.move 4 5
        table.pack 0 -
        table.remove 1 2
        table.sort 1 2
        table.unpack 1 3
        utf8.char 0 - string
        utf8.codepoint 1 4
        utf8.codes 1 2
        utf8.len 1 4
        utf8.offset 2 3
        """
}
