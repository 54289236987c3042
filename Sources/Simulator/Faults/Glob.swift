/// A pattern for paths: `*` matches any run of characters, `?` any single one; slashes are not special.
struct Glob: Equatable, Sendable {
    private let pattern: [UInt8]

    init(_ pattern: String) { self.pattern = Array(pattern.utf8) }

    /// Whether the whole text matches.
    func matches(_ text: some StringProtocol) -> Bool {
        let text = Array(text.utf8)
        var (place, letter) = (0, 0)
        // The state to continue from when the last star takes one more character.
        var retry: (place: Int, letter: Int)?
        while letter < text.count {
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                retry = (place + 1, letter)
                place += 1
            } else if place < pattern.count,
                pattern[place] == text[letter] || pattern[place] == UInt8(ascii: "?")
            {
                place += 1
                letter += 1
            } else if let (star, start) = retry {
                retry = (star, start + 1)
                (place, letter) = (star, start + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
