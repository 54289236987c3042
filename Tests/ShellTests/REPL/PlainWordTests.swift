import Testing

@testable import Shell

@Suite struct PlainWordTests {
    static let rows: [(line: String, name: String?, advice: String?)] = [
        ("exit", "exit", ".exit or Ctrl-D leaves"), (" quit() ", "quit", ".exit or Ctrl-D leaves"),
        ("exit;", "exit", ".exit or Ctrl-D leaves"),
        (
            "help", "help",
            "help() lists the functions, help(name) tells more about one, .help lists the keys"
        ),
        (
            "?", nil,
            "help() lists the functions, help(name) tells more about one, .help lists the keys"
        ),
        ("help()", nil, nil), ("exit(1)", nil, nil), ("exits", nil, nil), ("= exit", nil, nil),
        ("", nil, nil), (".exit", nil, nil),
    ]

    @Test(arguments: rows.indices) func `a plain word gets advice`(_ index: Int) {
        let row = Self.rows[index]
        let word = PlainWord(row.line)
        #expect(word?.advice == row.advice)
        #expect(word?.name == row.name)
    }

    @Test func `what a script has given a meaning is left alone`() throws {
        let exit = try #require(PlainWord("exit"))
        #expect(exit.isMeant(false, nil))
        #expect(exit.isMeant(false, "nil"))
        #expect(!exit.isMeant(false, "function"))
        #expect(!exit.isMeant(false, "number"))
        let help = try #require(PlainWord("help"))
        #expect(help.isMeant(true, nil))
        #expect(!help.isMeant(false, "table"))
    }

    @Test(arguments: [
        ("getVM(\"", true), ("'a' .. 'b", true), ("x = 'a\\z", false), ("x = 'a\\", false),
        ("[[a", false), ("'a'", false), ("-- 'a", false), ("f('a',", false), ("", false),
    ]) func `a string in quotes that is not closed waits for no further line`(
        _ text: String,
        _ ends: Bool
    ) {
        #expect(Evaluation.endsInQuotes(text) == ends)
    }
}
