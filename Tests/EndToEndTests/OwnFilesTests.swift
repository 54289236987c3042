import Foundation
import Support
import Testing

/// What an option names to be written is a new file or one of ours, whatever was meant.
@Suite struct OwnFilesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let options: [String]
        let status: Int32
        let says: String
        var testDescription: String { options.joined(separator: " ") }
    }

    static let rows: [Row] = [
        Row(options: ["--metrics-file"], status: 64, says: "was its value forgotten?"),
        Row(options: ["--log-file"], status: 78, says: "--log-file names a new file"),
        Row(options: ["--record"], status: 78, says: "--record names a new file"),
    ]

    static let contents = [
        "print 'a script'\n", "x", "{\"ts\": 1}\n", "# HELP node_x\n", "2026-11-21 INFO x\n",
        "\u{0}\u{1}\u{2}", "2026-11-21T10:11:12.345Z hello\n", "{\"vmoon_cassett\":1}\n",
        "a\nb\nc\n2026-11-21T10:11:12.345Z INFO x\n",
    ]

    @Test(arguments: rows, contents) func `what is somebody else's stays as it is`(
        _ row: Row,
        _ content: String
    ) throws {
        let folder = TestFolder()
        try folder.write(content, to: "nightly.lua")
        let before = try ProgramRun.shell("stat -c '%i %Y' nightly.lua; sha1sum *", in: folder)
        for more in [["-e", "print 'begun'"], ["nightly.lua"], []] {
            let run = try ProgramRun.of(
                "vmoon",
                row.options + ["nightly.lua"] + more,
                in: folder
            )
            #expect(run.status == row.status && run.output == "", "\(run)")
            #expect(run.error.contains(row.says) && run.error.contains("nightly.lua"), "\(run)")
            #expect(run.error.split(separator: "\n").count == 1, "\(run)")
        }
        let after = try ProgramRun.shell("stat -c '%i %Y' nightly.lua; sha1sum *", in: folder)
        #expect(after.output == before.output)
    }

    @Test(arguments: [
        "log.info 'x'", "", "log.error('x') os.exit(3)",
    ]) func `what is ours is written again`(_ code: String) throws {
        let folder = TestFolder()
        for format in ["text", "json"] {
            for _ in 1...3 {
                let run = try ProgramRun.of(
                    "vmoon",
                    [
                        "--log-format", format, "--log-file", "log.\(format)", "--metrics-file",
                        "m",
                        "--record", "c", "-e", code,
                    ],
                    in: folder
                )
                #expect(run.status == (code.hasSuffix("3)") ? 3 : 0), "\(run)")
                #expect(!run.error.contains("vmoon:"), "\(run)")
            }
        }
    }

    @Test func `a metrics file that is a symbolic link stays one`() throws {
        let folder = TestFolder()
        let run = try ProgramRun.shell(
            """
            echo mine >file; ln -s file link
            \(try SimulatorProcess.program("vmoon")) --metrics-file link -e 'print(1)'
            echo $?; readlink link; cat file
            """,
            in: folder
        )
        #expect(run.output == "64\nfile\nmine\n", "\(run)")
        #expect(run.error.contains("link: it is a symbolic link"), "\(run)")
    }

    @Test(arguments: [
        "\n", "\n\n2026-11-21T10:11:12.345Z INFO x\n",
        "10:11:12.345Z INFO x\n2026-11-21T10:11:12.345Z INFO\n",
        "e\":\"x\"}\n{\"ts\":\"2026-11-21T10:11:12.345Z\",\"level\":\"info\"}\n",
        "55.782Z INFO the only line\n",
        String(repeating: "x", count: 9000) + "\n2026-11-21T10:11:12.345Z INFO x\n",
    ]) func `a log that was cut at its beginning is a log`(_ content: String) throws {
        let folder = TestFolder()
        try folder.write(content, to: "run.log")
        let run = try ProgramRun.of(
            "vmoon",
            ["--log-file", "run.log", "-e", "log.info 'more'"],
            in: folder
        )
        let text = try String(contentsOfFile: folder.path + "/run.log", encoding: .utf8)
        #expect(
            run.status == 0 && text.hasPrefix(content) && text.contains(" INFO more\n"),
            "\(run)"
        )
    }

    @Test func `a log that was moved away and replaced by something else is left alone`() throws {
        let folder = TestFolder()
        let code = """
            log.info 'one'
            os.execute("mv run.log old.log; echo mine >run.log; kill -HUP $PPID")
            sleep(0.2) log.info 'two' log.info 'three'
            """
        let run = try ProgramRun.of("vmoon", ["--log-file", "run.log", "-e", code], in: folder)
        #expect(run.error.split(separator: "\n").count { $0.contains("warning: the log") } == 1)
        #expect(try String(contentsOfFile: folder.path + "/run.log", encoding: .utf8) == "mine\n")
    }
}
