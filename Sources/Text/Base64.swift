/// Base64 (RFC 4648 §4): for `Authorization: Basic`, and for bytes that are not text.
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// Encodes bytes, with padding.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(bytes.count - start, 3)
            var bits = 0
            for place in start..<start + 3 {
                bits = bits << 8 | (place < bytes.count ? Int(bytes[place]) : 0)
            }
            for index in 0..<4 {
                let sextet = bits >> (18 - 6 * index) & 0x3F
                text.append(index > count ? UInt8(ascii: "=") : alphabet[sextet])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes a text; its padding may be missing.
    /// - Returns: Nil for an invalid text.
    public static func decode(_ text: String) -> [UInt8]? {
        var letters = Array(text.utf8)[...]
        for _ in 0..<2 where letters.last == UInt8(ascii: "=") { letters.removeLast() }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(letters.count * 3 / 4)
        var bits = 0
        var count = 0
        for letter in letters {
            let sextet: UInt8
            switch letter {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): sextet = letter - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): sextet = letter - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): sextet = letter - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): sextet = 62
            case UInt8(ascii: "/"): sextet = 63
            default: return nil
            }
            bits = bits << 6 | Int(sextet)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> count & 0xFF))
            }
        }
        // A single letter left over does not make a byte.
        return count < 6 ? bytes : nil
    }
}
