internal import Bindings
internal import Buffers
internal import LuaHost
internal import LuaSyntax
internal import Posix
internal import Text
internal import VSphere

/// The resources of one test: an interpreter that has run its file, and fresh simulators.
final class TestStage {
    /// A test that a file has registered.
    struct Entry {
        let index: Int
        let name: String
    }

    private let file: String
    private let world: World
    private let fleet: SimulatorFleet
    /// The time limit of the test.
    private let limit: Duration
    private let runtime: Result<Runtime, LuaError>
    private var watch: RunWatch?
    private let printed = Printed()
    private let gate = Gate()

    /// The output and the log, escaped.
    var output: String {
        Display.escapeLines(String(decoding: printed.bytes, as: UTF8.self))
    }

    private final class Printed {
        var bytes: [UInt8] = []
    }

    /// How long a test may take, where nobody says.
    static let usualLimit: Duration = .seconds(60)
    private static let grace: Duration = .seconds(5)

    /// Whether simulators are given out: they are to a test, and not to what stands around it.
    private final class Gate {
        var isOpen = false
    }

    init(_ file: String, _ invocation: Invocation, _ world: World, _ settings: Settings) {
        self.file = file
        self.world = world
        limit = invocation[.testLimit]?.duration ?? Self.usualLimit
        // It was checked before the first test.
        let inventory = try? SimulatorFleet.inventory(settings.run, hasSimulators: true, world)
        let (printed, gate, fleet) = (printed, gate, SimulatorFleet(world, inventory: inventory))
        self.fleet = fleet
        let sessions = SessionSettings(
            settings: settings,
            fleet: fleet,
            secrets: SecretVault(),
            warn: { _ in }
        )
        let find = { (options: Value?) -> Result<ConnectionProfile, VSphereError> in
            gate.isOpen ? sessions.profile(options) : .failure(Self.closed)
        }
        var configuration = Runtime.Configuration(profile: find, exit: { _ in })
        configuration.grace = Self.grace
        configuration.wallTime = world.wallTime
        configuration.fetchSecret = ScriptSecrets(world: world).fetch
        configuration.secrets = sessions.secrets
        configuration.plan = { line in printed.bytes += Array((line + "\n").utf8) }
        configuration.log = LogOutput(level: .info) { record in
            printed.bytes += Array((record.text + "\n").utf8)
        }
        let folder = world.folder(of: file) ?? "."
        let program = (try? world.executablePath()) ?? "vmoon"
        configuration.bench = TestBench(
            simulator: { name in
                guard let name else { return find(nil) }
                let options = ValueBuffer()
                options.putRecord {
                    options.put("vcenter")
                    options.put(name)
                    return 1
                }
                return find(options.root)
            },
            launch: { script, words, options in
                // Resources that the test shares with the run must exist before the run starts.
                _ = find(nil)
                let path = script.hasPrefix("/") ? script : "\(folder)/\(script)"
                var environment = world.environment
                environment[SimulatorFleet.variable] = fleet.announcement
                let begin = inventory.map { ["--inventory", $0] } ?? []
                let dialect = invocation[.api]?.text.map { ["--api", $0] } ?? []
                return TestBench.Launch(
                    words: [program, "--sim"] + begin + dialect + options + [path] + words,
                    environment: environment
                )
            },
            read: { path in
                let path = path.hasPrefix("/") ? path : "\(folder)/\(path)"
                do throws(PosixError) {
                    return .success(try world.readFile(path, 1 << 30).text)
                } catch {
                    return .failure(VSphereError(.usage, error.description, operation: "sim.load"))
                }
            }
        )
        do throws(LuaError) {
            let made = try Runtime(configuration)
            watch = world.watch(made, RunWatch.Limits(grace: Self.grace, deadline: limit))
            made.interpreter.setPackagePath(folders: [SystemText.bytes(folder)])
            made.interpreter.setArguments([SystemText.bytes(file)], script: 0)
            runtime = .success(made)
        } catch {
            runtime = .failure(error)
        }
    }

    private static let closed = VSphereError(
        .usage,
        "a simulator is there inside of a test only",
        hint:
            "move this into test(\"name\", function() … end): every test has a simulator of its own"
    )

    /// Whether a variable configures vmoon.
    static func isConfiguration(_ variable: String) -> Bool {
        variable.hasPrefix("VMOON_") || variable.hasPrefix("GOVC_")
    }

