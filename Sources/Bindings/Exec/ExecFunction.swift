internal import Buffers
internal import LuaHost
internal import Posix
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
                "{timeout: number?, stdin: string?}",
                "timeout in seconds, then it is killed; stdin is written to it",
                isOptional: true
            ),
        ],
        returns: Result(
            "{code: integer, stdout: string, stderr: string}",
            "the exit code, 128 + n for a program that signal n ended; at most 64 MB of output each"
        ),
        errors: ["timeout", "usage", "not_found"],
        example: """
            local r = exec({ "tr", "a-z", "A-Z" }, { stdin = "patched", timeout = 10 })
            print(r.code, r.stdout)
            """,
        waits: true
    ) { runtime, call in
        do throws(VSphereError) {
            let request = try Execution.Request(call.arguments.values)
            let process = try request.start()
            return runtime.waits(call) { pending in
                Execution(request, process, runtime, pending).begin()
            }
        } catch {
            return runtime.raise(error, in: call)
        }
    }
}

/// One program that is being run.
final class Execution {
    struct Request {
        var arguments: [String] = []
        var timeout: Duration?
        var input: [UInt8] = []
        /// The variables it has; nil for ours.
        var environment: [String: String]?
        /// The function that errors name.
        var operation = "exec"

        init(arguments: [String]) { self.arguments = arguments }

        init(_ values: [Value]) throws(VSphereError) {
            guard let list = values.first, list.kind == .array, list.count > 0 else {
                throw Execution.usage("argv must be a list of strings", "exec{ \"ls\", \"-l\" }")
            }
            for element in list.elements {
                guard let word = element.string, !word.utf8.contains(0) else {
                    throw Execution.usage("argv must hold strings without NUL", nil)
                }
                arguments.append(word)
            }
            guard values.count > 1, values[1].kind != .nil else { return }
            for (key, value) in values[1].fields {
                switch key.string {
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
                default:
                    let name = Display.escape(key.string ?? "")
                    throw Execution.usage(
                        "options.\(name): there is no such option",
                        "they are timeout and stdin"
                    )
                }
            }
        }

        func start() throws(VSphereError) -> PipedProcess {
            do throws(PosixError) {
                return try PipedProcess(arguments, environment: environment)
            } catch {
                let kind: ErrorKind = error.isNotFound ? .notFound : .usage
                throw VSphereError(
                    kind,
                    Display.escape(error.description),
                    operation: operation
                )
            }
        }
    }

    private static let outputLimit = 64 << 20

    private let request: Request
    private let process: PipedProcess
    private let runtime: Runtime
    private let pending: Pending
    private var input: ArraySlice<UInt8>
    private var texts: [Int32: [UInt8]] = [:]
    private var watches: [Int32: WatchID] = [:]
    private var timer: TimerID?
    private var isOver = false

    init(_ request: Request, _ process: PipedProcess, _ runtime: Runtime, _ pending: Pending) {
        self.request = request
        self.process = process
        self.runtime = runtime
        self.pending = pending
        input = request.input[...]
    }

    func begin() {
        pending.cancellation = .other { [self] in end(VSphereError(.cancelled, "cancelled")) }
        for descriptor in [process.output, process.error] {
            texts[descriptor] = []
            watches[descriptor] = runtime.multi.watch(descriptor, for: .readable) { [self] in
                read(descriptor)
            }
        }
        if let descriptor = process.input, !input.isEmpty {
            watches[descriptor] = runtime.multi.watch(descriptor, for: .writable) { [self] in
                write(descriptor)
            }
        } else {
            process.closeInput()
        }
        guard let timeout = request.timeout else { return }
        timer = runtime.multi.after(timeout) { [self] in
            timer = nil
            let program = Display.escape(request.arguments[0])
            end(
                VSphereError(
                    .timeout,
                    "\(program) ran longer than \(timeout) and was killed",
                    operation: request.operation
                )
            )
        }
    }

    private func write(_ descriptor: Int32) {
        if let count = process.write(input) {
            input = input.dropFirst(count)
            guard input.isEmpty else { return }
        }
        unwatch(descriptor)
        process.closeInput()
    }

    private func read(_ descriptor: Int32) {
        switch process.read(from: descriptor) {
        case .bytes(let bytes):
            texts[descriptor, default: []] += bytes
            guard texts[descriptor, default: []].count > Self.outputLimit else { return }
            let program = Display.escape(request.arguments[0])
            end(
                VSphereError(
                    .protocolViolation,
                    "\(program) wrote more than 64 MB and was killed",
                    operation: request.operation
                )
            )
        case .nothing: break
        case .end:
            unwatch(descriptor)
            if watches[process.output] == nil, watches[process.error] == nil { awaitEnd() }
        }
    }

    /// Its streams are closed; it may live on for a moment.
    private func awaitEnd() {
        guard !isOver else { return }
        guard let ending = process.poll() else {
            runtime.multi.after(.milliseconds(2)) { [self] in awaitEnd() }
            return
        }
        guard !pending.isOver else { return }
        let code =
            switch ending {
            case .exited(let code): code
            case .signalled(let signal): 128 + signal
            case .timedOut, .outputTooLarge, .cancelled: Int32(128 + 9)
            }
        let result = pending.call.result
        result.putRecord {
            result.put("code")
            result.put(Int(code))
            result.put("stdout")
            result.put(bytes: texts[process.output] ?? [])
            result.put("stderr")
            result.put(bytes: texts[process.error] ?? [])
            return 3
        }
        end(nil)
    }

    private func end(_ error: VSphereError?) {
        guard !isOver else { return }
        isOver = true
        for descriptor in Array(watches.keys) { unwatch(descriptor) }
        if let timer { runtime.multi.cancel(timer) }
        if error != nil { process.end() }
        runtime.finish(pending, error)
    }

    private func unwatch(_ descriptor: Int32) {
        if let watch = watches.removeValue(forKey: descriptor) { runtime.multi.unwatch(watch) }
    }

    private static func usage(_ problem: String, _ hint: String?) -> VSphereError {
        VSphereError(.usage, problem, operation: "exec", hint: hint)
    }
}
