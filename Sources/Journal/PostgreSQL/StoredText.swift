/// The texts of a column as PostgreSQL keeps them, which has no NUL: the journal separates with it.
///
/// NUL is written as U+241B and 0, U+241B as itself and 1.
enum StoredText {
    private static let escape = Array("\u{241B}".utf8)

    static func encoded(_ text: String) -> String {
        guard isSpecial(text) else { return text }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\0": bytes += escape + [UInt8(ascii: "0")]
            case "\u{241B}": bytes += escape + [UInt8(ascii: "1")]
            default: bytes += Array(String(scalar).utf8)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func decoded(_ text: String) -> String {
        guard isSpecial(text) else { return text }
        var scalars = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                scalars.append(scalar == "0" ? "\0" : "\u{241B}")
                isEscaped = false
            } else if scalar == "\u{241B}" {
                isEscaped = true
            } else {
                scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// Whether a text has anything to write in another way, as most have not.
    private static func isSpecial(_ text: String) -> Bool {
        text.utf8.contains { $0 == 0 || $0 == escape[0] }
    }
}
