internal import Text

/// A question for whoever sits at the terminal, and what an answer to it means.
///
/// Pure: a line goes in, a verdict comes out.
struct Question: Equatable {
    /// The answers that are accepted.
    enum Form: Equatable {
        /// Yes or no; no where nothing is typed.
        case confirmation
        /// Any text, or one of these words, or what stands for an empty line.
        case text(choices: [String], fallback: String?)
        /// A text that is not shown.
        case secret
    }

    /// The meaning of an answer.
    enum Verdict: Equatable {
        case yes
        case no
        case text(String)
        /// It is none: ask again, after this.
        case again(String)
    }

    let text: String
    let form: Form

    /// The text on the terminal, with a space at its end.
    var prompt: String {
        let text = Display.escape(self.text)
        switch form {
        case .confirmation: return "\(text) [y/N] "
        case .secret: return Self.closed(text)
        case .text(let choices, let fallback):
            let words = choices.isEmpty ? "" : " (\(choices.joined(separator: "/")))"
            let usual = fallback.map { " [\($0)]" } ?? ""
            return Self.closed(text + Display.escape(words + usual))
        }
    }

    /// A text that ends with a mark of its own keeps that one.
    private static func closed(_ text: String) -> String {
        text.last.map { "?:.".contains($0) } == true ? text + " " : text + ": "
    }

    /// The meaning of a line.
    func judge(_ line: String) -> Verdict {
        if form == .secret {
            return line.isEmpty ? .again("an answer is needed") : .text(line)
        }
        let word = line.trimmed
        switch form {
        case .confirmation:
            switch word.lowercased() {
            case "y", "yes": return .yes
            case "", "n", "no": return .no
            default: return .again("answer y or n")
            }
        case .text(let choices, let fallback):
            if word.isEmpty { return fallback.map(Verdict.text) ?? .again("an answer is needed") }
            guard !choices.isEmpty else { return .text(word) }
            if choices.contains(word) { return .text(word) }
            let like = choices.filter { $0.lowercased().hasPrefix(word.lowercased()) }
            if like.count == 1 { return .text(like[0]) }
            return .again("answer one of \(choices.joined(separator: ", "))")
        case .secret: return .text(line)
        }
    }
}
