public import Buffers
internal import CLuaHost

/// A Lua 5.4 interpreter and its scheduler, as a Swift object.
///
/// The Lua state belongs to C (`CLuaHost`), which alone sees `lua.h`: an error in Lua is a `longjmp`, which may
/// not cross a Swift frame. One thread owns an interpreter. It is closed by `close()` or when it is
/// deallocated; finalizers of scripts run then and may still call the host.
public final class Interpreter {
    let pointer: OpaquePointer
    private let context: Context

    /// Called with each printed line, its newline included; nil for standard output.
    ///
    /// It must not run Lua.
    public var printer: (([UInt8]) -> Void)? {
        didSet {
            guard printer != nil else { return vm_lua_set_print(pointer, nil, nil) }
            vm_lua_set_print(
                pointer,
                { interpreter, text, length in
                    guard let interpreter else { return }
                    let bytes = Array(UnsafeRawBufferPointer(start: text, count: length))
                    Unmanaged<Interpreter>.fromOpaque(interpreter).takeUnretainedValue()
                        .printer?(bytes)
                },
                Unmanaged.passUnretained(self).toOpaque()
            )
        }
    }

    /// Makes an interpreter with Lua's standard libraries, `spawn`, and nothing else.
    /// - Parameters:
    ///   - host: Answers calls; it must outlive the interpreter.
    ///   - usesEnvironment: Whether `LUA_PATH_5_4` and similar variables are obeyed; false for `-E`.
    /// - Throws: `.memory` if there is not enough for the state.
    public init(host: any InterpreterHost, usesEnvironment: Bool = true) throws(LuaError) {
        context = Context(host)
        var callbacks = Context.callbacks
        callbacks.context = Unmanaged.passUnretained(context).toOpaque()
        guard let made = vm_lua_new(&callbacks, usesEnvironment) else {
            throw LuaError(VM_LUA_NO_MEMORY, nil)
        }
        pointer = made
    }

    /// The version of Lua, such as `Lua 5.4.4`.
    public static var version: String { String(cString: vm_lua_version()) }

    deinit {
        context.hasHost = false
        vm_lua_free(pointer)
    }

    /// Closes the Lua state: finalizers and pending `<close>` values run, and may call the
    /// host.
    public func close() { vm_lua_close(pointer) }

    // MARK: Definitions

    /// Defines a host function for scripts.
    /// - Parameters:
    ///   - path: A global (`session`) or a field of a global table (`json.encode`); a method's name if
    ///     `kind` is given.
    ///   - number: The number that `InterpreterHost.call` gets.
    ///   - kind: The kind of host object it is a method of; 0 for none.
    ///   - isLenient: Whether an argument that cannot be copied is passed as a description.
    ///   - asksForTexts: Whether arguments with `__tostring` or `__name` are passed as their texts; it is
    ///     lenient then.
    public func define(
        function path: String,
        as number: Int,
        onKind kind: UInt32 = 0,
        isLenient: Bool = false,
        asksForTexts: Bool = false
    ) {
        let arguments =
            asksForTexts ? VM_LUA_SHOWN : isLenient ? VM_LUA_LENIENT : VM_LUA_STRICT
        check(vm_lua_define_function(pointer, kind, path, Int32(number), arguments))
    }

    /// Names a kind of host object.
    /// - Parameters:
    ///   - kind: Its number, from 1.
    ///   - name: Its name, for `tostring` and messages.
    ///   - close: The number of the function that `<close>` calls.
    ///   - call: The number of the function that a call of an object calls, with the object first.
    public func define(kind: UInt32, name: String, close: Int? = nil, call: Int? = nil) {
        check(vm_lua_define_kind(pointer, kind, name, Int32(close ?? -1), Int32(call ?? -1)))
    }

    /// Sets a global, or a field of a global table, to a copy of a value.
    public func define(value: Value, as path: String) {
        check(vm_lua_define_value(pointer, path, value.buffer.pointer, value.offset))
    }

    /// Runs the part of the host that is written in Lua.
    ///
    /// The chunk gets `spawn`, the constructor of semaphores, the default limit of tasks, the metatable of
    /// errors, a function that compiles the rest; three about errors: a handler that describes an error, one that
    /// opens such a description, one that raises an error with its description; and one that raises if the
    /// task has to stop.
    /// - Parameters:
    ///   - text: The chunk.
    ///   - rest: A chunk that is compiled only when it is first called.
    ///   - limit: The number of tasks that one `parallel` runs at a time.
    public func run(prelude text: String, rest: String = "", limit: Int) {
        let succeeded = text.withCharacters { text in
            rest.withCharacters { rest in
                vm_lua_run_prelude(
                    pointer,
                    text.baseAddress,
                    text.count,
                    rest.baseAddress,
                    rest.count,
                    Int32(limit)
                )
            }
        }
        check(succeeded)
    }

