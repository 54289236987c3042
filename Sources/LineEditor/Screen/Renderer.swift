/// Brings the screen from one frame to the next with the fewest writes.
///
/// It counts from the top row of the frame, wherever that is on the screen: rows that are added at
/// the lower edge scroll everything up, and nothing changes for the count.
public struct Renderer: Sendable {
    /// How styles look; what is drawn already stays.
    public var theme: Theme
    private var rows: [Frame.Row] = []
    private var row = 0
    private var column = 0
    private var out = ""

    /// Makes a renderer for a screen where nothing is drawn.
    public init(theme: Theme) { self.theme = theme }

    /// Draws what is to be seen on a terminal of this size; what is there already is left alone.
    /// - Returns: What to write to the terminal.
    public mutating func draw(_ view: PromptView, width: Int, height: Int) -> String {
        draw(view.frame(width: width, height: height))
    }

    /// Draws the text as it stays when it is run, and goes to the line below it.
    /// - Returns: What to write to the terminal.
    public mutating func finish(_ view: PromptView, width: Int, height: Int) -> String {
        finish(view.finalFrame(width: width, height: height))
    }

    /// Draws a frame; what is there already is left alone.
    /// - Returns: What to write to the terminal.
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

    /// Takes the frame off the screen: the cursor stands where it began.
    public mutating func erase() -> String {
        guard !rows.isEmpty else { return "" }
        moveTo(0, 0)
        out += "\u{1B}[0m\u{1B}[J"
        forget()
        return flush()
    }

    /// Takes the frame off a screen whose width has changed.
    ///
    /// Most terminals break rows that have become too long: the frame's top is further up then.
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

    /// The screen was used by somebody else; the cursor stands at the beginning of a line.
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
        // A row that was longer is not full now: the cursor stands behind its text, nowhere else.
        if Frame.width(of: old) > Frame.width(of: new) { out += "\u{1B}[K" }
    }

    /// Moves the cursor, making rows below the last one as they are needed.
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
