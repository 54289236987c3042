/// Everything that is to be seen at the prompt at one moment.
struct PromptView {
    /// The sign before the first line, such as `vc.example.com> `.
    var prompt: String
    /// The editor.
    let editor: Editor
    let highlighter: Highlighter
    /// What is said below the text, such as the parameters of the function at the cursor.
    var hint = ""

    private static let menuRows = 8

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

    /// The frame that stays when the text is run: nothing but the text, the cursor behind it.
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

    /// Lays out the lines that can be on the screen: of a long block, those around a place.
    private func addText(
        to layout: inout FrameLayout,
        around place: Int,
        height: Int
    ) -> (row: Int, column: Int) {
        // A prompt that takes half of the width leaves no room to type.
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
        let range = Self.lines(of: characters, around: place, count: height)
        let styles = highlighter.styles(
            of: characters,
            cursor: editor.search == nil ? buffer.cursor : nil
        )
        if range.lowerBound == 0 {
            layout.add(shown, .prompt)
        } else {
            layout.add(continuation, .continuation)
        }
        var cursor = (row: layout.row, column: layout.column)
        for index in range {
            if index == buffer.cursor { cursor = (layout.row, layout.column) }
            if characters[index] == "\n" {
                layout.breakLine()
                layout.add(continuation, .continuation)
            } else {
                layout.add(characters[index], styles[index])
            }
        }
        if buffer.cursor == range.upperBound { cursor = (layout.row, layout.column) }
        return cursor
    }

    /// The characters of the line at a place and of so many before it and behind it.
    private static func lines(of characters: [Character], around place: Int, count: Int) -> Range<
        Int
    > {
        var start = place
        var left = count
        while start > 0 {
            if characters[start - 1] == "\n" {
                if left == 0 { break }
                left -= 1
            }
            start -= 1
        }
        var end = place
        left = count
        while end < characters.count {
            if characters[end] == "\n" {
                if left == 0 { break }
                left -= 1
            }
            end += 1
        }
        return start..<end
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
        // The window follows what is chosen.
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

    /// What of the rows fits: the part around the cursor, and of the footer what is left.
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