    /// Keeps the functions that scripts have now, for the parts of the host that are written in Lua: what a script
    /// replaces later stays for them what it was.
    ///
    /// A part sees them as its globals, and `error_meta`, `describe`, `open`, `raise`, `leave`, `need` and `globals`.
    /// - Parameter host: A global table of host functions that only the parts see; one of them, `part`, gives the text
    ///   of a part for its name.
    public func openParts(host: String) { check(vm_lua_open_parts(pointer, host)) }

    /// Where a script finds a function of a part.
    public enum PartPlace: Sendable {
        /// A global, or a field of a global table.
        case global(String)
        /// A method of a kind of host object.
        case method(UInt32, String)
        /// A field of a kind of host object: the function gets the object, and its result is the value.
        case field(UInt32, String)
    }

    /// Defines a function that is written in Lua.
    ///
    /// Its part is compiled when the first of its functions is called; it returns them in a table.
    /// - Parameters:
    ///   - place: Where scripts find it.
    ///   - part: The name of its part.
    ///   - key: Its name in the table of the part.
    public func define(_ place: PartPlace, part: String, key: String) {
        let (kind, isField, path) =
            switch place {
            case .global(let path): (UInt32(0), false, path)
            case .method(let kind, let name): (kind, false, name)
            case .field(let kind, let name): (kind, true, name)
            }
        check(vm_lua_define_in_part(pointer, kind, isField, path, part, key))
    }

    /// Defines things without collecting garbage meanwhile: there is none.
    public func withoutCollections(_ body: () -> Void) {
        vm_lua_collect(pointer, false)
        body()
        vm_lua_collect(pointer, true)
    }

    /// Makes globals available to `require` as one module.
    /// - Parameters:
    ///   - name: The module.
    ///   - globals: Their names, with spaces between them; missing ones are left out.
    public func define(module name: String, of globals: String) {
        check(vm_lua_define_module(pointer, name, globals))
    }

    /// Sets `arg` as lua(1) does, byte by byte: the script's name is `arg[0]`, its arguments follow, the
    /// words before it have negative indices.
    public func setArguments(_ words: [[UInt8]], script: Int) {
        withCStrings(words.map { $0.map(CChar.init(bitPattern:)) + [0] }) { list in
            check(vm_lua_set_arguments(pointer, list, Int32(words.count), Int32(script)))
        }
    }

    /// Takes the working directory out of Lua's own part of `package.path` and `package.cpath`, and puts folders
    /// in front of the former.
    public func setPackagePath(folders: [[UInt8]]) {
        withCStrings(folders.map { $0.map(CChar.init(bitPattern:)) + [0] }) { list in
            check(vm_lua_set_package_path(pointer, list, Int32(folders.count)))
        }
    }

    /// Removes everything that an untrusted script must not have.
    ///
    /// Later definitions are kept. Allowed are Lua's base functions without `dofile` and `loadfile`,
    /// `load` for text, `string` without `dump`, `table`, `math`, `utf8`, `coroutine`, and `os.time`,
    /// `os.date`, `os.clock`.
    /// - Parameter folder: Where `require` finds text files; nil for nowhere.
    public func restrictToSandbox(modulesIn folder: [UInt8]?) {
        let name = folder.map { $0.map(CChar.init(bitPattern:)) + [0] }
        name.map { name in check(vm_lua_sandbox(pointer, name)) }
            ?? check(vm_lua_sandbox(pointer, nil))
    }

    /// Makes `io.popen` give a file of the text that the function defined under that name returns.
    public func replacePopen() { check(vm_lua_replace_popen(pointer)) }

    // MARK: Limits and interrupts

    /// The most bytes scripts may use; 0 for no limit.
    /// - Parameters:
    ///   - bytes: The limit; what Lua allocates counts, and the larger buffers of this thread.
    ///   - countsProcess: Whether all else counts too that the process allocates from now on, because a script has made the
    ///     host keep it; some is free for what a run needs for itself.
    public func setMemoryLimit(_ bytes: Int, countsProcess: Bool = false) {
        vm_lua_set_memory_limit(pointer, bytes)
        if countsProcess { vm_lua_count_process(pointer) }
    }

    /// The bytes scripts use now.
    public var memoryUsed: Int { vm_lua_memory_used(pointer) }

