import Support
import Testing

/// The suites of Lua projects give the same lines under vmoon as under lua5.4.
@Suite struct LuaProjectTests {
    private static let script = "\(projectRoot)/Tests/Engines/suites.sh"
    private static let folder = TestFolder()

    /// Why the sources cannot be had here; nil where they are in the folder.
    private static let problem: String? = {
        let run = try? ProgramRun.shell("\(script) fetch \(folder.path)", within: 120)
        return run?.status == 0 ? nil : run?.lines.last ?? "suites.sh does not start"
    }()

    @Test(.enabled(if: problem == nil, "\(problem ?? "")"), .timeLimit(.minutes(5)))
    func `the suites of Lua projects pass and fail as in Lua itself, line by line`() throws {
        let vmoon = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell(
            "\(Self.script) run \(Self.folder.path) \(vmoon)",
            within: 240
        )
        #expect(run.status == 0, "\(run.output)\(run.error)")
        print(run.output)
    }
}
