/// The line editor of the prompt: a pure state machine, from keys to effects.
///
/// It does no input or output and knows only Lua's tokens; its caller performs the effects
/// and draws `view`. A block of several lines is one text, and one entry of the history.
public struct Editor: Sendable {
    /// An effect that the caller has to perform.
    public enum Effect: Sendable, Equatable {
        /// Enter: run the text if it is complete (`accepted()`), else continue it
        /// (`continueBlock()`).
        case submit(String)
        /// Tab: complete at the cursor, through `show(completions:)`.
        case complete
        /// Ctrl-C: the text is dropped.
        case interrupt
        /// Ctrl-D in an empty line.
        case end
        /// Ctrl-Z.
        case suspend
        /// Ctrl-L.
        case clearScreen
        /// The key has no effect here.
        case bell
    }

    /// The last key's action, if the next key depends on it.
    enum LastAction: Sendable, Equatable {
        case kill
        /// Text was pasted: this many characters.
        case yank(count: Int)
        /// Vertical moves keep the column they started in.
        case vertical(column: Int)
        case other
    }

    var buffer = TextBuffer()
    var killRing = KillRing()
    var undo = UndoHistory()
    var lastAction = LastAction.other
    var recall: HistoryRecall
    /// Set while Ctrl-R searches.
    var search: HistorySearch?
    /// Set while candidates are shown.
    var menu: CompletionMenu?

    /// Makes an editor with an empty line.
    /// - Parameter history: The entries, oldest first.
    public init(history: [String] = []) { recall = HistoryRecall(history) }

    /// The characters of the text.
    public var characters: [Character] { buffer.characters }

    /// The index of the character after the cursor.
    public var cursor: Int { buffer.cursor }

    /// Whether candidates or a search are shown below the text.
    public var isChoosing: Bool { menu != nil || search != nil }

    /// Handles one key.
    public mutating func handle(_ key: Key) -> [Effect] {
        if search != nil, let effects = handleInSearch(key) { return effects }
        if menu != nil, let effects = handleInMenu(key) { return effects }
        let action = lastAction
        lastAction = .other
        return perform(key, after: action)
    }

    /// Starts a new text after the last one was run.
    /// - Parameter isKept: Whether it can be recalled.
    public mutating func accepted(isKept: Bool) {
        if isKept { recall.add(buffer.text) }
        reset()
    }

    /// Continues the text in another line, indented by its nesting.
    public mutating func continueBlock() { insertNewline() }

    /// Drops the text and its state, but neither the history nor the cuts.
    mutating func reset() {
        buffer = TextBuffer()
        undo = UndoHistory()
        lastAction = .other
        search = nil
        menu = nil
        recall.restart()
    }

    // MARK: Keys

    private mutating func perform(_ key: Key, after action: LastAction) -> [Effect] {
        switch (key.code, key.modifiers) {
        case (.text(let text), []): type(text)
        case (.paste(let text), _): change(.other) { $0.insert(text) }
        case (.text(let letter), .control): return performControl(letter, after: action)
        case (.text(let letter), .alt): return performAlt(letter, after: action)
        case (.enter, []): return [.submit(buffer.text)]
        case (.enter, _): insertNewline()
        case (.tab, []): return isIndenting ? indent() : [.complete]
        case (.tab, .shift): return outdent()
        case (.backspace, []): return deleteBackward()
        case (.backspace, _): kill(from: buffer.wordStart(buffer.cursor), .backward, action)
        case (.delete, []): return deleteForward()
        case (.delete, _): kill(to: buffer.wordEnd(buffer.cursor), .forward, action)
        case (.left, []): return move(to: buffer.cursor - 1)
        case (.right, []): return move(to: buffer.cursor + 1)
        case (.left, _): return move(to: buffer.wordStart(buffer.cursor))
        case (.right, _): return move(to: buffer.wordEnd(buffer.cursor))
        case (.home, .control): return move(to: 0)
        case (.end, .control): return move(to: buffer.count)
        case (.home, _): return move(to: buffer.lineStart(buffer.cursor))
        case (.end, _): return move(to: buffer.lineEnd(buffer.cursor))
        case (.up, _): return moveUp(after: action)
        case (.down, _): return moveDown(after: action)
        case (.pageUp, _): return recallOlder(matching: "")
        case (.pageDown, _): return recallNewer()
        default: return [.bell]
        }
        return []
    }

    private mutating func performControl(_ letter: String, after action: LastAction) -> [Effect] {
        let cursor = buffer.cursor
        switch letter {
        case "a": return move(to: buffer.lineStart(cursor))
        case "b": return move(to: cursor - 1)
        case "c":
            reset()
            return [.interrupt]
        case "d":
            if buffer.isEmpty { return [.end] }
            return deleteForward()
        case "e": return move(to: buffer.lineEnd(cursor))
        case "f": return move(to: cursor + 1)
        case "g": return [.bell]
        case "h": return deleteBackward()
        case "k":
            // At the end of a line the line feed is cut.
            let end = buffer.lineEnd(cursor)
            kill(to: end == cursor ? min(end + 1, buffer.count) : end, .forward, action)
        case "l": return [.clearScreen]
        case "n": return moveDown(after: action)
        case "p": return moveUp(after: action)
        case "r": search = HistorySearch(draft: buffer)
        case "t": return transposeCharacters()
        case "u": kill(from: buffer.lineStart(cursor), .backward, action)
        case "w": kill(from: buffer.spacedWordStart(cursor), .backward, action)
        case "y": return yank()
        case "z": return [.suspend]
        case "_", "/": return undo.undo(&buffer) ? [] : [.bell]
        case "^": return undo.redo(&buffer) ? [] : [.bell]
        default: return [.bell]
        }
        return []
    }

    private mutating func performAlt(_ letter: String, after action: LastAction) -> [Effect] {
        let cursor = buffer.cursor
        switch letter {
        case "b", "B": return move(to: buffer.wordStart(cursor))
        case "f", "F": return move(to: buffer.wordEnd(cursor))
        case "d", "D": kill(to: buffer.wordEnd(cursor), .forward, action)
        case "t": return transposeWords()
        case "u": return changeWord { $0.uppercased() }
        case "l": return changeWord { $0.lowercased() }
        case "c": return changeWord { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
        case "y": return yankEarlier(after: action)
        case "p": return recallOlder(matching: prefixBeforeCursor)
        case "n": return recallNewer()
        case "<": return recallOldest()
        case ">": return recallDraft()
        case "_", "/": return undo.redo(&buffer) ? [] : [.bell]
        default: return [.bell]
        }
        return []
    }
}