    /// Whether `warn` prints, as `-W` asks.
    public func setWarnings(_ on: Bool) { vm_lua_set_warnings(pointer, on) }

    /// Whether `print` escapes terminal controls.
    public func setPrintEscapes(_ on: Bool) { vm_lua_set_print_escapes(pointer, on) }

    /// A descriptor that an interrupt writes to, so that `InterpreterHost.wait` ends.
    public func setWake(_ descriptor: Int32) { vm_lua_set_wake(pointer, descriptor) }

    /// The means to interrupt the interpreter from a signal handler, in the thread that runs it: two C functions that
    /// may be called there, and their argument.
    public struct Interrupter {
        /// The interpreter; valid while it exists.
        public let context: UnsafeMutableRawPointer
        /// Cancels what runs, for a signal or for a number below 0; false if it has no effect.
        public let interrupt: @convention(c) (UnsafeMutableRawPointer?, Int32) -> Bool
        /// Raises at every line from now on: cleaning up has taken too long.
        public let force: @convention(c) (UnsafeMutableRawPointer?) -> Void
    }

    /// The means to interrupt it from a signal handler.
    public var interrupter: Interrupter {
        Interrupter(
            context: UnsafeMutableRawPointer(pointer),
            interrupt: vm_lua_interrupt_from_handler,
            force: vm_lua_force_stop
        )
    }

    /// The reason for an interruption by the deadline.
    public static var deadline: Int { Int(VM_LUA_DEADLINE) }

    /// Cancels what runs, as a signal does.
    /// - Parameter reason: A number of the host, below 0.
    public func interrupt(reason: Int) { vm_lua_interrupt(pointer, Int32(reason)) }

    /// The reason for the interruption: a signal's number, the host's own number, or nil.
    public var interruption: Int? {
        let reason = vm_lua_interrupted(pointer)
        return reason == 0 ? nil : Int(reason)
    }

    /// Whether the time to clean up is over: waiting calls are to be abandoned.
    public var isForced: Bool { vm_lua_is_forced(pointer) }

    /// The argument of `os.exit` in a task: the run is to end with this status.
    public var exitStatus: Int? {
        var status: Int32 = 0
        return vm_lua_has_left(pointer, &status) ? Int(status) : nil
    }

    /// The reason for an interruption by `os.exit`.
    public static var exit: Int { Int(VM_LUA_EXIT) }

    /// Gives a number to what the calling task is at, during its call; nil when that has ended.
    ///
    /// Its further calls have it, and those of the tasks that it starts.
    public func setStep(_ number: UInt32?) { vm_lua_set_step(pointer, number ?? 0) }

    /// The reason for an interruption after the step that a run was to reach.
    public static var reached: Int { Int(VM_LUA_REACHED) }

    /// The reason for an interruption after another run has taken the lock of this one.
    public static var lost: Int { Int(VM_LUA_LOST) }

    /// Forgets an interrupt that was handled.
    public func clearInterrupt() { vm_lua_clear_interrupt(pointer) }

    /// Writes where `print` writes, in order with it; also during a call of the host.
    public func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                vm_lua_write(pointer, $0.baseAddress, $0.count)
            }
        }
    }

    /// Writes to standard output, as `print` does without a `printer`.
    public static func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            vm_lua_put(bytes.bindMemory(to: CChar.self).baseAddress, bytes.count)
        }
    }

    /// Flushes standard output.
    /// - Returns: Nil, or the `errno` of a failed write.
    public static func flushOutput() -> Int32? {
        vm_lua_flush_output() ? nil : vm_lua_output_error()
    }

    private func check(_ done: Bool) {
        precondition(done, "defining the host's functions ran out of memory")
    }
}

/// Passes an array of C strings, each with its NUL, to a closure.
private func withCStrings(
    _ storage: [[CChar]],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Void
) {
    let flat = storage.flatMap { $0 }
    flat.withUnsafeBufferPointer { bytes in
        guard let start = bytes.baseAddress else {
            return withUnsafePointer(to: nil) { body($0) }
        }
        var pointers: [UnsafePointer<CChar>?] = []
        var offset = 0
        for word in storage {
            pointers.append(start + offset)
            offset += word.count
        }
        pointers.withUnsafeBufferPointer { list in
            if let first = list.baseAddress { body(first) }
        }
    }
}

extension String {
    /// Its UTF-8 bytes as C's characters.
    fileprivate func withCharacters<Result>(
        _ body: (UnsafeBufferPointer<CChar>) -> Result
    ) -> Result {
        var text = self
        return text.withUTF8 { $0.withMemoryRebound(to: CChar.self, body) }
    }
}
