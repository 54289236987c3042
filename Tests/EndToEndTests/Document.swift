import Foundation
import Support

/// A page for people whose blocks are run: every one, unless a comment in front of it says why not.
///
/// - A block of `lua` is a script. The block behind it, of no language, is what it prints.
/// - A block of `console` has commands behind `$ `, continued behind `> `, each followed by what it writes.
/// - `<!-- file: NAME -->` in front of a block makes it a file that later blocks use; a script is still run where
///   a block with its output follows.
/// - `<!-- screen: COLUMNS -->`: what a terminal shows; inputs stand behind the prompts, and the last one, where it is
///   not empty, is not entered but completed with Tab.
/// - `<!-- not run: REASON -->` leaves a block out.
/// - A line `…` stands for any number of lines.
struct Document {
    struct Block {
        var language: String
        var lines: [String]
        /// Where its first line stands, from 0.
        var start: Int
        /// The comment in front of it.
        var comment: String?

        var text: String { lines.map { $0 + "\n" }.joined() }

        func mark(_ name: String) -> String? {
            guard let comment, comment.hasPrefix(name + ": ") else { return nil }
            return String(comment.dropFirst(name.count + 2))
        }
    }

    let path: String
    let lines: [String]
    let blocks: [Block]

    init(_ name: String) throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let path = tests.deletingLastPathComponent().deletingLastPathComponent().path + "/" + name
        self.init(path: path, try String(contentsOfFile: path, encoding: .utf8))
    }

    init(path: String, _ text: String) {
        self.path = path
        lines = text.components(separatedBy: "\n")
        var blocks: [Block] = []
        var open: Block?
        var comment: String?
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(block)
                    open = nil
                } else {
                    let language = String(line.dropFirst(3))
                    open = Block(language: language, lines: [], start: index + 1, comment: comment)
                    comment = nil
                }
            } else if open != nil {
                open?.lines.append(line)
            } else if line.hasPrefix("<!-- "), line.hasSuffix(" -->") {
                comment = String(line.dropFirst(5).dropLast(4))
            } else if !line.isEmpty {
                comment = nil
            }
        }
        self.blocks = blocks
    }

    /// One thing to run, and the lines that it should write.
    struct Step {
        enum Action {
            case script(String)
            case commands([String])
            case screen(inputs: [String], columns: Int)
        }

        let line: Int
        let action: Action
        /// For each command the lines behind it, and where they stand.
        let expected: [(start: Int, lines: [String])]
    }

    /// A file that a page has others use.
    struct File {
        let name: String
        let text: String
    }

    /// What is to be done, in order; and why blocks were left out.
    func steps() -> (steps: [(file: File?, step: Step?)], skipped: [String]) {
        var steps: [(file: File?, step: Step?)] = []
        var skipped: [String] = []
        var index = 0
        while index < blocks.count {
            let block = blocks[index]
            index += 1
            if let reason = block.mark("not run") {
                skipped.append(reason)
                continue
            }
            let file = block.mark("file").map { File(name: $0, text: block.text) }
            var output: Block?
            if block.language == "lua", index < blocks.count, blocks[index].language == "" {
                output = blocks[index]
                index += 1
            }
            if let columns = block.mark("screen").flatMap({ Int($0) }) {
                steps.append((nil, screen(block, columns)))
            } else if block.language == "console" {
                steps.append((nil, console(block)))
            } else if file != nil, output == nil {
                steps.append((file, nil))
            } else {
                let expected = output.map { [($0.start, $0.lines)] } ?? []
                let step = Step(line: block.start, action: .script(block.text), expected: expected)
                steps.append((file, block.language == "lua" ? step : nil))
            }
        }
        return (steps, skipped)
    }

    private func console(_ block: Block) -> Step {
        var commands: [String] = []
        var expected: [(start: Int, lines: [String])] = []
        for (offset, line) in block.lines.enumerated() {
            if line.hasPrefix("$ ") {
                commands.append(String(line.dropFirst(2)))
                expected.append((block.start + offset + 1, []))
            } else if line.hasPrefix("> "), expected.last?.lines.isEmpty == true {
                commands[commands.count - 1] += "\n" + line.dropFirst(2)
                expected[expected.count - 1].start += 1
            } else if !expected.isEmpty {
                expected[expected.count - 1].lines.append(line)
            }
        }
        return Step(line: block.start, action: .commands(commands), expected: expected)
    }

    private func screen(_ block: Block, _ columns: Int) -> Step {
        let inputs = block.lines.compactMap { line -> String? in
            if line == "sim>" { return "" }
            for prompt in ["sim> ", " ... "] where line.hasPrefix(prompt) {
                return String(line.dropFirst(prompt.count)).trimmingCharacters(in: .whitespaces)
            }
            return nil
        }
        return Step(
            line: block.start,
            action: .screen(inputs: inputs, columns: columns),
            expected: [(block.start, block.lines)]
        )
    }

    // MARK: Comparing

    /// What differs each time, made the same: ports, times, ages, durations, identifiers.
    static func settled(_ lines: [String]) -> [String] {
        var lines = lines.map { line in
            // A narrow terminal may break the address.
            line.replacing(/\.0\.0\.1:[0-9]{5}/, with: ".0.0.1:PORT")
                .replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/, with: "TIME")
                .replacing(/\((?:[0-9]+(?:y|mo|d|h|min|s|m) ?)+ago\)/, with: "(AGE)")
                .replacing(/\([0-9.]+ s\)/, with: "(N s)")
                .replacing(/Lua 5\.4\.[0-9]+/, with: "Lua 5.4.N")
                .replacing(
                    /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/,
                    with: "UUID"
                )
                .replacing(/[ \t]+$/, with: "")
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// Whether lines are as written; a line `…` stands for any number of them.
    static func matches(_ written: [String], _ actual: [String]) -> Bool {
        guard let first = written.first else { return actual.isEmpty }
        let rest = Array(written.dropFirst())
        if first == "…" {
            return (0...actual.count).contains { matches(rest, Array(actual.dropFirst($0))) }
        }
        guard let line = actual.first, line == first else { return false }
        return matches(rest, Array(actual.dropFirst()))
    }

    /// Whether an output is the one written in the page.
    static func isSame(_ written: [String], _ actual: [String]) -> Bool {
        matches(settled(written), settled(actual))
    }
}
