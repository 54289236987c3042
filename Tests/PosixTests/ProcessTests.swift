import Glibc
import Testing

@testable import Posix

struct ProcessTests {
    @Test func `a random identifier is a UUID of version 4, new each time`() {
        let made = (0..<100).map { _ in RandomIdentifier.make() }
        #expect(Set(made).count == 100)
        for text in made {
            let parts = text.split(separator: "-")
            #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
            #expect(parts[2].first == "4" && "89ab".contains(parts[3].first ?? "x"))
            #expect(text.allSatisfy { $0 == "-" || $0.isHexDigit && !$0.isUppercase })
        }
    }

    @Test func `clocks tell the time`() {
        let before = MonotonicClock.now()
        #expect(MonotonicClock.now() >= before)
        // After this code was written, and before this program is of use to nobody.
        #expect(WallClock.now() > .seconds(1_700_000_000))
        #expect(WallClock.now() < .seconds(10_000_000_000))
    }

    @Test(arguments: [
        (Duration.zero, 0), (.milliseconds(1), 1), (.microseconds(1), 1), (.microseconds(1001), 2),
        (.seconds(3), 3000), (.seconds(-1), 0), (.milliseconds(-1), 0),
        (.seconds(1 << 40), 1_000_000_000),
    ])
    func `a wait is rounded up and never negative`(_ duration: Duration, _ milliseconds: Int) {
        #expect(Int(duration.pollMilliseconds) == milliseconds)
    }

    @Test func `the process knows itself`() throws {
        #expect(CurrentProcess.identifier == getpid())
        #expect(try CurrentProcess.executablePath().hasPrefix("/"))
        let folder = try CurrentProcess.workingDirectory()
        #expect(folder.hasPrefix("/"))
        #expect(!CurrentProcess.hostName.isEmpty)
        #expect(!CurrentProcess.arguments.isEmpty)
    }

    @Test func `a removed variable is gone, from the memory of the process too`() async {
        await #expect(processExitsWith: .success) {
            setenv("VMOON_TEST_SECRET", "hunter2=x", 1)
            precondition(Environment.all()["VMOON_TEST_SECRET"] == "hunter2=x")
            let place = getenv("VMOON_TEST_SECRET")
            Environment.remove("VMOON_TEST_SECRET")
            Environment.remove("VMOON_TEST_NEVER_SET")
            precondition(Environment.all()["VMOON_TEST_SECRET"] == nil)
            precondition(place?.pointee == 0)
        }
    }

    @Test func `the process ends with its code`() async {
        await #expect(processExitsWith: .exitCode(80)) { CurrentProcess.exit(80) }
    }

    @Test func `the process ends by a signal, ignored or blocked though it is`() async {
        await #expect(processExitsWith: .signal(SIGINT)) {
            signal(SIGINT, SIG_IGN)
            CurrentProcess.end(bySignal: SIGINT)
        }
        await #expect(processExitsWith: .signal(SIGTERM)) {
            var set = sigset_t()
            sigemptyset(&set)
            sigaddset(&set, SIGTERM)
            pthread_sigmask(SIG_BLOCK, &set, nil)
            CurrentProcess.end(bySignal: SIGTERM)
        }
    }

    @Test func `writing to a pipe without a reader is an error that says so`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE) { _ in }
            let pipe = try Descriptor.makePipe()
            close(pipe.reading)
            do throws(PosixError) {
                try Descriptor.write([1], to: pipe.writing, path: nil)
                preconditionFailure("the write must fail")
            } catch {
                precondition(error.isBrokenPipe)
            }
        }
    }

    @Test func `a pipe that is full and non-blocking is waited for`() async {
        await #expect(processExitsWith: .success) {
            let pipe = try Descriptor.makePipe()
            _ = fcntl(pipe.writing, F_SETFL, O_NONBLOCK)
            let count = 300_000
            let child = try spawn(
                ["head", "-c", "\(count)"],
                input: pipe.reading,
                output: open("/dev/null", O_WRONLY),
                hasOwnGroup: false
            )
            try Descriptor.write([UInt8](repeating: 7, count: count), to: pipe.writing, path: nil)
            let ending = try reap(child, blocks: true)
            precondition(ending == .exited(0))
        }
    }
}
