import Foundation
import Support
import Testing

/// `--cron`: nothing is seen of a run that succeeds, everything of one that fails.
@Suite struct CronOutputTests {
    static let talk = """
        print("one") io.stdout:flush()
        io.stderr:write("two\\n")
        os.execute("echo three; echo four >&2")
        log.info("five")
        print("six")
        """

    private func run(_ code: String, _ options: String = "", merged: Bool = false) throws
        -> ProgramRun
    {
        let folder = TestFolder()
        let script = try folder.write(code, to: "script.lua")
        let vmoon = try SimulatorProcess.program("vmoon")
        let line = "\(vmoon) --cron \(options) \(script)" + (merged ? " 2>&1" : "")
        return try ProgramRun.shell(line, in: folder)
    }

    @Test(arguments: ["", "os.exit(0)", "pcall(error, 'x')"])
    func `a run that succeeds says nothing`(_ ending: String) throws {
        let run = try run(Self.talk + "\n" + ending)
        #expect(run.status == 0 && run.output == "" && run.error == "", "\(run)")
    }

    struct Failure: Sendable, CustomTestStringConvertible {
        let ending: String
        var options = ""
        let status: Int32
        /// What the program itself says at the end.
        var says = ""
        var testDescription: String { ending }
    }

    static let failures: [Failure] = [
        Failure(ending: "os.exit(3)", status: 3),
        Failure(ending: "error('boom', 0)", status: 1, says: "vmoon: boom"),
        Failure(
            ending: "sleep(9)",
            options: "--deadline 1s",
            status: 124,
            says: "vmoon: the deadline was reached"
        ),
        Failure(ending: "os.execute('kill -TERM $PPID') sleep(9)", status: 143),
        Failure(ending: "os.execute('kill -USR1 $PPID') sleep(9)", status: 138),
        Failure(ending: "os.execute('kill -XCPU $PPID') sleep(9)", status: 152),
        Failure(ending: "os.execute('kill -ALRM $PPID') sleep(9)", status: 142),
        Failure(ending: "os.execute('kill -SEGV $PPID') sleep(9)", status: 139),
        // The second signal leaves at once, from within its handler.
        Failure(
            ending: """
                io.stdout:flush() sleep(0.01) -- and then stop listening
                os.execute('(sleep 0.3; kill -TERM $PPID; sleep 0.3; kill -TERM $PPID) &')
                string.find(string.rep('a', 100000), string.rep('a?', 60) .. string.rep('.-', 8) .. 'b')
                """,
            status: 143
        ),
    ]

    @Test(arguments: failures)
    func `a run that fails says all that it has said, each stream where it belongs`(
        _ row: Failure
    ) throws {
        let run = try run(Self.talk + "\n" + row.ending, row.options)
        // The shell may have made way for the program.
        #expect(run.status ?? 128 + (run.signal ?? 0) == row.status)
        #expect(run.output == "one\nthree\nsix\n")
        #expect(run.error.hasPrefix("two\nfour\n") && run.error.contains("INFO five"), "\(run)")
        #expect(row.says.isEmpty || run.error.contains(row.says))
    }

    @Test func `where both go to the same place, they keep their order`() throws {
        let run = try run(Self.talk + "\nos.exit(3)", merged: true)
        let words = run.lines.map { $0.hasSuffix("INFO five") ? "five" : $0 }
        #expect(words == ["one", "two", "three", "four", "five", "six"])
    }

