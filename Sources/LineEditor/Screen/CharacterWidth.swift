/// How many columns of a terminal a character takes: 0, 1 or 2.
enum CharacterWidth {
    /// The columns of a character as a person counts it, such as a letter with its accents.
    ///
    /// Control characters are not meant: they are shown as something else.
    static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        if first.value < 0x300 { return 1 }
        let width = of(first)
        guard width == 1, scalars.count > 1 else { return width }
        // A flag, or a sign that a selector makes a picture: terminals draw both in two columns.
        let isFlag = (0x1F1E6...0x1F1FF).contains(first.value)
        return isFlag || scalars.contains { $0.value == 0xFE0F } ? 2 : 1
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
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
