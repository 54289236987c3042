/// Breaks text into lines at its words.
public enum WordWrap {
    /// The lines of one line of text.
    /// - Parameters:
    ///   - text: Text without line breaks and control characters; its own margin and the gaps inside a
    ///     line stay.
    ///   - width: The columns of a line. Only a word that is longer than that is broken.
    ///   - hang: The margin of the lines after the first; two columns more than that of the first if none is
    ///     given, and then never more than half the width.
    /// - Returns: At least one line.
    public static func lines(_ text: String, width: Int, hang: Int? = nil) -> [String] {
        guard width > 0, DisplayWidth.of(text) > width else { return [text] }
        let margin = text.prefix { $0 == " " }.count
        // Where there is no room for a margin, there is room for a wide character.
        let hanging = width < 8 ? 0 : min(hang ?? min(margin + 2, width / 2), width - 1)
        var lines: [String] = []
        var line = ""
        var used = 0
        var rest = text[...]
        /// Whether the line has more than its margin.
        var hasWord = false
        func breakLine() {
            lines.append(line)
            line = String(repeating: " ", count: hanging)
            used = hanging
            hasWord = false
        }
        while !rest.isEmpty {
            let gap = rest.prefix { $0 == " " }
            rest = rest[gap.endIndex...]
            let word = rest.prefix { $0 != " " }
            rest = rest[word.endIndex...]
            let columns = DisplayWidth.of(String(word))
            if hasWord, used + gap.count + columns > width {
                breakLine()
            } else if used + gap.count < width {
                line += gap
                used += gap.count
            }
            for character in word {
                let own = DisplayWidth.of(character)
                if used + own > width, hasWord { breakLine() }
                line.append(character)
                used += own
                hasWord = true
            }
        }
        return lines + [line]
    }
}
