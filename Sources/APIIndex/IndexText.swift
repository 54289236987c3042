/// Sorted lines of ASCII, searched by halves; positions are those of first bytes of lines, or the end.
struct IndexText {
    let bytes: UnsafeRawBufferPointer

    var count: Int { bytes.count }

    /// The first line that is not before a text.
    func firstLine(from text: String) -> Int {
        let key = Array(text.utf8)
        // Between the two is an unknown number of whole lines; what is before `low` is before the text.
        var low = 0
        var high = count
        while low < high {
            let middle = lineAround(low + (high - low) / 2, notBefore: low)
            if isBefore(middle, key) {
                low = lineBehind(middle)
            } else {
                high = middle
            }
        }
        return low
    }

    /// The line after the one at a position.
    func lineBehind(_ start: Int) -> Int {
        var end = start
        while end < count, bytes[end] != newline { end += 1 }
        return min(end + 1, count)
    }

    /// The text of a line, without its newline.
    func wholeLine(at start: Int) -> String { text(at: start, until: newline) }

    /// The text from a position to the next space or the end of the line.
    func word(at start: Int) -> String { text(at: start, until: UInt8(ascii: " ")) }

    /// Whether a line begins with a text.
    func line(at start: Int, begins text: String) -> Bool {
        start + text.utf8.count <= count && bytes[start...].starts(with: text.utf8)
    }

    private func text(at start: Int, until stop: UInt8) -> String {
        var end = start
        while end < count, bytes[end] != stop, bytes[end] != newline { end += 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private func lineAround(_ position: Int, notBefore least: Int) -> Int {
        var start = position
        while start > least, bytes[start - 1] != newline { start -= 1 }
        return start
    }

    /// Whether the line at a position comes before a key of which it is no continuation.
    private func isBefore(_ start: Int, _ key: [UInt8]) -> Bool {
        for (offset, byte) in key.enumerated() {
            guard start + offset < count else { return true }
            let own = bytes[start + offset]
            if own != byte { return own < byte }
        }
        return false
    }

    private var newline: UInt8 { UInt8(ascii: "\n") }
}
