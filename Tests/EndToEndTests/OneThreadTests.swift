import Glibc
import Support
import Testing

/// A second thread makes memory and streams slower, so a script has none before it has something to leave in order.
struct OneThreadTests {
    private static let threads = """
        local function threads()
            for line in io.lines "/proc/self/status" do
                local count = line:match "^Threads:%s*(%d+)"
                if count then return count end
            end
        end

        """

    @Test func `plain Lua runs in a process of one thread`() throws {
        let run = try ProgramRun.of("vmoon", ["-e", Self.threads + "print(threads())"])
        #expect(run.output == "1\n", "\(run)")
    }

    @Test func `a deadline is watched by a thread from the start`() throws {
        let code = Self.threads + "print(threads())"
        let run = try ProgramRun.of("vmoon", ["--deadline", "1m", "-e", code])
        #expect(run.output == "2\n", "\(run)")
    }

    @Test func `a session is watched by a thread from its log-in`() throws {
        let runs = try Runs()
        let code =
            Self.threads + "local before = threads() session() print(before, threads() > before)"
        let run = try runs.vmoon(["-e", code])
        #expect(run.output == "1\ttrue\n", "\(run)")
        #expect(try runs.sessions() == (1, 1))
    }

    @Test func `os.exit in a task ends a clean-up that no hook can reach`() throws {
        let code = """
            local function clean() \(StopTests.pathological) end
            local closed <close> = setmetatable({}, { __close = clean })
            spawn(function() os.exit(3) end)
            sleep(60)
            """
        let run = try ProgramRun.of("vmoon", ["--grace", "100ms", "-e", code])
        #expect(run.status == 3, "\(run)")
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `one signal ends what no hook can reach, without a thread too`(_ signal: Int32) throws {
        let code = "print 'ready' io.stdout:flush() \(StopTests.pathological)"
        let run = try Runs().vmoon(["--grace", "100ms", "-e", code]) { text, process in
            if text.contains("ready") { process.signal(signal) }
        }
        #expect(run.signal == signal, "\(run)")
        #expect(run.error == "")
    }
}
