/// Everything visible at the prompt at one moment.
public struct PromptView {
    /// The prompt before the first line, such as `vc.example.com> `.
    let prompt: String
    /// The editor.
    let editor: Editor
    /// The editor's text, with its tokens.
    let text: LexedText
    private let highlighter: Highlighter
    /// The hint below the text, such as the parameters of the function at the cursor.
    public var hint = ""

    private static let menuRows = 8

    /// Makes a view.
    /// - Parameters:
    ///   - prompt: The prompt before the first line.
    ///   - editor: The editor.
    ///   - text: The editor's text, with its tokens.
    ///   - functions: The names that are coloured as functions.
    public init(prompt: String, editor: Editor, text: LexedText, functions: Set<String>) {
        self.prompt = prompt
        self.editor = editor
        self.text = text
        highlighter = Highlighter(functions: functions)
    }

    /// The frame for a terminal of this size.
    func frame(width: Int, height: Int) -> Frame {
        var layout = FrameLayout(width: width)
        let cursor = addText(to: &layout, around: editor.buffer.cursor, height: height)
        let textRows = layout.rows.count
        addFooter(to: &layout, height: height)
        return Self.window(
            layout.rows,
            cursor: cursor,
            textRows: textRows,
            height: max(height, 1)
        )
    }

    /// The frame that remains when the text is run: only the text, with the cursor after it.
    func finalFrame(width: Int, height: Int) -> Frame {
        var layout = FrameLayout(width: width)
        _ = addText(to: &layout, around: editor.buffer.count, height: height)
        let end = (row: layout.row, column: layout.column)
        return Self.window(
            layout.rows,
            cursor: end,
            textRows: layout.rows.count,
            height: max(height, 1)
        )
    }

    /// Lays out the lines that fit on the screen: of a long block, those around a place.
    private func addText(
        to layout: inout FrameLayout,
        around place: Int,
        height: Int
    ) -> (row: Int, column: Int) {
        // A prompt wider than half of the screen leaves no room to type, and is shortened.
        let shown = prompt.count * 2 > layout.width ? "> " : prompt
        var sign = FrameLayout(width: layout.width)
        sign.add(shown, .prompt)
        let indentation = sign.row == 0 ? sign.column : 0
        let continuation =
            indentation > 4
            ? String(repeating: " ", count: indentation - 4) + "... "
            : String(repeating: ".", count: max(indentation - 1, 0)) + " "
        let buffer = editor.buffer
        let characters = buffer.characters
        let range = Self.lines(of: characters, around: place, height: height)
        let styles = highlighter.styles(
            of: text,
            in: range,
            cursor: editor.search == nil ? buffer.cursor : nil
        )
        if range.lowerBound == 0 {
            layout.add(shown, .prompt)
        } else {
            layout.add(continuation, .continuation)
        }
        var cursor = (row: layout.row, column: layout.column)
        // If every byte is a character, the bytes tell the widths without further look-ups.
        let bytes = text.isASCII ? text.bytes : nil
        for index in range {
            if index == buffer.cursor { cursor = (layout.row, layout.column) }
            let style = styles[index - range.lowerBound]
            if let byte = bytes?[index], byte >= 0x20, byte < 0x7F {
                layout.put(Frame.Cell(characters[index], style))
            } else if characters[index] == "\n" {
                layout.breakLine()
                layout.add(continuation, .continuation)
            } else {
                layout.add(characters[index], style)
            }
        }
        if buffer.cursor == range.upperBound { cursor = (layout.row, layout.column) }
        return cursor
    }

    /// The characters of the visible lines around a place.
    ///
    /// Half a screen before it and half after it; if there are fewer on one side, more on the other.
    private static func lines(of characters: [Character], around place: Int, height: Int)
        -> Range<Int>
    {
        let half = height / 2 + 1
        let (middle, before) = start(of: characters, before: place, lines: half)
        let (_, behind) = end(of: characters, behind: place, lines: half)
        let end = end(of: characters, behind: place, lines: half + half - before).place
        guard behind < half else { return middle..<end }
        return start(of: characters, before: middle, lines: half - behind).place..<end
    }

    /// The beginning of the line that is a number of lines before a place, and how many there were.
    private static func start(
        of characters: [Character],
        before place: Int,
        lines: Int
    ) -> (place: Int, lines: Int) {
        var start = place
        var count = 0
        while start > 0 {
            if characters[start - 1] == "\n" {
                if count == lines { break }
                count += 1
            }
            start -= 1
        }
        return (start, count)
    }

    /// The end of the line that is a number of lines after a place, and how many there were.
    private static func end(
        of characters: [Character],
        behind place: Int,
        lines: Int
    ) -> (place: Int, lines: Int) {
        var end = place
        var count = 0
        while end < characters.count {
            if characters[end] == "\n" {
                if count == lines { break }
                count += 1
            }
            end += 1
        }
        return (end, count)
    }

    // MARK: Below the text

    private func addFooter(to layout: inout FrameLayout, height: Int) {
        if let search = editor.search {
            layout.breakLine()
            let label = search.isFailing ? "(not found) " : "(search) "
            layout.addClipped(label, .search)
            layout.addClipped(search.text, .plain)
            layout.addClipped("_", .faded)
        } else if let menu = editor.menu {
            add(menu, to: &layout, rows: max(min(Self.menuRows, height - 2), 1))
        } else if !hint.isEmpty, height > 2 {
            layout.breakLine()
            layout.addClipped(hint, .hint)
        }
    }

    private func add(_ menu: CompletionMenu, to layout: inout FrameLayout, rows: Int) {
        let count = menu.candidates.count
        // The visible window follows the selection.
        let first = max(0, min((menu.selection ?? 0) - rows / 2, count - rows))
        let window = menu.candidates[first..<min(first + rows, count)]
        let labelWidth = min(window.map { $0.label.count }.max() ?? 0, layout.width / 2)
        for (offset, candidate) in window.enumerated() {
            let isChosen = menu.selection == first + offset
            layout.breakLine()
            let label =
                candidate.label
                + String(repeating: " ", count: max(labelWidth - candidate.label.count, 0))
            layout.addClipped(" \(label) ", isChosen ? .selected : .menu)
            layout.addClipped(" " + candidate.detail, .hint)
        }
        guard count > rows else { return }
        layout.breakLine()
        layout.addClipped("\((menu.selection ?? first) + 1) of \(count)", .faded)
    }

    /// The rows that fit: the part around the cursor, then as much of the footer as possible.
    private static func window(
        _ rows: [Frame.Row],
        cursor: (row: Int, column: Int),
        textRows: Int,
        height: Int
    ) -> Frame {
        guard rows.count > height else {
            return Frame(rows: rows, cursorRow: cursor.row, cursorColumn: cursor.column)
        }
        let footer = Array(rows[textRows...].prefix(height / 2))
        let room = height - footer.count
        let first = max(0, min(cursor.row - room / 2, textRows - room))
        let text = rows[first..<min(first + room, textRows)]
        return Frame(
            rows: Array(text) + footer,
            cursorRow: cursor.row - first,
            cursorColumn: cursor.column
        )
    }
}
