import Foundation
import JSON
import Support
import Synchronization
import Testing

/// One run at a time: `--lock`, `--lock-wait`, and what kills the holder.
@Suite(.serialized) struct RunLockTests {
    @Test func `of 50 runs at once one goes on and 49 are told to try again`() throws {
        let bench = try JournalBench(items: 1)
        // The one that has the lock holds it until all others are gone.
        let gate = bench.folder.path + "/gate"
        let code = """
            listLibraries()
            while not io.open('\(gate)') do sleep(0.02) end
            """
        let statuses = Mutex<[Int32?]>([])
        let errors = Mutex<[String]>([])
        let group = DispatchGroup()
        for _ in 0..<50 {
            group.enter()
            Thread {
                let run = try? bench.vmoon(["--lock", "nightly", "-e", code])
                let refused = statuses.withLock {
                    $0.append(run?.status)
                    return $0.count { $0 == 75 }
                }
                errors.withLock { $0.append(run?.error ?? "not started") }
                if refused == 49 { _ = try? bench.folder.write("", to: "gate") }
                group.leave()
            }.start()
        }
        group.wait()
        let all = statuses.withLock { $0 }
        #expect(all.count { $0 == 75 } == 49 && all.count { $0 == 0 } == 1, "\(all)")
        let lines = errors.withLock { $0 }.filter { !$0.isEmpty }
        #expect(lines.count == 49)
        for line in lines {
            #expect(line.hasPrefix("vmoon: the lock nightly is held by another run"))
            #expect(line.split(separator: "\n").count == 1)
        }
        #expect(lines.contains { $0.contains("(pid ") && $0.contains(", since 20") })
        // Log-in, the read, log-out: the requests of one run.
        let sessions = try bench.simulator.requests().filter {
            $0["path"]?.string?.hasSuffix("/session") == true && $0["method"]?.string == "POST"
        }
        #expect(sessions.count == 1)
    }

    @Test func `kill -9 of the holder frees the lock, and the file stays`() throws {
        let bench = try JournalBench(items: 1)
        let holder = try JournalKillTests.Background(
            bench,
            ["--lock", "a", "-e", "print 'held' io.stdout:flush() sleep(60)"]
        )
        try holder.wait { holder.output.contains("held") }
        #expect(try bench.vmoon(["--lock", "a", "-e", ""]).status == 75)
        #expect(try bench.vmoon(["--lock", "b", "-e", ""]).status == 0)
        holder.kill()
        #expect(try bench.vmoon(["--lock", "a", "-e", ""]).status == 0)
        #expect(
            FileManager.default.fileExists(atPath: bench.folder.path + "/state/locks/run.a.lock")
        )
    }

    @Test func `--lock-wait waits for the holder`() throws {
        let bench = try JournalBench(items: 1)
        let holder = try JournalKillTests.Background(
            bench,
            ["--lock", "a", "-e", "print 'held' io.stdout:flush() sleep(0.5)"]
        )
        try holder.wait { holder.output.contains("held") }
        let run = try bench.vmoon(["--lock", "a", "--lock-wait", "50s", "-e", "print 'mine'"])
        #expect(run.status == 0 && run.output == "mine\n", "\(run)")
    }

    @Test(arguments: [
        (["--lock-wait", "100ms"], 75, "also after --lock-wait"),
        (["--lock-wait", "50s", "--deadline", "100ms"], 124, "the deadline was reached while"),
    ]) func `waiting ends`(_ options: [String], _ status: Int, _ text: String) throws {
        let bench = try JournalBench(items: 1)
        let holder = try JournalKillTests.Background(
            bench,
            ["--lock", "a", "-e", "print 'held' io.stdout:flush() sleep(60)"]
        )
        try holder.wait { holder.output.contains("held") }
        let run = try bench.vmoon(["--lock", "a"] + options + ["-e", "print 'mine'"])
        #expect(run.status == Int32(status) && run.output == "", "\(run)")
        #expect(run.error.contains(text), "\(run.error)")
        #expect(run.error.split(separator: "\n").count == 1)
        holder.kill()
    }

    @Test func `a signal ends the waiting`() throws {
        let bench = try JournalBench(items: 1)
        let words = ["--lock", "a", "--lock-wait", "50s", "-e"]
        let holder = try JournalKillTests.Background(
            bench,
            words + ["print 'held' io.stdout:flush() sleep(60)"]
        )
        try holder.wait { holder.output.contains("held") }
        let waiter = try JournalKillTests.Background(bench, words + ["print 'mine'"])
        // It has come to the lock when it has the file open.
        let folder = "/proc/\(waiter.identifier)/fd"
        try waiter.wait {
            try FileManager.default.contentsOfDirectory(atPath: folder).contains { name in
                let file = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "\(folder)/\(name)"
                )
                return file?.hasSuffix("/locks/run.a.lock") == true
            }
        }
        #expect(waiter.terminate() == -SIGTERM)
        #expect(!waiter.output.contains("mine"))
        holder.kill()
    }

    @Test func `a program that a script leaves behind does not hold the lock`() throws {
        let bench = try JournalBench(items: 1)
        let run = try bench.vmoon([
            "--lock", "a", "-e", "os.execute('sleep 30 >/dev/null 2>&1 </dev/null & echo $!')",
        ])
        #expect(run.status == 0)
        #expect(try bench.vmoon(["--lock", "a", "-e", ""]).status == 0)
        if let child = Int32(run.lines.first ?? "") { kill(child, SIGKILL) }
    }

    @Test func `a state folder that others may enter holds no lock`() throws {
        let bench = try JournalBench(items: 1)
        let state = bench.folder.path + "/open"
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: state)
        let run = try bench.vmoon(["--lock", "a", "-e", "print 'ran'"], state: state)
        #expect(run.status == 73 && run.output == "", "\(run)")
    }
}
