import Support
import Testing

/// `Tests/Engines/twin.py`, which shares no code with vmoon: a twin answers every read as its original.
@Suite(.serialized) struct TwinTests {
    private static let python =
        (try? ProgramRun.shell("python3 -c 'import sys; print(sys.version_info >= (3, 11))'"))?
        .lines == ["True"]

    @Test(
        .enabled(if: python, "there is no python3 of 3.11 or newer (apt-get install python3)"),
        .timeLimit(.minutes(5)),
        arguments: [
            "--inventory \"$TWO\" --vcenter vc1.corp.test",
            "--inventory \"$TWO\" --vcenter vc2.corp.test:8443",
            "--items 60 --machines 120 --seed 1",
            "--items 30 --machines 40 --seed 2 --dialects api --option=--api=jsonrpc",
            "--items 30 --machines 40 --seed 3 --dialects rest --option=--api=api",
        ]
    )
    func `a twin answers as its original, and a masked one has no name`(_ options: String) throws {
        let run = try ProgramRun.shell(
            "exec python3 \"$TWIN\" --vmoon \"$VMOON\" --sim \"$SIM\" \(options)",
            environment: [
                "TWIN": "\(projectRoot)/Tests/Engines/twin.py", "TWO": SnapshotTests.two,
                "VMOON": try SimulatorProcess.program("vmoon"),
                "SIM": try SimulatorProcess.program("vmoon-sim"),
            ],
            within: 240
        )
        print(run.lines.last ?? "nothing was said")
        #expect(run.status == 0, "\(run.output)\(run.error)")
    }
}
