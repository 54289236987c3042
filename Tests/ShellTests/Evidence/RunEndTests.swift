import JSON
import Journal
import Posix
import Testing
import VSphere

@testable import Shell

/// What is told of the end of a run, and to whom.
@Suite struct RunEndTests {
    private static let problem = RunProblem("boom", kind: "not_found")

    @Test(
        arguments: [
            (.code(0), nil, 0, nil, nil, "done"),
            // A problem that did not count: the run reached its end.
            (.code(0), problem, 0, nil, nil, "done"),
            (.code(66), problem, 66, nil, "not_found", "boom"),
            (.code(3), nil, 3, nil, nil, "ended with exit code 3"),
            (.signal(15), nil, 143, 15, nil, "ended by signal 15"),
            (.signal(2), problem, 130, 2, "not_found", "boom"),
        ] as [(World.Ending, RunProblem?, Int32, Int32?, String?, String)]
    )
    func `how a run ended`(
        _ ending: World.Ending,
        _ problem: RunProblem?,
        _ code: Int32,
        _ signal: Int32?,
        _ kind: String?,
        _ message: String
    ) {
        let changes = ChangeCounts(done: 1, unknown: 2)
        let end = RunEnd(ending, problem, duration: .milliseconds(1500), changes: changes)
        #expect(end.exitCode == code && end.signal == signal && end.kind == kind)
        #expect(end.message == message && end.isFailure == (code != 0))
        let start = RunStart(Invocation(), identifier: "r", FakeWorld().world())
        let record = JSONValue.object(end.fields(of: start))
        #expect(record["event"] == "run_end" && record["exit_code"]?.integer == Int(code))
        #expect(record["duration_ms"] == 1500 && record["signal"]?.integer == signal.map(Int.init))
        #expect(record["changes"] == ["done": 1, "refused": 0, "unknown": 2])
    }

    @Test func `advice and the way there are fields of the record`() {
        var problem = Self.problem
        problem.advice = ["  try: it again", "  did you mean the command runs?"]
        problem.frames = ["stack traceback:", "\t[C]: in function 'error'"]
        let record = JSONValue.object(problem.fields)
        #expect(record["hint"] == "it again; did you mean the command runs?")
        #expect(record["traceback"] == ["stack traceback:", "[C]: in function 'error'"])
    }

    @Test(
        arguments: [
            (.exited(0), "", nil), (.exited(3), "", "ended with 3"),
            (.exited(3), "\u{1B}no\nroom\n", "ended with 3: \\x1Bno"),
            (.signalled(9), "x", "was ended by signal 9: x"),
            (.timedOut, "x", "took longer than 30s, and was ended"),
            (.outputTooLarge, "x", "wrote more than 64K, and was ended"),
            (.cancelled, "", "was ended: the run was told to stop"),
        ] as [(Ending, String, String?)]
    )
    func `what is said of a program that was told`(
        _ ending: Ending,
        _ output: String,
        _ says: String?
    ) {
        let outcome = Command.Outcome(ending: ending, output: Array(output.utf8))
        #expect(RunHooks.problem(outcome) == says)
    }

    @Test func `no variable of ours with a password is handed on`() {
        let kept = RunHooks.withoutPasswords([
            "VMOON_PASSWORD": "x", "GOVC_PASSWORD": "x", "VMOON_PING_URL": "x", "MINE": "m",
            "VMOON_VCENTER": "https://u:x@vc", "GOVC_URL": "://u:x@", "VMOON_USER": "u",
        ])
        #expect(kept["MINE"] == "m" && kept["VMOON_USER"] == "u" && kept["GOVC_URL"] == nil)
        #expect(kept["VMOON_VCENTER"]?.contains("x") == false)
        #expect(kept.count == 3)
    }

    @Test(arguments: [
        ([], RunChoice()),
        (
            ["--failed", "--open", "--limit", "7"],
            RunChoice { ($0.isFailed, $0.isOpen, $0.limit) = (true, true, 7) }
        ),
        (["--since", "2d"], RunChoice { $0.since = .seconds(172_800) }),
        (["--item", "golden/rhel"], RunChoice { $0.item = "golden/rhel" }),
        (["--vcenter", "https://VC.example.com/sdk"], RunChoice { $0.vcenter = "vc.example.com" }),
        (["--vcenter", "vc:8443"], RunChoice { $0.vcenter = "vc:8443" }),
        (["5f3c0a1b"], RunChoice { $0.names = ["5f3c0a1b"] }),
    ]) func `a choice on the command line`(_ words: [String], _ choice: RunChoice) throws {
        let given = try ArgumentParser.parse(["runs"] + words, inputIsTerminal: false)
        let operands = words.first.map { $0.hasPrefix("-") ? [] : [$0] } ?? []
        #expect(given.mode == .subcommand(name: "runs", operands: operands))
        let taken = RunChoice(given, operands)
        #expect(taken == choice)
        let query = choice.query(now: 1_000_000_000, alive: ["a"])
        let since: Int64? = choice.since == nil ? nil : 1_000_000_000 - 172_800_000
        #expect(query.since == since)
        #expect(query.alive == ["a"] && query.item == choice.item && query.limit == choice.limit)
    }
}

extension RunChoice {
    fileprivate init(_ change: (inout RunChoice) -> Void) {
        self.init()
        change(&self)
    }
}
