import Testing

@testable import LineEditor

struct RecallTests {
    static let entries = [
        "print(1)", "x = 1", "print(2)", "function f()\n  return 1\nend", "x = 2",
    ]

    static let cases: [EditorTests.Case] = [
        .init("<Up>", "x = 2|"),
        .init("<Up><Up>", "function f()⏎  return 1⏎end|"),
        .init("<Up><Up><Up>", "function f()⏎  r|eturn 1⏎end"),
        .init("p<Up>", "print(2)|"),
        .init("p<Up><Up>", "print(1)|"),
        .init("p<Up><Up><Up>", "print(1)|"),
        .init("p<Up><Up><Down>", "print(2)|"),
        .init("p<Up><Down>", "p|"),
        .init("x = <Up><Up><Down><Down>", "x = |"),
        .init("zz<PgUp>", "x = 2|"),
        .init("zz<PgUp><PgDn>", "zz|"),
        .init("<M-lt><C-e>", "print(1)|"),
        .init("zz<M-lt><M-gt>", "zz|"),
        .init("<Up>1<Up>", "x = 21|"),
        .init("<C-r>pri", "|print(2)"),
        .init("<C-r>pri<C-r>", "|print(1)"),
        .init("<C-r>pri<C-r><C-r>", "|print(1)"),
        .init("<C-r>pri<C-r><C-s>", "|print(2)"),
        .init("<C-r>ret<C-e>!", "function f()⏎  return 1!|⏎end"),
        .init("ab<C-r>pri<C-g>", "ab|"),
        .init("ab<C-r>pri<Esc>", "ab|"),
        .init("<C-r>prix", "|print(2)"),
        .init("<C-r>prix<BS>", "|print(2)"),
        .init("<C-r>X", "|"),
        .init("<C-r>t(2<Right><Right><Right>x", "print(2x|)"),
    ]

    @Test(arguments: cases) func `the history comes back`(_ test: EditorTests.Case) {
        var editor = Editor(history: Self.entries)
        editor.press(test.typing)
        #expect(editor.picture == test.picture)
    }

    @Test func `an entry that was run again is kept once, as the latest`() {
        var editor = Editor(history: Self.entries)
        editor.press("x = 1<Enter>")
        #expect(editor.recall.entries.count(where: { $0 == "x = 1" }) == 1)
        editor.press("<Up>")
        #expect(editor.picture == "x = 1|")
    }

    @Test func `a block is one entry`() {
        var editor = Editor()
        editor.press("do<Enter>f()<Enter>end<Enter>")
        #expect(editor.recall.entries == ["do\n  f()\nend"])
    }

    @Test func `what is not kept is not recalled`() {
        var editor = Editor(history: Self.entries)
        _ = editor.handle(Key(.paste("pw = 'x'")))
        editor.accepted(isKept: false)
        #expect(editor.recall.entries == Self.entries && editor.characters.isEmpty)
    }
}
