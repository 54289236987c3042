import Support
import Testing

/// Lua's own rules for coroutines, closing and protected calls, which the scheduler must keep.
///
/// The cases of `Tests/Lua/Language` hold in the reference implementation too; in vmoon the host waits in the middle of
/// each of them.
struct LanguageTests {
    private static let suite = "\(projectRoot)/Tests/Lua/Language/suite.lua"

    @Test(arguments: ["main", "coroutine"])
    func `the cases are true of the reference implementation`(_ place: String) throws {
        let run = try ProgramRun.shell("lua5.4 '\(Self.suite)' \(place)", in: TestFolder())
        #expect(run.status == 0 && run.output == "68 cases\n", "\(run)")
    }

    @Test(arguments: ["main", "coroutine", "task"])
    func `they hold in vmoon, wherever it waits`(_ place: String) throws {
        let run = try ProgramRun.of("vmoon", [Self.suite, place])
        #expect(run.status == 0 && run.output == "68 cases\n", "\(run)")
    }
}
