import Testing

@testable import Shell

struct DotCommandTests {
    static let cases: [(line: String, command: DotCommand?)] = [
        (".help", .help(nil)),
        (".help rollback", .help("rollback")),
        (".load  a file.lua ", .load("a file.lua")),
        (".load", .wrong(".load needs the name of a file")),
        (".save out.lua", .save("out.lua")),
        (".time", .time(nil)),
        (".time on", .time(true)),
        (".time off", .time(false)),
        (".time maybe", .wrong(".time takes on or off")),
        (".exit", .exit),
        (".reconnect", .reconnect),
        (".quit", .wrong("there is no .quit; .help lists what there is")),
        (".5 + 1", nil),
        ("x", nil),
        ("..", nil),
    ]

    @Test(arguments: cases.indices) func `a line with a dot is a command`(_ index: Int) {
        #expect(DotCommand(Self.cases[index].line) == Self.cases[index].command)
    }

    @Test func `long output comes a page at a time`() throws {
        let text = (1...50).map(String.init).joined(separator: "\n")
        var pager = try #require(Pager(text, columns: 80, rows: 11))
        #expect(pager.begin().hasPrefix("1\r\n2\r\n"))
        #expect(pager.handle(Key(.enter)).contains("11\r\n"))
        #expect(pager.handle(Key(.text(" "))).contains("21\r\n"))
        #expect(!pager.isDone)
        #expect(pager.handle(Key(.text("x"))).contains("31\r\n"))
        #expect(pager.handle(Key(.text("G"))).hasSuffix("50\r\n"))
        #expect(pager.isDone)
    }

    @Test func `q leaves the rest out, and what fits needs no pager`() throws {
        let text = (1...50).map(String.init).joined(separator: "\n")
        var pager = try #require(Pager(text, columns: 80, rows: 11))
        _ = pager.begin()
        _ = pager.handle(Key(.text("q")))
        #expect(pager.isDone)
        #expect(Pager("a\nb", columns: 80, rows: 11) == nil)
        #expect(Pager(String(repeating: "x", count: 1000), columns: 80, rows: 11) != nil)
    }

    static let themes: [(variable: String?, theme: Theme)] = [
        (nil, .dark), ("15;0", .dark), ("0;15", .light), ("0;default;7", .light), ("12;8", .dark),
        ("nonsense", .dark),
    ]

    @Test(arguments: themes.indices) func `the theme suits the background`(_ index: Int) {
        let test = Self.themes[index]
        let environment = test.variable.map { ["COLORFGBG": $0] } ?? [:]
        #expect(Theme.suited(usesColor: true, environment: environment).theme == test.theme)
        #expect(Theme.suited(usesColor: false, environment: environment) == (.plain, false))
    }

    static let questions: [(environment: [String: String], isAsked: Bool)] = [
        (["TERM": "xterm-256color"], true), (["TERM": "xterm", "COLORFGBG": "0;15"], false),
        (["TERM": "xterm", "COLORFGBG": "default;default"], true), (["TERM": "linux"], false),
        (["TERM": "screen-256color"], false), (["TERM": "screen", "TMUX": "/tmp/t,1,0"], true),
        (["TERM": "dumb"], false), ([:], false),
    ]

    @Test(arguments: questions.indices) func `only a terminal that may answer is asked`(
        _ index: Int
    ) {
        let test = Self.questions[index]
        #expect(
            Theme.suited(usesColor: true, environment: test.environment).isGuess == test.isAsked
        )
        #expect(!Theme.suited(usesColor: false, environment: test.environment).isGuess)
    }
}
