/// A completion candidate at the cursor.
public struct Candidate: Sendable, Equatable {
    /// The text to insert.
    public let text: String
    /// The text in the menu.
    public let label: String
    /// A detail for the menu.
    public let detail: String

    /// Makes a candidate; the menu shows its text, or the label.
    public init(_ text: String, label: String? = nil, detail: String = "") {
        self.text = text
        self.label = label ?? text
        self.detail = detail
    }
}

/// The candidates for a part of the text, and the selected one.
struct CompletionMenu: Sendable, Equatable {
    /// The candidates, in the order of the menu.
    let candidates: [Candidate]
    /// The selected index; nil before the first Tab in the menu.
    private(set) var selection: Int?
    /// The start of the part that is completed.
    let start: Int
    /// The text there before a candidate was selected.
    let typed: String

    init(_ candidates: [Candidate], start: Int, typed: String) {
        self.candidates = candidates
        self.start = start
        self.typed = typed
    }

    /// Selects the next candidate, or the previous one; after the last comes the first.
    mutating func step(by distance: Int) -> Candidate {
        let next = selection.map { $0 + distance } ?? (distance > 0 ? 0 : candidates.count - 1)
        let index = (next % candidates.count + candidates.count) % candidates.count
        selection = index
        return candidates[index]
    }

    /// The longest common beginning of all candidates.
    var commonPrefix: String {
        guard var prefix = candidates.first.map({ Substring($0.text) }) else { return "" }
        for candidate in candidates {
            while !candidate.text.hasPrefix(prefix) { prefix = prefix.dropLast() }
        }
        return String(prefix)
    }
}

/// The answer to `Editor.Effect.complete`.
public struct CandidateList: Sendable, Equatable {
    /// The characters that are replaced.
    let range: Range<Int>
    /// The candidates.
    public let candidates: [Candidate]

    /// Makes a list.
    public init(range: Range<Int>, candidates: [Candidate]) {
        self.range = range
        self.candidates = candidates
    }
}

extension Editor {
    /// Completes: a single candidate is inserted; of several the common beginning, then a menu shows
    /// them.
    /// - Returns: A bell if there is nothing to complete.
    public mutating func show(completions: CandidateList) -> [Effect] {
        let range = completions.range
        guard !completions.candidates.isEmpty, range.upperBound == buffer.cursor else {
            return [.bell]
        }
        let typed = String(buffer.characters[range])
        if completions.candidates.count == 1 {
            let text = completions.candidates[0].text
            guard text != typed else { return [.bell] }
            change(.other) { $0.replace(range, with: text) }
            return []
        }
        var menu = CompletionMenu(completions.candidates, start: range.lowerBound, typed: typed)
        let shared = menu.commonPrefix
        if shared.count > typed.count, shared.hasPrefix(typed) {
            change(.other) { $0.replace(range, with: shared) }
            menu = CompletionMenu(completions.candidates, start: range.lowerBound, typed: shared)
        }
        self.menu = menu
        return []
    }

    /// Handles a key while candidates are shown; nil if the key closes the menu and has its usual
    /// meaning.
    mutating func handleInMenu(_ key: Key) -> [Effect]? {
        switch (key.code, key.modifiers) {
        case (.tab, []), (.down, []): choose(1)
        case (.tab, .shift), (.up, []): choose(-1)
        case (.right, []) where menu?.selection != nil: choose(1)
        case (.left, []) where menu?.selection != nil: choose(-1)
        case (.enter, []) where menu?.selection != nil: menu = nil
        case (.escape, _), (.text("g"), .control):
            if let menu, menu.selection != nil { put(menu.typed, of: menu) }
            menu = nil
        default:
            menu = nil
            return nil
        }
        return []
    }

    private mutating func choose(_ distance: Int) {
        guard var menu else { return }
        let candidate = menu.step(by: distance)
        put(candidate.text, of: menu)
        self.menu = menu
    }

    private mutating func put(_ text: String, of menu: CompletionMenu) {
        change(.other) { buffer in
            buffer.replace(menu.start..<buffer.cursor, with: text)
        }
    }
}
