@testable import LineEditor
import Text

/// A small terminal: the part of a VT100 and xterm that the renderer writes for.
///
/// Like them it wraps lazily: a character in the last column leaves the cursor there until the next one.
struct VTScreen {
    /// A place on the screen: a character, the right half of a wide one, or nothing.
    struct Place: Equatable, CustomStringConvertible {
        var text = " "
        var style = ""
        var description: String { text }
    }

    private(set) var width: Int
    let height: Int
    private(set) var lines: [[Place]]
    private(set) var row = 0
    private(set) var column = 0
    private var style = ""
    private var isWrapPending = false
    /// What the screen could not make sense of.
    private(set) var problems: [String] = []

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        lines = Array(repeating: Array(repeating: Place(), count: width), count: height)
    }

    /// The rows as text, without the spaces at their ends.
    var rows: [String] {
        lines.map { line in
            var text = line.map(\.text).joined()[...]
            while text.last == " " { text.removeLast() }
            return String(text)
        }
    }

    mutating func write(_ text: String) {
        var rest = Array(text)[...]
        while let character = rest.popFirst() {
            switch character {
            case "\u{1B}": takeSequence(&rest)
            case "\r":
                column = 0
                isWrapPending = false
            case "\n": lineFeed()
            case "\r\n":
                column = 0
                lineFeed()
            case "\u{7}": break
            default: put(character)
            }
        }
    }

    private mutating func put(_ character: Character) {
        let columns = DisplayWidth.of(character)
        guard columns > 0, character >= " " else { return problems.append("control \(character)") }
        if isWrapPending || column + columns > width {
            column = 0
            lineFeed()
        }
        clearHalf(column)
        if columns == 2 { clearHalf(column + 1) }
        lines[row][column] = Place(text: String(character), style: style)
        if columns == 2 { lines[row][column + 1] = Place(text: "", style: style) }
        column += columns
        if column >= width {
            column = width - 1
            isWrapPending = true
        }
    }

    /// Writing on one half of a wide character removes the other.
    private mutating func clearHalf(_ at: Int) {
        guard at < width else { return }
        if lines[row][at].text.isEmpty, at > 0 { lines[row][at - 1] = Place() }
        if at + 1 < width, lines[row][at + 1].text.isEmpty { lines[row][at + 1] = Place() }
    }

    private mutating func lineFeed() {
        isWrapPending = false
        if row + 1 < height {
            row += 1
        } else {
            lines.removeFirst()
            lines.append(Array(repeating: Place(), count: width))
        }
    }

    private mutating func takeSequence(_ rest: inout ArraySlice<Character>) {
        guard rest.popFirst() == "[" else { return problems.append("escape") }
        var parameters = ""
        while let next = rest.first, next.isNumber || next == ";" || next == "?" {
            parameters.append(next)
            rest.removeFirst()
        }
        let number = Int(parameters) ?? 1
        isWrapPending = isWrapPending && rest.first == "m"
        switch rest.popFirst() {
        case "A": row = max(row - number, 0)
        case "B": row = min(row + number, height - 1)
        case "G": column = min(number - 1, width - 1)
        case "H": (row, column) = (0, 0)
        case "K": for at in column..<width { lines[row][at] = Place() }
        case "J":
            if parameters == "2" {
                for at in lines.indices { lines[at] = Array(repeating: Place(), count: width) }
                return
            }
            for at in column..<width { lines[row][at] = Place() }
            for at in row + 1..<max(height, row + 1) {
                lines[at] = Array(repeating: Place(), count: width)
            }
        case "m": style = parameters == "0" ? "" : parameters
        case "h", "l": break
        case let final: problems.append("sequence \(parameters)\(final.map(String.init) ?? "")")
        }
    }

    /// Makes the screen narrower or wider, breaking lines that have become too long, as most
    /// terminals do.
    mutating func resize(to newWidth: Int) {
        var broken: [[Place]] = []
        var cursor = (row: 0, column: 0)
        let used = max(lines.lastIndex { $0.contains { $0.text != " " } } ?? 0, row)
        for (index, line) in lines[...used].enumerated() {
            var kept = line
            while kept.count > 1, kept.last?.text == " ",
                index != row || kept.count > column + 1
            {
                kept.removeLast()
            }
            var pieces: [[Place]] = [[]]
            for (at, place) in kept.enumerated() {
                let isWide = at + 1 < kept.count && kept[at + 1].text.isEmpty
                if pieces[pieces.count - 1].count + (isWide ? 2 : 1) > newWidth {
                    pieces.append([])
                }
                if index == row, at == column {
                    cursor = (broken.count + pieces.count - 1, pieces[pieces.count - 1].count)
                }
                pieces[pieces.count - 1].append(place)
            }
            broken += pieces
        }
        let excess = max(broken.count - height, 0)
        broken.removeFirst(excess)
        while broken.count < height { broken.append([]) }
        lines = broken.map { line in
            line + Array(repeating: Place(), count: max(newWidth - line.count, 0))
        }
        width = newWidth
        (row, column) = (max(cursor.row - excess, 0), min(cursor.column, newWidth - 1))
        isWrapPending = false
    }
}
