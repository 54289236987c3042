import Support
import Testing

/// Every operation of the whole API, called by VMware's own classes and by a script, with random arguments and answers.
struct SDKCallTests {
    @Test(.enabled("VMware's SDK comes from PyPI") { PythonSDK.obstacle == nil })
    func `a script sends and reads what VMware's own classes do, for every operation`() throws {
        let seed = UInt32.random(in: 0...UInt32.max)
        let program = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell(
            "\(PythonSDK.python) \(PythonSDK.package)/Tests/sdk/calls.py \(program) \(seed) 4",
            within: 300
        )
        print(run.lines.last ?? "nothing was called")
        #expect(run.status == 0, "seed \(seed): \(run.output)\(run.error)")
        #expect(run.lines.last?.hasPrefix("1401 operations, 5604 calls; 0 bodies differ") == true)
    }
}
