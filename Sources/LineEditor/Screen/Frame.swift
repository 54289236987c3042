/// The content of the prompt: rows of cells and the position of the cursor.
struct Frame: Sendable, Equatable {
    /// One character on the screen.
    struct Cell: Sendable, Equatable {
        let character: Character
        /// The columns it takes, 1 or 2.
        let width: Int
        let style: Style

        init(_ character: Character, width: Int = 1, _ style: Style) {
            self.character = character
            self.width = width
            self.style = style
        }
    }

    /// The cells of a row, from its left edge without gaps.
    typealias Row = [Cell]

    /// The rows, from the top.
    var rows: [Row] = [[]]
    /// The row of the cursor, counted from the top.
    var cursorRow = 0
    /// The column of the cursor; always less than the width.
    var cursorColumn = 0

    /// The columns a row takes.
    static func width(of row: Row) -> Int { row.reduce(0) { $0 + $1.width } }
}
