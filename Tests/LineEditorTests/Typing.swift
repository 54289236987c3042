import LuaSyntax

@testable import LineEditor

/// Keys written as a person reads them: `ab<C-a><Left>` and so on.
struct Typing: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    let description: String

    init(_ text: String) { description = text }

    init(stringLiteral value: String) { description = value }

    /// The keys; what stands in `<…>` and is no key of the table is typed as it is.
    var keys: [Key] {
        var keys: [Key] = []
        var rest = description[...]
        while let first = rest.first {
            if first == "<", let end = rest.firstIndex(of: ">"),
                let key = Self.named(String(rest[rest.index(after: rest.startIndex)..<end]))
            {
                keys.append(key)
                rest = rest[rest.index(after: end)...]
            } else {
                keys.append(Key(.text(String(first))))
                rest = rest.dropFirst()
            }
        }
        return keys
    }

    private static func named(_ name: String) -> Key? {
        var modifiers: Key.Modifiers = []
        var name = name
        while name.count > 2 {
            if name.hasPrefix("C-") {
                modifiers.insert(.control)
            } else if name.hasPrefix("M-") {
                modifiers.insert(.alt)
            } else if name.hasPrefix("S-") {
                modifiers.insert(.shift)
            } else {
                break
            }
            name = String(name.dropFirst(2))
        }
        if name == "lt" || name == "gt" { name = name == "lt" ? "<" : ">" }
        if let code = codes[name] { return Key(code, modifiers) }
        return modifiers.isEmpty ? nil : Key(.text(name), modifiers)
    }

    private static let codes: [String: Key.Code] = [
        "Enter": .enter, "Tab": .tab, "BS": .backspace, "Esc": .escape, "Up": .up, "Down": .down,
        "Left": .left, "Right": .right, "Home": .home, "End": .end, "PgUp": .pageUp,
        "PgDn": .pageDown, "Del": .delete,
    ]
}

extension Editor {
    /// Types keys; Enter submits, and the text is accepted unless it holds `function` or `do`
    /// without an `end`.
    /// - Returns: All effects.
    @discardableResult
    mutating func press(_ typing: Typing) -> [Effect] {
        var effects: [Effect] = []
        for key in typing.keys {
            for effect in handle(key) {
                effects.append(effect)
                guard case .submit(let text) = effect else { continue }
                if LuaNesting(LuaLexer.tokens(of: text)[...]).depth == 0 {
                    accepted(isKept: true)
                } else {
                    continueBlock()
                }
            }
        }
        return effects
    }

    /// The text with a bar where the cursor stands; `⏎` for line feeds.
    var picture: String {
        let characters = buffer.characters
        let text = String(characters[..<buffer.cursor]) + "|" + String(characters[buffer.cursor...])
        return text.replacing("\n", with: "⏎")
    }
}
