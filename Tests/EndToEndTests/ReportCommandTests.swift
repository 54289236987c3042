import Foundation
import JSON
import Support
import Testing

/// `vmoon report`, as its user runs it.
@Suite struct ReportCommandTests {
    private func report(
        _ arguments: [String],
        in folder: TestFolder = TestFolder()
    ) throws -> ProgramRun {
        try ProgramRun.of(
            "vmoon",
            ["report"] + arguments,
            environment: ["VMOON_STATE_DIR": folder.path],
            in: folder
        )
    }

    static let mistakes: [([String], Int32, String)] = [
        ([], 64, "report needs a file to write; vmoon report --html FILE"),
        (["--html", "-", "--csv", "-"], 64, "cannot both go to standard output"),
        (["--since", "1d", "abcdefgh", "--html", "-"], 64, "--since does not go with"),
        (["--item", "golden/a", "abcdefgh", "--csv", "-"], 64, "--item does not go with"),
        (["--vcenter", "vc1", "abcdefgh", "--csv", "-"], 64, "--vcenter does not go with"),
        (["--since", "0s", "--html", "-"], 64, "too short"),
        (
            ["abcdefgh", "--html", "-"], 66,
            PostgreSQLServer.isWanted
                ? "the journal has no run whose identifier begins with 'abcdefgh'"
                : "there is no journal, and no run 'abcdefgh'"
        ),
        (["--html", "link.html"], 64, "it is a symbolic link"),
        (["--html", "notes.html"], 64, "something else is in it"),
        (["--csv", "old.html"], 64, "something else is in it"),
        (["--html", "."], 64, "it is not a regular file"),
        (["--html", "no/such/folder.html"], 74, "No such file or directory"),
    ]

