internal import LineEditor
internal import LuaHost
internal import LuaSyntax

/// The error shown at the prompt: the message, its source line with a caret
/// if the place is known, advice, and the traceback if it is informative.
struct ErrorExcerpt {
    let error: LuaError
    /// The inputs, by their names in errors.
    let sources: [String: String]
    let theme: Theme
    /// Breaks lines at their words.
    var wrapped: ([String]) -> [String] = { $0 }

    /// The lines, coloured; they contain no terminal controls except the colours.
    var lines: [String] {
        let report = ErrorReport(error: error)
        let message = report.message.split(separator: "\n", omittingEmptySubsequences: false)
        var lines = wrapped(message.map(String.init)).map { theme.paint($0, .error) }
        lines += excerpt + wrapped(report.hints)
        let frames = report.frames.filter { !$0.hasSuffix("in function 'error'") }
        // One frame is the input itself: the excerpt has said so.
        if frames.count > 2 { lines += frames.map { theme.paint($0, .faded) } }
        return lines
    }

    /// The source line and the caret below it.
    private var excerpt: [String] {
        guard let place = place, let source = sources[place.name] else { return [] }
        let all = source.split(separator: "\n", omittingEmptySubsequences: false)
        guard all.indices.contains(place.line - 1) else { return [] }
        let line = String(all[place.line - 1]).replacing("\t", with: " ")
        var lines = ["  " + ShownLine(line[...]).text]
        if let column = column(in: line) {
            let before = ShownLine(line.prefix(column)).columns
            let margin = String(repeating: " ", count: before + 2)
            lines.append(margin + theme.paint("^", .caret))
        }
        return lines
    }

    /// The input and its line, from the message or from the place where the host raised the error.
    private var place: (name: String, line: Int)? {
        for text in [error.message, error.position ?? ""] {
            let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count >= 2, let line = Int(parts[1]), sources[String(parts[0])] != nil
            else {
                continue
            }
            return (String(parts[0]), line)
        }
        return nil
    }

    /// The column of the word that the message names: `near 'x'`, `global 'x'`.
    private func column(in line: String) -> Int? {
        if error.message.hasSuffix("near <eof>") { return line.count }
        let tokens = LuaLexer.tokens(of: line)
        let bytes = Array(line.utf8)
        for mark in ["near '", "global '", "field '", "method '", "local '", "upvalue '"] {
            guard let range = error.message.firstRange(of: mark) else { continue }
            let word = error.message[range.upperBound...].prefix { $0 != "'" }
            // Lua reports the text it has read: of several occurrences the last one is the nearest.
            let found = tokens.filter { String(decoding: bytes[$0.range], as: UTF8.self) == word }
            guard let token = mark == "near '" ? found.last : found.first else { continue }
            return String(decoding: bytes[..<token.range.lowerBound], as: UTF8.self).count
        }
        return nil
    }
}
