import Foundation
import Support
import Testing

/// The pages that people copy from: every block of them runs, and writes what stands there.
///
/// `RECORD_GOLDEN=1` puts what came in place of what stands there, and the test fails all the same.
@Suite struct DocumentTests {
    static let pages = ["README.md", "scripts/COOKBOOK.md"]

    @Test(arguments: pages) func `every block runs and writes what stands there`(
        _ name: String
    ) throws {
        let page = try Document(name)
        let (steps, skipped) = page.steps()
        #expect(skipped.count <= 4, "\(skipped)")
        let folder = TestFolder()
        var corrections: [(start: Int, old: [String], new: [String])] = []
        for (file, step) in steps {
            if let file { try folder.write(file.text, to: file.name) }
            guard let step else { continue }
            let actual = try run(step, in: folder, at: "\(name):\(step.line)")
            for (written, lines) in zip(step.expected, actual)
            where !Document.isSame(written.lines, lines) {
                corrections.append((written.start, written.lines, lines))
                Issue.record(
                    "\(name):\(written.start + 1) writes\n\(lines.joined(separator: "\n"))"
                )
            }
        }
        guard ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" else { return }
        var lines = page.lines
        for correction in corrections.sorted(by: { $0.start > $1.start }) {
            let range = correction.start..<correction.start + correction.old.count
            lines.replaceSubrange(range, with: correction.new)
        }
        try lines.joined(separator: "\n")
            .write(toFile: page.path, atomically: true, encoding: .utf8)
    }

    private func run(
        _ step: Document.Step,
        in folder: TestFolder,
        at place: String
    ) throws -> [[String]] {
        switch step.action {
        case .script(let text):
            let script = try folder.write(text, to: "block.lua")
            let run = try ProgramRun.of("vmoon", ["--sim", script], in: folder)
            #expect(run.status == 0, "\(place): \(run.error)")
            return [run.output.components(separatedBy: "\n").dropLast() + []]
        case .commands(let commands): return try Self.commands(commands, in: folder)
        case .screen(let inputs, let columns):
            let expected = step.expected.first?.lines ?? []
            return [try screen(inputs, columns, expected, folder)]
        }
    }

    /// Runs commands in one shell, as somebody types them, and splits what they write.
    private static func commands(_ commands: [String], in folder: TestFolder) throws -> [[String]] {
        let programs = URL(fileURLWithPath: try SimulatorProcess.program("vmoon"))
            .deletingLastPathComponent().path
        var text = "trap 'kill $(jobs -p) 2>/dev/null' EXIT\nPATH=\(programs):$PATH\nexec 2>&1\n"
        for command in commands {
            text += "\(command)\n{ vmoon_status=$?; printf '\\n\\001\\n'; (exit $vmoon_status); }\n"
        }
        let script = try folder.write(text, to: ".commands")
        let run = try ProgramRun.shell("bash \(script)", in: folder)
        return run.output.components(separatedBy: "\n\u{1}\n").dropLast().map { output in
            var lines = output.components(separatedBy: "\n")
            if lines.last == "" { lines.removeLast() }
            return lines
        }
    }

    /// Types at a prompt, completes the last line, and gives what the terminal shows.
    private func screen(
        _ inputs: [String],
        _ columns: Int,
        _ expected: [String],
        _ folder: TestFolder
    ) throws -> [String] {
        guard PromptTerminal.isThere else { return [expected].flatMap { $0 } }
        let program = try SimulatorProcess.program("vmoon")
        let terminal = try PromptTerminal(
            "\(program) --sim --color never --no-init",
            columns: columns,
            rows: 60,
            in: folder
        )
        try terminal.wait(forLast: "sim>")
        for input in inputs.dropLast() {
            try terminal.enter(input)
            try terminal.wait { rows in
                rows.last == "sim>" || rows.last?.trimmingCharacters(in: .whitespaces) == "..."
            }
        }
        if let last = inputs.last, !last.isEmpty {
            try terminal.type(last)
            try terminal.press("Tab")
        }
        var shown: [String] = []
        _ = try? terminal.wait { rows in
            shown = rows
            return Document.isSame(expected, rows)
        }
        return shown
    }

    @Test func `a page is read as it is meant`() {
        let page = Document(
            path: "",
            """
            <!-- file: a.lua -->
            ```lua
            print(1)
            ```
            text
            ```lua
            print(2)
            ```
            ```
            2
            ```
            <!-- not run: needs a vCenter -->
            ```console
            $ rm
            ```
            ```console
            $ one \\
            > two
            out
            $ three
            ```
            """
        )
        let (steps, skipped) = page.steps()
        #expect(skipped == ["needs a vCenter"])
        #expect(steps.count == 3)
        #expect(steps[0].file?.name == "a.lua" && steps[0].step == nil)
        #expect(steps[1].step?.expected.first?.lines == ["2"])
        #expect(steps[2].step?.expected.map(\.lines) == [["out"], []])
        guard case .commands(let commands)? = steps[2].step?.action else {
            Issue.record("no commands")
            return
        }
        #expect(commands == ["one \\\ntwo", "three"])
    }

    @Test func `what differs each time is the same, what is wrong is not`() {
        let cases: [([String], [String], Bool)] = [
            (["at 127.0.0.1:12345"], ["at 127.0.0.1:23456"], true),
            (["2026-11-21T10:11:12.345Z x"], ["2025-01-01T00:00:00Z x"], true),
            (["a", "…", "z"], ["a", "b", "c", "z"], true), (["a", "…"], ["a"], true),
            (["a"], ["a", "b"], false), (["version 3"], ["version 4"], false),
            (["(1y ago)"], ["(35d ago)"], true), (["", "x"], ["x"], false),
        ]
        for (written, actual, isSame) in cases {
            #expect(Document.isSame(written, actual) == isSame, "\(written) \(actual)")
        }
    }
}
