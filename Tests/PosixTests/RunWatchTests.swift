import Glibc
import Synchronization
import Testing

@testable import Posix

// What a run of these tests was told, in its handlers.
private let reasons = Atomic<Int>(0)
private let forced = Atomic<Int>(0)

/// Signals and time limits of a run, in processes of their own: they are the whole process's.
struct RunWatchTests {
    /// A run that notes what it is told: each reason takes two more digits.
    private static func watch(
        _ limits: RunWatch.Limits,
        lastResort: @escaping () -> Int32 = { 9 }
    ) -> RunWatch {
        let target = RunWatch.Target(
            Empty(),
            context: UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1),
            interrupt: { _, reason in
                let before = reasons.load(ordering: .relaxed)
                reasons.store(before * 100 + Int(reason), ordering: .relaxed)
                return reason != SIGPIPE
            },
            force: { _ in forced.add(1, ordering: .relaxed) },
            deadline: 77,
            wake: nil,
            lastResort: lastResort
        )
        return RunWatch(target, limits)
    }

    private final class Empty {}

    private static func told() -> [Int] {
        [reasons.load(ordering: .relaxed), forced.load(ordering: .relaxed)]
    }

    @Test func `the second signal forces, the third ends the process`() async {
        await #expect(processExitsWith: .signal(SIGHUP)) {
            let watch = Self.watch(RunWatch.Limits(grace: .seconds(60)))
            defer { withExtendedLifetime(watch) {} }
            let before = RunWatch.stopCount
            raise(SIGTERM)
            raise(SIGTERM)  // the same request: timeout(1) tells its child and the child's group
            precondition(Self.told() == [15, 0])
            raise(SIGINT)
            precondition(Self.told() == [15, 1])
            precondition(RunWatch.stopCount == before + 2)
            raise(SIGHUP)
        }
    }

    @Test func `a run that goes on has all its signals and its grace again`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let watch = Self.watch(RunWatch.Limits(grace: .seconds(60)))
            defer { withExtendedLifetime(watch) {} }
            raise(SIGINT)
            RunWatch.endGrace()
            raise(SIGTERM)
            precondition(Self.told() == [215, 0])
            exit(0)
        }
    }

    @Test func `what is nothing to the run takes none of its grace`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let watch = Self.watch(RunWatch.Limits(grace: .zero))
            let before = RunWatch.stopCount
            raise(SIGPIPE)
            precondition(Self.told() == [13, 0] && RunWatch.stopCount == before)
            withExtendedLifetime(watch) { exit(0) }
        }
    }

    @Test func `a run that nothing stops ends with the code of its last resort`() async {
        await #expect(processExitsWith: .exitCode(9)) {
            let watch = Self.watch(RunWatch.Limits(grace: .zero, deadline: .milliseconds(1)))
            while true { pause() }
            withExtendedLifetime(watch) {}
        }
    }

    @Test func `a run that stops by itself has its grace and no more`() async {
        await #expect(processExitsWith: .exitCode(9)) {
            let watch = Self.watch(RunWatch.Limits(grace: .zero))
            RunWatch.beginGrace(reason: -2)
            while true { pause() }
            withExtendedLifetime(watch) {}
        }
    }

    /// The threads of this process.
    private static func threads() -> Int {
        (try? Folder.names(in: "/proc/self/task"))?.count ?? 0
    }

    private static var alone: RunWatch.Limits {
        var limits = RunWatch.Limits(grace: .zero)
        limits.startsAlone = true
        return limits
    }

    @Test func `a run with nothing to leave in order starts no thread until it has`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let before = Self.threads()
            let watch = Self.watch(Self.alone)
            precondition(Self.threads() == before)
            RunWatch.attend()
            precondition(Self.threads() == before + 1)
            RunWatch.attend()
            precondition(Self.threads() == before + 1)
            withExtendedLifetime(watch) { exit(0) }
        }
    }

    @Test func `a run with a deadline has its last resort from the start`() async {
        await #expect(processExitsWith: .exitCode(9)) {
            var limits = Self.alone
            limits.deadline = .milliseconds(1)
            let watch = Self.watch(limits)
            withExtendedLifetime(watch) { while true { pause() } }
        }
    }

    @Test func `a run alone that nothing stops ends by the signal that should have`() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            let watch = Self.watch(Self.alone)
            raise(SIGTERM)
            withExtendedLifetime(watch) { while true { pause() } }
        }
    }

    @Test func `a run that was alone ends with its last resort once there is something to leave`()
        async
    {
        await #expect(processExitsWith: .exitCode(8)) {
            let watch = Self.watch(Self.alone) { _exit(8) }
            RunWatch.attend()
            raise(SIGTERM)
            withExtendedLifetime(watch) { while true { pause() } }
        }
    }

    @Test func `a run alone that stops by itself still has its last resort`() async {
        await #expect(processExitsWith: .exitCode(9)) {
            let watch = Self.watch(Self.alone)
            RunWatch.beginGrace(reason: -2)
            withExtendedLifetime(watch) { while true { pause() } }
        }
    }

    @Test func `a SIGHUP asks for the log, once, and stops nothing`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            setsid()  // without a terminal none can hang up
            var limits = RunWatch.Limits(grace: .seconds(60))
            limits.reopensLog = true
            let watch = Self.watch(limits)
            raise(SIGHUP)
            precondition(Self.told() == [0, 0])
            precondition(RunWatch.takeReopening() && !RunWatch.takeReopening())
            withExtendedLifetime(watch) { exit(0) }
        }
    }

    @Test func `when the run is over signals end the process`() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            do {
                let watch = Self.watch(RunWatch.Limits(grace: .seconds(60)))
                withExtendedLifetime(watch) { _ = raise(SIGTERM) }
            }
            precondition(Self.told() == [15, 0])
            raise(SIGTERM)
        }
    }

    @Test func `what was ignored stays so`() async {
        await #expect(processExitsWith: .exitCode(0)) {
            signal(SIGHUP, SIG_IGN)
            let watch = Self.watch(RunWatch.Limits(grace: .seconds(60)))
            raise(SIGHUP)
            precondition(Self.told() == [0, 0])
            withExtendedLifetime(watch) { exit(0) }
        }
    }

    @Test func `a run without an interpreter is told by a flag, which wakes its loop`() async {
        await #expect(processExitsWith: .exitCode(7)) {
            var ends: [Int32] = [0, 0]
            precondition(pipe(&ends) == 0)
            let flag = StopFlag(wake: ends[1])
            let target = flag.target { flag.isForced ? 7 : 1 }
            let limits = RunWatch.Limits(grace: .milliseconds(1), deadline: .milliseconds(20))
            let watch = RunWatch(target, limits)
            raise(SIGPIPE)
            precondition(flag.reason == nil, "a pipe that broke is for whoever writes")
            var byte: UInt64 = 0
            while read(ends[0], &byte, 8) != 8 {}
            precondition(byte == 1 && flag.reason == StopFlag.deadline)
            raise(SIGTERM)
            precondition(flag.reason == StopFlag.deadline, "the first reason stays")
            // Nothing else ends it: then comes the last resort.
            withExtendedLifetime(watch) { while true { pause() } }
        }
    }
}
