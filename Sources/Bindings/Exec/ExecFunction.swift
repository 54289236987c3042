internal import LuaHost
internal import Buffers
internal import Posix
internal import Text
internal import Transport
internal import VSphere

extension FunctionSpec {
    /// `exec`: programs beside the script.
    static let exec = FunctionSpec(
        "exec",
        "Runs a program without a shell and waits for its end; other tasks go on meanwhile.",
        [
            Parameter("argv", "string[]", "the program and its arguments"),
            Parameter(
                "options",
                """
                {timeout: number?, stdin: string?, safe: boolean?, cwd: string?, \
                env: table<string, string|boolean|vmoon.secret>?, terminal: boolean?}
                """,
                "timeout in seconds, then it is killed; stdin is written to it; safe says that it changes "
                    + "nothing: it runs with --dry-run and --read-only too; cwd: the folder it runs in; env: "
                    + "variables beside ours, false takes one away; terminal: it has our terminal and all our "
                    + "streams, for an editor or ssh, and what it writes is not collected. They may stand in argv instead",
                isOptional: true
            ),
        ],
        returns: Result(
            "{code: integer, stdout: string, stderr: string}",
            "the exit code, 128 + n for a program that signal n ended; at most "
                + "\(SizeText.spelled(Execution.outputLimit)) of output each"
        ),
        errors: ["timeout", "usage", "not_found", "forbidden_by_policy"],
        example: """
            local r = exec({ "tr", "a-z", "A-Z" }, { stdin = "patched", timeout = 10 })
            print(r.code, r.stdout, exec{ "uname", "-m", safe = true }.stdout)
            print(exec{ "sh", "-c", "pwd; echo $SITE", cwd = "/", env = { SITE = "DC0" } }.stdout)
            """,
        isLenient: true,
        waits: true
    ) { runtime, call in
        do throws(VSphereError) {
            let secrets = runtime.configuration.secrets
            var request = try Execution.Request(call.arguments.values) { secrets[$0]?.reveal() }
            if CurrentProcess.isForked { throw .forked }
            let stand = try runtime.withhold(
                "exec",
                request.commandLine,
                input: String(decoding: request.input, as: UTF8.self),
                isSafe: request.isSafe
            )
            if let stand {
                Execution.Request.put(0, ByteBuffer(stand), ByteBuffer(), into: call.result)
                return .returned
            }
            // What was printed stands before what the program writes.
            if request.hasTerminal { _ = Interpreter.flushOutput() }
            request.pass(runtime.traceparent(of: call))
            let process = try request.start()
            return runtime.waits(call) { pending in
                runtime.watch(process, of: request, pending)
            }
        } catch {
            return runtime.raise(error, in: call)
        }
    }
}

extension Runtime {
    func watch(
        _ process: PipedProcess,
        of request: Execution.Request,
        _ pending: Pending
    ) {
        let watch = ProgramWatch(
            process,
            input: request.input,
            outputLimit: Execution.outputLimit,
            on: multi
        ) { [self] ending, output, error in
            programCount -= 1
            finish(pending, request.answer(ending, output, error, into: pending.call.result))
        }
        pending.cancellation = .other { [self] in
            programCount -= 1
            watch.stop()
            finish(pending, VSphereError(.cancelled, "cancelled"))
        }
        programCount += 1
        watch.begin(timeout: request.timeout, endsAlone: request.hasTerminal)
    }
}

/// The options of `exec`, and of other functions that run programs.
enum Execution {
    /// The most bytes of one output.
    static var outputLimit: Int { 64 << 20 }

    struct Request {
        var arguments: [String] = []
        var timeout: Duration?
        var input: [UInt8] = []
        /// Whether the script says that it changes nothing.
        var isSafe = false
        /// The variables it has; nil for ours.
        var environment: [String: String]?
        /// The folder it runs in; nil for ours.
        var folder: String?
        /// Whether it has our streams, and with them the terminal.
        var hasTerminal = false
        /// The function's name in errors.
        var operation = "exec"

        init(arguments: [String]) { self.arguments = arguments }

        /// Reads the arguments of `exec`.
        /// - Parameters:
        ///   - values: The arguments.
        ///   - reveal: The text of a secret; nil for any other value.
        /// - Throws: kind `usage`.
        init(_ values: [Value], reveal: (Value) -> String? = { _ in nil }) throws(VSphereError) {
            let words = values.first.map(Execution.words) ?? []
            guard !words.isEmpty else {
                throw Execution.usage("argv must be a list of strings", "exec{ \"ls\", \"-l\" }")
            }
            for (place, element) in words.enumerated() {
                let name = "argv[\(place + 1)]"
                guard let word = element.bytes.map(SystemText.text) else {
                    let what = Execution.article(of: element)
                    throw Execution.usage("\(name) must be a string, not \(what)", nil)
                }
                guard !word.utf8.contains(0) else {
                    throw Execution.usage("\(name) must not hold a NUL", nil)
                }
                arguments.append(word)
            }
            for (key, value) in values.prefix(2).flatMap({ Array($0.fields) }) {
                switch key.string {
                case let key? where Execution.place(key) != nil: continue
                case "timeout":
                    guard let seconds = value.number, seconds > 0, seconds < 1e9 else {
                        throw Execution.usage("options.timeout must be a number of seconds", nil)
                    }
                    timeout = .seconds(seconds)
                case "stdin":
                    guard let bytes = value.bytes else {
                        throw Execution.usage("options.stdin must be a string", nil)
                    }
                    input = bytes
                case "safe":
                    guard let isSafe = value.boolean else {
                        throw Execution.usage("options.safe must be true or false", nil)
                    }
                    self.isSafe = isSafe
                case "terminal":
                    guard let hasTerminal = value.boolean else {
                        throw Execution.usage("options.terminal must be true or false", nil)
                    }
                    self.hasTerminal = hasTerminal
                case "cwd":
                    let path = value.bytes.map(SystemText.text) ?? ""
                    guard !path.isEmpty, !path.utf8.contains(0) else {
                        throw Execution.usage("options.cwd must be the name of a folder", nil)
                    }
                    folder = path
                case "env": environment = try Execution.environment(value, reveal)
                default:
                    let name = Display.name(key.string ?? "")
                    throw Execution.usage(
                        "options.\(name): there is no such option",
                        "they are timeout, stdin, safe, cwd, env and terminal"
                    )
                }
            }
            if hasTerminal, !input.isEmpty {
                throw Execution.usage("options.stdin: with the terminal it reads from that", nil)
            }
        }

