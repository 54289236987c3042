import Support
import Testing

/// Functions that scripts would else write themselves: waiting, trying again, arguments, endings.
@Suite struct BoxTests {
    static let options = """
        local opt = options{ "Patches golden images.",
          { "item", "the items", list = true },
          keep = { "versions to keep", default = 3, min = 1 },
          mode = { "how", choices = { "fast", "careful" } },
          force = "whatever happens",
        }
        print(#opt.item, opt.item[1], opt.keep, opt.mode, opt.force)
        """

    private func run(_ arguments: [String], _ text: String, words: [String] = []) throws
        -> ProgramRun
    {
        let folder = TestFolder()
        let script = try folder.write(text, to: "patch.lua")
        return try ProgramRun.of("vmoon", arguments + [script] + words, in: folder)
    }

    @Test func `a script waits until something is there`() throws {
        let run = try run(
            ["--sim"],
            """
            local vm = listVMs()[1].vm
            if getPower(vm).state ~= "POWERED_ON" then setPower(vm, "start") end
            local n = 0
            print(waitFor(function()
              n = n + 1
              return n > 2 and getPower(vm).state, n
            end, { every = "10ms", timeout = 5 }))
            """
        )
        #expect(run.output == "POWERED_ON\t3\n", "\(run.error)")
    }

