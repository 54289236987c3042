import Foundation
import JSON
import Support
import Testing

/// A step whose change was in doubt, was refused, or is another one by now.
@Suite struct ResumeDoubtTests {
    static let quick = ["--operation-timeout", "500ms", "--settle", "10ms", "--resend", "0"]

    static func late(_ milliseconds: Int, _ operation: String = "rollback") -> JSONValue {
        [
            "match": ["operation": .string(operation)], "do": "late_apply",
            "ms": .integer(milliseconds),
        ]
    }

    @Test func `a doubt stops its step alone, and is settled before anything is made again`() throws
    {
        let bench = try ResumeBench()
        try bench.simulator.add(fault: Self.late(4000))
        let text = """
            local _, errors = parallel({ 1, 2 }, function(n)
              print(n, step("back " .. n, function()
                return rollback(string.format("00000000-0000-4000-8000-%012d", n), "1", "why")
              end))
            end, { limit = 1, errors = "collect" })
            for _, err in pairs(errors) do print(err.kind) end
            """
        let first = try bench.run(text, Self.quick)
        #expect(first.status == 80 && first.output == "2\t3\nunknown_outcome\n", "\(first)")
        #expect(try bench.steps() == ["unknown (unknown_outcome) back 1", "done back 2"])
        let early = try bench.resume()
        #expect(early.status == 80 && early.output == "2\t3\nunknown_outcome\n", "\(early)")
        var applied = 0
        for _ in 0..<200 where applied < 2 {
            usleep(50_000)
            applied = try bench.requests("rollback").applied
        }
        let last = try bench.resume()
        #expect(last.status == 0 && last.output == "1\t3\n2\t3\n", "\(last)")
        #expect(try bench.requests("rollback") == (2, 2))
        #expect(try bench.steps() == ["done back 1", "kept back 2"])
    }

    @Test func `what was not seen in a day is made anew`() throws {
        let bench = try ResumeBench()
        try bench.simulator.add(fault: ReconcileCommandTests.lost)
        let text = "print(step('a', function() return \(ResumeBench.rollback(1)) end))"
        #expect(try bench.run(text, Self.quick).status == 80)
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        #expect(try bench.resume().status == 80)
        try bench.bench.advance(hours: 25)
        #expect(try bench.resume().output == "3\n")
        #expect(try bench.requests("rollback") == (2, 1))
    }

    @Test func `a check-out that was not seen in a day waits for a person`() throws {
        let bench = try ResumeBench()
        try bench.simulator.add(fault: [
            "match": ["operation": "checkOut"], "times": 9, "do": "reset_before_apply",
        ])
        let place = "{ name = 'x-{op}', placement = { folder = 'group-v3' } }"
        let text =
            "step('a', function() checkOut('\(JournalBench.item(1))', \(place)) end) print(1)"
        #expect(try bench.run(text, Self.quick).status == 80)
        _ = try bench.simulator.admin("DELETE", "/sim/faults")
        try bench.bench.advance(hours: 25)
        for _ in 1...2 {
            let late = try bench.resume()
            #expect(late.status == 80 && late.error.contains("not seen in 24h"), "\(late)")
            #expect(late.error.contains("--resolve not-applied"), "\(late)")
            #expect(try bench.steps() == ["unknown (unknown_outcome) a"])
        }
        #expect(try bench.requests("checkOut") == (1, 0))
        let id = try #require(try bench.bench.operations().first?["op_id"]?.string)
        let close = ["reconcile", id, "--resolve", "not-applied"]
        #expect(try bench.bench.vmoon(close).output.contains(" - not applied: settled by hand"))
        #expect(try bench.bench.vmoon(close).status == 64)
        #expect(try bench.resume().output == "1\n")
        #expect(try bench.requests("checkOut") == (2, 1))
    }

