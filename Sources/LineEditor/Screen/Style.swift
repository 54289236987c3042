/// The meaning of a piece of text on the screen; the theme gives its look.
public enum Style: UInt8, Sendable, CaseIterable {
    case plain
    // The line being typed.
    case prompt, continuation
    case keyword, string, number, comment, function, invalid, matched
    // Around it.
    case hint, menu, selected, search
    // Output.
    case error, caret, faded
}

/// The look of styles on a terminal: the parameters of an SGR sequence for each.
public struct Theme: Sendable, Equatable {
    /// The parameters, such as `1;34`; empty for the terminal's own colours.
    private let parameters: [String]

    private init(_ table: [Style: String]) {
        parameters = Style.allCases.map { table[$0] ?? "" }
    }

    /// Colours for a dark background.
    public static let dark = Theme([
        .prompt: "1;36", .continuation: "2;36", .keyword: "95", .string: "92", .number: "96",
        .comment: "90", .function: "94", .invalid: "91", .matched: "1;4", .hint: "90",
        .menu: "37;100", .selected: "30;106", .search: "93", .error: "91",
        .caret: "1;91", .faded: "90",
    ])

    /// Colours for a light background.
    public static let light = Theme([
        .prompt: "1;34", .continuation: "2;34", .keyword: "35", .string: "32", .number: "36",
        .comment: "90", .function: "34", .invalid: "31", .matched: "1;4", .hint: "90",
        .menu: "30;47", .selected: "97;44", .search: "33", .error: "31",
        .caret: "1;31", .faded: "90",
    ])

    /// No colours; the selection is reversed, or it would be invisible.
    public static let plain = Theme([.selected: "7"])

    /// Returns the theme for a terminal, and whether to ask the terminal for its background colour.
    ///
    /// `COLORFGBG` is `foreground;background` in the numbers of the 16 colours, as rxvt, Konsole and
    /// others set it; 7 and 9 to 15 are light. A user may set it, and then the terminal is not asked. Without an
    /// answer the terminal is dark, as most are.
    public static func suited(
        usesColor: Bool,
        environment: [String: String]
    ) -> (theme: Theme, isGuess: Bool) {
        guard usesColor else { return (plain, false) }
        if let background = environment["COLORFGBG"]?.split(separator: ";").last,
            let number = Int(background)
        {
            return (number == 7 || (9...15).contains(number) ? light : dark, false)
        }
        return (dark, answersQuestions(environment))
    }

    /// Whether a terminal answers an operating system command.
    ///
    /// The console of Linux has none of them, and GNU screen does not pass them on; tmux calls itself
    /// `screen` too, and answers, or ignores the query.
    private static func answersQuestions(_ environment: [String: String]) -> Bool {
        let name = environment["TERM"] ?? "dumb"
        if name.hasPrefix("screen") { return environment["TMUX"] != nil }
        return !["dumb", "linux", "vt52", "vt100", "vt220", "cons25"].contains(name)
    }

    /// The sequence that sets a style, whatever was set before.
    func sequence(_ style: Style) -> String {
        let own = parameters[Int(style.rawValue)]
        return own.isEmpty ? "\u{1B}[0m" : "\u{1B}[0;\(own)m"
    }

    /// A text in a style, followed by a reset of the style.
    public func paint(_ text: String, _ style: Style) -> String {
        let own = parameters[Int(style.rawValue)]
        return own.isEmpty ? text : "\u{1B}[\(own)m\(text)\u{1B}[0m"
    }
}
