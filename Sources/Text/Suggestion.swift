/// Finds the name that was probably meant.
public enum Suggestion {
    /// The name that was probably meant: at most two typing errors, in fewer than half its letters; else the only name
    /// that begins with the word, or ends with it.
    public static func nearest(to word: String, among names: [String]) -> String? {
        // A longer word is not a typing error, and the table below grows with its length.
        guard word.utf8.count <= 160 else { return nil }
        let length = word.count
        guard length <= 40 else { return nil }
        // Each letter of difference in length is a typing error.
        let ranked = names.filter { abs($0.count - length) <= 2 }
            .map { (name: $0, slips: slips(word, $0)) }
        if let best = ranked.min(by: { $0.slips < $1.slips }),
            best.slips <= min(2, (word.count - 1) / 2)
        {
            return best.name
        }
        // One letter or two are the beginning of anything.
        guard length > 2 else { return nil }
        let beginning = names.filter { $0.hasPrefix(word) }
        if !beginning.isEmpty { return beginning.count == 1 ? beginning[0] : nil }
        // Three letters are the end of too many.
        guard length > 3 else { return nil }
        let small = word.lowercased()
        let ending = names.filter { $0.count > length && $0.lowercased().hasSuffix(small) }
        return ending.count == 1 ? ending[0] : nil
    }

    /// The number of letters that are missing, extra, wrong or exchanged with their neighbour.
    private static func slips(_ left: String, _ right: String) -> Int {
        let a = Array(left)
        let b = Array(right)
        var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
        for i in 0...a.count { rows[i][0] = i }
        for j in 0...b.count { rows[0][j] = j }
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        for i in 1...a.count {
            for j in 1...b.count {
                let substitution = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, substitution)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
                }
            }
        }
        return rows[a.count][b.count]
    }
}
