internal import Buffers
internal import Text
internal import VSphere

/// A value without parts as it is shown: its text, already safe for a terminal, and its colour.
struct Leaf {
    /// The colours, by type of value.
    enum Paint: String {
        case text = "32"
        case number = "33"
        case word = "35"
        case object = "36"
        case key = "34"
        case heading = "1"
    }

    var text: String
    var paint: Paint
    /// The text without what may be left out first: the age of a time.
    var bare: String?

    /// The text with its colour.
    func shown(colors: Bool) -> String {
        colors && !text.isEmpty ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension Show {
    /// The most bytes of a string, or of the text of a value, that are shown.
    static let textLimit = 1000

    /// A value that is not a table; a string is quoted as in Lua.
    func leaf(_ value: Value) -> Leaf {
        switch value.kind {
        case .nil: Leaf(text: "nil", paint: .word)
        case .null: Leaf(text: "null", paint: .word)
        case .boolean: Leaf(text: value.boolean == true ? "true" : "false", paint: .word)
        case .integer: Leaf(text: String(value.integer ?? 0), paint: .number)
        case .double: Leaf(text: "\(value.number ?? 0)", paint: .number)
        case .string: Leaf(text: Self.quoted(value) + age(of: value), paint: .text)
        case .object: Leaf(text: Display.escape(describe(value)), paint: .object)
        case .array, .record: Leaf(text: value.count == 0 ? "{}" : "{…}", paint: .word)
        }
    }

    /// A value in a cell of a table: strings without quotes, tables on one line.
    func cell(_ value: Value?) -> Leaf {
        guard let value, value.kind != .null else { return Leaf(text: "", paint: .word) }
        switch value.kind {
        case .string where value.count > 0:
            let text = Display.escape(bytes: value.bytes ?? [], limit: Self.textLimit)
            let age = age(of: value)
            return Leaf(text: text + age, paint: .text, bare: age.isEmpty ? nil : text)
        case .array, .record:
            var plain = self
            plain.usesColor = false
            return Leaf(text: plain.inline(value), paint: .object)
        default: return leaf(value)
        }
    }

    /// A key of a record as Lua writes it: a name, or `["anything"]`.
    ///
    /// Keys that are not strings are already texts in brackets.
    func key(_ key: Value) -> String {
        let text = key.string ?? ""
        let isName =
            text.unicodeScalars.first.map { $0 == "_" || $0.isLetter } ?? false
            && text.unicodeScalars.allSatisfy { $0 == "_" || $0.isLetter || $0.isDigit }
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        return isName || isBracketed ? Display.escape(text) : "[\(Self.quoted(key))]"
    }

    /// The age of a time, shown after it; empty for every other text.
    private func age(of text: Value) -> String {
        // The shortest time has 20 bytes; one with a fraction and an offset has less than 40.
        guard let now, (20...40).contains(text.count),
            let time = text.string.flatMap(Timestamp.init(parsing:))
        else { return "" }
        return " (\(SpanText.age(seconds: now - time.number)))"
    }

    private static func quoted(_ text: Value) -> String {
        var bytes: [UInt8] = []
        for byte in text.bytes ?? [] {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                bytes.append(UInt8(ascii: "\\"))
            }
            bytes.append(byte)
        }
        return "\"\(Display.escape(bytes: bytes, limit: textLimit))\""
    }
}

extension Unicode.Scalar {
    fileprivate var isLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
