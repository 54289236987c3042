/// Lua string literals: names from a server are inserted into source as data, never as code.
public enum LuaLiteral {
    /// The inside of a literal in these quotes.
    public static func escape(_ text: String, quote: Character) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where Character(scalar) == quote: out += "\\\(quote)"
            case _ where isHidden(scalar): out += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// A whole literal in double quotes.
    public static func quoted(_ text: String) -> String { "\"" + escape(text, quote: "\"") + "\"" }

    /// The value of a source that is one string literal; nil for any other source.
    public static func text(of source: String) -> String? {
        let bytes = Array(source.utf8)
        let tokens = LuaLexer.tokens(of: bytes)
        guard let token = tokens.first, tokens.count == 1, token.kind == .string, !token.isOpen
        else { return nil }
        return text(of: bytes[token.range])
    }

    /// The value of a literal in quotes or long brackets; escapes for bytes beyond ASCII are kept as
    /// written.
    static func text(of literal: ArraySlice<UInt8>) -> String {
        guard let first = literal.first else { return "" }
        guard first == UInt8(ascii: "[") else {
            return unescaped(literal.dropFirst().dropLast())
        }
        let level = literal.dropFirst().prefix { $0 == UInt8(ascii: "=") }.count
        var text = literal.dropFirst(level + 2).dropLast(level + 2)
        // A line break immediately after the opening bracket does not count.
        if text.first == UInt8(ascii: "\r") { text = text.dropFirst() }
        if text.first == UInt8(ascii: "\n") { text = text.dropFirst() }
        return String(decoding: text, as: UTF8.self)
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
        guard text.contains(UInt8(ascii: "\\")) else {
            return String(decoding: text, as: UTF8.self)
        }
        var result: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < text.endIndex else {
                result.append(byte)
                continue
            }
            let escaped = text[index]
            index += 1
            switch escaped {
            case UInt8(ascii: "n"), UInt8(ascii: "\n"): result.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "t"): result.append(UInt8(ascii: "\t"))
            case UInt8(ascii: "r"): result.append(UInt8(ascii: "\r"))
            case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): result.append(escaped)
            default: result += [UInt8(ascii: "\\"), escaped]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: true
        default: false
        }
    }
}
