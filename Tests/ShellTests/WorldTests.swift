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

    @Test func `exit codes are those of the manual, each with a meaning`() {
        #expect(
            ExitCode.allCases.map(\.rawValue)
                == [0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 76, 77, 78, 80, 81, 124]
        )
        #expect(Set(ExitCode.allCases.map(\.meaning)).count == ExitCode.allCases.count)
    }
}
