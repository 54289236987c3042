internal import Text

/// Shows long output a page at a time, as more(1) does: what was shown stays on the screen.
public struct Pager {
    private let lines: [String]
    private let height: Int
    private let columns: Int
    /// How many lines are above the footer.
    private var shown = 0
    /// The search text while it is typed after a slash; else nil.
    private var question: String?
    private var wanted = ""
    private var message: String?

    /// Makes a pager for a text on a terminal of this width, on which long lines take several rows, and
    /// this height; nil if everything fits.
    public init?(_ text: String, columns: Int, rows: Int) {
        guard columns > 0, rows > 2 else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { Self.pieces(of: String($0), columns) }
        guard lines.count > rows else { return nil }
        self.lines = lines
        self.columns = columns
        height = rows - 1
    }

    /// The rows that a line takes; sequences of colours take no room.
    private static func pieces(of line: String, _ columns: Int) -> [String] {
        var pieces: [String] = []
        var piece = ""
        var width = 0
        var isInSequence = false
        for character in line {
            if character == "\u{1B}" { isInSequence = true }
            let own = isInSequence ? 0 : DisplayWidth.of(character)
            if width + own > columns {
                pieces.append(piece)
                (piece, width) = ("", 0)
            }
            piece.append(character)
            width += own
            if isInSequence, character.isLetter { isInSequence = false }
        }
        return pieces + [piece]
    }

    /// Whether it is over.
    public private(set) var isDone = false

    /// The first page.
    public mutating func begin() -> String { take(height) }

    /// Returns the text to show after a key.
    public mutating func handle(_ key: Key) -> String {
        message = nil
        if question != nil { return ask(key) }
        switch (key.code, key.modifiers) {
        case (.text("q"), _), (.text("Q"), _), (.escape, _), (.text("c"), .control),
            (.text("d"), .control):
            isDone = true
            return Self.erased
        case (.text("/"), []):
            question = ""
            return footer
        case (.text("n"), []): return find(wanted)
        case (.text("b"), _), (.pageUp, _): return show(upTo: shown - height)
        case (.text("k"), []), (.up, _): return show(upTo: shown - 1)
        case (.text("g"), []), (.home, _): return show(upTo: height)
        case (.enter, _), (.down, _), (.text("j"), []): return Self.erased + take(1)
        case (.text("G"), _), (.end, _): return Self.erased + take(lines.count)
        case (.text, []), (.pageDown, _), (.text("f"), .control):
            return Self.erased + take(height)
        default: return ""
        }
    }

    private static let erased = "\r\u{1B}[K"

    private var footer: String { Self.erased + status }

    private mutating func take(_ count: Int) -> String {
        let page = lines[shown..<min(shown + count, lines.count)]
        shown += page.count
        isDone = shown == lines.count
        return page.map { $0 + "\r\n" }.joined() + (isDone ? "" : status)
    }

    /// Draws the page that ends with a line anew.
    private mutating func show(upTo line: Int) -> String {
        let end = min(max(line, height), lines.count)
        guard end != shown else { return footer }
        shown = end
        let page = lines[(end - height)..<end].map { $0 + "\r\n" }.joined()
        return "\u{1B}[H\u{1B}[J" + page + status
    }

    /// Takes a key of what is searched.
    private mutating func ask(_ key: Key) -> String {
        let text = question ?? ""
        switch (key.code, key.modifiers) {
        case (.enter, _):
            question = nil
            return find(text.isEmpty ? wanted : text)
        case (.escape, _), (.text("c"), .control): question = nil
        case (.backspace, _): question = text.isEmpty ? nil : String(text.dropLast())
        case (.text(let character), []), (.text(let character), .shift):
            question = text + String(character)
        default: break
        }
        return footer
    }

    /// Goes to the next line that holds a text, behind the first one on the screen.
    ///
    /// From the end it begins anew. Upper and lower case are the same.
    private mutating func find(_ text: String) -> String {
        wanted = text
        let first = shown - height
        let order =
            Array(lines.indices.dropFirst(first + 1)) + Array(lines.indices.prefix(first + 1))
        let found = order.first { Self.plain(lines[$0]).contains(text.lowercased()) }
        guard !text.isEmpty, let found else {
            message = "not found: \(text)"
            return footer
        }
        return show(upTo: found + height)
    }

    private static func plain(_ line: String) -> String {
        line.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "").lowercased()
    }

    /// The line below a page: how far it is, and what can be pressed, as far as there is room.
    public var status: String {
        let place = "\(shown) of \(lines.count) lines"
        let texts =
            question.map { ["/\($0)"] } ?? message.map { [$0] } ?? [
                "\(place): space, Enter; b back, / search, n next, G for all, q",
                "\(place): space, b, /, q",
                "\(shown)/\(lines.count): space, b, /, q", "q",
            ]
        let room = max(columns - 2, 1)
        let text = texts.first { DisplayWidth.of($0) < room } ?? texts[texts.count - 1]
        return "\u{1B}[7m \(DisplayWidth.cut(text, to: room)) \u{1B}[0m"
    }
}
