internal import Text

/// What stands for the characters that have a meaning in a format.
///
/// What could control a terminal or change the reading direction is visible in each format, such as `\u{202E}`.
struct Escaping: Sendable {
    /// By character of ASCII; empty for one that stands for itself.
    private let table: [[UInt8]]

    private init(_ pairs: [(Character, String)]) {
        var table: [[UInt8]] = Array(repeating: [], count: 128)
        for (character, text) in pairs {
            if let place = character.asciiValue { table[Int(place)] = Array(text.utf8) }
        }
        self.table = table
    }

    /// The text and the attributes of HTML and XML.
    static let markup = Escaping([
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;"),
    ])

    /// Inside of a field in quotation marks.
    static let csv = Escaping([("\"", "\"\"")])

    /// Markdown, in a cell of a table too: nothing is emphasized, linked, or markup.
    static let markdown = Escaping(#"\`*_[]<>|~&$#!"#.map { ($0, "\\\($0)") })

    /// Appends a text.
    func append(_ text: String, to bytes: inout [UInt8]) {
        if isPlain(text) {
            bytes.append(contentsOf: text.utf8)
            return
        }
        for byte in Self.visible(text).utf8 {
            guard byte < 0x80, !table[Int(byte)].isEmpty else {
                bytes.append(byte)
                continue
            }
            bytes.append(contentsOf: table[Int(byte)])
        }
    }

    private func isPlain(_ text: String) -> Bool {
        for byte in text.utf8 where byte < 0x20 || byte >= 0x7F || !table[Int(byte)].isEmpty {
            return false
        }
        return true
    }

    /// A text in which nothing is hidden; also without the characters that XML does not allow.
    static func visible(_ text: String) -> String {
        let shown = Display.escape(text)
        guard shown.unicodeScalars.contains(where: isNoCharacter) else { return shown }
        var clean = ""
        for scalar in shown.unicodeScalars {
            if isNoCharacter(scalar) {
                clean += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                clean.unicodeScalars.append(scalar)
            }
        }
        return clean
    }

    private static func isNoCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value)
    }
}
