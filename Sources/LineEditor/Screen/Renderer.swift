/// Updates the screen from one frame to the next with the fewest writes.
///
/// It counts from the top row of the frame, wherever that is on the screen: new rows at
/// the lower edge scroll everything up, which does not change the count.
public struct Renderer: Sendable {
    /// The look of styles; cells already drawn are not changed.
    public var theme: Theme
    private var rows: [Frame.Row] = []
    private var row = 0
    private var column = 0
    private var out = ""

    /// Makes a renderer for a screen on which nothing is drawn.
    public init(theme: Theme) { self.theme = theme }

    /// Draws a view on a terminal of this size; unchanged cells are not written.
    /// - Returns: The bytes for the terminal.
    public mutating func draw(_ view: PromptView, width: Int, height: Int) -> String {
        draw(view.frame(width: width, height: height))
    }

    /// Draws the final form of a text that is run, and moves to the line below it.
    /// - Returns: The bytes for the terminal.
    public mutating func finish(_ view: PromptView, width: Int, height: Int) -> String {
        finish(view.finalFrame(width: width, height: height))
    }

    /// Draws a frame; unchanged cells are not written.
    /// - Returns: The bytes for the terminal.
    mutating func draw(_ frame: Frame) -> String {
        if rows.isEmpty { rows = [[]] }
        for (index, new) in frame.rows.enumerated() {
            let old = index < rows.count ? rows[index] : []
            if index < rows.count, old == new { continue }
            drawRow(index, from: old, to: new)
        }
        if rows.count > frame.rows.count {
            moveTo(frame.rows.count, 0)
            out += "\u{1B}[J"
            rows.removeLast(rows.count - frame.rows.count)
        }
        moveTo(frame.cursorRow, frame.cursorColumn)
        rows = frame.rows
        return flush()
    }

    private mutating func finish(_ frame: Frame) -> String {
        let drawn = draw(frame)
        moveTo(max(frame.rows.count - 1, 0), column)
        out += "\r\n"
        forget()
        return drawn + flush()
    }

    /// Erases the frame and moves the cursor to its beginning.
    public mutating func erase() -> String {
        guard !rows.isEmpty else { return "" }
        moveTo(0, 0)
        out += "\u{1B}[0m\u{1B}[J"
        forget()
        return flush()
    }

    /// Erases the frame on a screen whose width has changed.
    ///
    /// Most terminals wrap rows that have become too long: the top of the frame is then further up.
    public mutating func erase(afterResizeTo width: Int) -> String {
        guard !rows.isEmpty else { return "" }
        let above = rows[..<min(row, rows.count)].reduce(0) { sum, row in
            sum + max((Frame.width(of: row) + width - 1) / width, 1)
        }
        let up = above + column / width
        out += "\r" + (up > 0 ? "\u{1B}[\(up)A" : "") + "\u{1B}[0m\u{1B}[J"
        forget()
        return flush()
    }

    /// Clears the screen: the next frame begins at its top.
    public mutating func clearScreen() -> String {
        forget()
        return "\u{1B}[0m\u{1B}[H\u{1B}[2J"
    }

    /// Forgets the last frame: something else has been written, and the cursor is at the beginning of a line.
    public mutating func forget() {
        rows = []
        row = 0
        column = 0
    }

    // MARK: One row

    private mutating func drawRow(_ index: Int, from old: Frame.Row, to new: Frame.Row) {
        var same = 0
        var start = 0
        while same < min(old.count, new.count), old[same] == new[same] {
            start += new[same].width
            same += 1
        }
        moveTo(index, start)
        var style: Style?
        for cell in new[same...] {
            if cell.style != style {
                out += theme.sequence(cell.style)
                style = cell.style
            }
            out.append(cell.character)
            column += cell.width
        }
        if style != nil { out += "\u{1B}[0m" }
        // A row that was longer is not full now: so the cursor is immediately after its text.
        if Frame.width(of: old) > Frame.width(of: new) { out += "\u{1B}[K" }
    }

    /// Moves the cursor; adds rows below the last one if needed.
    private mutating func moveTo(_ toRow: Int, _ toColumn: Int) {
        while rows.count <= toRow {
            go(toRow: rows.count - 1)
            out += "\r\n"
            row += 1
            column = 0
            rows.append([])
        }
        go(toRow: toRow)
        guard column != toColumn else { return }
        if toColumn == 0 { out += "\r" } else { out += "\u{1B}[\(toColumn + 1)G" }
        column = toColumn
    }

    private mutating func go(toRow: Int) {
        if toRow < row { out += "\u{1B}[\(row - toRow)A" }
        if toRow > row { out += "\u{1B}[\(toRow - row)B" }
        row = toRow
    }

    private mutating func flush() -> String {
        defer { out = "" }
        return out
    }
}
