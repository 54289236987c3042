import JSON
import Support
import Testing

/// `vmoon rehearse`: what is wrong is found, what is right passes, and the faults meet what they claim.
struct RehearseTests {
    private static let item = "golden/ubuntu-22.04"
    private static let place = ["dc-1/vm/templates", "cluster-1"]

    struct Pair: Sendable, CustomTestStringConvertible {
        let wrong: String
        let right: String
        var arguments: [String] = []
        let faults: String
        /// A part of what has to be found.
        let finding: String
        var testDescription: String { "\(wrong) and \(right)" }
    }

    static let pairs = [
        Pair(
            wrong: "unchecked",
            right: "checked",
            faults: "kill_before,kill_after",
            finding: "rollback of golden/ubuntu-22.04 was applied 2 times (1 without a fault)"
        ),
        Pair(
            wrong: "recomputed",
            right: "pinned",
            faults: "malformed_json,error:internal_server_error",
            finding: "rollback of golden/ubuntu-22.04 was applied 2 times (1 without a fault)"
        ),
        Pair(
            wrong: "kept",
            right: "returned",
            arguments: place,
            faults: "error:unauthorized,error:resource_busy,truncate",
            finding: "golden/ubuntu-22.04 is left checked out"
        ),
        Pair(
            wrong: "swallowed",
            right: "told",
            faults: "meanwhile:delete_item,error:resource_busy,html_503",
            finding: "it ended with 0, and hides that the outcome of a change was unknown"
        ),
        Pair(
            wrong: "twice",
            right: "once",
            arguments: place,
            faults: "reset_after_apply,no_answer,late_apply:1h",
            finding: "deploy of golden/ubuntu-22.04 was applied 2 times (1 without a fault)"
        ),
    ]

    @Test(arguments: pairs)
    func `a script that is wrong is found, and the right one passes`(_ pair: Pair) throws {
        let bench = RehearseBench()
        let arguments = [Self.item] + pair.arguments
        let options = ["--faults", pair.faults]
        let wrong = try bench.rehearse(options, RehearseBench.script(pair.wrong), arguments)
        #expect(wrong.run.status == 1, "\(wrong.run.error)")
        let words = wrong.findings.flatMap(\.words)
        #expect(words.contains { $0.contains(pair.finding) }, "\(words)")
        let right = try bench.rehearse(options, RehearseBench.script(pair.right), arguments)
        #expect(right.run.status == 0 && right.findings.isEmpty, "\(right.findings)")
        #expect(!right.cases.isEmpty)
    }

    /// Findings that are wrong in the same way stand together, with one command: here each has its own.
    @Test(arguments: pairs)
    func `the command of every finding shows the same finding`(_ pair: Pair) throws {
        let bench = RehearseBench()
        let found = try bench.rehearse(
            ["--faults", pair.faults],
            RehearseBench.script(pair.wrong),
            [Self.item] + pair.arguments
        )
        #expect(!found.findings.isEmpty)
        let program = try SimulatorProcess.program("vmoon")
        for finding in found.findings {
            let own = "vmoon rehearse --case '\(finding.name)' --seed 1 "
            #expect(finding.command.hasPrefix(own))
            let run = try ProgramRun.shell(
                finding.command.replacing("vmoon rehearse", with: "'\(program)' rehearse"),
                in: bench.folder
            )
            #expect(run.status == 1, "\(finding.command): \(run.error)")
            #expect(run.lines.first == "\(finding.name)   ended with \(finding.ended)")
            // These words and no others: what the processes said last follows them.
            let words = run.lines.dropFirst().prefix { line in
                !["run: ", "resume: ", "reconcile: ", "run again: ", "1 case "].contains {
                    line.drop { $0 == " " }.hasPrefix($0)
                }
            }
            #expect(words.map { String($0.drop { $0 == " " }) } == finding.words)
        }
    }

    @Test func `a script that shares its list is rehearsed: all items are its own`() throws {
        let bench = RehearseBench()
        let script = try bench.folder.write(
            """
            for name in share(arg) do print(step(name, function() return assert(item(name)):latest() end)) end
            """,
            to: "share.lua"
        )
        let report = try bench.rehearse(["--limit", "1"], script, [Self.item])
        #expect(report.run.status == 0, "\(report.findings) \(report.run.error)")
        #expect(report.cases.count > 3)
    }

