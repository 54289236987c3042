/// Shows long output a page at a time, like more(1): shown pages remain on the screen.
public struct Pager {
    private var lines: ArraySlice<String>
    private let height: Int
    private let total: Int

    /// Makes a pager for a text on a terminal of this width, on which long lines take several rows, and
    /// this height; nil if everything fits.
    public init?(_ text: String, columns: Int, rows: Int) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let needed = lines.reduce(0) { $0 + max(($1.count + columns - 1) / columns, 1) }
        guard needed > rows, rows > 2 else { return nil }
        // Colour sequences count as columns here: pages may be shorter, never too long.
        self.lines = lines.flatMap { Self.pieces(of: String($0), columns) }[...]
        height = rows - 1
        total = self.lines.count
    }

    private static func pieces(of line: String, _ columns: Int) -> [String] {
        guard line.count > columns, !line.contains("\u{1B}") else { return [line] }
        var pieces: [String] = []
        var rest = line[...]
        while !rest.isEmpty {
            pieces.append(String(rest.prefix(columns)))
            rest = rest.dropFirst(columns)
        }
        return pieces
    }

    /// Whether everything was shown.
    public private(set) var isDone = false

    /// The first page.
    public mutating func begin() -> String { take(height) }

    /// Returns the text to show after a key.
    public mutating func handle(_ key: Key) -> String {
        switch (key.code, key.modifiers) {
        case (.text("q"), _), (.text("Q"), _), (.escape, _), (.text("c"), .control),
            (.text("d"), .control):
            isDone = true
            return "\r\u{1B}[K"
        case (.enter, _), (.down, _), (.text("j"), []): return "\r\u{1B}[K" + take(1)
        case (.text("G"), _), (.end, _): return "\r\u{1B}[K" + take(lines.count)
        case (.text, []), (.pageDown, _), (.text("f"), .control): return "\r\u{1B}[K" + take(height)
        default: return ""
        }
    }

    private mutating func take(_ count: Int) -> String {
        let page = lines.prefix(count)
        lines = lines.dropFirst(count)
        let text = page.map { $0 + "\r\n" }.joined()
        guard !lines.isEmpty else {
            isDone = true
            return text
        }
        return text + status
    }

    /// The line below a page: the position, and the possible keys.
    public var status: String {
        "\u{1B}[7m \(total - lines.count) of \(total) lines: space, Enter, G for all, q \u{1B}[0m"
    }
}
