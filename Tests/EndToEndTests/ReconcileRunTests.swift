import Foundation
import JSON
import Support
import Testing

/// A library that is loaded before the program, and kills it where it makes an interpreter.
private enum Trap {
    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdint.h>
        #include <string.h>
        #include <sys/mman.h>
        #include <unistd.h>
        __attribute__((constructor)) static void set(void) {
          char *place = dlsym(RTLD_DEFAULT, "lua_newstate");
          if (place == NULL) return;
          uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
          void *start = (void *)((uintptr_t)place & ~(page - 1));
          if (mprotect(start, 2 * page, PROT_READ | PROT_WRITE) != 0) _exit(99);
        #ifdef __x86_64__
          memset(place, 0xcc, 4); /* int3 */
        #else
          memset(place, 0, 4); /* udf */
        #endif
          if (mprotect(start, 2 * page, PROT_READ | PROT_EXEC) != 0) _exit(99);
        }
        """

    /// The folder with the library; nil where it cannot be made.
    static let folder: TestFolder? = {
        let folder = TestFolder()
        guard (try? folder.write(source, to: "trap.c")) != nil,
            let run = try? ProgramRun.shell("cc -shared -fPIC -o trap.so trap.c", in: folder),
            run.status == 0
        else { return nil }
        return folder
    }()

    static let isThere = folder != nil
}

/// `vmoon reconcile` as a run: what it starts, how much it does at once, how it is stopped, where it looks.
@Suite struct ReconcileRunTests {
    /// Leaves so many operations open, each about a thing of its own.
    private static func leaveOpen(_ count: Int, _ operation: String) throws -> JournalBench {
        let bench = try JournalBench(items: count)
        let fault: JSONValue = [
            "match": ["operation": .string(operation)], "times": 99, "do": "reset_before_apply",
        ]
        try bench.simulator.add(fault: fault)
        let call =
            operation == "rollback"
            ? "vc:rollback(id, '1', 'why')"
            : "vc:deploy(ids[1], { name = 'new-' .. i, placement = { folder = 'group-v3' } })"
        let code = """
            local vc, ids = session(), {}
            for i = 1, \(count) do ids[i] = '\(JournalBench.item(1).dropLast(2))' .. ('%02d'):format(i) end
            parallel(ids, function(id, i) pcall(function() \(call) end) end, { errors = 'collect' })
            """
        let run = try bench.vmoon(["--settle", "10ms", "--resend", "0", "-e", code])
        #expect(run.status == 80, "\(run.error)")
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        return bench
    }

    /// A run in the background that hangs in its first looks.
    private static func hang(
        _ bench: JournalBench,
        in operation: String,
        _ options: String...
    ) throws -> ChildProcess {
        let fault: JSONValue = [
            "match": ["operation": .string(operation)], "times": 999, "do": "delay", "ms": 600_000,
        ]
        try bench.simulator.add(fault: fault)
        let connection = ["--vcenter", bench.simulator.url, "--user", bench.simulator.user]
        return try ChildProcess(
            [try SimulatorProcess.program("vmoon"), "reconcile"] + options + connection,
            environment: bench.environment()
        )
    }

    private func looks(_ bench: JournalBench, _ operation: String, after: Int) throws -> Int {
        try bench.simulator.requests().count {
            $0["operation"]?.string == operation && ($0["n"]?.integer ?? 0) > after
        }
    }

    private func sessions(_ bench: JournalBench) throws -> Int? {
        try bench.simulator.admin("GET", "/sim/sessions")["open"]?.integer
    }

    @Test(.enabled(if: Trap.isThere, "there is no C compiler"))
    func `no interpreter is started`() throws {
        let bench = try Self.leaveOpen(1, "rollback")
        var environment = bench.environment()
        environment["LD_PRELOAD"] = try #require(Trap.folder).path + "/trap.so"
        let connection = ["--vcenter", bench.simulator.url, "--user", bench.simulator.user]
        func vmoon(_ words: String...) throws -> ProgramRun {
            try ProgramRun.of("vmoon", words + connection, environment: environment)
        }
        let script = try vmoon("-e", "")
        #expect(script.signal == SIGTRAP || script.signal == SIGILL, "the trap does not work")
        let open = try vmoon("reconcile")
        #expect(open.status == 80 && open.lines.count == 1, "\(open)")
        let id = String(open.output.prefix(8))
        let resent = try vmoon("reconcile", id, "--resend")
        #expect(resent.status == 0 && resent.output.contains("done (version 2 → 3)"), "\(resent)")
        let again = try vmoon("reconcile", id, "--resolve", "done")
        #expect(again.status == 64, "\(again)")
    }

    @Test(arguments: [("rollback", "listChanges"), ("deploy", "listVMs")])
    func `eight are looked at at once; Ctrl-C leaves all open, and no session`(
        _ operation: String,
        _ look: String
    ) throws {
        let bench = try Self.leaveOpen(12, operation)
        let before = try bench.operations()
        let last = try bench.simulator.requests().count
        let run = try Self.hang(bench, in: look)
        let isReached = try run.wait(within: .seconds(60)) {
            try looks(bench, look, after: last) == 8
        }
        #expect(isReached, "\(run.error)")
        run.signal(SIGINT)
        #expect(run.end() == 80, "\(run.error)")
        #expect(try looks(bench, look, after: last) == 8)
        #expect(try sessions(bench) == 0)
        let lines = run.output.split(separator: "\n")
        let told = lines.filter { $0.contains("still unknown: not looked at") }
        #expect(lines.count == 12 && told.count == 12, "\(run.output)")
        #expect(run.error.isEmpty, "\(run.error)")
        #expect(try bench.operations() == before)
    }

    @Test func `what was sent again is waited for when the run is stopped`() throws {
        let bench = try Self.leaveOpen(1, "rollback")
        let id = try #require(try bench.operations().first?["op_id"]?.string)
        let last = try bench.simulator.requests().count
        let fault: JSONValue = ["match": ["operation": "rollback"], "do": "delay", "ms": 2000]
        try bench.simulator.add(fault: fault)
        let connection = ["--vcenter", bench.simulator.url, "--user", bench.simulator.user]
        let run = try ChildProcess(
            [try SimulatorProcess.program("vmoon"), "reconcile", id, "--resend"] + connection,
            environment: bench.environment()
        )
        let isSent = try run.wait(within: .seconds(60)) {
            try looks(bench, "rollback", after: last) == 1
        }
        #expect(isSent)
        run.signal(SIGINT)
        #expect(run.end() == -SIGINT, "\(run.error)")
        #expect(run.output.contains("done (version 2 → 3)"), "\(run.output)")
        #expect(run.error.contains("waiting up to 20s for what was sent"), "\(run.error)")
        #expect(try bench.operations().first?["outcome"]?.string == "done")
        #expect(try sessions(bench) == 0)
    }

    @Test func `the deadline stops it`() throws {
        let bench = try Self.leaveOpen(1, "rollback")
        let run = try Self.hang(bench, in: "listChanges", "--deadline", "300ms")
        #expect(run.end() == 80, "open all the same: \(run.error)")
        #expect(run.error == "vmoon: the deadline was reached\n")
        #expect(run.output.contains("not looked at"))
        #expect(try sessions(bench) == 0)
    }

    @Test func `each is told when it is settled, as JSON in the order of the journal`() throws {
        let bench = try Self.leaveOpen(12, "rollback")
        let ids = try bench.operations().compactMap { $0["op_id"]?.string }
        let text = try bench.vmoon(["reconcile"])
        #expect(text.status == 80, "\(text.error)")
        #expect(
            Set(text.lines.map { $0.prefix(8) }) == Set(ids.map { $0.prefix(8) })
                && text.lines.count == 12
        )
        try bench.advance(hours: 25)
        let json = try bench.vmoon(["reconcile", "--json"])
        #expect(json.status == 0, "\(json.error)")
        let records = try JSONValue(parsing: json.output).array ?? []
        #expect(records.compactMap { $0["op_id"]?.string } == ids)
        #expect(records.allSatisfy { $0["outcome"]?.string == "not_seen" })
        let none = try bench.vmoon(["reconcile", "--json"])
        #expect(none.status == 0 && none.output == "[]\n")
        #expect(none.error == "vmoon: no operation is open\n")
    }

    @Test func `a vCenter that is not there is said once, and nothing is written`() throws {
        let bench = try Self.leaveOpen(3, "rollback")
        let before = try bench.operations()
        let fault: JSONValue = ["match": ["path": "*"], "times": 99, "do": "reset_before_request"]
        try bench.simulator.add(fault: fault)
        let run = try bench.vmoon(["reconcile", "--timeout", "1s"])
        #expect(run.status == 80)
        #expect(run.lines.count == 3 && run.error.split(separator: "\n").count == 1, "\(run)")
        #expect(run.error.hasPrefix("vmoon: login (user "), "\(run.error)")
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        #expect(try bench.operations() == before)
    }

    @Test func `the journal names the vCenter and the user where nothing else does`() throws {
        let runs = try Runs()
        let fault: JSONValue = [
            "match": ["operation": "rollback"], "do": "reset_before_apply", "times": 9,
        ]
        try runs.simulator.add(fault: fault)
        let code = "rollback('\(PolicyTests.ubuntu)', '1', 'why')"
        let lost = try runs.vmoon(["--settle", "10ms", "--resend", "0", "-e", code])
        #expect(lost.status == 80, "\(lost.error)")
        let authority = ["--ca-file", try #require(runs.simulator.caFile)]
        let run = try ProgramRun.of(
            "vmoon",
            ["reconcile"] + authority,
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        )
        #expect(run.status == 80 && run.error.isEmpty, "\(run)")
        #expect(run.output.contains("it has not happened so far"), "\(run.output)")
    }

    @Test func `an identifier that is none says so`() throws {
        let bench = try Self.leaveOpen(2, "rollback")
        let wrong = try bench.vmoon(["reconcile", "zzzzzzzz"])
        #expect(wrong.status == 66)
        #expect(
            wrong.error
                == "vmoon: the journal has no operation whose identifier begins with 'zzzzzzzz'; "
                + "vmoon reconcile shows what is open, vmoon runs ID what a run did\n"
        )
        let several = try bench.vmoon(["reconcile", ""])
        #expect(several.status == 64)
        #expect(several.error.contains("'' is too short to name an operation; give the first 8 "))
        let id = try #require(try bench.operations().first?["op_id"]?.string)
        let short = try bench.vmoon(["reconcile", String(id.prefix(8)), "--resolve", "done"])
        #expect(short.status == 0 && short.output.contains("done: settled by hand"), "\(short)")
        let elsewhere = try bench.vmoon(
            ["reconcile", "zzzzzzzz"],
            state: bench.folder.path + "/none"
        )
        #expect(elsewhere.status == 66, "\(elsewhere.error)")
    }
}
