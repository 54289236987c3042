/// One event from the keyboard.
public struct Key: Sendable, Hashable {
    /// What was pressed.
    public enum Code: Sendable, Hashable {
        /// Characters to insert, or the letter pressed together with Ctrl or Alt.
        case text(String)
        case enter, tab, backspace, escape
        case up, down, left, right, home, end, pageUp, pageDown, insert, delete
        case function(Int)
        /// Text that was pasted, between the marks of bracketed paste.
        case paste(String)
        /// The terminal's answer to the question what its background is.
        case background(isLight: Bool)
        /// A sequence that means nothing here; it is swallowed whole.
        case unknown
    }

    /// The keys held down beside it.
    struct Modifiers: OptionSet, Sendable, Hashable {
        let rawValue: Int

        static let shift = Modifiers(rawValue: 1)
        static let alt = Modifiers(rawValue: 2)
        static let control = Modifiers(rawValue: 4)
    }

    /// What was pressed.
    public let code: Code
    let modifiers: Modifiers

    init(_ code: Code, _ modifiers: Modifiers = []) {
        self.code = code
        self.modifiers = modifiers
    }

    /// A letter together with Ctrl.
    public static func control(_ letter: String) -> Key { Key(.text(letter), .control) }

    /// A letter together with Alt.
    static func alt(_ letter: String) -> Key { Key(.text(letter), .alt) }
}