        /// Tells the program its place in the trace, unless the script has told it another one.
        /// - Parameter header: What `TRACEPARENT` says; nil for what ours says.
        mutating func pass(_ header: String?) {
            guard let header else { return }
            let ours = Environment.all()
            let name = TraceContext.variable
            var variables = environment ?? ours
            guard variables[name] == ours[name] else { return }
            variables[name] = header
            environment = variables
        }

        func start() throws(VSphereError) -> PipedProcess {
            do throws(PosixError) {
                return try PipedProcess(
                    arguments,
                    environment: environment,
                    folder: folder,
                    hasOurStreams: hasTerminal
                )
            } catch {
                let kind: ErrorKind = error.isNotFound ? .notFound : .usage
                throw VSphereError(
                    kind,
                    Display.escape(error.description),
                    operation: operation
                )
            }
        }

        /// Writes the result of the program, or raises the error.
        func answer(
            _ ending: Ending?,
            _ output: ByteBuffer,
            _ error: ByteBuffer,
            into result: ValueBuffer
        ) -> VSphereError? {
            let program = Display.escape(SystemText.shown(arguments[0]))
            let code: Int32
            switch ending {
            case .exited(let status): code = status
            case .signalled(let signal): code = 128 + signal
            case .timedOut:
                let limit = timeout.map { " than \($0)" } ?? ""
                return VSphereError(
                    .timeout,
                    "\(program) ran longer\(limit) and was killed",
                    operation: operation
                )
            case .outputTooLarge:
                return VSphereError(
                    .protocolViolation,
                    "\(program) wrote more than \(SizeText.spelled(Execution.outputLimit)) and was killed",
                    operation: operation
                )
            case .cancelled: return VSphereError(.cancelled, "cancelled")
            case nil: return .noMemory
            }
            Self.put(Int(code), output, error, into: result)
            return nil
        }

        /// Writes what a script gets.
        static func put(
            _ code: Int,
            _ output: ByteBuffer,
            _ error: ByteBuffer,
            into result: ValueBuffer
        ) {
            result.putRecord {
                result.put("code")
                result.put(code)
                result.put("stdout")
                result.put(output)
                result.put("stderr")
                result.put(error)
                return 3
            }
        }

        /// The program and its arguments as a shell would take them.
        var commandLine: String {
            arguments.map(SystemText.shown).map { word in
                let isPlain = word.utf8.allSatisfy { byte in
                    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
                        || "-_./=:,@%+0123456789".utf8.contains(byte)
                }
                guard !isPlain || word.isEmpty else { return word }
                let pieces = word.split(separator: "'", omittingEmptySubsequences: false)
                return "'" + pieces.joined(separator: "'\\''") + "'"
            }.joined(separator: " ")
        }
    }

    /// The variables of a program: ours, with these on top.
    fileprivate static func environment(
        _ table: Value,
        _ reveal: (Value) -> String?
    ) throws(VSphereError) -> [String: String] {
        guard table.kind == .record || table.count == 0 else {
            throw usage("options.env must be a table", "env = { SITE = \"DC0\" }")
        }
        var variables = Environment.all()
        for (key, value) in table.fields {
            let name = key.string ?? ""
            guard !name.isEmpty, !name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "=") })
            else { throw usage("options.env: \"\(Display.name(name))\" names no variable", nil) }
            if value.boolean == false {
                variables[name] = nil
                continue
            }
            let text = value.bytes.map(SystemText.text) ?? reveal(value)
            guard let text, !text.utf8.contains(0) else {
                throw usage(
                    "options.env.\(Display.name(name)) must be a string, a secret, or false",
                    nil
                )
            }
            variables[name] = text
        }
        return variables
    }

    /// The words of a table that may hold options too.
    fileprivate static func words(_ table: Value) -> [Value] {
        guard table.kind == .record else { return Array(table.elements) }
        // Keys that are no strings come as the text of them.
        let places = table.fields.compactMap { key, value in place(key.string).map { ($0, value) } }
            .sorted { $0.0 < $1.0 }
        return places.enumerated().allSatisfy { $0.offset + 1 == $0.element.0 }
            ? places.map(\.1) : []
    }

    /// The number in `[2]`.
    fileprivate static func place(_ key: String?) -> Int? {
        guard let key, key.hasPrefix("["), key.hasSuffix("]") else { return nil }
        return Int(key.dropFirst().dropLast())
    }

    /// The type of a value, for an error where a string was expected.
    private static func article(of value: Value) -> String {
        switch value.kind {
        case .integer: "an integer"
        case .double: "a number"
        case .boolean: "a boolean"
        case .array, .record: "a table"
        case .null: "json.null"
        case .object: value.object.map { ObjectKind.article(of: $0.kind) } ?? "an object"
        case .string: "text that is no UTF-8"
        case .nil: "nil"
        }
    }

    private static func usage(_ problem: String, _ hint: String?) -> VSphereError {
        VSphereError(.usage, problem, operation: "exec", hint: hint)
    }
}
