import Testing

@testable import LineEditor

struct MenuTests {
    private static func editor(_ text: String, _ candidates: [String]) -> Editor {
        var editor = Editor()
        editor.press(Typing(text))
        let word = text.split(whereSeparator: { !$0.isLetter }).last ?? ""
        let list = CandidateList(
            range: text.count - word.count..<text.count,
            candidates: candidates.map { Candidate($0) }
        )
        _ = editor.show(completions: list)
        return editor
    }

    static let cases: [(candidates: [String], typing: Typing, picture: String)] = [
        (["getChange"], "", "vc:getChange|"),
        (["getChange", "getCheckOut"], "", "vc:getCh|"),
        (["getChange", "getCheckOut"], "<Tab>", "vc:getChange|"),
        (["getChange", "getCheckOut"], "<Tab><Tab>", "vc:getCheckOut|"),
        (["getChange", "getCheckOut"], "<Tab><Tab><Tab>", "vc:getChange|"),
        (["getChange", "getCheckOut"], "<S-Tab>", "vc:getCheckOut|"),
        (["getChange", "getCheckOut"], "<Down><Down><Up>", "vc:getChange|"),
        (["getChange", "getCheckOut"], "<Tab>(", "vc:getChange(|"),
        (["getChange", "getCheckOut"], "<Tab><Esc>", "vc:getCh|"),
        (["getChange", "getCheckOut"], "<Tab><Enter>", "vc:getChange|"),
        (["getChange", "getCheckOut"], "<Tab><C-_>", "vc:getCh|"),
        (["getChange", "getCheckOut"], "a<Tab>", "vc:getCha|"),
    ]

    @Test(arguments: cases.indices) func `candidates are inserted`(_ index: Int) {
        let test = Self.cases[index]
        var editor = Self.editor("vc:getC", test.candidates)
        editor.press(test.typing)
        #expect(editor.picture == test.picture, "\(test.typing)")
    }

    @Test func `nothing to insert rings the bell`() {
        var editor = Editor()
        editor.press("xyz")
        #expect(editor.show(completions: CandidateList(range: 0..<3, candidates: [])) == [.bell])
        #expect(editor.menu == nil)
    }

    @Test func `a menu that is longer than its window follows the choice`() {
        var editor = Self.editor("vc:g", (10...40).map { "get\($0)" })
        editor.press("<S-Tab>")
        let view = PromptView(
            prompt: "> ",
            editor: editor,
            text: LexedText(editor.buffer.characters),
            functions: []
        )
        let rows = view.frame(width: 40, height: 20).rows.map { String($0.map(\.character)) }
        #expect(rows.count == 10)
        #expect(rows.contains { $0.contains("get40") })
        #expect(rows.last?.contains("31 of 31") == true)
    }
}
