/// Lua string literals: what a server named goes into source as data, never as code.
enum LuaLiteral {
    /// The inside of a literal in these quotes.
    static func escape(_ text: String, quote: Character) -> String {
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
    static func quoted(_ text: String) -> String { "\"" + escape(text, quote: "\"") + "\"" }

    /// The text of a literal in quotes with simple escapes; nil for anything else.
    static func value(_ source: String) -> String? {
        guard let quote = source.first, quote == "\"" || quote == "'", source.count >= 2,
            source.last == quote
        else { return nil }
        var text = ""
        var isEscaped = false
        for character in source.dropFirst().dropLast() {
            if isEscaped {
                guard "\\\"'".contains(character) else { return nil }
                text.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                text.append(character)
            }
        }
        return text
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: true
        default: false
        }
    }
}
