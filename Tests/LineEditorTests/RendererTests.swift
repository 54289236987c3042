import Glibc
import Support
import Testing

@testable import LineEditor

struct RendererTests {
    private static func frame(_ editor: Editor, _ size: (Int, Int), hint: String = "") -> Frame {
        frame(editor, LexedText(editor.buffer.characters), size, hint: hint)
    }

    private static func frame(
        _ editor: Editor,
        _ text: LexedText,
        _ size: (Int, Int),
        hint: String = ""
    ) -> Frame {
        var view = PromptView(prompt: "vc> ", editor: editor, text: text, functions: ["print"])
        view.hint = hint
        return view.frame(width: size.0, height: size.1)
    }

    /// The frame's rows as they must stand on a screen.
    private static func drawnAfresh(_ frame: Frame, _ width: Int) -> VTScreen {
        var renderer = Renderer(theme: .dark)
        var screen = VTScreen(width: width, height: frame.rows.count)
        screen.write(renderer.draw(frame))
        return screen
    }

    @Test func `the screen shows the prompt, the text and the cursor`() {
        var editor = Editor()
        editor.press("do<Enter>print(1)")
        let screen = Self.drawnAfresh(Self.frame(editor, (40, 10)), 40)
        #expect(screen.rows == ["vc> do", "... " + "  print(1)"])
        #expect(screen.row == 1 && screen.column == 14)
    }

    @Test func `a line that fills the width breaks, and the cursor is never lost`() {
        var editor = Editor()
        editor.press("123456")
        let screen = Self.drawnAfresh(Self.frame(editor, (10, 5)), 10)
        #expect(screen.rows == ["vc> 123456", ""])
        #expect(screen.row == 1 && screen.column == 0)
    }

    @Test func `what commands a terminal or hides is shown as what it is`() {
        var editor = Editor()
        _ = editor.handle(Key(.paste("a\u{1B}[2Jb\u{202E}c\u{9B}d\u{200F}\u{7F}")))
        let screen = Self.drawnAfresh(Self.frame(editor, (80, 5)), 80)
        #expect(screen.rows.first == "vc> a^[[2Jb<202E>c<9B>d<200F><7F>")
        #expect(screen.problems.isEmpty)
    }

    @Test func `one key in a long block writes little`() {
        var editor = Editor()
        _ = editor.handle(Key(.paste((1...20).map { "print(\($0))" }.joined(separator: "\n"))))
        var renderer = Renderer(theme: .dark)
        _ = renderer.draw(Self.frame(editor, (80, 50)))
        editor.press("<Left>7")
        #expect(renderer.draw(Self.frame(editor, (80, 50))).utf8.count < 60)
    }

    @Test func `of a block that is higher than the screen, the part around the cursor shows`() {
        var editor = Editor()
        _ = editor.handle(Key(.paste((1...200).map { "print(\($0))" }.joined(separator: "\n"))))
        let frame = Self.frame(editor, (80, 24))
        #expect(frame.rows.count == 24)
        let rows = Self.drawnAfresh(frame, 80).rows
        #expect(rows.last?.hasSuffix("print(200)") == true)
        editor.press("<C-Home>")
        #expect(Self.drawnAfresh(Self.frame(editor, (80, 24)), 80).rows.first == "vc> print(1)")
    }

    @Test(arguments: 1...8) func `after any keys the screen is what a full drawing gives`(
        _ seed: UInt64
    ) {
        var generator = SeededRandom(seed: seed)
        var size = (width: Int.random(in: 12...90, using: &generator), height: 24)
        if seed % 2 == 0 { size.height = Int.random(in: 2...8, using: &generator) }
        var editor = Editor(history: RecallTests.entries)
        var renderer = Renderer(theme: .dark)
        var screen = VTScreen(width: size.width, height: size.height)
        for step in 0..<1250 {
            let key = RandomKeys.next(using: &generator)
            for effect in editor.handle(key) {
                RandomKeys.answer(effect, &editor, using: &generator)
                if effect == .clearScreen { screen.write(renderer.clearScreen()) }
            }
            // Without scrolling: where rows were lost, no terminal could tell where the frame began.
            if step % 47 == 0, step > 0, Self.frame(editor, size).rows.count * 4 < size.height {
                let width = Int.random(in: 30...90, using: &generator)
                screen.resize(to: width)
                screen.write(renderer.erase(afterResizeTo: width))
                size.width = width
            }
            let hint = step % 3 == 0 ? "hint(a, b) → string" : ""
            let frame = Self.frame(editor, size, hint: hint)
            screen.write(renderer.draw(frame))
            let top = screen.row - frame.cursorRow
            let expected = Self.drawnAfresh(frame, size.width)
            guard top >= 0, top + frame.rows.count <= size.height,
                Array(screen.lines[top..<top + frame.rows.count]) == expected.lines,
                screen.column == frame.cursorColumn,
                screen.lines[(top + frame.rows.count)...].joined().allSatisfy({ $0.text == " " })
            else {
                Issue.record("step \(step), key \(key): \(screen.rows) is not \(expected.rows)")
                return
            }
        }
        #expect(screen.problems.isEmpty)
    }

