internal import LineEditor
internal import Text

/// A command at the prompt that is not Lua: a dot and a word.
enum DotCommand: Equatable {
    case help(String?)
    case load(String)
    case save(String)
    /// Whether to show the duration of each line; nil toggles it.
    case time(Bool?)
    case exit
    case reconnect
    /// An unknown word, or a command without its argument: the error message.
    case wrong(String)

    /// The commands, for `.help` and for completion.
    static let reference: [(name: String, arguments: String, summary: String)] = [
        (".help", "[NAME]", "this list, or the reference of a function"),
        (".load", "FILE", "run a Lua file here: its top-level locals stay"),
        (".save", "FILE", "write the inputs that worked into a new file"),
        (".time", "[on|off]", "show how long each input takes"),
        (".reconnect", "", "log out and forget the sessions; the next call logs in again"),
        (".exit", "", "leave; Ctrl-D does too"),
    ]

    /// Reads a line; nil if it is Lua, such as `.5 + 1`.
    init?(_ line: String) {
        guard line.hasPrefix("."), line.dropFirst().first?.isLetter == true else { return nil }
        let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        let name = String(words[0])
        let rest = words.count > 1 ? String(words[1]).trimmed : nil
        let argument = rest?.isEmpty == true ? nil : rest
        switch (name, argument) {
        case (".help", let name): self = .help(name)
        case (".load", let file?): self = .load(file)
        case (".save", let file?): self = .save(file)
        case (".load", nil), (".save", nil): self = .wrong("\(name) needs the name of a file")
        case (".time", nil): self = .time(nil)
        case (".time", "on"): self = .time(true)
        case (".time", "off"): self = .time(false)
        case (".time", _): self = .wrong(".time takes on or off")
        case (".exit", _): self = .exit
        case (".reconnect", _): self = .reconnect
        default: self = .wrong("there is no \(name); .help lists what there is")
        }
    }

    /// The completions of a line that begins with a dot.
    static func completions(
        _ line: String,
        topics: [String],
        files: (String) -> [String]
    ) -> CandidateList {
        guard let space = line.firstIndex(of: " ") else {
            let names = reference.filter { $0.name.hasPrefix(line) }
            return CandidateList(
                range: 0..<line.count,
                candidates: names.map { Candidate($0.name, detail: $0.summary) }
            )
        }
        let typed = String(line[line.index(after: space)...].drop { $0 == " " })
        let words =
            line.hasPrefix(".help ") ? topics : line.hasPrefix(".time ") ? ["off", "on"] : []
        if !words.isEmpty {
            return CandidateList(
                range: line.count - typed.count..<line.count,
                candidates: words.filter { $0.hasPrefix(typed) }.map { Candidate($0) }
            )
        }
        guard line.hasPrefix(".load ") || line.hasPrefix(".save ") else {
            return CandidateList(range: line.count..<line.count, candidates: [])
        }
        return CandidateList(
            range: line.count - typed.count..<line.count,
            candidates: Completer.paths(beginning: typed, files: files)
        )
    }

    /// The text of `.help`, for a terminal of this width.
    static func helpText(width columns: Int) -> String {
        let rows = reference.map { "\($0.name) \($0.arguments)" }
        let width = rows.map(\.count).max() ?? 0
        let commands = zip(rows, reference).map { row, entry in
            row + String(repeating: " ", count: width - row.count + 2) + entry.summary
        }.flatMap { WordWrap.lines($0, width: columns, hang: width + 2) }
        let keys = [
            "Tab completes; Shift-Tab goes back in the menu",
            "Up and Down recall what begins alike",
            "Ctrl-R searches the history", "Alt-Enter adds a line to a block",
            "Ctrl-C drops the line, or stops what runs",
            "Ctrl-_ undoes, Ctrl-Y puts back what was cut",
            "_ is the last value, _err the last error",
        ]
        let first = "help() lists the functions, help(name) tells more about one."
        func wrapped(_ lines: [String]) -> [String] {
            lines.flatMap { WordWrap.lines($0, width: columns) }
        }
        return (wrapped([first, ""]) + commands + [""] + wrapped(keys)).joined(separator: "\n")
    }
}
