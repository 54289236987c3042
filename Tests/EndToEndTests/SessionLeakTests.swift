import Foundation
import JSON
import Support
import Synchronization
import Testing

/// Sessions are few: whatever ends a run, its session ends with it.
@Suite struct SessionLeakTests {
    private static let script = """
        local vc <close> = session()
        listLibraries()
        if arg[1] == "fail" then error("boom") end
        if arg[1] == "wait" then
          print "ready" io.stdout:flush()
          while true do listLibraries() end
        end
        """

    /// How a run is to end.
    private enum Ending {
        case returns, fails
        case killed(Int32)

        /// Every fifth is killed, by SIGINT and SIGTERM in turn; every seventh ends in an
        /// error.
        init(_ number: Int) {
            if number % 5 == 0 {
                self = .killed(number % 2 == 0 ? SIGINT : SIGTERM)
            } else {
                self = number % 7 == 0 ? .fails : .returns
            }
        }
    }

    @Test func `200 runs, many of them killed or failing, leave no session open`() throws {
        let runs = try Runs("--max-sessions", "3")
        let script = try runs.folder.write(Self.script, to: "script.lua")
        let wrong = Mutex<[String]>([])
        // Three at a time: one session that leaks makes the log-ins of those that follow fail.
        DispatchQueue.concurrentPerform(iterations: 3) { lane in
            for number in stride(from: lane + 1, through: 200, by: 3) {
                let problem = Self.problem(of: number, script, runs)
                if let problem { wrong.withLock { $0.append("run \(number): \(problem)") } }
            }
        }
        #expect(wrong.withLock { $0 } == [])
        #expect(try runs.simulator.admin("GET", "/sim/sessions") == ["open": 0])
        let sessions = try runs.sessions()
        #expect(sessions.logIns == 200 && sessions.logOuts == 200)
    }

    private static func problem(of number: Int, _ script: String, _ runs: Runs) -> String? {
        let ending = Ending(number)
        var word = "go"
        var expected: (status: Int32?, signal: Int32?) = (0, nil)
        switch ending {
        case .returns: break
        case .fails: (word, expected) = ("fail", (1, nil))
        case .killed(let signal): (word, expected) = ("wait", (nil, signal))
        }
        do {
            let run = try ProgramRun.of(
                "vmoon",
                runs.connection + [script, word],
                environment: ["VMOON_PASSWORD": runs.simulator.password],
                in: runs.folder
            ) { text, process in
                guard case .killed(let signal) = ending, text.contains("ready") else { return }
                kill(process.identifier, signal)
            }
            let isRight = run.status == expected.status && run.signal == expected.signal
            return isRight ? nil : "\(run.status ?? -1) \(run.signal ?? 0): \(run.error)"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: ["SIGINT", "SIGTERM"])
    func `a run that is stopped while it logs in leaves no session open`(_ name: String) throws {
        let runs = try Runs()
        try runs.simulator.add(
            fault: ["match": ["operation": "createSession"], "do": "delay", "ms": 400]
        )
        let script = try runs.folder.write(
            "print 'ready' io.stdout:flush() session()",
            to: "script.lua"
        )
        let signal = name == "SIGINT" ? SIGINT : SIGTERM
        let run = try ProgramRun.of(
            "vmoon",
            runs.connection + [script],
            environment: ["VMOON_PASSWORD": runs.simulator.password],
            in: runs.folder
        ) { text, process in
            guard text.contains("ready") else { return }
            // The log-in is under way once the simulator has seen it.
            while (try? runs.sessions().logIns) == 0 { sched_yield() }
            kill(process.identifier, signal)
        }
        #expect(run.signal == signal, "\(run)")
        #expect(try runs.simulator.admin("GET", "/sim/sessions") == ["open": 0])
    }
}