    @Test(arguments: [(80, 40), (80, 25), (40, 80), (60, 59), (33, 12)])
    func `a resize leaves one frame and nothing of the old one`(_ from: Int, _ to: Int) {
        var editor = Editor()
        editor.press("do<Enter>print('a long line that wraps somewhere')<Enter>日本語日本語")
        var renderer = Renderer(theme: .plain)
        var screen = VTScreen(width: from, height: 40)
        screen.write("before\r\n")
        screen.write(renderer.draw(Self.frame(editor, (from, 40))))
        screen.resize(to: to)
        screen.write(renderer.erase(afterResizeTo: to))
        let frame = Self.frame(editor, (to, 40))
        screen.write(renderer.draw(frame))
        let expected = Self.drawnAfresh(frame, to)
        #expect(screen.rows.first == "before")
        #expect(Array(screen.rows[1...frame.rows.count]) == expected.rows)
        #expect(screen.rows[(1 + frame.rows.count)...].joined() == "")
    }

    @Test(arguments: [24, 50, 7]) func `of a long block as many rows are seen as there are`(
        _ height: Int
    ) {
        var editor = Editor()
        _ = editor.handle(Key(.paste((1...200).map { "print(\($0))" }.joined(separator: "\n"))))
        let text = LexedText(editor.buffer.characters)
        for _ in 0..<199 {
            let frame = Self.frame(editor, text, (80, height))
            #expect(frame.rows.count == height)
            let line = editor.buffer.characters[..<editor.buffer.cursor].count { $0 == "\n" } + 1
            let row = String(frame.rows[frame.cursorRow].map(\.character))
            #expect(row.hasSuffix("print(\(line))"))
            editor.press("<Up>")
        }
    }

    /// Everything between a key and the bytes for the terminal, in the middle of a block: no clock of the
    /// machine's is asked, since others use it too, but the one of this thread.
    @Test func `a key in a block of 200 lines costs under 5 ms, or in a debug build under 100`() {
        var editor = Editor()
        let line = "for i = 1, 10 do print(string.format('%d %s', i, name)) end -- and so on\n"
        _ = editor.handle(Key(.paste(String(repeating: line, count: 200))))
        for _ in 0..<100 { editor.press("<Up>") }
        var renderer = Renderer(theme: .dark)
        var text = LexedText(editor.buffer.characters)
        _ = renderer.draw(Self.frame(editor, text, (120, 50)))
        var costs: [Int] = []
        for index in 0..<100 {
            let start = Self.threadTime()
            _ = editor.handle(Key(.text(["x", "(", " "][index % 3])))
            text.update(to: editor.buffer.characters)
            let drawn = renderer.draw(Self.frame(editor, text, (120, 50)))
            costs.append(Self.threadTime() - start)
            #expect(!drawn.isEmpty && text.freshSegments == 1)
        }
        let cost = costs.sorted()[94]
        #expect(cost < (_isDebugAssertConfiguration() ? 100_000 : 5000), "\(cost) µs, p95")
    }

    /// The processor time of this thread in microseconds.
    private static func threadTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }
}

/// Keys as a monkey presses them.
enum RandomKeys {
    private static let texts: [String] =
        Array("abcdefghijklmnop ()[]{}\"'=.,:-09\t").map(String.init)
        + ["é", "e\u{301}", "\u{301}", "日", "本", "🙂", "👨‍👩‍👧", "🇩", "🇪", "end", "function", "do"]
    private static let codes: [Key.Code] = [
        .enter, .tab, .backspace, .escape, .up, .down, .left, .right, .home, .end, .pageUp,
        .pageDown,
        .delete, .unknown, .function(3), .paste("do\n\tx = '日本'\nend"), .paste("\u{1B}[31m\u{7}"),
    ]

    static func next(using generator: inout SeededRandom) -> Key {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<5: return Key(.text(texts.randomElement(using: &generator) ?? "a"))
        case 5..<8:
            let modifiers = Key.Modifiers(rawValue: Int.random(in: 0...7, using: &generator))
            let isPlain = Bool.random(using: &generator)
            return Key(codes.randomElement(using: &generator) ?? .enter, isPlain ? [] : modifiers)
        case 8: return .control(letter(&generator))
        default: return .alt(letter(&generator))
        }
    }

    private static func letter(_ generator: inout SeededRandom) -> String {
        Array("abcdefghijklmnopqrstuvwxyz_^<>").map(String.init).randomElement(using: &generator)
            ?? "a"
    }

    /// Does what the prompt would do.
    static func answer(
        _ effect: Editor.Effect,
        _ editor: inout Editor,
        using generator: inout SeededRandom
    ) {
        switch effect {
        case .submit:
            if Bool.random(using: &generator) {
                editor.accepted(isKept: true)
            } else {
                editor.continueBlock()
            }
        case .complete:
            let count = Int.random(in: 0...12, using: &generator)
            let start = max(editor.buffer.cursor - 2, 0)
            let list = CandidateList(
                range: start..<editor.buffer.cursor,
                candidates: (0..<count).map {
                    Candidate("日c\($0)\"", label: "c\($0)", detail: "d 本")
                }
            )
            _ = editor.show(completions: list)
        default: break
        }
    }
}
