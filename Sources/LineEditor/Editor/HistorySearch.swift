/// An incremental search backwards through the history, started by Ctrl-R.
struct HistorySearch: Sendable, Equatable {
    /// An entry that contains the searched text, and the character where it begins.
    struct Match: Sendable, Equatable {
        let entry: Int
        let place: Int
    }

    /// The searched text.
    var text = ""
    /// The last match.
    var found: Match?
    /// Whether no further entry contains it.
    var isFailing = false
    /// The text being typed before the search.
    let draft: TextBuffer

    init(draft: TextBuffer) { self.draft = draft }

    /// Searches for the text, backwards from the last match.
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

    /// Searches for the text in the entries beyond the last match.
    mutating func findNext(in entries: [String], older: Bool) -> Bool {
        guard !text.isEmpty else { return false }
        let from = found?.entry ?? entries.count
        return older
            ? look(in: entries, stride(from: from - 1, through: 0, by: -1))
            : look(in: entries, stride(from: from + 1, to: entries.count, by: 1))
    }

    private mutating func look(in entries: [String], _ places: some Sequence<Int>) -> Bool {
        // Lower case matches both cases; upper case only itself.
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
