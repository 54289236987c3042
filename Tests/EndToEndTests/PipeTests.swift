import Support
import Testing

/// Pipes in the place of files: a run is refused in one line, or ends at its deadline.
@Suite struct PipeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let words: [String]
        var status: Int32 = 78
        var complaint = "not a regular file but a pipe, and nobody writes to it"
        var testDescription: String { name }
    }

    private static let vcenter = ["--vcenter", "https://127.0.0.1:1", "--user", "u"]
    private static let deadline = "the deadline was reached"

    static let rows: [Row] = [
        Row(name: "--replay", words: ["--replay", "pipe", "-e", "print(1)"]),
        Row(name: "config.lua", words: ["--profile", "x", "-e", "print(1)"]),
        Row(name: "--ca-file", words: vcenter + ["--ca-file", "pipe", "-e", "listVMs()"]),
        Row(name: "the script", words: ["pipe"], status: 124, complaint: deadline),
        Row(name: "dofile", words: ["-e", "dofile 'pipe'"], status: 124, complaint: deadline),
        Row(
            name: "a module",
            words: ["-e", "package.path = './?' require 'pipe'"],
            status: 124,
            complaint: deadline
        ),
        Row(name: "secret.file", words: ["-e", "secret.file 'pipe'"]),
        Row(
            name: "--password-file",
            words: vcenter + ["--password-file", "pipe", "-e", "listVMs()"],
            status: 77
        ),
        Row(name: "check", words: ["check", "pipe"], status: 66),
    ]

    @Test(arguments: rows) func `a pipe that nobody writes to stops no run for long`(_ row: Row)
        throws
    {
        let folder = TestFolder()
        let program = try SimulatorProcess.program("vmoon")
        let isRun = row.words[0] != "check"
        let words = (isRun ? ["--deadline", "4s", "--grace", "1s"] : []) + row.words
        let line =
            "mkdir -p .config/vmoon; mkfifo -m 600 pipe .config/vmoon/config.lua; exec "
            + ([program] + words).map { "\"\($0)\"" }.joined(separator: " ")
        let run = try ProgramRun.shell(line, in: folder, within: 20)
        #expect(run.status == row.status, "\(run)")
        #expect(run.error.contains(row.complaint), "\(run)")
        #expect(run.error.split(separator: "\n").count <= 3, "\(run)")
    }

    @Test(arguments: ["<(sleep 30)", "pipe"])
    func `a writer that writes nothing does not outlast the deadline`(_ place: String) throws {
        let program = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell(
            """
            mkfifo -m 600 pipe; sleep 30 > pipe & writer=$!
            \(program) --deadline 2s --grace 1s --replay \(place) -e 'print(1)'
            status=$?; kill $writer; exit $status
            """,
            within: 20
        )
        #expect(run.status == 78, "\(run)")
        #expect(run.error.contains("nothing came from it in time"), "\(run)")
    }

    @Test func `a secret comes from a pipe as from a file`() throws {
        let program = try SimulatorProcess.program("vmoon")
        let run = try ProgramRun.shell(
            """
            mkfifo -m 600 pipe; (sleep 0.3; echo one > pipe) & \(program) -e "print(secret.file 'pipe')"
            echo "print(secret.file(arg[1]))" > s.lua; \(program) s.lua <(sleep 0.3; echo two)
            """,
            within: 20
        )
        #expect(run.output == "***\n***\n", "\(run)")
    }
}
