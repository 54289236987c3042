import Foundation
import Support
import Testing

/// `show` with a file: what is there already stays what it is.
@Suite struct ShowFileTests {
    private let folder = TestFolder()

    private func show(_ file: String, _ options: [String] = []) throws -> ProgramRun {
        try ProgramRun.of(
            "vmoon",
            options + [
                "-e", "print 'before' show({ { a = 1 } }, { file = '\(file)', format = 'csv' })",
            ],
            in: folder
        )
    }

    private func kind(_ name: String) throws -> String {
        try ProgramRun.shell("stat -c '%F %a' \(name)", in: folder).output
    }

    @Test func `a pipe takes the bytes, and stays a pipe`() throws {
        let program = try SimulatorProcess.program("vmoon")
        let code = "show({ { a = 1 } }, { file = 'f', format = 'csv' })"
        let run = try ProgramRun.shell(
            "mkfifo f; (cat f > got &); sleep 0.5; \(program) -e \"\(code)\"; sleep 0.5; cat got",
            in: folder
        )
        #expect(run.output == "a\n1\n", "\(run)")
        #expect(try kind("f").hasPrefix("fifo"))
        let alone = try show("f")
        #expect(alone.status == 74 && alone.error.contains("nobody reads from it"), "\(alone)")
    }

    @Test func `the file behind a link is written`() throws {
        _ = try folder.write("old", to: "target")
        _ = try ProgramRun.shell("ln -s target link", in: folder)
        #expect(try show("link").status == 0)
        #expect(try ProgramRun.shell("cat target", in: folder).output == "a\n1\n")
        #expect(try kind("link").hasPrefix("symbolic link"))
    }

    @Test func `a file keeps its permissions, and a new one can be read by all`() throws {
        _ = try folder.write("old and longer than the new text", to: "kept")
        _ = try ProgramRun.shell("chmod 600 kept", in: folder)
        for name in ["kept", "new"] { #expect(try show(name, ["--read-only"]).status == 0) }
        #expect(try kind("kept") == "regular file 600\n")
        #expect(try kind("new") == "regular file 644\n")
        #expect(try ProgramRun.shell("cat kept", in: folder).output == "a\n1\n")
    }

    @Test func `standard output by its name is written in order`() throws {
        let run = try show("/dev/stdout", ["--dry-run"])
        #expect(run.output == "before\na\n1\n", "\(run)")
        #expect(
            try ProgramRun.shell("test -c /dev/null; ls -l /dev/stdout", in: folder).output
                .hasPrefix("l")
        )
    }

    @Test(arguments: ["/nonexistent/o.csv", "/proc"])
    func `what cannot be written ends with 74 and its own name`(_ file: String) throws {
        let run = try show(file)
        #expect(run.status == 74, "\(run)")
        #expect(run.error.contains(file) && !run.error.contains(".tmp"), "\(run)")
    }

    @Test func `a list with gaps keeps its columns, and has no names for them`() throws {
        let run = try ProgramRun.of(
            "vmoon",
            [
                "-e",
                "io.write(csv.encode{ { 'a', nil, 'c' }, { 'd', 'e', 'f' }, { 'g' } },"
                    + " csv.encode{ { nil, 'x' } }, csv.encode{ { a = 1 }, { 'y' } })",
            ],
            in: folder
        )
        #expect(run.output == "a,,c\r\nd,e,f\r\ng,,\r\n,x\r\na\r\n1\r\ny\r\n", "\(run)")
    }
}
