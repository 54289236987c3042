internal import Text

/// Spells the characters that have a meaning in a format so that they have none.
///
/// What could control a terminal or change the reading direction is visible in each format, such as `\u{202E}`.
struct Escaping: Sendable {
    /// By character of ASCII; empty for one that stands for itself.
    private let table: [[UInt8]]
    /// Whether line feeds and tabs stay what they are.
    private let keepsLines: Bool
    /// Whether names and numbers behind `@` and `#` are kept from being links to people and issues.
    private let breaksReferences: Bool

    private init(
        _ pairs: [(Character, String)],
        keepsLines: Bool = false,
        breaksReferences: Bool = false
    ) {
        (self.keepsLines, self.breaksReferences) = (keepsLines, breaksReferences)
        var table: [[UInt8]] = Array(repeating: [], count: 128)
        for (character, text) in pairs {
            if let place = character.asciiValue { table[Int(place)] = Array(text.utf8) }
        }
        self.table = table
    }

    /// The text and the attributes of HTML and XML.
    static let markup = Escaping(markupPairs)

    /// The same for a text of several lines, which it also is as the value of an attribute.
    static let markupLines = Escaping(
        markupPairs + [("\n", "&#10;"), ("\t", "&#9;")],
        keepsLines: true
    )

    private static let markupPairs: [(Character, String)] = [
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;"),
    ]

    /// Inside of a field in quotation marks.
    static let csv = Escaping([("\"", "\"\"")])

    /// Markdown, in a cell of a table too: nothing is emphasized, linked, or markup, and nobody is called.
    ///
    /// Trackers look for people and issues in the text that was made of Markdown, where a backslash is gone: a comment
    /// behind the character keeps it apart.
    static let markdown = Escaping(
        #"\`*_[]<>|~&$#!"#.map { ($0, "\\\($0)") } + [("@", "@")],
        breaksReferences: true
    )

    /// Appends a text.
    func append(_ text: String, to bytes: inout [UInt8]) {
        if isPlain(text) {
            bytes.append(contentsOf: text.utf8)
            return
        }
        let shown = Array(Self.visible(text, keepsLines: keepsLines).utf8)
        for (place, byte) in shown.enumerated() {
            guard byte < 0x80, !table[Int(byte)].isEmpty else {
                bytes.append(byte)
                continue
            }
            bytes.append(contentsOf: table[Int(byte)])
            if breaksReferences, Self.isReference(shown, at: place) {
                bytes.append(contentsOf: "<!-- -->".utf8)
            }
        }
    }

    /// The text with what stands for its characters.
    func text(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Tells whether `@` calls somebody there, as it does not in an address, or `#` names an issue.
    private static func isReference(_ text: [UInt8], at place: Int) -> Bool {
        guard place + 1 < text.count else { return false }
        let next = text[place + 1]
        switch text[place] {
        case UInt8(ascii: "@"): return isWord(next) && (place == 0 || !isWord(text[place - 1]))
        case UInt8(ascii: "#"): return isWord(next)
        default: return false
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        let scalar = Unicode.Scalar(byte)
        return byte < 0x80 && (("0"..."9").contains(scalar) || scalar.properties.isAlphabetic)
    }

    private func isPlain(_ text: String) -> Bool {
        for byte in text.utf8 where byte < 0x20 || byte >= 0x7F || !table[Int(byte)].isEmpty {
            return false
        }
        return true
    }

    /// A text in which nothing is hidden; also without the characters that XML does not allow.
    static func visible(_ text: String, keepsLines: Bool = false) -> String {
        let shown = keepsLines ? Display.escapeLines(text) : Display.escape(text)
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
