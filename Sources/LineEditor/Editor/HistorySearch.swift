/// An incremental search backwards through the history, as Ctrl-R begins it.
struct HistorySearch: Sendable, Equatable {
    /// An entry that holds what is looked for, and the character where it begins.
    struct Match: Sendable, Equatable {
        let entry: Int
        let place: Int
    }

    /// What is looked for.
    var text = ""
    /// Where it was found last.
    var found: Match?
    /// Whether it is in no further entry.
    var isFailing = false
    /// What was being typed.
    let draft: TextBuffer

    init(draft: TextBuffer) { self.draft = draft }

    /// Looks for the text, from the entry found last backwards.
    mutating func find(in entries: [String]) -> Bool {
        guard !text.isEmpty else {
            found = nil
            return true
        }
        return look(
            in: entries,
            stride(from: found?.entry ?? entries.count - 1, through: 0, by: -1)
        )
    }

    /// Looks for the text in the entries beyond the one found last.
    mutating func findNext(in entries: [String], older: Bool) -> Bool {
        guard !text.isEmpty else { return false }
        let from = found?.entry ?? entries.count
        return older
            ? look(in: entries, stride(from: from - 1, through: 0, by: -1))
            : look(in: entries, stride(from: from + 1, to: entries.count, by: 1))
    }

    private mutating func look(in entries: [String], _ places: some Sequence<Int>) -> Bool {
        // Small letters find both; a capital finds itself.
        let ignoresCase = text == text.lowercased()
        for index in places where entries.indices.contains(index) {
            let entry = ignoresCase ? entries[index].lowercased() : entries[index]
            guard let range = entry.firstRange(of: text) else { continue }
            let place = entry.distance(from: entry.startIndex, to: range.lowerBound)
            found = Match(entry: index, place: place)
            return true
        }
        return false
    }
}
