/// One event from the keyboard.
public struct Key: Sendable, Hashable {
    /// The key that was pressed.
    public enum Code: Sendable, Hashable {
        /// Characters to insert, or the letter pressed together with Ctrl or Alt.
        case text(String)
        case enter, tab, backspace, escape
        case up, down, left, right, home, end, pageUp, pageDown, insert, delete
        case function(Int)
        /// Text that was pasted, between the marks of bracketed paste.
        case paste(String)
        /// The terminal's answer to the query for its background colour.
        case background(isLight: Bool)
        /// A sequence without a meaning here; it is ignored as a whole.
        case unknown
    }

    /// The modifier keys held down with it.
    struct Modifiers: OptionSet, Sendable, Hashable {
        let rawValue: Int

        static let shift = Modifiers(rawValue: 1)
        static let alt = Modifiers(rawValue: 2)
        static let control = Modifiers(rawValue: 4)
    }

    /// The key that was pressed.
    public let code: Code
    let modifiers: Modifiers

    init(_ code: Code, _ modifiers: Modifiers = []) {
        self.code = code
        self.modifiers = modifiers
    }

    /// A letter with Ctrl.
    public static func control(_ letter: String) -> Key { Key(.text(letter), .control) }

    /// A letter with Alt.
    static func alt(_ letter: String) -> Key { Key(.text(letter), .alt) }
}
