import Foundation
import JSON
import Support
import Testing

/// A run that did not reach its end, and those that continue it.
@Suite struct ResumeTests {
    @Test func `what was done is kept, what was not is done, and then nothing is left`() throws {
        let bench = try ResumeBench()
        let text = """
            print(step("one", function() return \(ResumeBench.rollback(1)) end))
            if not io.open("go") then error "stop" end
            print(step("two", function() return \(ResumeBench.rollback(2)) end))
            """
        #expect(try bench.run(text).output == "3\n")
        #expect(try bench.steps() == ["done one"])
        _ = try bench.folder.write("", to: "go")
        #expect(try bench.resume().output == "3\n3\n")
        #expect(try bench.steps() == ["kept one", "done two"])
        #expect(try bench.requests("rollback") == (2, 2))
        let runs = try bench.runs()
        for words in [
            [], [runs[0]["run_id"]?.string ?? ""], [runs[1]["run_id"]?.string ?? ""],
            ["--script", "train.lua"],
        ] {
            let again = try bench.vmoon(["resume"] + words)
            #expect(again.status == 0 && again.output == "", "\(again)")
            #expect(
                again.error.contains("nothing is left to do: the run ")
                    && again.error.contains(" reached its end")
            )
        }
    }

    @Test func `an older run is found behind one that came to its end by a resume`() throws {
        let bench = try ResumeBench()
        try bench.run("print(step('old', function() return 'old' end)) error 'stop'")
        let old = try bench.latest()
        try bench.write(
            "step('new', function() end) if not io.open('go') then error 'stop' end",
            to: "new.lua"
        )
        _ = try bench.vmoon(bench.connection + ["new.lua"])
        _ = try bench.folder.write("", to: "go")
        #expect(try bench.resume().status == 0)
        let run = try bench.resume()
        #expect(run.output == "old\n" && run.status == 1, "\(run)")
        #expect(try bench.resume("--script", "new.lua").error.contains("nothing is left to do"))
        #expect(try bench.resume(String(old.prefix(8))).output == "old\n")
    }

    @Test func `results come back as they were`() throws {
        let bench = try ResumeBench()
        let text = """
            local function shown(value)
              if type(value) ~= "table" then return tostring(value) .. " " .. (math.type(value) or type(value)) end
              local parts = {}
              for key, part in pairs(value) do parts[#parts + 1] = type(key) .. tostring(key) .. "=" .. shown(part) end
              table.sort(parts)
              return "{" .. table.concat(parts, ",") .. "}" .. json.encode(value):sub(1, 1)
            end
            local values = table.pack(step("values", function()
              return nil, 1, 1.0, -0.0, 0.1, math.maxinteger, math.mininteger, 2^53 + 1, true, false, "a\\0\\u{1F311}", "",
                {}, json.array{}, { 1, { deep = { "x" } } }, { ["1"] = json.null }, json.null, nil
            end))
            for place = 1, values.n do print(place, values[place] == json.null, shown(values[place])) end
            print(select("#", step("nothing", function() end)), select("#", step("nils", function() return nil, nil end)))
            error "stop"
            """
        let first = try bench.run(text)
        #expect(first.lines.count == 19 && first.lines.last == "0\t2", "\(first)")
        #expect(try bench.resume().output == first.output)
    }

    @Test(arguments: [
        ("print", "result 1 cannot be kept: the value is a function"),
        ("1, { b = { c = print } }", "result 2 cannot be kept: b.c is a function"),
        ("{ [10] = 1 }", "result 1 cannot be kept: the value has numbers among its keys"),
        ("{ 1, 2, a = 3 }", "result 1 cannot be kept: the value has numbers among its keys"),
        (
            "setmetatable({}, { __index = function(t) return t end }).x.x, coroutine.create(print)",
            "result 2 cannot"
        ),
        (
            "(function() local t = {} t.t = t return t end)()",
            "result 1 cannot be kept: t contains itself"
        ),
        ("0 / 0", "step (a): usage: result 1 cannot be kept: the value is not a finite number"),
        ("'\\255'", "step (a): usage: result 1 cannot be kept: the value is not UTF-8 text"),
        (
            "secret.env('VMOON_STATE_DIR')",
            "step (a): usage: result 1 cannot be kept: the value is a vmoon.secret"
        ),
        ("session()", "result 1 cannot be kept: the value is a vmoon.session"),
        (
            "assert(item('\(JournalBench.item(1))'))",
            "result 1 cannot be kept: the value is a vmoon.item"
        ),
        ("('x'):rep(65 << 10)", "its results have 66564 bytes as JSON, and at most 64K are kept"),
    ])
    func `a result that cannot be kept, and the change before it stays known`(
        _ value: String,
        _ says: String
    ) throws {
        let bench = try ResumeBench()
        let text = "step('a', function() \(ResumeBench.rollback(1)) return \(value) end)"
        for run in [try bench.run(text), try bench.resume()] {
            #expect(run.status == 64 && run.error.contains(says), "\(run.error)")
            let lines = run.error.split(separator: "\n").filter {
                !$0.contains("continues the run")
            }
            #expect(lines.count <= 2, "\(run.error)")
        }
        #expect(try bench.steps() == ["failed (usage) a"])
        #expect(try bench.requests("rollback") == (1, 1))
    }

    @Test(arguments: [
        ("step('a', function() step('b', function() end) end)", "step: usage: steps do not nest"),
        (
            "step('a', function() parallel({ 1 }, function() step('b', function() end) end) end)",
            "a task of a step cannot"
        ),
        (
            "step('a', function() end) step('a', function() end)",
            "step (a): usage: there was a step of this name in the run"
        ),
        ("step('', function() end)", "step: usage: its name is empty"),
        ("step(('x'):rep(201), function() end)", "its name is longer than 200 bytes"),
        ("step(5, function() end)", "step: usage: name must be a string"),
        ("step('a')", "step: usage: the second argument must be a function"),
        ("step.time()", "step.time: usage: is only there inside a step"),
        ("step.random()", "step.random: usage: is only there inside a step"),
        (
            "step('a', function() step.random(2, 1) end)",
            "step.random: usage: there is no number from 2 to 1"
        ),
        (
            "step('a', function() step.random('x') end)",
            "step.random: usage: m and n must be whole numbers"
        ),
        (
            "step('a', function() spawn(function() \(ResumeBench.rollback(1)) end):join() end)",
            "rollback: usage: not in a task that was started inside a step: its order would be left to chance"
        ),
        (
            "step('a', function() spawn(step.time):join() end)",
            "step.time: usage: not in a task that was started inside"
        ),
    ])
    func `misuse is refused before anything is sent`(_ text: String, _ says: String) throws {
        let bench = try ResumeBench(items: 1)
        let run = try bench.run(text)
        #expect(run.status == 64 && run.error.contains(says), "\(run.error)")
        #expect(try bench.requests("rollback").sent == 0)
    }

    @Test func `time and chance are the same again, and others in another step`() throws {
        let bench = try ResumeBench()
        let text = """
            local seen = {}
            for _, name in ipairs{ "a", "b" } do
              pcall(step, name, function()
                local line = { step.time(), step.random(), step.random(10), step.random(-5, 5), step.time() }
                assert(line[2] >= 0 and line[2] < 1 and line[3] >= 1 and line[3] <= 10 and line[4] >= -5 and line[4] <= 5)
                print(string.format("%s %.3f %.17g %d %d %.3f", name, table.unpack(line)))
                error "again"
              end)
            end
            error "stop"
            """
        let first = try bench.run(text)
        #expect(first.lines.count == 2 && Set(first.lines.map { $0.dropFirst(2) }).count == 2)
        #expect(try bench.resume().output == first.output)
        #expect(try bench.resume().output == first.output)
        #expect(try bench.run(text).output != first.output)
    }

    @Test func `--until stops behind a step, and resume goes on`() throws {
        let bench = try ResumeBench()
        let text = """
            for n = 1, 4 do print(step("s" .. n, function() return n end)) end
            print "end"
            """
        let first = try bench.run(text, ["--until", "s2"])
        #expect(first.status == 0 && first.output == "1\n", "\(first)")
        #expect(first.error == "vmoon: the step 's2' was done: vmoon resume continues the run\n")
        #expect(
            try bench.runs().first?["ending"]?.string == "exit 0, --until"
                || (try bench.vmoon(["runs"])).output.contains("--until")
        )
        #expect(try bench.steps() == ["done s1", "done s2"])
        #expect(try bench.resume("--until", "s3").output == "1\n2\n")
        let last = try bench.resume("--until", "s9")
        #expect(last.status == 0 && last.output == "1\n2\n3\n4\nend\n", "\(last)")
        #expect(last.error.contains("--until: no step was called 's9'"))
        #expect(try bench.resume().error.contains("nothing is left to do"))
    }

    @Test
    func `a changed script goes on where that is accepted, and what it had outside is made again`()
        throws
    {
        let bench = try ResumeBench()
        try bench.run(
            "print(\(ResumeBench.rollback(1))) print(step('a', function() return 1 end)) error 'stop'"
        )
        try bench.write(
            "print(step('b', function() return 2 end)) print(step('a', function() return 3 end))"
        )
        #expect(try bench.resume().status == 81)
        #expect(try bench.resume("--accept-changes").output == "2\n1\n")
    }

    @Test func `--dry-run keeps nothing, --read-only refuses, --sim and --sandbox work`() throws {
        let bench = try ResumeBench()
        let text = "print(step('a', function() return \(ResumeBench.rollback(1)) end))"
        let planned = try bench.run(text, ["--dry-run"])
        #expect(planned.status == 0 && planned.error.contains("plan: 1. rollback"), "\(planned)")
        #expect(try bench.resume().status == 66)
        let refused = try bench.run(text, ["--read-only"])
        #expect(refused.status == 77 && refused.error.contains("forbidden_by_policy"), "\(refused)")
        // As it was recorded.
        #expect(try bench.resume().status == 77)
        #expect(try bench.requests("rollback").sent == 0)
        try bench.write("print(step('a', function() return item('golden/debian-12').name end))")
        #expect(try bench.vmoon(["--sim", "train.lua"]).output == "debian-12\n")
        #expect(try bench.run(text, ["--sandbox"]).output == "3\n")
        try bench.write("print(step('a', function() return 1 end))", to: "a_test.lua")
        try bench.write(
            "test('a', function() assert.equal(step('a', function() return 1 end), 1) end)",
            to: "b_test.lua"
        )
        let tested = try bench.vmoon(["test", "b_test.lua"])
        #expect(tested.status == 0, "\(tested)")
    }

    @Test func `a step at the prompt is kept, and the prompt is not continued`() throws {
        let bench = try ResumeBench()
        let lines = "step('a', function() return \(ResumeBench.rollback(1)) end)\nerror 'stop'\n"
        let run = try bench.vmoon(bench.connection + ["-i", "-e", ""], input: lines)
        #expect(run.output.contains("3"), "\(run)")
        #expect(try bench.steps() == ["done a"])
        #expect(try bench.resume().status == 66)
    }

    @Test
    func `a run that reached its end in spite of a failed step tries it again when it is named`()
        throws
    {
        let bench = try ResumeBench(items: 2)
        let text = """
            step("a", function() return \(ResumeBench.rollback(1)) end)
            print(pcall(step, "b", function()
              assert(io.open("go"), "not yet")
              return \(ResumeBench.rollback(2))
            end))
            """
        #expect(try bench.run(text).status == 0)
        let run = try bench.latest()
        let unnamed = try bench.resume()
        #expect(
            unnamed.status == 0
                && unnamed.error.contains("a step of it failed: vmoon resume \(run)"),
            "\(unnamed)"
        )
        try bench.write("", to: "go")
        let named = try bench.resume(run)
        #expect(named.status == 0 && named.output.hasPrefix("true\t"), "\(named)")
        #expect(try bench.requests("rollback") == (2, 2))
        #expect(try bench.resume(try bench.latest()).error.contains("reached its end\n"))
    }
}
