internal import Bindings
internal import LuaHost
internal import Posix
internal import Text
internal import VSphere

/// One run of `vmoon test`.
final class TestRun {
    private let invocation: Invocation
    private let world: World
    private let settings: Settings
    private let filter: String?
    private var report: TestReport
    /// Released only when the next one catches the signals, so that none is missed in between.
    private var previous: TestStage?
    private var lostOutput = false

    /// Runs the tests in the paths and ends the process.
    static func start(_ invocation: Invocation, _ paths: [String], _ world: inout World) {
        do throws(SettingsError) {
            let files = try TestFiles.find(paths, in: world)
            if let path = invocation[.reportFile]?.text { try checkReport(path, world) }
            // Tests have the same result everywhere: the configuration of this computer is not used.
            for name in world.environment.keys.filter(TestStage.isConfiguration) {
                world.removeVariable(name)
                world.environment[name] = nil
            }
            let surroundings = world
            let settings = try Settings(invocation, world: &world) { text, name in
                ConfigurationScript.load(text, name, within: nil, surroundings)
            }
            _ = try SimulatorFleet.inventory(settings.run, hasSimulators: true, world)
            // Other output inside a report would make it invalid.
            if let write = try? world.reserveOutput() { world.output.write = write }
            TestRun(invocation, world, settings).run(files)
        } catch {
            world.fail(error.description, error.exitCode)
        }
    }

    /// Refuses to replace a file that is not a report of tests, before anything runs.
    private static func checkReport(_ path: String, _ world: World) throws(SettingsError) {
        do throws(PosixError) {
            try world.checkOurs(path, "replace") {
                $0.starts(with: TestReport.junitBeginning.utf8)
            }
        } catch {
            throw SettingsError(
                "the report: \(error)",
                hint: "--junit names a new file, or an older report",
                exitCode: .configuration
            )
        }
    }

    private init(_ invocation: Invocation, _ world: World, _ settings: Settings) {
        self.invocation = invocation
        self.world = world
        self.settings = settings
        filter = invocation[.filter]?.text
        report = TestReport(
            invocation[.report]?.text.flatMap(TestReport.Format.init(rawValue:)) ?? .usual
        )
    }

    private func run(_ files: [String]) {
        let start = world.monotonicTime()
        write(report.head)
        var interruption: Int?
        for file in files {
            interruption = run(file)
            if interruption != nil { break }
        }
        previous?.close()
        let time = world.monotonicTime() - start
        write(report.tail(isComplete: interruption == nil, took: time))
        end(interruption)
    }

    private func end(_ interruption: Int?) {
        var code = report.failureCount == 0 ? ExitCode.done : .scriptError
        if report.cases.isEmpty, interruption == nil {
            let pattern = Display.escape(filter ?? "")
            world.complain("no name of a test has the pattern \"\(pattern)\" in it")
            code = .notFound
        }
        if let path = invocation[.reportFile]?.text {
            do throws(PosixError) {
                try world.replaceFile(path, Array(report.junitText().utf8))
            } catch {
                world.complain("the report: \(error)")
                if code == .done { code = .outputFailed }
            }
        }
        if lostOutput, code == .done { code = .outputFailed }
        let signal = interruption.flatMap { $0 > 0 ? Int32($0) : nil }
        world.end(signal.map { .signal($0) } ?? .code(code.rawValue))
    }

    /// Runs the tests of one file.
    /// - Returns: The signal that interrupted them; nil if they ran to their end.
    private func run(_ file: String) -> Int? {
        let first = stage(file)
        switch first.tests(filter: filter) {
        case .failure(let failure):
            if let interruption = first.interruption { return interruption }
            add(TestCase(file: file, name: file, failure: failure, output: first.output))
        case .success(let tests):
            if tests.isEmpty, filter == nil {
                let problem = TestCase.Failure(
                    message: "there is no test in it",
                    hint: "test(\"name\", function() … end)"
                )
                add(TestCase(file: file, name: file, failure: problem))
            }
            for test in tests {
                let stage = stage(file)
                let start = world.monotonicTime()
                let failure = stage.run(test.index)
                if let interruption = stage.interruption { return interruption }
                add(
                    TestCase(
                        file: file,
                        name: Display.escape(test.name),
                        failure: failure,
                        output: stage.output,
                        duration: world.monotonicTime() - start
                    )
                )
            }
        }
        return nil
    }

    private func stage(_ file: String) -> TestStage {
        let stage = TestStage(file, invocation, world, settings)
        previous?.close()
        previous = stage
        return stage
    }

    private func add(_ result: TestCase) {
        // Direct output of a test goes to standard error, before its result is shown.
        _ = Interpreter.flushOutput()
        write(report.add(result))
    }

    private func write(_ text: String) {
        guard !text.isEmpty, !lostOutput else { return }
        do throws(PosixError) {
            try world.output.write(Array(text.utf8))
        } catch {
            lostOutput = true
            if !error.isBrokenPipe { world.complain("standard output: \(error)") }
        }
    }
}
