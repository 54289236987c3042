import Support
import Testing

/// `Tests/Engines/attack.py` and `resume.py`, which share no code with vmoon, with fewer changes than by hand.
@Suite(.serialized) struct AttackTests {
    private static let python =
        (try? ProgramRun.shell("python3 -c 'import sys; print(sys.version_info >= (3, 11))'"))?
        .lines == ["True"]

    @Test(
        .enabled(if: python, "there is no python3 of 3.11 or newer (apt-get install python3)"),
        .timeLimit(.minutes(5))
    )
    func `an attack from outside: nothing is done twice, and no verdict is false`() throws {
        let run = try ProgramRun.shell(
            """
            exec python3 "$ATTACK" --vmoon "$VMOON" --sim "$SIM" --changes 400 --seconds 60
            """,
            environment: [
                "ATTACK": "\(projectRoot)/Tests/Engines/attack.py",
                "VMOON": try SimulatorProcess.program("vmoon"),
                "SIM": try SimulatorProcess.program("vmoon-sim"),
            ],
            within: 240
        )
        print(run.lines.last ?? "nothing was said")
        #expect(run.status == 0, "\(run.output)\(run.error)")
    }

    @Test(
        .enabled(if: python, "there is no python3 of 3.11 or newer (apt-get install python3)"),
        .enabled(if: PostgreSQLServer.shared != nil, "there is no PostgreSQL"),
        .timeLimit(.minutes(8))
    )
    func `copies that are killed and stopped share a list: every item exactly once`() throws {
        let run = try ProgramRun.shell(
            """
            exec python3 "$ATTACK" --vmoon "$VMOON" --sim "$SIM" --postgresql "$DATABASE" \
                --seeds 20 --items 200 --seconds 2 --lease 2 --pairs 2
            """,
            environment: [
                "ATTACK": "\(projectRoot)/Tests/Engines/hosts.py",
                "VMOON": try SimulatorProcess.program("vmoon"),
                "SIM": try SimulatorProcess.program("vmoon-sim"),
                "DATABASE": "\(projectRoot)/Tests/Support/postgresql",
            ],
            within: 420
        )
        print(run.lines.last ?? "nothing was said")
        #expect(run.status == 0, "\(run.output)\(run.error)")
    }

    @Test(
        .enabled(if: python, "there is no python3 of 3.11 or newer (apt-get install python3)"),
        .timeLimit(.minutes(8))
    )
    func `a train that is hit and resumed: every item gets its change exactly once`() throws {
        let run = try ProgramRun.shell(
            """
            exec python3 "$ATTACK" --vmoon "$VMOON" --sim "$SIM" --seeds 50 --items 200 --expected 2
            """,
            environment: [
                "ATTACK": "\(projectRoot)/Tests/Engines/resume.py",
                "VMOON": try SimulatorProcess.program("vmoon"),
                "SIM": try SimulatorProcess.program("vmoon-sim"),
            ],
            within: 420
        )
        print(run.lines.last ?? "nothing was said")
        #expect(run.status == 0, "\(run.output)\(run.error)")
    }
}
