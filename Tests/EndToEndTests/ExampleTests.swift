import Bindings
import Support
import Testing

/// The example of every function, run as a user would.
@Suite struct ExampleTests {
    @Test(arguments: FunctionSpec.all.map(\.name)) func `an example runs`(_ name: String) throws {
        let spec = try #require(FunctionSpec.all.first { $0.name == name })
        for dialect in ["rest", "api"] {
            let run = try ProgramRun.of("vmoon", ["--sim", "--api", dialect, "-e", spec.example])
            #expect(run.status == 0, "\(run.error)")
        }
    }
}
