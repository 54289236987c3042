import Testing

@testable import LineEditor

struct EditorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let typing: Typing
        let picture: String
        var testDescription: String { typing.description }

        init(_ typing: Typing, _ picture: String) {
            self.typing = typing
            self.picture = picture
        }
    }

    static let moving: [Case] = [
        Case("abc<Left>x", "abx|c"),
        Case("abc<C-b><C-b>x", "ax|bc"),
        Case("abc<C-a>x", "x|abc"),
        Case("abc<Home><C-f>x", "ax|bc"),
        Case("abc<C-a><C-e>x", "abcx|"),
        Case("abc<C-a><End>x", "abcx|"),
        Case("foo.bar_1 baz<M-b>x", "foo.bar_1 x|baz"),
        Case("foo.bar_1 baz<M-b><M-b>x", "foo.x|bar_1 baz"),
        Case("foo bar<C-a><M-f>x", "foox| bar"),
        Case("foo bar<C-Left>x", "foo x|bar"),
        Case("foo bar<Home><C-Right>x", "foox| bar"),
        Case("<Left>a", "a|"),
        Case("a<Right>b", "ab|"),
    ]

    static let cutting: [Case] = [
        Case("abc<BS>", "ab|"),
        Case("abc<C-h>", "ab|"),
        Case("abc<Home><Del>", "|bc"),
        Case("abc<Home><C-d>", "|bc"),
        Case("foo bar<C-a><C-k>", "|"),
        Case("foo bar<M-b><C-k>", "foo |"),
        Case("foo bar<C-u>x", "x|"),
        Case("foo bar.baz<C-w>", "foo |"),
        Case("foo bar.baz<M-BS>", "foo bar.|"),
        Case("foo bar<C-a><M-d>", "| bar"),
        Case("foo bar<C-w><C-y>", "foo bar|"),
        Case("foo bar<C-w><C-w><C-y>", "foo bar|"),
        Case("a b<C-w>x<C-w><C-y>", "a x|"),
        Case("one two<C-w><Left><C-k><C-a><C-y>", " |one"),
        Case("a<C-u>b<C-u><C-y><M-y>", "a|"),
        Case("a<C-u>b<C-u><C-y><M-y><M-y>", "b|"),
        Case("a b c<C-a><M-d><M-d><C-e>-<C-y>", " c-a b|"),
        Case("x<C-y>", "x|"),
    ]

    static let turning: [Case] = [
        Case("ab<C-t>", "ba|"),
        Case("abc<Left><C-t>", "acb|"),
        Case("a<C-t>", "a|"),
        Case("foo bar<M-t>", "bar foo|"),
        Case("foo, bar<C-a><M-t>", "|foo, bar"),
        Case("foo bar<C-a><M-u>", "FOO| bar"),
        Case("FOO bar<C-a><M-l>", "foo| bar"),
        Case("fOO bar<C-a><M-c>", "Foo| bar"),
    ]

    static let undoing: [Case] = [
        Case("abc<C-_>", "|"),
        Case("abc def<C-_>", "abc|"),
        Case("abc<C-u><C-_>", "abc|"),
        Case("abc<BS><BS><C-_>", "abc|"),
        Case("abc def<C-_><C-_>", "|"),
        Case("abc<C-_><M-_>", "abc|"),
        Case("abc<C-_>x<M-_>", "x|"),
        Case("a<C-w><C-y><C-y><C-_>", "a|"),
    ]

    static let blocks: [Case] = [
        Case("do<Enter>f()<Enter>", "do⏎  f()⏎  |"),
        Case("do<Enter>f()<Enter>end", "do⏎  f()⏎end|"),
        Case("if a then<Enter>b()<Enter>else<Enter>c()", "if a then⏎  b()⏎else⏎  c()|"),
        Case("f{<M-Enter>1,<M-Enter>}", "f{⏎  1,⏎}|"),
        Case("do<Enter>repeat<Enter>x()<Enter>until y", "do⏎  repeat⏎    x()⏎  until y|"),
        Case("do<Enter>ab<Up>x", "dox|⏎  ab"),
        Case("do<Enter>abc<Left><Up><Down>x", "do⏎  abx|c"),
        Case("do<Enter>abc<Home>x<End>y", "do⏎x  abcy|"),
        Case("do<Enter>abc<C-k>", "do⏎  abc|"),
        Case("do<Enter>abc<Up><End><C-k>", "do|  abc"),
        Case("do<Enter><BS>", "do⏎|"),
        Case("do<Enter><Tab>x", "do⏎    x|"),
        Case("do<Enter>x<S-Tab>", "do⏎x|"),
        Case("do<Enter>x<C-Home>y", "y|do⏎  x"),
        Case("do<Enter>[[<Enter>x", "do⏎  [[⏎x|"),
        Case("x = 1<M-Enter>y", "x = 1⏎y|"),
    ]

    static let clusters: [Case] = [
        Case("e\u{301}<BS>", "|"),
        Case("日本<Left>x", "日x|本"),
        Case("👨‍👩‍👧x<Left><BS>", "|x"),
        Case("🇩🇪🇫🇷<Left><Del>", "🇩🇪|"),
        Case("äö<C-t>", "öä|"),
    ]

    @Test(arguments: moving + cutting + turning + undoing + blocks + clusters)
    func `keys give this text and this cursor`(_ test: Case) {
        var editor = Editor()
        editor.press(test.typing)
        #expect(editor.picture == test.picture)
    }

    struct EffectCase: Sendable, CustomTestStringConvertible {
        let typing: Typing
        let last: Editor.Effect?
        var testDescription: String { typing.description }

        init(_ typing: Typing, _ last: Editor.Effect?) {
            self.typing = typing
            self.last = last
        }
    }

    static let effects: [EffectCase] = [
        EffectCase("1+1<Enter>", .submit("1+1")),
        EffectCase("<C-d>", .end),
        EffectCase("a<C-a><C-d>", nil),
        EffectCase("a<C-d>", .bell),
        EffectCase("abc<C-c>", .interrupt),
        EffectCase("<C-z>", .suspend),
        EffectCase("<C-l>", .clearScreen),
        EffectCase("it<Tab>", .complete),
        EffectCase("<BS>", .bell),
        EffectCase("<Up>", .bell),
        EffectCase("<C-_>", .bell),
        EffectCase("<M-y>", .bell),
    ]

    @Test(arguments: effects) func `keys ask for this`(_ test: EffectCase) {
        var editor = Editor()
        #expect(editor.press(test.typing).last == test.last)
    }

    @Test func `an accent that is pasted behind its letter joins it`() {
        var editor = Editor()
        editor.press("ae<Left>")
        _ = editor.handle(Key(.paste("\u{301}")))
        #expect(editor.picture == "á|e")
        editor.press("<BS>")
        #expect(editor.picture == "|e")
    }

    @Test func `what stood between two halves of a character is removed with no harm`() {
        var editor = Editor()
        _ = editor.handle(Key(.paste("ex\u{301}y")))
        editor.press("<C-a><Right><Del>")
        #expect(editor.buffer.count == 2)
        #expect(editor.buffer.cursor <= editor.buffer.count)
    }

    @Test func `a paste is inserted as it is and not run`() {
        var editor = Editor()
        let effects = editor.handle(Key(.paste("do\n\tf()\nend\n")))
        #expect(effects.isEmpty)
        #expect(editor.buffer.text == "do\n\tf()\nend\n")
    }
}
