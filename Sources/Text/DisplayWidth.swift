/// The number of terminal columns of a text.
///
/// Source: Unicode Standard Annex 11; the tables are beside it.
public enum DisplayWidth {
    /// The columns of a text without control characters.
    public static func of(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// The columns of a character as a person counts it, such as a letter with its accents: 0, 1 or 2.
    ///
    /// Not for control characters: they are escaped before.
    public static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        var columns = 0
        for scalar in scalars {
            // A character that this selector turns into a picture is drawn in two columns.
            let isSelector = scalar.value == 0xFE0F && scalars.first?.properties.isEmoji == true
            columns += isSelector ? 1 : of(scalar)
            // Joined pictures, a flag, a picture with a skin colour: never more than two.
            if columns >= 2 { return 2 }
        }
        return columns
    }

    /// The longest beginning of a text that fits a number of columns; an ellipsis stands for the rest.
    public static func cut(_ text: String, to limit: Int) -> String {
        guard of(text) > limit else { return text }
        guard limit > 0 else { return "" }
        var kept = ""
        var left = limit - 1
        for character in text {
            left -= of(character)
            if left < 0 { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// The beginning and the end of a text, as much of both as fits a number of columns, with an ellipsis between.
    public static func cutMiddle(_ text: String, to limit: Int) -> String {
        guard of(text) > limit, limit > 2 else { return cut(text, to: limit) }
        var end = ""
        var left = (limit - 1) / 2
        for character in text.reversed() {
            left -= of(character)
            if left < 0 { break }
            end.append(character)
        }
        let ending = String(end.reversed())
        // Its own ellipsis stands at the end of the beginning: there is more text than room.
        return cut(text, to: limit - of(ending)) + ending
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        if contains(wide, scalar.value) { return 2 }
        return contains(zero, scalar.value) ? 0 : 1
    }

    private static func contains(_ ranges: [ClosedRange<UInt32>], _ value: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(value)
    }
}