    @Test func `every fault meets every operation that it claims to meet`() throws {
        let bench = RehearseBench()
        let report = try bench.rehearse(
            ["--limit", "1"],
            RehearseBench.script("returned"),
            [Self.item] + Self.place
        )
        #expect(report.run.status == 0, "\(report.findings)")
        var pairs: Set<String> = []
        for entry in report.cases {
            #expect((entry["injected"]?.integer ?? 0) > 0, "\(entry)")
            let name = entry["case"]?.string ?? ""
            let operation = name.prefix { $0 != "#" }
            pairs.insert("\(operation):\(name.drop { $0 != ":" })")
        }
        // The same by the table, and no pair is missing: each change meets at least thirty faults.
        for member in report.tree["injected"]?.members ?? [] {
            for count in member.value.members ?? [] { #expect((count.value.integer ?? 0) > 0) }
        }
        for change in ["checkOut", "checkIn", "setHardware"] {
            let faults = report.tree["injected"]?[change]?.members ?? []
            #expect(faults.count >= 29, "\(change): \(faults.map(\.name))")
        }
        #expect(pairs.count > 300)
    }

    @Test(arguments: ["getItem#99:delay", "journal.settle#9:kill_after"])
    func `a case in which nothing was hit is an error`(_ name: String) throws {
        let bench = RehearseBench()
        let script = RehearseBench.script("checked")
        let report = try bench.rehearse(["--case", name], script, [Self.item])
        #expect(report.run.status == 1)
        #expect(report.findings.map(\.name) == [name], "\(report.cases)")
        #expect(report.cases.first?["injected"] == 0)
        let operation = String(name.prefix { $0 != "#" })
        let fault = String(name.drop { $0 != ":" }.dropFirst())
        #expect(report.tree["injected"]?[operation]?[fault] == 0)
    }

    @Test func `a run that is killed at any point of the journal is brought to its end`() throws {
        let bench = RehearseBench()
        for (script, arguments) in [("returned", Self.place), ("checked", [])] {
            let report = try bench.rehearse(
                ["--faults", "kill_before,kill_after"],
                RehearseBench.script(script),
                [Self.item] + arguments
            )
            #expect(report.run.status == 0, "\(report.findings)")
            #expect(report.cases.count >= 4)
            for entry in report.cases {
                #expect(entry["ended"]?.string?.hasPrefix("signal 9") == true, "\(entry)")
            }
        }
    }

    @Test func `a night with sleeps, a late change and a deadline takes no time`() throws {
        let bench = RehearseBench()
        let script = try bench.folder.write(
            """
            local vc <close> = session()
            local it = assert(vc:item(arg[1]))
            local latest, previous = step("look", function() return it:latest(), it:previous() end)
            local began = time.now()
            for hour = 1, 8 do sleep(3600) end
            assert(time.now() - began >= 8 * 3600)
            step("undo", function() return it:rollback(previous, "bad", { if_latest = latest }) end)
            """,
            to: "night.lua"
        )
        let options = [
            "rollback#1:late_apply:1h", "rollback#1:no_answer", "getItem#2:no_answer",
            "journal.settle#1:kill_after",
        ].flatMap { ["--case", $0] }
        let report = try bench.rehearse(options, script, [Self.item])
        #expect(report.run.status == 0, "\(report.findings)")
        #expect((report.tree["seconds"]?.number ?? 99) < 30)
        let late = try ProgramRun.of(
            "vmoon",
            ["rehearse", "--deadline", "2h", script, Self.item],
            in: bench.folder
        )
        #expect(late.status == 124)
        #expect(late.error.contains("without a fault the script ends with 124"), "\(late.error)")
    }

    @Test func `an error of the script without a fault ends the rehearsal`() throws {
        let bench = RehearseBench()
        let script = try bench.folder.write("error('no')", to: "bad.lua")
        let run = try ProgramRun.of("vmoon", ["rehearse", script], in: bench.folder)
        #expect(run.status == 1 && run.output.isEmpty)
        #expect(run.error.contains("without a fault the script ends with 1: "), "\(run.error)")
    }

    @Test func `a signal ends it with all that it has started, and says how far it was`() throws {
        let bench = RehearseBench()
        let program = try SimulatorProcess.program("vmoon")
        let script = RehearseBench.script("checked")
        let run = try ProgramRun.shell(
            "timeout --preserve-status -s INT 2 '\(program)' rehearse '\(script)' \(Self.item); "
                + "echo \"code $?\"; find . -name 'vmoon-*'; "
                + "grep -l \"$PWD/[v]moon-\" /proc/[0-9]*/cmdline",
            environment: ["TMPDIR": bench.folder.path],
            in: bench.folder
        )
        #expect(run.output.contains("; stopped before the end\ncode 130\n"), "\(run.output)")
        #expect(run.output.hasSuffix("code 130\n"), "\(run.output)")
    }

    @Test func `what is named wrong is refused`() throws {
        let cases: [([String], String)] = [
            (["--faults", "reset"], "--faults: there is no fault 'reset'"),
            (["--case", "rollback"], "--case: 'rollback' is no case"),
            (["--inventory", "nowhere.json"], "nowhere.json"),
        ]
        for (options, message) in cases {
            let run = try ProgramRun.of(
                "vmoon",
                ["rehearse"] + options + [RehearseBench.script("once")]
            )
            #expect([64, 66].contains(run.status), "\(run.error)")
            #expect(run.error.contains(message), "\(run.error)")
        }
    }

    @Test func `every vCenter that the script names has a twin, and none is reached`() throws {
        let bench = RehearseBench()
        let script = try bench.folder.write(
            """
            for _, name in ipairs{ "vc1.invalid", "vc2.invalid:8443" } do
              local vc <close> = session{ vcenter = name, user = "me", password = "secret" }
              local it = assert(vc:item(arg[1]))
              local previous = step("look " .. name, function() return it:previous() end)
              step("undo " .. name, function() return it:rollback(previous, "bad") end)
            end
            """,
            to: "two.lua"
        )
        let report = try bench.rehearse(
            ["--faults", "reset_after_apply,html_503,kill_after"],
            script,
            [Self.item]
        )
        #expect(report.run.status == 0, "\(report.findings)")
        let names = report.cases.compactMap { $0["case"]?.string }
        #expect(names.contains("rollback@vc1.invalid#1:reset_after_apply"), "\(names)")
        #expect(names.contains("rollback@vc2.invalid:8443#1:reset_after_apply"), "\(names)")
    }
}
