import Testing

@testable import Shell

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

    struct KeepCase: Sendable, CustomTestStringConvertible {
        let entry: String
        let isKept: Bool
        var testDescription: String { entry }

        init(_ entry: String, _ isKept: Bool) {
            self.entry = entry
            self.isKept = isKept
        }
    }

    static let keeping: [KeepCase] = [
        KeepCase("x = 1", true),
        KeepCase(" x = 1", false),
        KeepCase("\tx = 1", false),
        KeepCase("", false),
        KeepCase("session{ vcenter = 'a', user = 'b' }", true),
        KeepCase("session{ password = 'hunter2' }", false),
        KeepCase("session{ [\"password\"] = 'hunter2' }", false),
        KeepCase("vcPassword = \"hunter2\"", false),
        KeepCase("session{ password_file = '/run/pw' }", true),
        KeepCase("session{ password = secret.env 'PW' }", true),
        KeepCase("secret.file('/run/pw')", true),
        KeepCase("login('me', token, 'abc')", false),
        KeepCase("http.get(u, { headers = { Authorization = 'Bearer x' } })", false),
        KeepCase("h = 'Authorization: Basic YTpi'", false),
        KeepCase("session{ password = [[hunter2]] }", false),
        KeepCase("session{ password = 'hunter2", false),
        KeepCase("pw='hunter2'", false),
        KeepCase("exec{ 'curl', '-u', 'me:hunter2', 'https://h/' }", false),
        KeepCase("exec{ 'curl', '-u', 'me', 'https://h/' }", true),
        KeepCase("exec{ 'mysql', '-u', 'me', '-phunter' }", false),
        KeepCase("os.execute('curl -u me:hunter2 https://h/')", false),
        KeepCase("os.execute 'mysql -phunter db'", false),
        KeepCase("os.execute 'PGPASSWORD=x psql'", false),
        KeepCase("os.execute 'find . -print'", true),
        KeepCase("exec{ 'mkdir', '-p', '/a/b' }", true),
        KeepCase("print('at 10:30 - a=b', 'x@y')", true),
        KeepCase("exec{ 'tool', '--token', 'hunter2' }", false),
        KeepCase("exec{ 'tool', '--token=hunter2' }", false),
        KeepCase("http.get 'https://h/x?api_key=hunter2'", false),
        KeepCase("http.get 'https://h/x?a=1&sig=hunter2'", false),
        KeepCase("http.get 'https://h/x?a=1'", true),
        KeepCase("session{ vcenter = 'https://me:hunter2@vc' }", false),
        KeepCase("session{ vcenter = 'https://me@vc' }", true),
        KeepCase("h = { Cookie = 'a=b' }", false),
        KeepCase("exec{ 'curl', '-H', 'X-Api-Key: hunter2' }", false),
        KeepCase("x = 1 -- password: hunter2", false),
        KeepCase("h = 'Authorization: ' .. x", true),
        KeepCase("for key, author in pairs{ a = 'b' } do print(key, 'x') end", true),
    ]

    @Test(arguments: keeping) func `no secret is kept, nor what begins with a space`(
        _ test: KeepCase
    ) {
        #expect(HistoryRules.keeps(test.entry) == test.isKept)
    }

    @Test(arguments: ["x", "a\nb", "a\\nb", "a\\\nb\\", "print('\\n')\n", "日本\n\t"])
    func `an entry is one line of the file and comes back as it was`(_ entry: String) {
        let line = HistoryFile.encode(entry)
        #expect(!line.contains("\n"))
        #expect(HistoryFile.decode(line) == entry)
    }
}
