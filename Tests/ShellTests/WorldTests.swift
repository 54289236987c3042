import Posix
import Synchronization
import Testing
import VSphere

@testable import Shell

struct WorldTests {
    @Test func `the live surroundings are those of the process`() throws {
        let world = World.live()
        #expect(world.arguments == CurrentProcess.arguments)
        #expect(world.environment == Environment.all())
        #expect(try world.executablePath() == CurrentProcess.executablePath())
        #expect(try world.readFile("/dev/null", 10).bytes.isEmpty)
        #expect(try world.run(Command(["true"], timeout: .seconds(30))).ending == .exited(0))
        #expect(world.wallTime() > .seconds(1_700_000_000))
    }

    @Test func `surroundings begin empty`() {
        let quiet = World.Output(isTerminal: false) { _ in }
        let world = World(arguments: [], environment: [:], output: quiet, error: quiet)
        let missing = #expect(throws: PosixError.self) { try world.readFile("/etc/passwd", 1) }
        #expect(missing?.isNotFound == true)
        let silent = #expect(throws: PosixError.self) { try world.askSecret("x") }
        #expect(silent?.isNoTerminal == true)
        #expect(throws: PosixError.self) { try world.run(Command(["true"], timeout: .zero)) }
    }

    @Test func `a program that is given no arguments at all says so`() {
        let kept = Mutex((said: "", ended: World.Ending?.none))
        let quiet = World.Output(isTerminal: false) { _ in }
        let error = World.Output(isTerminal: false) { bytes in
            kept.withLock { $0.said += String(decoding: bytes, as: UTF8.self) }
        }
        var world = World(arguments: [], environment: [:], output: quiet, error: error)
        world.end = { ending in kept.withLock { $0.ended = ending } }
        Program.main(world)
        #expect(kept.withLock { $0.ended } == .code(64))
        #expect(kept.withLock { $0.said.split(separator: "\n").count } == 1)
    }

    @Test(arguments: [
        ("plan: 1. rollback item golden", 16, "plan: 1.\n  rollback item\n  golden\n"),
        ("\rwaits for a change", 12, "\rwaits for a\n  change\n"),
        ("a\tb c d e f g", 4, "a\tb c d e f g\n"), ("one\n\ntwo three", 6, "one\n\ntwo\nthree\n"),
        ("one two", nil, "one two\n"),
    ]) func `a terminal gets lines that are broken at their words`(
        _ text: String,
        _ columns: Int?,
        _ written: String
    ) throws {
        let kept = Mutex("")
        let output = World.Output(isTerminal: true, columns: { columns }) { bytes in
            kept.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
        }
        try output.tell(text)
        #expect(kept.withLock { $0 } == written)
        // A file gets them as they are.
        let file = World.Output(isTerminal: false, columns: { columns }) { bytes in
            kept.withLock { $0 = String(decoding: bytes, as: UTF8.self) }
        }
        try file.tell(text)
        #expect(kept.withLock { $0 } == text + "\n")
    }

    @Test func `exit codes are those of the manual, each with a meaning`() {
        #expect(
            ExitCode.allCases.map(\.rawValue)
                == [0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 76, 77, 78, 80, 81, 124]
        )
        #expect(Set(ExitCode.allCases.map(\.meaning)).count == ExitCode.allCases.count)
    }
}