    @Test func `what does not come ends with the last value`() throws {
        let run = try run(
            [],
            """
            local ok, err = pcall(waitFor, function() return false, "POWERED_OFF" end,
              { every = 0.01, timeout = "50ms", title = "power of web-1" })
            print(ok, err.kind, err.last, err.exit_code, err)
            waitFor(function() end, { every = "1ms", timeout = 0 })
            """
        )
        #expect(
            run.output
                == "false\ttimeout\tPOWERED_OFF\t69\twaitFor (power of web-1): timeout: it did not "
                + "come within 50ms; the last value was \"POWERED_OFF\"\n"
        )
        #expect(run.status == 69)
        #expect(run.error.contains("patch.lua:4: waitFor: timeout: it did not come within 0s"))
    }

    @Test func `a dry run asks once and goes on with a placeholder`() throws {
        let run = try run(
            ["--sim", "--dry-run"],
            """
            local n = 0
            local came = waitFor(function() n = n + 1 end, { title = "tools" })
            print(n, came)
            print(waitFor(function() return "here" end))
            """
        )
        #expect(run.output == "1\t<planned 1: waitFor>\nhere\n", "\(run.error)")
        #expect(run.error.contains("plan: 1. waitFor tools"))
        #expect(run.status == 0)
    }

    @Test(arguments: [
        // what is raised, the options, how often it is called
        ("{ kind = 'timeout', retryable = true }", "nil", 3),
        ("{ kind = 'timeout', retryable = true }", "{ times = 5, every = 0 }", 5),
        ("{ kind = 'not_found', retryable = false }", "{ every = 0 }", 1),
        ("{ kind = 'not_found', retryable = false }", "{ every = 0, on = 'not_found' }", 3),
        ("{ kind = 'timeout', retryable = true }", "{ every = 0, on = { 'not_found' } }", 1),
        ("{ kind = 'unknown_outcome', retryable = true }", "{ every = 0 }", 1),
        ("{ kind = 'diverged', retryable = true }", "{ every = 0 }", 1),
        ("{ kind = 'cancelled', retryable = true }", "{ every = 0 }", 1),
        ("{ kind = 'timeout', outcome = 'unknown' }", "{ every = 0, on = 'timeout' }", 1),
        ("'a text'", "{ every = 0 }", 1), ("nil", "{ every = 0 }", 1),
    ]) func `only what may pass is tried again`(_ raised: String, _ options: String, _ count: Int)
        throws
    {
        let run = try run(
            ["--dry-run"],
            """
            local n, last = 0, \(raised)
            local ok, err = pcall(retry, function(attempt)
              n = n + 1
              assert(attempt == n)
              error(last, 0)
            end, \(options))
            print(ok, rawequal(err, last), n)
            """
        )
        #expect(run.output == "false\ttrue\t\(count)\n", "\(run.error)")
    }

    @Test func `what succeeds in the end gives all its values`() throws {
        let run = try run(
            [],
            """
            print(retry(function(n)
              if n < 3 then error({ kind = "resource_busy", retryable = true }) end
              return n, nil, "done"
            end, { every = "1ms" }))
            print(pcall(retry, print, { on = { "unknown_outcome" } }))
            print(pcall(retry, print, { tmies = 3 }))
            """
        )
        #expect(
            run.output == """
                3\tnil\tdone
                false\tretry: usage: nothing is tried again after unknown_outcome
                false\tretry: usage: there is no option "tmies"

                """
        )
    }

    @Test func `a script that fails ends with its own line`() throws {
        let run = try run(
            ["--sim"],
            """
            local vc <close> = session()
            local left <close> = setmetatable({}, { __close = function() print "closed" end })
            local function inner() fail("there is no such template\\nat all", 66) end
            inner()
            """
        )
        #expect(run.status == 66)
        #expect(run.output == "closed\n")
        #expect(run.error == "vmoon: there is no such template\n  at all\n")
        #expect(try self.run([], "fail 'no'").status == 1)
        #expect(try self.run([], "print(pcall(fail, 'no', 0))").output.contains("from 1 to 255"))
    }

    @Test(arguments: [
        (["a", "--keep=5", "b", "--force"], 0, "2\ta\t5\tnil\ttrue\n", ""),
        (["a", "--mode", "fast"], 0, "1\ta\t3\tfast\tfalse\n", ""),
        ([], 64, "", "vmoon: ITEM is missing: the items; --help tells more\n"),
        (["a", "--kepe", "3"], 64, "", "vmoon: there is no option --kepe; did you mean --keep?\n"),
    ]) func `the arguments of a script are read`(
        _ words: [String],
        _ status: Int32,
        _ output: String,
        _ error: String
    ) throws {
        for options in [[], ["--sandbox"], ["--dry-run"]] {
            let run = try run(options, Self.options, words: words)
            #expect(run.status == status)
            #expect(run.output == output)
            #expect(run.error == error)
        }
    }

    @Test func `help of a script is printed, and nothing after it runs`() throws {
        for options in [[], ["--sandbox"]] {
            let run = try run(options, Self.options, words: ["--help"])
            #expect(run.status == 0)
            #expect(
                run.output.hasPrefix("usage: vmoon [options] patch.lua [--force] [--keep N] ")
                    && run.output.contains("--keep N")
            )
            #expect(!run.output.contains("nil") && run.error.isEmpty)
        }
    }

    @Test func `words that are no UTF-8 come through unchanged`() throws {
        let folder = TestFolder()
        _ = try folder.write(
            "local o = options{ { 'file', 'a file' } } print(#o.file, o.file:byte(1, -1))",
            to: "a.lua"
        )
        let program = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell("\(program) a.lua $'\\xff\\xf4x'", in: folder)
        #expect(run.output == "3\t255\t244\t120\n", "\(run.error)")
    }

    @Test func `a script cannot replace what the box is made of`() throws {
        let run = try run(
            [],
            """
            type, error, pcall, sleep, setmetatable, load = nil, nil, nil, nil, nil, nil
            string.format, table.pack, math.type, time.duration = nil, nil, nil, nil
            print(waitFor(function() return true end, { every = "1s" }))
            """
        )
        #expect(run.output == "true\n", "\(run.error)")
    }

    @Test func `check knows what a script reads of its options`() throws {
        let folder = TestFolder()
        let script = try folder.write(
            """
            local opt = options{ "x", keep = { "versions", default = 3 }, mode = { "how", choices = { "a" } } }
            print(opt.kepe, opt.keep + 1, opt.mode)
            """,
            to: "a.lua"
        )
        let wrong = try folder.write("options{ keep = { 'x', type = 'intger' } }", to: "b.lua")
        let run = try ProgramRun.of("vmoon", ["check", script, wrong])
        #expect(run.status == 1)
        #expect(run.output.contains("a.lua:2:11: warning: there is no field kepe in"))
        #expect(run.output.contains("did you mean keep?"))
        #expect(
            run.output.contains(
                "b.lua:1:8: error: options: keep: there is no type \"intger\"; did you mean integer?"
            )
        )
        #expect(run.output.split(separator: "\n").count == 2)
    }
}