    /// The signal that stopped it.
    var interruption: Int? {
        (try? runtime.get())?.interpreter.interruption.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Releases everything: sessions, the interpreter, the simulators.
    func close() {
        guard case .success(let runtime) = runtime else { return }
        // The simulator ends too, so its sessions need no log-out, which a fault may slow down.
        fleet.end()
        runtime.shutDown()
    }

    /// Runs the file.
    /// - Returns: The tests it registers whose names match a pattern, or its error.
    func tests(filter: String?) -> Result<[Entry], Failure> {
        attempt { runtime throws(LuaError) in
            try runtime.interpreter.run(file: SystemText.bytes(file))
            let pattern = filter.map { LuaLiteral.quoted($0) } ?? "nil"
            let found = ValueBuffer()
            try runtime.interpreter.evaluate(
                "return package.loaded[\"vmoon.testing\"].names(\(pattern))",
                chunkName: "=--filter",
                into: found
            )
            return found.root?.elements.map { entry in
                Entry(index: entry["index"]?.integer ?? 0, name: entry["name"]?.string ?? "")
            } ?? []
        }
    }

    /// Runs the file, and one of its tests.
    /// - Returns: The failure; nil if it passed.
    func run(_ index: Int) -> Failure? {
        let outcome = attempt { runtime throws(LuaError) -> Failure? in
            try runtime.interpreter.run(file: SystemText.bytes(file))
            gate.isOpen = true
            let found = ValueBuffer()
            try runtime.interpreter.evaluate(
                "return package.loaded[\"vmoon.testing\"].run(\(index))",
                chunkName: "=vmoon test",
                into: found
            )
            let values = found.values
            let hasPassed = values.first?.boolean ?? false
            do throws(LuaError) {
                // Tasks that it has started are part of the test.
                try runtime.interpreter.finishTasks(cancelling: !hasPassed)
            } catch  where !hasPassed {}
            return hasPassed ? nil : failure(values.last)
        }
        switch outcome {
        case .success(let failure): return failure
        case .failure(let failure): return failure
        }
    }

    typealias Failure = TestCase.Failure

    private func attempt<T>(
        _ body: (Runtime) throws(LuaError) -> T
    ) -> Result<T, Failure> {
        var result: Result<T, Failure> = .failure(Failure(message: "it did not run"))
        switch runtime {
        case .failure(let error): return .failure(failure(error))
        case .success(let runtime):
            runtime.interpreter.printer = { [printed] in printed.bytes += $0 }
            defer { runtime.interpreter.printer = nil }
            do throws(LuaError) {
                result = .success(try body(runtime))
            } catch {
                result = .failure(failure(error))
            }
            if runtime.interpreter.interruption == Interpreter.deadline {
                return .failure(
                    Failure(
                        message: "it took longer than \(limit)",
                        hint: "--test-timeout allows more"
                    )
                )
            }
        }
        return result
    }

    // MARK: What went wrong

    /// Makes a failure from an uncaught error of the file, or of a task.
    private func failure(_ error: LuaError) -> Failure {
        var failure = Failure(message: escaped(error.message))
        failure.hint = error.raised?.hint.map(escaped)
        if error.raised != nil || error.kind == .raised, let position = error.position,
            let colon = position.lastIndex(of: ":"),
            let line = Int(position[position.index(after: colon)...])
        {
            point(&failure, String(position[..<colon]), line)
        }
        failure.trace = frames(error.traceback)
        return failure
    }

    /// Makes a failure from the bench's report about a test.
    private func failure(_ report: Value?) -> Failure {
        let message = report?["message"]?.string ?? "an error without a message"
        var failure = Failure(message: escaped(message))
        failure.expected = report?["expected"]?.string.map(escaped)
        failure.got = report?["got"]?.string.map(escaped)
        failure.hint = report?["hint"]?.string.map(escaped)
        if let source = report?["file"]?.string, let line = report?["line"]?.integer {
            point(&failure, source.hasPrefix("@") ? String(source.dropFirst()) : source, line)
        }
        failure.trace = frames(report?["trace"]?.string)
        return failure
    }

    /// Sets the place, once: Lua may have put it in front of the message itself.
    private func point(_ failure: inout Failure, _ path: String, _ line: Int) {
        let place = "\(escaped(path)):\(line)"
        if failure.message.hasPrefix(place + ": ") {
            failure.message.removeFirst(place.count + 2)
        }
        failure.place = place
        guard let text = try? world.readFile(path, 16 << 20).text else { return }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return }
        let source = lines[line - 1].drop { $0 == " " || $0 == "\t" }
        if !source.isEmpty { failure.excerpt = escaped(String(source)) }
    }

    /// The frames of scripts, if there is more than one.
    private func frames(_ traceback: String?) -> [String] {
        let frames = (traceback ?? "").split(separator: "\n").dropFirst().compactMap { line in
            let frame = line.drop { $0 == "\t" || $0 == " " }
            let isOurs = frame.hasPrefix("[C]") || frame.hasPrefix("[vmoon]")
            let isRunner = frame.hasPrefix("vmoon test:") || frame.hasPrefix("(...")
            return isOurs || isRunner || frame.isEmpty ? nil : escaped(String(frame))
        }
        return frames.count > 1 ? Array(frames.dropFirst()) : []
    }

    private func escaped(_ text: String) -> String {
        Display.escapeLines(text)
    }
}
