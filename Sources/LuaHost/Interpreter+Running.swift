public import Buffers
internal import CLuaHost

extension Interpreter {
    /// Compiles and runs text on the main thread of Lua.
    /// - Parameters:
    ///   - text: Lua source; precompiled chunks are refused.
    ///   - chunkName: The name in Lua's form: `@file`, `=name`.
    /// - Throws: `LuaError` if it does not compile or raises an error.
    public func run(_ text: String, chunkName: String) throws(LuaError) {
        try run(bytes: Array(text.utf8), chunkName: chunkName)
    }

    /// The same for source that need not be UTF-8.
    public func run(bytes: [UInt8], chunkName: String) throws(LuaError) {
        let report = ValueBuffer()
        let status = bytes.withUnsafeBytes {
            vm_lua_run_text(
                pointer,
                $0.bindMemory(to: CChar.self).baseAddress,
                $0.count,
                chunkName,
                report.pointer
            )
        }
        try check(status, report)
    }

    /// Compiles text without running it.
    /// - Parameters:
    ///   - bytes: Lua source; precompiled chunks are refused.
    ///   - chunkName: The name in Lua's form: `@file`, `=name`.
    /// - Throws: `LuaError` with the reason if it does not compile.
    public func compile(_ bytes: [UInt8], chunkName: String) throws(LuaError) {
        let report = ValueBuffer()
        let status = bytes.withUnsafeBytes {
            vm_lua_compile_text(
                pointer,
                $0.bindMemory(to: CChar.self).baseAddress,
                $0.count,
                chunkName,
                report.pointer
            )
        }
        try check(status, report)
    }

    /// Compiles and runs text, and copies its results.
    /// - Parameters:
    ///   - text: Lua source.
    ///   - chunkName: The name in Lua's form: `@file`, `=name`.
    ///   - results: The results are appended to it.
    /// - Throws: `LuaError` if it does not compile, raises an error, or returns a value that cannot be copied.
    public func evaluate(
        _ text: String,
        chunkName: String,
        into results: ValueBuffer
    ) throws(LuaError) {
        var text = text
        let report = ValueBuffer()
        let status = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                vm_lua_evaluate(
                    pointer,
                    $0.baseAddress,
                    $0.count,
                    chunkName,
                    results.pointer,
                    report.pointer
                )
            }
        }
        try check(status, report)
    }

    /// Compiles and runs a file, with `arg[1]`, `arg[2]` … as its arguments.
    /// - Parameter path: The file, or nil for standard input.
    /// - Throws: `LuaError`; `.unreadable` when there is no such file.
    public func run(file path: [UInt8]?) throws(LuaError) {
        let report = ValueBuffer()
        guard let path else {
            return try check(vm_lua_run_file(pointer, nil, report.pointer), report)
        }
        let name = path.map(CChar.init(bitPattern:)) + [0]
        try check(vm_lua_run_file(pointer, name, report.pointer), report)
    }

    /// Sets a global to the result of `require` for a module.
    /// - Throws: `LuaError` if the module is missing or fails.
    public func require(_ module: String, as global: String) throws(LuaError) {
        let report = ValueBuffer()
        try check(vm_lua_require(pointer, global, module, report.pointer), report)
    }

    /// Waits until no task runs any more.
    /// - Parameter cancelling: Whether they are cancelled first.
    /// - Throws: `LuaError`: the first failure of a task that was neither joined nor cancelled.
    public func finishTasks(cancelling: Bool) throws(LuaError) {
        let report = ValueBuffer()
        try check(vm_lua_finish_tasks(pointer, cancelling, report.pointer), report)
    }

    private func check(_ status: vm_lua_status, _ report: ValueBuffer) throws(LuaError) {
        guard status != VM_LUA_OK else { return }
        throw LuaError(status, report.root)
    }
}