    @Test func `the log file is written as ever`() throws {
        let folder = TestFolder()
        let path = folder.path + "/run.log"
        let run = try ProgramRun.of(
            "vmoon",
            ["--cron", "--log-file", path, "-e", "log.info 'hello' print 'x'"],
            in: folder
        )
        #expect(run.status == 0 && run.output == "" && run.error == "")
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains(" INFO hello\n"))
    }

    @Test func `what is large is kept whole, and no file stays behind`() throws {
        let folder = TestFolder()
        let run = try ProgramRun.of(
            "vmoon",
            ["--cron", "-e", "for i = 1, 50000 do print(i, string.rep('x', 90)) end os.exit(3)"],
            environment: ["TMPDIR": folder.path],
            in: folder
        )
        #expect(run.status == 3 && run.lines.count == 50_000)
        #expect(run.lines.last?.hasPrefix("50000\t") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    struct Flood: Sendable, CustomTestStringConvertible {
        let code: String
        /// Whether both streams go to one place.
        var isMerged = false
        var testDescription: String { code }
    }

    static let floods = [
        Flood(code: "os.execute('head -c 200000000 /dev/zero | tr [:cntrl:] x')"),
        Flood(
            code: "os.execute('head -c 200000000 /dev/zero | tr [:cntrl:] x >&2')",
            isMerged: true
        ),
        Flood(code: "local s = string.rep('x', 1 << 20) for i = 1, 60 do io.write(s) end"),
    ]

    @Test(arguments: floods) func `of an output without end the beginning and the end are shown`(
        _ row: Flood
    ) throws {
        let folder = TestFolder()
        let script = try folder.write(
            "print('begin') io.stdout:flush() \(row.code) io.stdout:flush() print('\\nend') os.exit(3)",
            to: "script.lua"
        )
        let vmoon = try SimulatorProcess.program("vmoon")
        let redirection = row.isMerged ? ">out 2>&1" : ">out"
        let run = try ProgramRun.shell("\(vmoon) --cron \(script) \(redirection)", in: folder)
        #expect(run.status == 3, "\(run)")
        let shown = try String(contentsOfFile: folder.path + "/out", encoding: .utf8)
        #expect(shown.hasPrefix("begin\nxxx") && shown.hasSuffix("x\nend\n"))
        #expect(shown.utf8.count < 9 << 20)
        let gap = try #require(
            shown.firstMatch(of: /\n\[vmoon: ([0-9]+) bytes are left out here\]\n/)
        )
        let whole = row.code.contains("200000000") ? 200_000_000 : 60 << 20
        let left = try #require(Int(gap.output.1))
        #expect(
            shown.utf8.count - gap.output.0.utf8.count + left == whole + "begin\n\nend\n".utf8.count
        )
        #expect(Set(shown.utf8.dropFirst(6).dropLast(5).filter { $0 == 0 }).isEmpty)
    }

    @Test func `what nobody is to see does not fill the disk`() throws {
        let folder = TestFolder()
        let script = try folder.write(
            """
            local space = function()
              local f = assert(io.popen("stat -L -c %b /proc/" .. io.open("/proc/self/stat"):read("n") .. "/fd/1"))
              return f:read("n") * 512
            end
            for i = 1, 20 do
              os.execute("head -c 20000000 /dev/zero")
              sleep(0.1)
              if space() > 40000000 then os.exit(9) end
            end
            """,
            to: "script.lua"
        )
        let vmoon = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell("\(vmoon) --cron \(script) >out", in: folder)
        #expect(run.status == 0, "\(run)")
    }

    struct Shortage: Sendable, CustomTestStringConvertible {
        let name: String
        /// What comes before the program on the line of a shell.
        let before: String
        var code = ""
        /// What is told beside the error.
        var says = ""
        var testDescription: String { name }
    }

    /// In a name space of its own, which not every machine lets one make.
    private static let full =
        "mount -t tmpfs -o size=64k none full && head -c 60000 /dev/zero >full/a;"
        + " head -c 60000 /dev/zero >full/b 2>&-; TMPDIR=$PWD/full "

    static let shortages = [
        Shortage(name: "a full folder", before: full),
        Shortage(
            name: "a limit of nothing on files",
            before: "ulimit -f 0; ",
            says: "the output is shown as it comes"
        ),
        Shortage(
            name: "a limit that is reached later on",
            before: "ulimit -f 64; ",
            code: "for i = 1, 2000 do io.stderr:write(string.rep('x', 100), '\\n') end",
            says: "the output cannot be kept"
        ),
    ]

    @Test(arguments: shortages) func `why a run failed is told where nothing can be kept`(
        _ row: Shortage
    ) throws {
        let folder = TestFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/full",
            withIntermediateDirectories: true
        )
        let mayMount = try ProgramRun.shell("unshare -rm mount -t tmpfs none full", in: folder)
        guard mayMount.status == 0 || row.before != Self.full else { return }
        let script = try folder.write(
            "print('seen') io.stdout:flush() \(row.code) error('bad thing', 0)",
            to: "script.lua"
        )
        let vmoon = try SimulatorProcess.program("vmoon")
        try folder.write("{ \(row.before) \(vmoon) --cron \(script) 2>&1; } | cat", to: "line.sh")
        let shell = row.before == Self.full ? "unshare -rm bash" : "bash"
        let run = try ProgramRun.shell("\(shell) line.sh", in: folder)
        #expect(run.output.contains("vmoon: bad thing"), "\(run.output.suffix(400))")
        #expect(run.output.contains("seen"))
        #expect(row.says.isEmpty || run.output.contains(row.says), "\(run.output.suffix(400))")
    }

    @Test(arguments: [["--nonsense"], ["--lock", "x", "-i", "-e", ""]])
    func `a command line that is refused is seen`(_ words: [String]) throws {
        let run = try ProgramRun.of("vmoon", ["--cron"] + words)
        #expect(run.status == 64 && run.error.split(separator: "\n").count == 1, "\(run)")
    }

    @Test func `a lock that is held is seen`() throws {
        let folder = TestFolder()
        let inner = "\(try SimulatorProcess.program("vmoon")) --cron --lock x -e ''"
        let code = "local _, _, n = os.execute([[\(inner)]]) os.exit(n)"
        let run = try ProgramRun.of("vmoon", ["--lock", "x", "-e", code], in: folder)
        #expect(run.status == 75 && run.error.contains("the lock x is held"), "\(run)")
    }
}