    @Test func `a resume that is stopped while it looks leaves the doubt as it was`() throws {
        let bench = try ResumeBench()
        try bench.simulator.add(fault: Self.late(3000))
        let text = "print(step('a', function() return \(ResumeBench.rollback(1)) end))"
        #expect(try bench.run(text, Self.quick).status == 80)
        // It looks, and gets no answer.
        try bench.simulator.add(fault: [
            "match": ["operation": "listChanges"], "do": "delay", "ms": 20_000,
        ])
        let looks = try ChildProcess(
            [try SimulatorProcess.program("vmoon"), "resume"],
            environment: bench.bench.environment(),
            in: bench.folder.path
        )
        let seen = try bench.simulator.requests().count { $0["operation"]?.string == "listChanges" }
        #expect(
            try looks.wait(within: .seconds(60)) {
                try bench.simulator.requests().count { $0["operation"]?.string == "listChanges" }
                    > seen
            }
        )
        looks.signal(SIGTERM)
        #expect(looks.end() == 80)
        var applied = 0
        for _ in 0..<200 where applied < 1 {
            usleep(50_000)
            applied = try bench.requests("rollback").applied
        }
        // Another run settles it by the way; the step has it all the same.
        let reconciled = try bench.bench.vmoon(["reconcile"])
        #expect(reconciled.status == 0, "\(reconciled)")
        let last = try bench.resume()
        #expect(last.status == 0 && last.output == "3\n", "\(last)")
        #expect(try bench.requests("rollback") == (1, 1))
    }

    @Test
    func
        `a doubt that was written without the server's time is given up a day after the first look`()
        throws
    {
        let bench = try ResumeBench()
        try bench.simulator.add(fault: ReconcileCommandTests.lost)
        #expect(
            try bench.run("step('a', function() return \(ResumeBench.rollback(1)) end)", Self.quick)
                .status == 80
        )
        try bench.editJournal("UPDATE operation SET server_time = NULL")
        #expect(try bench.bench.vmoon(["reconcile"]).status == 80)
        try bench.bench.advance(hours: 25)
        let late = try bench.bench.vmoon(["reconcile"])
        #expect(late.status == 0 && late.output.contains("taken to be lost"), "\(late)")
    }

    @Test func `a roll-back to the latest version whose answer is lost may still come`() throws {
        let bench = try ResumeBench()
        try bench.simulator.add(fault: Self.late(2000))
        let text = """
            local ok, err = pcall(function() \(ResumeBench.rollback(1, "2")) end)
            print(err.kind)
            """
        // A version later it is no longer the latest, and would be carried out.
        #expect(try bench.run(text, Self.quick).output == "unknown_outcome\n")
    }

    @Test func `what was refused on the way is refused again in the same words`() throws {
        let bench = try ResumeBench()
        let text = """
            step("a", function()
              local ok, err = pcall(function() \(ResumeBench.rollback(1, "9")) end)
              print(err.kind, err.message, err.outcome, err.status)
              print(\(ResumeBench.rollback(1)))
              if not io.open("go") then error "stop" end
            end)
            """
        let first = try bench.run(text)
        #expect(first.output.hasPrefix("not_found\t"), "\(first)")
        _ = try bench.folder.write("", to: "go")
        let second = try bench.resume()
        #expect(second.status == 0 && second.output == first.output, "\(second)")
        #expect(try bench.requests("rollback") == (2, 1))
    }

    @Test(arguments: [
        (
            "\(ResumeBench.rollback(1, "2"))",
            "change 1 of the step was rollback (item \(JournalBench.item(1)), version 1) before"
        ),
        (
            "rollback('\(JournalBench.item(1))', '1', 'other words')",
            "version 1) before, with other arguments"
        ),
        (
            "\(ResumeBench.rollback(2))",
            "where now rollback (item \(JournalBench.item(2)), version 1) is asked for"
        ),
        ("deleteVersion('\(JournalBench.item(1))', '1')", "where now deleteVersion (item"),
    ])
    func `another change at a kept place diverges, and the step makes no further one`(
        _ change: String,
        _ says: String
    )
        throws
    {
        let bench = try ResumeBench()
        try bench.run("step('a', function() \(ResumeBench.rollback(1)) error 'stop' end)")
        try bench.write(
            """
            print(step("other", function() return 5 end))
            local ok, err = pcall(step, "a", function()
              local ok, err = pcall(function() \(change) end)
              pcall(function() \(ResumeBench.rollback(2)) end)
            end)
            print(ok, err.kind, err.exit_code)
            error(err)
            """
        )
        let before = try bench.requests("rollback").sent
        let run = try bench.resume("--accept-changes")
        #expect(run.status == 81 && run.output == "5\nfalse\tdiverged\t81\n", "\(run)")
        #expect(run.error.contains(says), "\(run.error)")
        #expect(try bench.requests("rollback").sent == before)
    }

    @Test func `a step that ends with fewer changes than it made diverges`() throws {
        let bench = try ResumeBench()
        try bench.run("step('a', function() \(ResumeBench.rollback(1)) error 'stop' end)")
        try bench.write("step('a', function() return 1 end)")
        let run = try bench.resume("--accept-changes")
        #expect(run.status == 81, "\(run)")
        let says = "it made 1 change before and ended now after 0: rollback (item"
        #expect(run.error.contains(says), "\(run.error)")
        #expect(try bench.steps() == ["failed (diverged) a"])
    }

    @Test func `a vCenter that has changed: kept steps stand, others see it`() throws {
        let bench = try ResumeBench()
        let text = """
            print(step("a", function() return #listVersions("\(JournalBench.item(1))") end))
            print(step("b", function()
              local latest = listVersions("\(JournalBench.item(1))")
              print(latest[#latest].version)
              if not io.open("go") then error "stop" end
              return latest[#latest].version
            end))
            """
        #expect(try bench.run(text).output == "2\n2\n")
        OtherOperator(bench.simulator).replace(JournalBench.item(1))
        _ = try bench.folder.write("", to: "go")
        #expect(try bench.resume().output == "2\n3\n3\n")
    }

    @Test func `a step that runs long is listed while it does, and after its run was killed`()
        throws
    {
        let bench = try ResumeBench()
        try bench.write("step('quick', function() end) step('long', function() sleep(600) end)")
        let alive = try JournalKillTests.Background(bench.bench, [bench.folder.path + "/train.lua"])
        try alive.wait {
            try bench.runs().isEmpty ? false : try bench.steps() == ["done quick", "running long"]
        }
        let text = try bench.vmoon(["runs", try bench.latest(), "--steps"]).lines
        #expect(
            text.count == 3
                && text[0].split(separator: " ") == ["state", "took", "changes", "step"],
            "\(text)"
        )
        #expect(
            text[1].hasPrefix("done ") && text[1].hasSuffix(" quick")
                && text[2].hasPrefix("running "),
            "\(text)"
        )
        alive.kill()
        #expect(try bench.steps() == ["done quick", "failed long"])
    }

    @Test func `a doubt stops its step alone, and the others of a parallel go on`() throws {
        let bench = try ResumeBench(items: 4)
        let lost: JSONValue = [
            "match": ["operation": "rollback"], "times": 1, "do": "reset_before_apply",
        ]
        try bench.simulator.add(fault: lost)
        let items = (1...4).map { "'\(JournalBench.item($0))'" }.joined(separator: ", ")
        let text = """
            local ok, err = pcall(parallel, {\(items)}, function(id, n)
              return step("s" .. n, function() return rollback(id, "1", "why") end)
            end, { limit = 1 })
            print(ok, err.kind, err.step, err.results[2], err.results[4], err.errors[1] == err)
            error(err, 0)
            """
        let run = try bench.run(text, Self.quick)
        #expect(run.status == 80, "\(run)")
        #expect(run.output == "false\tunknown_outcome\ts1\t3\t3\ttrue\n", "\(run)")
        #expect(
            try bench.steps() == ["unknown (unknown_outcome) s1", "done s2", "done s3", "done s4"]
        )
        // Outside of steps the first error ends it, whatever it is.
        try bench.simulator.add(fault: lost)
        let outside = try bench.run(
            """
            parallel({select(2, \(items))}, function(id)
              return rollback(id, item(id):previous(), "why")
            end, { limit = 1 })
            """,
            Self.quick
        )
        #expect(outside.status == 80, "\(outside)")
        #expect(try bench.requests("rollback").sent == 5)
    }
}
