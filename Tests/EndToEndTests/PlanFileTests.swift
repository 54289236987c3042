import JSON
import Support
import Testing

/// The file of a plan: how it is written, read, shown and refused.
@Suite struct PlanFileTests {
    static let stop = "setPower('vm-109', 'stop')"

    private func expect(
        _ run: ProgramRun,
        _ status: Int32,
        _ words: String,
        _ note: String = ""
    ) {
        #expect(run.status == status && run.error.contains(words), "\(note): \(run)")
        #expect(run.error.split(separator: "\n").count == 1, "one line: \(run.error)")
    }

    @Test func `it is written for its owner, in place of an older plan only`() throws {
        let held = try HeldRuns(planning: Self.stop)
        let folder = held.runs.folder
        #expect(try ProgramRun.shell("stat -c %a p.json", in: folder).output == "600\n")
        #expect(try held.makePlan().status == 0)
        try folder.write("precious", to: "p.json")
        expect(try held.makePlan(), 64, "something else is in it")
        #expect(try ProgramRun.shell("cat p.json; ls", in: folder).output.contains("precious"))
        #expect(try held.makePlan([], ["--log-level", "error"]).status == 64)
    }

    /// Options with which no plan can be kept.
    static let usage: [(arguments: [String], words: String)] = [
        (
            ["--plan-out", "q.json", "s.lua"],
            "--plan-out writes the plan of a dry run; give --dry-run"
        ),
        (
            ["--dry-run", "--read-only", "--plan-out", "q.json", "s.lua"],
            "writes the plan of a dry run"
        ),
        (
            ["--dry-run", "--plan-out", "q.json", "-e", "x = 1"],
            "--plan-out needs a script in a file"
        ),
        (
            ["--dry-run", "--plan-out", "q.json", "-e", "x = 1", "s.lua"],
            "--plan-out needs a script in a file"
        ),
        (["--dry-run", "--plan-out", "q.json", "-"], "--plan-out needs a script in a file"),
        (
            ["--dry-run", "--sim", "--plan-out", "q.json", "s.lua"],
            "--plan-out does not go with --sim"
        ),
        (["--dry-run", "--plan-out", "/dev/full", "s.lua"], "it is not a regular file"),
        (["--dry-run", "--plan-out", ".", "s.lua"], "it is not a regular file"),
        (["--dry-run", "--plan-out", "-", "s.lua"], "--plan-out writes a file; name one; "),
        (["--dry-run", "--plan-out", "q.json", "--plan", "p.json", "s.lua"], "--plan holds a run"),
        (["--dry-run", "--plan", "p.json", "s.lua"], "--plan holds a run"),
        (["--plan", "p.json", "-e", "x = 1"], "--plan needs a script in a file"),
        (["--plan", "p.json", "--sim", "s.lua"], "--plan does not go with --sim"),
        (["--plan", "p.json", "s.lua", "x"], "the plan was made with no arguments"),
    ]

    @Test(arguments: usage) func `what does not go together is refused before anything is done`(
        _ row: (arguments: [String], words: String)
    ) throws {
        let held = try HeldRuns(planning: Self.stop)
        expect(try held.runs.vmoon(row.arguments), 64, row.words)
        #expect(try held.runs.simulator.requests().isEmpty)
        #expect(try !ProgramRun.shell("ls", in: held.runs.folder).lines.contains("q.json"))
    }

    @Test func `a script that fails, or leaves with a code, writes no plan`() throws {
        for text in ["error 'x'", "os.exit(3)", "setPower('vm-9', 'stop')", "os.exit(0)"] {
            let held = try HeldRuns(text, try Runs())
            let run = try held.makePlan()
            let files = try ProgramRun.shell("ls", in: held.runs.folder).lines
            let isDone = text == "os.exit(0)"
            #expect(files.contains("p.json") == isDone && (run.status == 0) == isDone, "\(run)")
            #expect(run.error.contains("no plan is written") == !isDone, "\(run)")
        }
    }

