import Foundation
import JSON
import Support
import Testing

/// The runs that `vmoon resume` refuses: one clear line, and the right exit code.
@Suite struct ResumeRefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// The script, as it was run; empty for none.
        var script = "step('a', function() end) error 'stop'"
        var options: [String] = []
        var arguments: [String] = []
        /// In the shell, between the run and the resume.
        var between = ""
        var resume: [String] = []
        let status: Int32
        let says: [String]
        var testDescription: String { name }
    }

    /// Those that are about the journal's file and its folder.
    static let fileRows: [Row] = [
        Row(
            name: "no journal",
            script: "",
            status: 66,
            says: ["there is no journal, and so no run"]
        ),
        Row(
            name: "a state folder that others may enter",
            between: "chmod 755 state",
            status: 73,
            says: ["others may enter it (mode 755); chmod 700 closes it"]
        ),
    ]

    static let rows: [Row] = [
        Row(
            name: "an unknown run",
            resume: ["zzzzzzzz"],
            status: 66,
            says: [
                "the journal has no run whose identifier begins with 'zzzzzzzz'; vmoon runs lists them"
            ]
        ),
        Row(
            name: "an empty name",
            resume: [""],
            status: 64,
            says: ["the identifier of the run is empty"]
        ),
        Row(name: "two runs", resume: ["a", "b"], status: 64, says: ["resume got 2 operands"]),
        Row(
            name: "no script of that name",
            resume: ["--script", "other.lua"],
            status: 66,
            says: ["no run of 'other.lua' can be continued; vmoon runs lists them"]
        ),
        Row(
            name: "no step",
            script:
                "pcall(\(ResumeBench.rollback(1, "9"))) pcall(rollback, '\(JournalBench.item(1))', '9', 'x') error 'stop'",
            status: 66,
            says: [
                "no run can be continued; vmoon runs lists them; a run can be continued once it has called step"
            ]
        ),
        Row(
            name: "changed script",
            between: "echo \"step('b', f) step('a', f)\" >train.lua",
            status: 81,
            says: [
                "the script 'train.lua' was changed since the run; its steps:", "came: 'b'",
                "stayed: 'a'",
                "--accept-changes goes on with it as it is now",
            ]
        ),
        Row(
            name: "a step renamed",
            script: "step('patch ' .. 1, function() end) error 'stop'",
            between: "sed -i s/patch/mend/ train.lua",
            status: 81,
            says: ["came: 'mend ' .. 1", "went: 'patch ' .. 1"]
        ),
        Row(
            name: "script moved",
            between: "mv train.lua away.lua",
            status: 66,
            says: [
                "the script of the run: cannot read train.lua: No such file or directory; put it back"
            ]
        ),
        Row(
            name: "script is a folder now",
            between: "rm train.lua; mkdir train.lua",
            status: 66,
            says: ["the script of the run: cannot read train.lua"]
        ),
        Row(
            name: "an argument that looks like a secret",
            arguments: ["--password=hunter2"],
            status: 78,
            says: [
                "an argument of the script looked like a secret, and was not kept; give secrets by secret.file"
            ]
        ),
        Row(
            name: "changes outside of steps",
            script: "\(ResumeBench.rollback(1)) step('a', function() end) error 'stop'",
            status: 81,
            says: [
                "the run made changes outside of its steps, and would make them again:",
                "rollback item many-1 (\(JournalBench.item(1))), version 1",
                "put them into steps; or --accept-changes goes on",
            ]
        ),
        Row(
            name: "options of the run",
            resume: ["--settle", "1s"],
            status: 64,
            says: ["--settle does not apply to resume"]
        ),
    ]

    @Test(.disabled(if: PostgreSQLServer.isWanted, StoredJournal.aboutTheFile), arguments: fileRows)
    func `says what is wrong with the file`(_ row: Row) throws { try refuses(row) }

    @Test(arguments: rows) func `says what is wrong, and changes nothing`(_ row: Row) throws {
        try refuses(row)
    }

    private func refuses(_ row: Row) throws {
        let bench = try ResumeBench(items: 1)
        if !row.script.isEmpty { try bench.run(row.script, row.options, row.arguments) }
        if !row.between.isEmpty {
            #expect(try ProgramRun.shell(row.between, in: bench.folder).status == 0)
        }
        let before = try bench.simulator.requests().count
        let run = try bench.vmoon(["resume"] + row.resume)
        #expect(run.status == row.status, "\(run.error)")
        for text in row.says { #expect(run.error.contains(text), "\(run.error)") }
        #expect(run.output == "" && !run.error.contains("hunter2"))
        #expect(try bench.simulator.requests().count == before)
    }

    /// A secret of the run, and where it is known from.
    static let secrets: [(text: String, options: [String], code: String)] = [
        ("of-the-variable-7", [], ""),
        ("of-the-file-7", ["--password-file", "pw"], ""),
        ("of-the-script-7", [], "secret.env 'MINE' "),
        ("token=of-nobody-7", [], ""),
    ]

    @Test(arguments: secrets)
    func `a secret of the run is kept neither as an argument nor as the name of a step`(
        _ row: (text: String, options: [String], code: String)
    ) throws {
        let bench = try ResumeBench(items: 1)
        _ = try bench.folder.write("of-the-file-7\n", to: "pw")
        #expect(try ProgramRun.shell("chmod 600 pw", in: bench.folder).status == 0)
        try bench.write(
            row.code + "step('a', function() end) step(arg[1], function() print(1) end)"
        )
        let words = bench.connection + row.options + ["train.lua", row.text]
        let variables = ["VMOON_PASSWORD": "of-the-variable-7", "MINE": "of-the-script-7"]
        let run = try bench.vmoon(words, variables)
        #expect(run.status == 64 && run.output == "", "\(run)")
        #expect(
            run.error.contains("its name holds a secret, or what looks like one\n")
        )
        #expect(!run.error.contains("-7"), "\(run)")
        #expect(try bench.steps() == ["done a"])
        let shown = try bench.vmoon(["runs", try bench.latest()]).output
        #expect(shown.contains("***"), "\(shown)")
        #expect(
            shown.contains(
                "next       cannot be resumed: an argument looked like a secret, and was not kept\n"
            )
        )
        #expect(try bench.resume().status == 78)
        let kept = try ProgramRun.shell("grep -rlE 'of-the-.*-7|of-nobody' state", in: bench.folder)
        #expect(kept.status == 1, "\(kept)")
    }

    @Test func `a run that can be continued says so`() throws {
        let bench = try ResumeBench(items: 1)
        try bench.run("step('a', function() end) error 'stop'")
        try bench.run("step('a', function() end) if not io.open('go') then error 'stop' end")
        let died = try bench.latest()
        func sheet(_ id: String) throws -> String { try bench.vmoon(["runs", id]).output }
        #expect(try sheet(died).contains("next       vmoon resume \(died.prefix(8)) goes on\n"))
        #expect(try sheet(String(died.prefix(8))) == sheet(died))
        _ = try bench.folder.write("", to: "go")
        #expect(try bench.resume(String(died.prefix(8))).status == 0)
        #expect(try sheet(try bench.latest()).contains("continues  \(died.prefix(8))\n"))
        #expect(!(try sheet(died).contains("goes on")))
    }

    @Test(arguments: [
        (["-e", "step('a', function() end) error 'stop'"], ""),
        (["-"], "step('a', function() end) error 'stop'"),
        (["-e", "x = 1", "train.lua"], ""),
    ])
    func `only a script in a file can be continued`(_ words: [String], _ input: String) throws {
        let bench = try ResumeBench(items: 1)
        try bench.write("step('a', function() end) error 'stop'")
        #expect(try bench.vmoon(bench.connection + words, input: input).status == 1)
        #expect(try bench.resume().status == 66)
        let run = try bench.resume(try bench.latest())
        #expect(run.status == 81)
        #expect(
            run.error.contains("it called no step, or it was no script in a file"),
            "\(run.error)"
        )
    }

    @Test func `an identifier that several runs have is none`() throws {
        let bench = try ResumeBench(items: 1)
        try bench.run("step('a', function() end) error 'stop'")
        try bench.run("step('a', function() end) error 'stop'")
        try bench.editJournal(
            "UPDATE run SET id = 'abcdefab' || substr(id, 9)",
            "UPDATE step SET run = 'abcdefab' || substr(run, 9)"
        )
        for words in [["resume", "abcdefab"], ["runs", "abcdefab"]] {
            let run = try bench.vmoon(words)
            #expect(run.status == 65, "\(run)")
            #expect(
                run.error.contains(
                    "several runs have an identifier that begins with 'abcdefab': abc"
                )
                    && run.error.hasSuffix("; give more of it\n"),
                "\(run)"
            )
        }
        #expect(try bench.resume("abc").status == 64)
    }

    @Test func `a run that is alive is left alone`() throws {
        let bench = try ResumeBench(items: 1)
        try bench.write("step('a', function() end) print 'on' io.flush() sleep(600)")
        let path = bench.folder.path + "/train.lua"
        let alive = try JournalKillTests.Background(bench.bench, [path])
        try alive.wait { alive.output.contains("on") }
        let run = try bench.resume()
        #expect(run.status == 75)
        #expect(!(try bench.vmoon(["runs", bench.latest()]).output.contains("goes on")))
        #expect(try bench.runs().first?["state"] == "runs")
        #expect(run.error.contains("is alive (") && run.error.contains("run "), "\(run.error)")
        #expect(run.error.contains("pid \(alive.identifier)"), "\(run.error)")
        #expect(run.error.contains("wait for its end, or stop it"))
        alive.kill()
        #expect(try bench.runs().first?["state"] == "died")
        let again = try bench.resume("--deadline", "100ms")
        #expect(again.status == 124, "\(again.error)")
    }

    @Test func `of two resumes at once one goes on`() throws {
        let bench = try ResumeBench(items: 1)
        let gate = bench.folder.path + "/gate"
        let text = """
            print(step('a', function() return \(ResumeBench.rollback(1)) end))
            if arg[1] then io.open('\(gate)'):read() end
            """
        try bench.run(text + " error 'stop'")
        try bench.write(
            text.replacing(
                "if arg[1] then io.open('\(gate)'):read() end",
                with: "io.flush() sleep(600)"
            )
        )
        let first = try ChildProcess(
            [try SimulatorProcess.program("vmoon"), "resume", "--accept-changes"],
            environment: bench.bench.environment(),
            in: bench.folder.path
        )
        #expect(first.wait(within: .seconds(60)) { first.output.contains("3") })
        #expect(try bench.resume("--accept-changes").status == 75)
        first.signal(SIGKILL)
        _ = first.end()
        #expect(try bench.requests("rollback") == (1, 1))
    }

    @Test(.disabled(if: PostgreSQLServer.isWanted, StoredJournal.aboutTheFile))
    func `a journal of an older version has no run to continue, and goes on being used`() throws {
        let bench = try ResumeBench(items: 1)
        try bench.run("step('a', function() end) error 'stop'")
        try bench.editJournal(
            "DROP TABLE step",
            "DROP TRIGGER count_new",
            "DROP TRIGGER count_settled",
            "DROP INDEX unended_run",
            "ALTER TABLE run DROP COLUMN done",
            "ALTER TABLE run DROP COLUMN refused",
            "ALTER TABLE run DROP COLUMN unsettled",
            "ALTER TABLE run DROP COLUMN vcenters",
            "ALTER TABLE operation DROP COLUMN connection",
            "ALTER TABLE operation DROP COLUMN purges",
            "ALTER TABLE operation DROP COLUMN item_name",
            "DROP INDEX continued_run",
            "ALTER TABLE run DROP COLUMN continues",
            "ALTER TABLE run DROP COLUMN origin",
            "ALTER TABLE run DROP COLUMN recipe",
            "ALTER TABLE run DROP COLUMN plan",
            "ALTER TABLE operation DROP COLUMN step",
            "ALTER TABLE operation DROP COLUMN place",
            "ALTER TABLE operation DROP COLUMN error",
            "PRAGMA user_version = 3"
        )
        #expect(try bench.resume().status == 66)
        #expect(try bench.resume(try bench.latest()).status == 81)
        #expect(try bench.vmoon(["runs", try bench.latest(), "--steps"]).output == "no step\n")
        let unnamed = try bench.vmoon(["runs", "--steps"])
        #expect(unnamed.status == 64 && unnamed.error.contains("--steps needs"), "\(unnamed)")
        try bench.run("step('a', function() end) error 'stop'")
        #expect(try bench.resume().status == 1)
    }

    @Test func `a journal of a newer version is left alone`() throws {
        let bench = try ResumeBench(items: 1)
        try bench.run("step('a', function() end) error 'stop'")
        try bench.bench.stored.becomeNewer()
        let newer = try bench.resume()
        #expect(
            newer.status == 73 && newer.error.contains("was made by a newer vmoon"),
            "\(newer.error)"
        )
    }

    @Test func `the working directory of the run is gone`() throws {
        let bench = try ResumeBench(items: 1)
        let words = bench.connection.joined(separator: " ")
        try bench.write("step('a', function() end) error 'stop'")
        let program = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell(
            "mkdir sub && mv train.lua sub && cd sub && '\(program)' \(words) train.lua; cd .. && mv sub gone",
            environment: bench.bench.environment(),
            in: bench.folder
        )
        #expect(run.error.contains("stop"))
        let resume = try bench.resume()
        #expect(resume.status == 66, "\(resume.error)")
        #expect(
            resume.error.contains("the run's working directory: cannot enter "),
            "\(resume.error)"
        )
    }
}
