import LuaHost
import Testing

@testable import Shell

@Suite struct StandardLibraryTests {
    @Test func `Lua's own functions and modules are these and no others`() throws {
        let host = SilentHost()
        let lua = try Interpreter(host: host, usesEnvironment: false)
        let ours: Set = ["spawn"]
        let globals = try #require(lua.fields(at: []))
        var functions: Set<String> = []
        for (name, type) in globals.names where !ours.contains(name) {
            if type == "function" { functions.insert(name) }
            guard StandardLibrary.modules.contains(name) else { continue }
            for (field, type) in try #require(lua.fields(at: [name])).names {
                if type == "function" {
                    functions.insert("\(name).\(field)")
                } else {
                    #expect(StandardLibrary.values["\(name).\(field)"] != nil, "\(name).\(field)")
                }
            }
        }
        #expect(functions == Set(StandardLibrary.functions.keys))
    }
}