    @Test func `a plan that cannot be written ends with 74 and leaves nothing`() throws {
        let held = try HeldRuns(planning: Self.stop)
        let old = try ProgramRun.shell("cat p.json", in: held.runs.folder).output
        let away = try held.runs.vmoon(["--dry-run", "--plan-out", "no/p.json", held.script])
        #expect(away.status == 74, "\(away)")
        #expect(away.error.contains("vmoon: --plan-out: "), "\(away.error)")
        let program = try SimulatorProcess.program("vmoon")
        let words = held.runs.connection + ["--dry-run", "--plan-out", "p.json", held.script]
        let full = try ProgramRun.shell(
            "ulimit -f 0; exec \(program) \(words.joined(separator: " "))",
            environment: ["VMOON_PASSWORD": held.runs.simulator.password],
            in: held.runs.folder
        )
        #expect(full.status == 74 && full.error.contains("--plan-out: "), "\(full)")
        let files = try ProgramRun.shell("cat p.json; ls >&2", in: held.runs.folder)
        #expect(files.output == old && !files.error.contains(".tmp"), "\(files)")
    }

    /// A plan that was altered, and how it is refused.
    static let refusals: [(edit: String, status: Int32, words: String)] = [
        ("rm p.json", 66, "the plan: cannot read"),
        ("echo '{' >p.json", 65, "is refused: malformed JSON"),
        ("echo '[]' >p.json", 65, "it is no plan of"),
        (": >p.json", 65, "no JSON at all"),
        (
            #"sed -i 's/"vmoon_plan": 1/"vmoon_plan": 7/' p.json"#, 65,
            "a newer vmoon has written it (format 7"
        ),
        ("sed -i s/vm-109/vm-110/ p.json", 65, "it is not as vmoon has written it"),
        ("chmod g+w p.json", 78, "others may write it"),
        ("echo >>s.lua", 81, "the script is not the one that was planned"),
        ("rm s.lua", 66, "the script: cannot read"),
    ]

    @Test(arguments: refusals) func `a plan that does not hold is refused in one line`(
        _ row: (edit: String, status: Int32, words: String)
    ) throws {
        let held = try HeldRuns(planning: Self.stop)
        _ = try ProgramRun.shell(row.edit, in: held.runs.folder)
        expect(try held.apply(), row.status, row.words)
        if !row.edit.contains("s.lua") { expect(try held.apply(["--show"]), row.status, row.words) }
        #expect(try held.runs.simulator.requests().isEmpty)
    }

    @Test func `arguments are kept, and apply works in any folder`() throws {
        let held = try HeldRuns(
            planning: "print(#arg, arg[0], ...) setPower('vm-109', arg[2])",
            ["a b", "stop", ""]
        )
        let run = try held.apply([], [:], in: TestFolder())
        #expect(run.status == 0 && run.error == "", "\(run)")
        #expect(run.output == "3\t\(held.script)\ta b\tstop\t\n", "\(run)")
    }

