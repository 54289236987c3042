import Glibc
import Testing

@testable import Posix

struct CommandTests {
    private func run(
        _ arguments: String...,
        timeout: Duration = .seconds(30),
        limit: Int = 1 << 16
    ) throws -> Command.Outcome {
        try Command(arguments, timeout: timeout, outputLimit: limit).run()
    }

    @Test func `output and code come back`() throws {
        #expect(try run("printf", "a\\nb") == .init(ending: .exited(0), output: Array("a\nb".utf8)))
        #expect(try run("bash", "-c", "exit 7").ending == .exited(7))
        #expect(try run("bash", "-c", "kill -9 $$").ending == .signalled(SIGKILL))
    }

    @Test func `arguments reach the program as they are, without a shell`() throws {
        let outcome = try run("printf", "%s|", "$HOME", "a b", "*", "")
        #expect(String(decoding: outcome.output, as: UTF8.self) == "$HOME|a b|*||")
    }

    @Test func `a program that cannot be started is an error`() {
        let error = #expect(throws: PosixError.self) { try run("/nowhere/program") }
        #expect(error?.description == "cannot run /nowhere/program: No such file or directory")
        #expect(throws: PosixError.self) { try run("") }
    }

    @Test func `how it ended is known though the parent ignores the end of children`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGCHLD, SIG_IGN)
            let outcome = try Command(["bash", "-c", "exit 7"], timeout: .seconds(30)).run()
            precondition(outcome.ending == .exited(7))
        }
    }

    @Test func `a program that takes too long is killed`() throws {
        let start = MonotonicClock.now()
        #expect(try run("sleep", "60", timeout: .milliseconds(50)).ending == .timedOut)
        let closed = try run("bash", "-c", "exec sleep 60 >&- 2>&-", timeout: .milliseconds(50))
        #expect(closed.ending == .timedOut)
        #expect(MonotonicClock.now() - start < .seconds(30))
    }

    @Test func `a grandchild that keeps the pipe open is not waited for`() throws {
        // Its standard error is closed: it is the test runner's, who would wait for it.
        let outcome = try run("bash", "-c", "echo x; sleep 60 2>&- & exit 0")
        #expect(outcome == .init(ending: .exited(0), output: Array("x\n".utf8)))
    }

    @Test func `a program that writes too much is killed`() throws {
        #expect(try run("yes", limit: 1000).ending == .outputTooLarge)
    }

    @Test func `the caller may stop it`() throws {
        let command = Command(["sleep", "60"], timeout: .seconds(60))
        #expect(try command.run(shouldStop: { true }).ending == .cancelled)
    }

    @Test func `it has an empty input and no descriptor of ours`() throws {
        // Opened without close-on-exec, as a library might.
        let leaked = fcntl(0, F_DUPFD, 200)
        defer { close(leaked) }
        let outcome = try run("bash", "-c", "cat; for f in /proc/$$/fd/*; do echo ${f##*/}; done")
        let numbers = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
        #expect(numbers.contains("1") && !numbers.contains("\(leaked)"))
    }
}

struct BackgroundProcessTests {
    @Test func `the first line is read, and the program ends when told`() throws {
        let child = try BackgroundProcess(["bash", "-c", "echo ready; echo more; read x"])
        #expect(try child.firstLine(within: .seconds(30)) == "ready")
        #expect(getpgid(child.identifier) == child.identifier)
        #expect(child.end(within: .seconds(30)) != nil)
        #expect(kill(child.identifier, 0) != 0)
        #expect(child.end(within: .zero) != nil)
    }

    @Test func `a program that ignores the signal is killed after the grace`() throws {
        let child = try BackgroundProcess(
            ["bash", "-c", "trap '' TERM; echo ready; while :; do sleep 1 2>&-; done"])
        _ = try child.firstLine(within: .seconds(30))
        #expect(child.end(within: .milliseconds(50)) == .signalled(SIGKILL))
    }

    @Test func `its input ends when we end it, and so when we die`() throws {
        let folder = try TemporaryFolder()
        let script = "trap '' TERM; echo ready; cat; echo gone > \(folder("mark"))"
        let child = try BackgroundProcess(["bash", "-c", script])
        _ = try child.firstLine(within: .seconds(30))
        #expect(child.end(within: .seconds(30)) == .exited(0))
        #expect(try File.read(folder("mark"), limit: 99).text == "gone\n")
    }

    @Test func `a program that is not ready is an error`() throws {
        let silent = try BackgroundProcess(["sleep", "60"])
        let late = #expect(throws: PosixError.self) {
            try silent.firstLine(within: .milliseconds(30))
        }
        #expect(late?.code == ETIMEDOUT)
        let short = try BackgroundProcess(["true"])
        let gone = #expect(throws: PosixError.self) { try short.firstLine(within: .seconds(30)) }
        #expect(gone?.description == "cannot start true: it ended before it was ready")
        let long = try BackgroundProcess(["yes", String(repeating: "x", count: 200)])
        let large = #expect(throws: PosixError.self) {
            try long.firstLine(within: .seconds(30), limit: 100)
        }
        #expect(large?.isTooLarge == true)
    }
}
