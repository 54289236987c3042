internal import Text

/// Lays text out in rows of a width: wide characters are not split, control characters become
/// visible.
struct FrameLayout {
    let width: Int
    private(set) var rows: [Frame.Row] = [[]]
    private(set) var column = 0
    private static let tabWidth = 4

    init(width: Int) { self.width = max(width, 4) }

    var row: Int { rows.count - 1 }

    /// Adds a character; only a line break ends a row that is not full.
    mutating func add(_ character: Character, _ style: Style) {
        // The usual case, without allocating an array.
        if let byte = character.asciiValue, byte >= 0x20, byte < 0x7F {
            return put(Frame.Cell(character, style))
        }
        if character == "\t" {
            let stop = Self.tabWidth - column % Self.tabWidth
            for _ in 0..<min(stop, width - column) { put(Frame.Cell(" ", style)) }
            return
        }
        let cells = Self.cells(of: character, style)
        for cell in cells { put(cell) }
    }

    /// Adds a text.
    mutating func add(_ text: some Sequence<Character>, _ style: Style) {
        for character in text { add(character, style) }
    }

    /// Adds as much of a text as fits into the row.
    mutating func addClipped(_ text: String, _ style: Style) {
        for character in text {
            let cells = Self.cells(of: character, style)
            // One column remains free, so that the row does not wrap.
            guard column + cells.reduce(0, { $0 + $1.width }) < width else { return }
            for cell in cells { put(cell) }
        }
    }

    /// Starts a new row.
    mutating func breakLine() {
        rows.append([])
        column = 0
    }

    /// Adds a cell, in the next row if this one is full.
    mutating func put(_ cell: Frame.Cell) {
        if column + cell.width > width { breakLine() }
        rows[rows.count - 1].append(cell)
        column += cell.width
        // A cursor after the last column would be undefined: the next row begins at once.
        if column >= width { breakLine() }
    }

    /// The cells of a character; a control or invisible character is shown as its number.
    static func cells(of character: Character, _ style: Style) -> [Frame.Cell] {
        guard let first = character.unicodeScalars.first else { return [] }
        if let byte = character.asciiValue, byte >= 0x20, byte < 0x7F {
            return [Frame.Cell(character, style)]
        }
        if character.unicodeScalars.contains(where: Display.isHostile) {
            return character.unicodeScalars.flatMap { scalar in
                escape(scalar).map { Frame.Cell($0, style) }
            }
        }
        let width = DisplayWidth.of(character)
        if width > 0 { return [Frame.Cell(character, width: width, style)] }
        // A combining mark without its letter would combine with the character before it.
        return escape(first).map { Frame.Cell($0, style) }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        scalar.value < 0x20
            ? "^" + String(UnicodeScalar(UInt8(scalar.value + 0x40)))
            : "<" + String(scalar.value, radix: 16, uppercase: true) + ">"
    }
}
