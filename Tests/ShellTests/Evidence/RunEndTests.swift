import JSON
import Journal
import Posix
import Synchronization
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
            (.code(3), nil, 3, nil, "script", "ended with exit code 3"),
            (.code(1), RunProblem("boom"), 1, nil, "script", "boom"),
            (.code(64), RunProblem("no such option"), 64, nil, "usage", "no such option"),
            (.code(75), RunProblem("held"), 75, nil, "resource_busy", "held"),
            (.code(124), nil, 124, nil, "deadline", "ended with exit code 124"),
            (.signal(15), nil, 143, 15, "signal", "ended by signal 15"),
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
        #expect(RunHooks.problem(outcome, RunHooks.limit) == says)
    }

    /// Options as a command line gives them.
    private static func options(_ words: String...) throws -> RunOptions {
        let given = try ArgumentParser.parse(words + ["-e", ""], inputIsTerminal: false)
        return RunOptions(given, environment: [:])
    }

    private final class Heard: Sendable {
        let commands = Mutex<[Command]>([])
        let text = Mutex("")

        /// Surroundings in which programs end so, and in which standard error is kept.
        func world(_ ending: Ending, _ environment: [String: String] = [:]) -> World {
            var world = FakeWorld().world(environment)
            world.run = { command throws(PosixError) in
                self.commands.withLock { $0.append(command) }
                return Command.Outcome(ending: ending, output: [])
            }
            world.error = World.Output(isTerminal: false) { bytes in
                self.text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            }
            return world
        }
    }

    @Test(arguments: [(0, 1), (1, 2), (70, 2), (64, 2)] as [(Int32, Int)])
    func `a program that hangs has its limit, and changes nothing`(_ code: Int32, _ told: Int)
        throws
    {
        let heard = Heard()
        let options = try Self.options("--on-end", "a 'b c'", "--on-failure", "d")
        let world = heard.world(
            .timedOut,
            [
                "TRACEPARENT": "outer", "VMOON_PASSWORD": "x",
                "OTEL_EXPORTER_OTLP_HEADERS": "key=x",
            ]
        )
        let hooks = try RunHooks(options, world, limit: .seconds(2))
        let end = RunEnd(.code(code), nil, duration: .zero, changes: ChangeCounts())
        var said: [String] = []
        hooks.tell(end, "{}", traceparent: "inner") { said.append($0) }
        let commands = heard.commands.withLock { $0 }
        #expect(commands.count == told && commands[0].arguments == ["a", "b c"])
        #expect(commands.allSatisfy { $0.timeout == .seconds(2) })
        #expect(commands.allSatisfy { $0.feed?.input == Array("{}\n".utf8) })
        #expect(commands.allSatisfy { $0.feed?.environment == ["TRACEPARENT": "inner"] })
        let says = ["--on-end: a", "--on-failure: d"].prefix(told).map {
            "\($0) took longer than 2s, and was ended"
        }
        #expect(said == says)
        // Nobody says otherwise: thirty seconds.
        try RunHooks(options, world).tell(end, "{}") { _ in }
        let last = heard.commands.withLock { $0.last }
        #expect(last?.timeout == .seconds(30))
        #expect(last?.feed?.environment == ["TRACEPARENT": "outer"])
    }

    @Test func `a run that leaves a doubt says so, whatever was told before`() throws {
        for doubt in [nil, "rollback: nobody knows"] {
            let heard = Heard()
            let options = try Self.options("--log-format", "json")
            let world = heard.world(.exited(0))
            let log = try RunLog(Invocation(), options, runID: "r", world, Redaction())
            log.count(nil)
            log.tell(RunProblem("the deadline was reached", kind: "deadline"))
            if let doubt { log.tell(RunProblem(doubt, kind: "unknown_outcome")) }
            log.end(.code(80), hasUnknownOutcome: true)
            let last = heard.text.withLock { $0 }.split(separator: "\n").last ?? ""
            let record = try JSONValue(parsing: String(last))
            #expect(record["kind"] == "unknown_outcome")
            #expect(record["message"]?.string == doubt ?? "the outcome of 1 change is not known")
        }
    }

    @Test func `a run that is ended by force has one end, whoever tells of it first`() throws {
        for isForced in [true, false] {
            let heard = Heard()
            let world = heard.world(.exited(0))
            let options = try Self.options("--log-format", "json", "--on-end", "a")
            let log = try RunLog(Invocation(), options, runID: "r", world, Redaction())
            log.count(.done)
            log.count(nil)
            let problem = RunProblem("stuck", kind: "deadline")
            if isForced { log.endByForce(.code(124), problem) }
            log.end(.code(3), hasUnknownOutcome: false)
            if !isForced { log.endByForce(.code(124), problem) }
            let lines = heard.text.withLock { $0 }.split(separator: "\n")
            let records = try lines.map { try JSONValue(parsing: String($0)) }
            let events = records.compactMap { $0["event"]?.string }
            #expect(events == ["run_begin"] + (isForced ? ["error"] : []) + ["run_end"])
            let end = try #require(records.last)
            #expect(end["exit_code"] == (isForced ? 124 : 3))
            #expect(end["kind"]?.string == (isForced ? "deadline" : "script"))
            #expect(end["changes"] == ["done": 1, "refused": 0, "unknown": 1])
            let told = heard.commands.withLock { $0 }
            #expect(told.count == 1 && told[0].feed?.input == Array((lines.last ?? "").utf8) + [10])
        }
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
