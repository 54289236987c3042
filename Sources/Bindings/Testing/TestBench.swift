internal import Buffers
internal import JSON
internal import LuaHost
internal import Posix
internal import Text
internal import Transport
public import VSphere

/// The environment of tests of scripts: simulators, and runs of the program.
public struct TestBench {
    /// A run of the program to be started.
    public struct Launch {
        /// The program and its arguments.
        public var words: [String]
        /// The whole environment.
        public var environment: [String: String]

        /// Makes a run.
        public init(words: [String], environment: [String: String]) {
            self.words = words
            self.environment = environment
        }
    }

    /// Returns the simulator that stands for a vCenter; nil for the default one.
    public var simulator: (String?) -> Result<ConnectionProfile, VSphereError>
    /// Makes the run of a script against these simulators: its file, its arguments, options of the program.
    public var launch: (String, [String], [String]) -> Launch

    /// Reads a file that lies beside the test.
    public var read: (String) -> Result<String, VSphereError>

    /// Makes a bench.
    public init(
        simulator: @escaping (String?) -> Result<ConnectionProfile, VSphereError>,
        launch: @escaping (String, [String], [String]) -> Launch,
        read: @escaping (String) -> Result<String, VSphereError>
    ) {
        self.read = read
        self.simulator = simulator
        self.launch = launch
    }
}

/// The host functions that the Lua part of the bench calls, by their names there.
///
/// They are not part of the API: they have no description, and scripts do not see them.
let benchFunctions: [(name: String, body: FunctionSpec.Body)] = [
    (
        "sim.render",
        { runtime, call in
            let shown = call.arguments.values.first.map { runtime.plainShower.render($0) }
            call.result.put(shown ?? "nil")
            return .returned
        }
    ),
    ("sim.ask", { runtime, call in runtime.askSimulator(call) }),
    (
        "sim.check",
        { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in try RequestFilter.check(call) }
        }
    ),
    ("sim.launch", { runtime, call in runtime.launchScript(call) }),
    (
        "sim.read",
        { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let path = try Arguments(call, of: "sim.load").name(0, "file")
                guard let bench = runtime.configuration.bench else { return }
                call.result.put(try bench.read(path).get())
            }
        }
    ),
]

extension Runtime {
    /// Like `shower`, for texts that are stored: no colours, no ages.
    fileprivate var plainShower: Show {
        Show(describe: describe)
    }

    /// Sends a request under `/sim/` to a simulator: the calling function, vCenter, method, path, body.
    ///
    /// The answer is the body's text.
    fileprivate func askSimulator(_ call: HostCall) -> Verdict {
        let values = call.arguments.values.map { $0.string }
        guard let bench = configuration.bench, values.count >= 4, let function = values[0],
            let word = values[2], let path = values[3]
        else { return .returned }
        let profile: ConnectionProfile
        let headers: HeaderList
        switch bench.simulator(values[1]) {
        case .success(let found): profile = found
        case .failure(var error):
            error.operation = function
            return raise(error, in: call)
        }
        do throws(TransportError) {
            headers = try HeaderList([("Content-Type", "application/json")])
        } catch {
            return raise(VSphereError(.transport, error.message, operation: function), in: call)
        }
        let body = values.count > 4 ? values[4] : nil
        return waits(call) { pending in
            var request = Request(
                Transport.Method(rawValue: word) ?? .get,
                ByteBuffer(profile.endpoint.url + path),
                headers: headers,
                body: body.map { ByteBuffer($0) },
                trust: profile.trust
            )
            request.timeout = .seconds(60)
            request.answerLimit = 1 << 30
            let transfer = multi.start(request) { [self] result in
                switch result {
                case .success(let response) where response.status < 300:
                    pending.call.result.put(response.body.text)
                    finish(pending, nil)
                case .success(let response): finish(pending, Self.refusal(response, function))
                case .failure(let failure):
                    let problem = "the simulator: \(failure.message)"
                    finish(pending, VSphereError(.transport, problem, operation: function))
                }
            }
            pending.cancellation = .other { [self, unowned pending] in
                multi.cancel(transfer)
                finish(pending, VSphereError(.cancelled, "cancelled"))
            }
        }
    }

    private static func refusal(_ response: Response, _ function: String) -> VSphereError {
        let said = (try? JSONValue(parsing: response.body.text))?["error"]?.string
        let message = said ?? "the simulator answered with status \(response.status)"
        return VSphereError(.usage, Display.escape(message), operation: function)
    }

    /// Runs a script against the simulators: its file, its arguments, options.
    fileprivate func launchScript(_ call: HostCall) -> Verdict {
        do throws(VSphereError) {
            let arguments = Arguments(call, of: "run")
            let script = try arguments.name(0, "script")
            let words = arguments[1]?.elements.compactMap(\.string) ?? []
            let options = try arguments.options(2, known: ["options", "stdin", "timeout"])
            var flags: [String] = []
            if let list = options?["options"] {
                flags = list.elements.compactMap(\.string)
                guard list.kind == .array, flags.count == list.count else {
                    throw arguments.misuse(
                        "options.options must be a list of strings",
                        hint: "run(\"script.lua\", { options = { \"--dry-run\" } })"
                    )
                }
            }
            guard let launch = configuration.bench?.launch(script, words, flags) else {
                return .returned
            }
            var request = Execution.Request(arguments: launch.words)
            request.operation = "run"
            request.environment = launch.environment
            request.timeout = .seconds(60)
            if let input = options?["stdin"] {
                guard let bytes = input.bytes else {
                    throw arguments.misuse("options.stdin must be a string")
                }
                request.input = bytes
            }
            if let limit = options?["timeout"] {
                guard let seconds = limit.number, seconds > 0, seconds < 1e9 else {
                    throw arguments.misuse("options.timeout must be a number of seconds")
                }
                request.timeout = .seconds(seconds)
            }
            let process = try request.start()
            return waits(call) { pending in watch(process, of: request, pending) }
        } catch {
            return raise(error, in: call)
        }
    }
}
