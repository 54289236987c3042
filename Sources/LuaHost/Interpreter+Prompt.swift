public import Buffers
internal import CLuaHost

/// The part of an interpreter that the prompt needs.
extension Interpreter {
    /// Whether a text can be run.
    public enum Completeness: Sendable, Equatable {
        /// It is an expression or a chunk.
        case complete
        /// It ends too early: more lines may complete it.
        case incomplete
        /// It is wrong, whatever is added.
        case wrong
    }

    /// Checks whether a text is an expression or a chunk; runs nothing.
    public func completeness(of text: String) -> Completeness {
        let status = text.withLuaBytes { vm_lua_check_text(pointer, $0, $1) }
        switch status {
        case VM_LUA_OK: return .complete
        case VM_LUA_INCOMPLETE: return .incomplete
        default: return .wrong
        }
    }

    /// Runs a line: as an expression if it is one, else as a chunk.
    ///
    /// Its first value becomes the global `_`, an error the global `_err`.
    /// - Parameters:
    ///   - text: The line, or the block of several.
    ///   - chunkName: The name in Lua's form: `=input`.
    ///   - closing: Globals whose values are closed by `closeValues`, as `<close>` would.
    ///   - results: The results are appended; values that cannot be copied are described.
    /// - Throws: `LuaError` if it does not compile or raises an error.
    public func run(
        line text: String,
        chunkName: String,
        closing: [String],
        into results: ValueBuffer
    ) throws(LuaError) {
        let report = ValueBuffer()
        let status = text.withLuaBytes { bytes, count in
            withCStrings(closing) { names in
                vm_lua_run_line(
                    pointer,
                    bytes,
                    count,
                    chunkName,
                    names,
                    Int32(closing.count),
                    results.pointer,
                    report.pointer
                )
            }
        }
        guard status == VM_LUA_OK else { throw LuaError(status, report.root) }
    }

    /// Closes the values that lines left open, the latest first.
    /// - Throws: The first error; the others are closed nevertheless.
    public func closeValues() throws(LuaError) {
        let report = ValueBuffer()
        let status = vm_lua_close_values(pointer, report.pointer)
        guard status == VM_LUA_OK else { throw LuaError(status, report.root) }
    }

    /// Runs tasks until a call is completed, as if a script waited for it.
    /// - Parameter start: Gets the call, which must be completed from inside the loop. An
    ///   interrupt completes it too.
    /// - Throws: `LuaError` when there is no memory to wait.
    public func wait(_ start: (HostCall) -> Void) throws(LuaError) {
        guard let raw = vm_lua_begin_wait(pointer), let owner = raw.pointee.owner else {
            throw LuaError(VM_LUA_NO_MEMORY, nil)
        }
        start(Unmanaged<HostCall>.fromOpaque(owner).takeUnretainedValue())
        let report = ValueBuffer()
        let status = vm_lua_wait(pointer, raw, report.pointer)
        guard status == VM_LUA_OK else { throw LuaError(status, report.root) }
    }

    /// The next failure of a task that was neither joined nor cancelled; nil if there is none.
    public func takeTaskFailure() -> LuaError? {
        let report = ValueBuffer()
        let status = vm_lua_take_failure(pointer, report.pointer)
        return status == VM_LUA_OK ? nil : LuaError(status, report.root)
    }

    // MARK: Inspecting

    /// The name and place of a function or userdata for which a stand-in was copied.
    public func note(at address: UInt64) -> String? {
        vm_lua_note(pointer, address).map { String(cString: $0) }
    }

    /// A text that a shown value gave of itself.
    public func text(numbered number: UInt64) -> [UInt8] {
        var length = 0
        guard let bytes = vm_lua_text(pointer, number, &length) else { return [] }
        return Array(UnsafeRawBufferPointer(start: bytes, count: length))
    }

    /// The value at the end of a path.
    public struct Found {
        /// A host object or a host function; nil for anything else.
        public let value: Value?
        /// The type, as Lua's `type` returns it, if there is no value.
        public let type: String?
        /// The names of its fields, or of its parameters.
        public let names: [(name: String, type: String)]

        /// Makes a result.
        public init(value: Value?, type: String?, names: [(name: String, type: String)]) {
            self.value = value
            self.type = type
            self.names = names
        }
    }

    /// Returns the fields of a value, by raw access: no metamethod runs.
    /// - Parameter path: Names, starting from the globals; empty for the globals themselves.
    /// - Returns: Nil if nothing is found.
    public func fields(at path: [String]) -> Found? { look(path, VM_LUA_NAMES) }

    /// Returns the parameters of a Lua function; those of a host function are not visible.
    /// - Parameter path: Names, starting from the globals.
    /// - Returns: Nil if nothing is found.
    public func parameters(at path: [String]) -> Found? { look(path, VM_LUA_PARAMETERS) }

    /// The address of a global function, or of a module's, by raw access; `StandIn.function` has the same.
    /// - Parameter name: Its name, as `step` or `json.decode`.
    /// - Returns: Nil if no function is found.
    public func functionAddress(of name: String) -> UInt64? {
        let address = vm_lua_function_address(pointer, name)
        return address == 0 ? nil : address
    }

    private func look(_ path: [String], _ lookup: vm_lua_lookup) -> Found? {
        let out = ValueBuffer()
        withCStrings(path) { vm_lua_look(pointer, $0, Int32(path.count), lookup, out.pointer) }
        let values = out.values
        guard values.count == 2 else { return nil }
        let names = values[1].elements.map { entry in
            if lookup == VM_LUA_PARAMETERS { return (entry.string ?? "", "") }
            let pair = Array(entry.elements)
            return (pair.first?.string ?? "", pair.last?.string ?? "")
        }
        let isType = values[0].kind == .string
        return Found(
            value: isType ? nil : values[0],
            type: isType ? values[0].string : nil,
            names: names
        )
    }
}

extension String {
    fileprivate func withLuaBytes<T>(_ body: (UnsafePointer<CChar>?, Int) -> T) -> T {
        var text = self
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { body($0.baseAddress, $0.count) }
        }
    }
}

/// Passes an array of C strings to a closure.
private func withCStrings<T>(
    _ words: [String],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> T
) -> T {
    let flat = words.flatMap { Array($0.utf8CString) }
    return flat.withUnsafeBufferPointer { bytes in
        guard let start = bytes.baseAddress else { return body(nil) }
        var pointers: [UnsafePointer<CChar>?] = []
        var offset = 0
        for word in words {
            pointers.append(start + offset)
            offset += word.utf8.count + 1
        }
        return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