    @Test func `the file holds no secrets, and needs the arguments by hand then`() throws {
        let text = """
            request{ method = "POST", path = "/vcenter/x", body = { password = arg[2], key = secret.env "KEY" and "k-s3cret-2" } }
            """
        let held = try HeldRuns(text, try Runs())
        // The last one is the secret that the script has fetched.
        let arguments = ["--token", "s3cret-1", "k-s3cret-2"]
        let password = ["VMOON_PASSWORD": held.runs.simulator.password, "KEY": "k-s3cret-2"]
        let words = held.runs.connection
        let run = try ProgramRun.of(
            "vmoon",
            words + ["--dry-run", "--plan-out", held.plan, held.script] + arguments,
            environment: password,
            in: held.runs.folder
        )
        #expect(run.status == 0, "\(run)")
        let plan = try ProgramRun.shell("cat p.json", in: held.runs.folder).output
        #expect(!plan.contains("s3cret") && plan.contains(#""password": "***""#), "\(plan)")
        expect(
            try held.apply(),
            64,
            "give script and arguments by hand: vmoon --plan FILE script.lua"
        )
        #expect(
            try held.runs.simulator.requests().allSatisfy {
                $0["method"]?.string == "GET" || $0["path"]?.string?.hasSuffix("/session") == true
            }
        )
        let again = try ProgramRun.of(
            "vmoon",
            words + ["--plan", held.plan, held.script] + arguments,
            environment: password,
            in: held.runs.folder
        )
        // The simulator has no such route; it was asked.
        #expect(again.status == 78 && again.error.contains("no_such_route"), "\(again)")
    }

    @Test func `apply takes the plan's vCenter where nothing names one`() throws {
        let held = try HeldRuns(planning: Self.stop)
        let run = try ProgramRun.of(
            "vmoon",
            [
                "apply", "--user", held.runs.simulator.user, "--ca-file",
                held.runs.simulator.caFile ?? "", held.plan,
            ],
            environment: ["VMOON_PASSWORD": held.runs.simulator.password],
            in: held.runs.folder
        )
        #expect(run.status == 0 && run.error == "", "\(run)")
        #expect(try held.changes().count == 1)
    }

    @Test func `a dry run reads the same whether its plan is kept or not`() throws {
        func reads(_ options: [String]) throws -> [String] {
            let held = try HeldRuns(HeldRunTests.patch, try Runs())
            #expect(try held.runs.vmoon(["--dry-run"] + options + [held.script]).status == 0)
            // Several are asked at once.
            return try held.runs.simulator.requests().map {
                "\($0["method"]?.string ?? "") \($0["path"]?.string ?? "")"
            }.sorted()
        }
        #expect(try reads([]) == reads(["--plan-out", "p.json"]))
    }

    /// One of each kind of line.
    static let more = """

        local new = createTemplate{ source_vm = "vm-110", name = "n-\\n", library = "l-9", \(HeldRuns.place) }
        local made = createTemplate{ source_vm = "vm-110", name = "m", library = findLibraries{ name = "golden" }[1], \(HeldRuns.place) }
        local copy = checkOut(made, { name = "jump-host", \(HeldRuns.place) })
        checkIn(made, copy, "m")
        deleteItem("\(HeldRuns.rhel)")
        deleteVM("vm-110")
        deleteItem("\(HeldRuns.rhel)")
        request{ method = "delete", path = "/vcenter/x%20y?z=1", query = { a = 1 } }
        http.post("http://127.0.0.1:1/hook?token=1")
        local name = getVM(copy).name
        exec{ "echo", name, safe = true }
        http.get("http://127.0.0.1:1/" .. name)
        """

    @Test func `show names the object of every change, as the dry run does`() throws {
        let runs = try Runs()
        let script = try runs.folder.write(
            """
            attachTag('vm-109', 'stage/test')
            updateItem('\(PolicyTests.ubuntu)', { description = 'the new one' })
            request{ method = 'POST', path = '/vcenter/vm/vm-109/power', query = { action = 'stop', pw = 'x-1' } }
            api.cis.tagging.tag_association.attach{ tag_id = 'urn:t:1', object_id = { type = 'VirtualMachine', id = 'vm-109' } }
            """,
            to: "script.lua"
        )
        let file = runs.folder.path + "/plan"
        let plan = try runs.vmoon(["--dry-run", "--plan-out", file, script])
        #expect(plan.status == 0, "\(plan)")
        let shown = try ProgramRun.of("vmoon", ["apply", "--show", file], in: runs.folder)
        let whole = shown.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for words in [
            "VirtualMachine", "vm-109", "description the new one",
            "POST /vcenter/vm/vm-109/power?action=stop&pw=***", "tag_id urn:t:1",
            "object_id VirtualMachine vm-109",
        ] {
            #expect(plan.error.contains(words), "\(words): \(plan.error)")
            #expect(whole.contains(words), "\(words): \(shown.output)")
        }
    }

    @Test func `show prints the lines of the dry run, escaped, in 80 columns`() throws {
        let held = try HeldRuns(
            HeldRunTests.patch + Self.more
                + "\nrollback('\(HeldRuns.ubuntu)', '9', 'm') exec{ 'echo', '\\27[31m' }",
            try Runs()
        )
        let dry = try held.makePlan(["a b", "\u{202E}c"])
        #expect(dry.status == 0, "\(dry)")
        let run = try held.apply(["--show"])
        #expect(run.status == 0 && run.error == "", "\(run)")
        #expect(run.lines.allSatisfy { $0.count <= 80 }, "\(run.output)")
        #expect(run.output.replacing("\n      ", with: " ").contains(dry.error), "\(run.output)")
        #expect(!run.output.contains("\u{1B}") && !run.output.contains("\u{202E}"))
        for words in [
            "made 20", " as operator@vsphere.local\n", "s.lua 'a b' \\u{202E}c\n", "SHA-256 ",
            "would be refused after the changes above: 9 is no live version",
            "19 changes, 3 would be refused\n",
        ] {
            #expect(
                run.output.replacing("\n      ", with: " ").contains(words),
                "\(words): \(run.output)"
            )
        }
        #expect(try held.changes() == [])
    }
}
