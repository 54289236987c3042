import LineEditor
import Testing

struct ThemeTests {
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
