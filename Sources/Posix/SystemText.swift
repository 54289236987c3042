import Glibc

/// Names of files, arguments and variables as texts, and back without loss.
///
/// For the system they are bytes, most often but not always UTF-8. Each byte that is no part of UTF-8 stands in
/// the text as one of the last 128 private characters of Unicode, U+10FF80 to U+10FFFF, and so does each byte of
/// such a character itself: two different names are never the same text.
public enum SystemText {
    private static let first: UInt32 = 0x10_FF80
    /// The first byte of every character that stands for a byte.
    private static let mark: UInt8 = 0xF4

    /// The text of bytes.
    public static func text(_ bytes: [UInt8]) -> String {
        if !bytes.contains(mark), let text = String(validating: bytes, as: UTF8.self) {
            return text
        }
        var text = String.UnicodeScalarView()
        var rest = bytes[...]
        var iterator = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        while true {
            let length: Int
            switch parser.parseScalar(from: &iterator) {
            case .valid(let units):
                let scalar = Unicode.UTF8.decode(units)
                if scalar.value < first {
                    text.append(scalar)
                    rest = rest.dropFirst(units.count)
                    continue
                }
                length = units.count
            case .error(let count): length = count
            case .emptyInput: return String(text)
            }
            for byte in rest.prefix(length) {
                if let scalar = Unicode.Scalar(first - 0x80 + UInt32(byte)) { text.append(scalar) }
            }
            rest = rest.dropFirst(length)
        }
    }

    /// The bytes of a text.
    public static func bytes(_ text: String) -> [UInt8] {
        guard text.utf8.contains(mark) else { return Array(text.utf8) }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.value >= first {
                bytes.append(UInt8(scalar.value & 0xFF))
            } else {
                bytes += Array(String(scalar).utf8)
            }
        }
        return bytes
    }

    /// Whether a text stands for bytes that are UTF-8.
    public static func isPlain(_ text: String) -> Bool {
        !text.utf8.contains(mark) || text.unicodeScalars.allSatisfy { $0.value < first }
    }

    /// A text for a person: bytes that are no UTF-8 as `\xFF`.
    public static func shown(_ text: String) -> String {
        guard !isPlain(text) else { return text }
        return text.unicodeScalars.map { scalar in
            scalar.value < first
                ? String(scalar) : "\\x\(String(scalar.value & 0xFF, radix: 16, uppercase: true))"
        }.joined()
    }

    /// The text of a C string.
    static func text(of pointer: UnsafePointer<CChar>) -> String {
        text(
            UnsafeBufferPointer(start: pointer, count: strlen(pointer)).map(UInt8.init(bitPattern:))
        )
    }

    /// The C string of a text, for a call of the system's.
    static func name(_ text: String) -> [CChar] { bytes(text).map(CChar.init(bitPattern:)) + [0] }
}
