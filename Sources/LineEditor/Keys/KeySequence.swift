/// The meaning of the sequences of xterm and the VT series (xterm's ctlseqs, "PC-Style Function
/// Keys").
enum KeySequence {
    /// `ESC O` and one byte: the cursor keys in application mode, and the first function keys.
    static func singleShift(_ final: UInt8) -> Key {
        switch final {
        case UInt8(ascii: "P")...UInt8(ascii: "S"):
            Key(.function(Int(final - UInt8(ascii: "P")) + 1))
        case UInt8(ascii: "M"): Key(.enter)
        default: Key(letters[final] ?? .unknown)
        }
    }

    /// `ESC [`, parameters, a final byte.
    static func control(parameters: [UInt8], final: UInt8) -> Key {
        let numbers = parameters.split(
            separator: UInt8(ascii: ";"),
            omittingEmptySubsequences: false
        )
        .map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
        // xterm adds 1 to the modifier bits: 2 is Shift, 3 Alt, 5 Ctrl.
        let bits = numbers.count > 1 ? max(numbers[1], 1) - 1 : 0
        let modifiers = Key.Modifiers(rawValue: bits & 7)
        switch final {
        case UInt8(ascii: "~"):
            let number = numbers.first ?? 0
            // `27 ; modifiers ; code ~`: xterm's modifyOtherKeys.
            if number == 27, numbers.count > 2 { return other(numbers[2], modifiers) }
            return numbered[number].map { Key($0, modifiers) } ?? Key(.unknown)
        case UInt8(ascii: "u"): return other(numbers.first ?? 0, modifiers)
        case UInt8(ascii: "Z"): return Key(.tab, .shift)
        case UInt8(ascii: "P")...UInt8(ascii: "S"):
            return Key(.function(Int(final - UInt8(ascii: "P")) + 1), modifiers)
        default: return letters[final].map { Key($0, modifiers) } ?? Key(.unknown)
        }
    }

    /// An answer of the terminal: `11;rgb:RRRR/GGGG/BBBB` is its background, each part of 1 to 4 digits.
    static func answer(_ text: String) -> Key {
        let mark = text.hasPrefix("11;rgb:") ? "11;rgb:" : "11;rgba:"
        guard text.hasPrefix(mark) else { return Key(.unknown) }
        let parts = text.dropFirst(mark.count).split(separator: "/").prefix(3).map { part in
            (1...4).contains(part.utf8.count)
                ? Int(part, radix: 16).map { Double($0) / Double(1 << (4 * part.utf8.count) - 1) }
                : nil
        }
        guard parts.count == 3, let red = parts[0], let green = parts[1], let blue = parts[2]
        else { return Key(.unknown) }
        // Relative luminance (ITU-R BT.709).
        return Key(.background(isLight: 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5))
    }

    /// A key that is sent as the number of its character.
    private static func other(_ code: Int, _ modifiers: Key.Modifiers) -> Key {
        switch code {
        case 9: return Key(.tab, modifiers)
        case 13: return Key(.enter, modifiers)
        case 27: return Key(.escape, modifiers)
        case 127, 8: return Key(.backspace, modifiers)
        default:
            guard let scalar = UInt32(exactly: code).flatMap(UnicodeScalar.init), code >= 32 else {
                return Key(.unknown)
            }
            return Key(.text(String(scalar)), modifiers.subtracting(.shift))
        }
    }

    private static let letters: [UInt8: Key.Code] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right,
        UInt8(ascii: "D"): .left, UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end,
    ]

    private static let numbered: [Int: Key.Code] = [
        1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
        11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
        17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
        23: .function(11), 24: .function(12),
    ]
}