    @Test(arguments: mistakes)
    func `what cannot be written is refused in one line, and nothing is touched`(
        _ arguments: [String],
        _ code: Int32,
        _ message: String
    ) throws {
        let folder = TestFolder()
        try folder.write("mine", to: "notes.html")
        try folder.write("<!DOCTYPE html>\n<!-- vmoon report -->\nold", to: "old.html")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link.html",
            withDestinationPath: folder.path + "/old.html"
        )
        let run = try report(arguments, in: folder)
        #expect(run.status == code && run.error.contains(message), "\(run)")
        #expect(run.output.isEmpty && run.error.split(separator: "\n").count == 1)
        #expect(try String(contentsOfFile: folder.path + "/notes.html", encoding: .utf8) == "mine")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["link.html", "notes.html", "old.html"])
    }

    @Test(arguments: [
        ("--html", "<h2>Nothing is open</h2>"), ("--csv", "run_id,"),
        ("--markdown", "# What changed"),
        ("--junit", "<testsuites name=\"vmoon report\" tests=\"0\""),
    ]) func `without a journal there is a report of nothing`(_ form: String, _ part: String) throws
    {
        let run = try report([form, "-"])
        #expect(run.status == 0 && run.output.contains(part) && run.error.isEmpty, "\(run.error)")
    }

    @Test func `a disk that is full keeps the old report, and leaves nothing beside it`() throws {
        let journal = try ReportJournal(runs: 2, changes: 200, open: 1)
        let old = "<!DOCTYPE html>\n<!-- vmoon report -->\nold"
        try journal.folder.write(old, to: "r.html")
        let program = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell(
            "ulimit -f 64; exec \(program) report --html r.html",
            environment: ["VMOON_STATE_DIR": journal.folder.path],
            in: journal.folder
        )
        #expect(run.status == 74 && run.error.contains("the report: cannot write"), "\(run)")
        #expect(try journal.text("r.html") == old)
        let names = try FileManager.default.contentsOfDirectory(atPath: journal.folder.path)
        #expect(!names.contains { $0.hasSuffix(".tmp") })
    }

    @Test func `a report is replaced by the next, with the permissions of the umask`() throws {
        let journal = try ReportJournal(runs: 1, changes: 3, open: 0)
        let program = try SimulatorProcess.program("vmoon")
        for (mask, mode) in [("027", 0o640), ("077", 0o600)] {
            let run = try ProgramRun.shell(
                "umask \(mask); exec \(program) report --html r.html --junit r.xml",
                environment: ["VMOON_STATE_DIR": journal.folder.path],
                in: journal.folder
            )
            #expect(run.status == 0, "\(run.error)")
            for name in ["r.html", "r.xml"] {
                let facts = try FileManager.default.attributesOfItem(
                    atPath: "\(journal.folder.path)/\(name)"
                )
                #expect(facts[.posixPermissions] as? Int == mode)
            }
        }
    }

    @Test func `a reader who leaves early ends it without a word`() throws {
        let journal = try ReportJournal(runs: 5, changes: 1000, open: 0)
        let program = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell(
            "\(program) report --csv - | head -n 1; echo ${PIPESTATUS[0]}; trap '' PIPE; "
                + "\(program) report --csv - | head -n 1; echo ${PIPESTATUS[0]}",
            environment: ["VMOON_STATE_DIR": journal.folder.path],
            in: journal.folder
        )
        // By SIGPIPE, or where that is ignored because its output is lost.
        #expect(run.lines.filter { !$0.hasPrefix("run_id") } == ["141", "74"], "\(run)")
        #expect(run.error.isEmpty, "\(run.error)")
    }

    @Test func `runs are chosen by their names, and by time with what is in doubt`() throws {
        let journal = try ReportJournal(runs: 6, changes: 60, open: 1)
        func runs(_ arguments: [String]) throws -> [String] {
            let run = try report(arguments + ["--csv", "-"], in: journal.folder)
            #expect(run.status == 0, "\(run.error)")
            let names = run.lines.dropFirst().map { String($0.prefix { $0 != "," }) }
            return names.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
        }
        let all = try runs([])
        #expect(all.count == 6)
        #expect(try runs([String(all[4].prefix(8)), all[1]]) == [all[1], all[4]])
        // The newest began an hour ago; the one in doubt three hours ago.
        #expect(try runs(["--since", "90m"]) == [all[0], all[2]])
        let twice = try report(
            [all[4], String(all[4].prefix(8)), "--markdown", "-"],
            in: journal.folder
        )
        #expect(twice.output.contains("by 1 run") && twice.output.contains("1 chosen run,"))
        let unknown = try report(["ffffffff-0000", "--csv", "-"], in: journal.folder)
        #expect(unknown.status == 66, "\(unknown)")
    }

    @Test func `changes are chosen by their item and their vCenter`() throws {
        let journal = try ReportJournal(runs: 6, changes: 60, open: 1)
        func rows(_ arguments: [String]) throws -> [[String: String]] {
            let run = try report(arguments + ["--csv", "-"], in: journal.folder)
            #expect(run.status == 0, "\(run.error)")
            let names = run.lines.first?.split(separator: ",").map(String.init) ?? []
            return run.lines.dropFirst().map { line in
                let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(
                    String.init
                )
                return Dictionary(zip(names, cells)) { first, _ in first }
            }
        }
        let all = try rows([])
        let place = "vc2.example.com:8443"
        let there = try rows(["--vcenter", "https://" + place])
        #expect(!there.isEmpty && there.count == all.count { $0["vcenter"] == place })
        let item = try #require(all.first?["item_id"])
        let its = try rows(["--item", item])
        #expect(!its.isEmpty && its.count == all.count { $0["item_id"] == item })
        let scope = try report(
            ["--item", item, "--vcenter", place, "--markdown", "-"],
            in: journal.folder
        )
        #expect(
            scope.output.contains("All runs that changed \(item) at \(place)"),
            "\(scope.output.prefix(300))"
        )
        #expect(try rows(["--vcenter", "elsewhere.example.com"]).isEmpty)
    }

    @Test func `the report of a night tells what changed, and its command settles the doubt`()
        throws
    {
        let bench = try JournalBench(items: 3)
        try bench.simulator.add(fault: [
            "match": ["operation": "rollback"], "skip": 1, "times": 1, "do": "reset_before_apply",
        ])
        let items = (1...3).map { "'\(JournalBench.item($0))'" }.joined(separator: ", ")
        let code = """
            for _, id in ipairs{ \(items) } do
              pcall(rollback, id, '1', 'November <b>')
            end
            pcall(rollback, '\(JournalBench.item(1))', '77', 'no such version')
            """
        let options = ["--settle", "10ms", "--resend", "0"]
        let night = try bench.vmoon(options + ["-e", code])
        #expect(night.status == 80, "\(night.error)")
        let page = try report(["--html", "-"], state: bench)
        #expect(page.contains("<h2>1 change is in doubt</h2>"))
        #expect(page.contains("November &lt;b&gt;"))
        let command = try #require(
            page.firstMatch(of: /<pre><code>vmoon (reconcile [0-9a-f-]{36})</)
        )
        #expect(page.contains("<bdi>2</bdi> → <bdi class=\"new\">3</bdi>"))
        #expect(page.contains("<bdi>2</bdi> → <bdi class=\"unknown\">?</bdi>"))
        #expect(
            page.contains("<b class=\"\">2</b> done")
                && page.contains("<b class=\"\">1</b> refused")
        )
        let words = command.1.split(separator: " ").map(String.init)
        try bench.advance(hours: 25)
        #expect(try bench.vmoon(words).status == 0)
        #expect(try report(["--html", "-"], state: bench).contains("<h2>Nothing is open</h2>"))
    }

    private func report(_ arguments: [String], state bench: JournalBench) throws -> String {
        let run = try ProgramRun.of(
            "vmoon",
            ["report"] + arguments,
            environment: bench.environment(),
            in: bench.folder
        )
        #expect(run.status == 0, "\(run.error)")
        return run.output
    }
}
