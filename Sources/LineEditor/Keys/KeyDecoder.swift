/// Makes key events from the bytes of a terminal, in whatever pieces they arrive.
///
/// Knows UTF-8, the control characters, the key sequences of xterm and the VT series with and without
/// modifiers, and bracketed paste. A lone ESC is recognized by a pause after it: then call `flush`.
public struct KeyDecoder: Sendable {
    /// The bytes of an incomplete key.
    private var pending: [UInt8] = []
    /// The text pasted so far; nil outside a paste.
    private var pasted: [UInt8]?
    /// The longest sequence of a terminal; longer ones are not keys.
    private static let longestSequence = 64
    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    /// Makes a decoder without pending bytes.
    public init() {}

    /// Whether pending bytes get a meaning after a pause: then `flush` must be called soon.
    public var isWaiting: Bool { !pending.isEmpty && pasted == nil && !isAnswer }

    /// Whether an answer of the terminal has begun: its end will certainly arrive, even over a slow line.
    private var isAnswer: Bool {
        pending.count > 2 && pending[0] == 0x1B && pending[1] == UInt8(ascii: "]")
    }

    /// Takes bytes and returns the complete keys.
    public mutating func decode(_ bytes: [UInt8]) -> [Key] {
        var keys: [Key] = []
        for byte in bytes {
            pending.append(byte)
            while !pending.isEmpty, let key = take() { keys.append(key) }
        }
        return keys
    }

    /// Decodes the pending bytes after a pause: no more belong to them.
    public mutating func flush() -> [Key] {
        guard isWaiting else { return [] }
        let bytes = pending
        pending = []
        if bytes == [0x1B] { return [Key(.escape)] }
        // Alt with a key that also begins sequences: `ESC [`, `ESC O`.
        if bytes.count == 2, bytes[0] == 0x1B {
            return [.alt(String(decoding: bytes[1...], as: UTF8.self))]
        }
        return [Key(.unknown)]
    }

    /// Takes one key from the front of the pending bytes; nil if it is not complete.
    private mutating func take() -> Key? {
        if pasted != nil { return takePaste() }
        switch pending[0] {
        case 0x1B: return takeEscape()
        case 0x00...0x1F, 0x7F:
            let byte = pending.removeFirst()
            return Self.control(byte)
        default: return takeCharacter(from: 0)
        }
    }

    private static func control(_ byte: UInt8) -> Key {
        switch byte {
        case 0x09: Key(.tab)
        case 0x0A, 0x0D: Key(.enter)
        case 0x7F, 0x08: Key(.backspace)
        case 0x00: .control(" ")
        // 1…26 are Ctrl-A…Ctrl-Z; the others have the character 64 places further on.
        case 0x01...0x1A: .control(String(UnicodeScalar(byte + 0x60)))
        default: .control(String(UnicodeScalar(byte + 0x40)))
        }
    }

    /// Takes one UTF-8 character that begins at a place, and everything before it.
    private mutating func takeCharacter(from start: Int, _ modifiers: Key.Modifiers = []) -> Key? {
        let length: Int
        switch pending[start] {
        case 0x00..<0x80: length = 1
        case 0xC2..<0xE0: length = 2
        case 0xE0..<0xF0: length = 3
        case 0xF0..<0xF5: length = 4
        default:
            pending.removeFirst(start + 1)
            return Key(.unknown)
        }
        for offset in 1..<max(length, 1) {
            guard start + offset < pending.count else { return nil }
            guard pending[start + offset] & 0xC0 == 0x80 else {
                pending.removeFirst(start + offset)
                return Key(.unknown)
            }
        }
        let bytes = pending[start..<start + length]
        let text = String(validating: bytes, as: UTF8.self)
        pending.removeFirst(start + length)
        return text.map { Key(.text($0), modifiers) } ?? Key(.unknown)
    }

    private mutating func takeEscape() -> Key? {
        guard pending.count > 1 else { return nil }
        switch pending[1] {
        case UInt8(ascii: "["): return takeSequence()
        case UInt8(ascii: "]"): return takeAnswer()
        case UInt8(ascii: "O"):
            guard pending.count > 2 else { return nil }
            let final = pending[2]
            pending.removeFirst(3)
            return KeySequence.singleShift(final)
        case 0x1B:
            // ESC ESC: the first one is a key of its own.
            pending.removeFirst()
            return Key(.escape)
        case 0x00...0x1F, 0x7F:
            let key = Self.control(pending[1])
            pending.removeFirst(2)
            return Key(key.code, key.modifiers.union(.alt))
        default: return takeCharacter(from: 1, .alt)
        }
    }

    /// A control sequence (ECMA-48 §5.4): parameters 0x30–0x3F, intermediates 0x20–0x2F, a
    /// final byte.
    private mutating func takeSequence() -> Key? {
        var end = 2
        while end < pending.count, (0x20...0x3F).contains(pending[end]) { end += 1 }
        guard end < pending.count else {
            guard pending.count > Self.longestSequence else { return nil }
            pending = []
            return Key(.unknown)
        }
        let final = pending[end]
        guard (0x40...0x7E).contains(final) else {
            // Another sequence begins here: this one was never finished.
            pending.removeFirst(end)
            return Key(.unknown)
        }
        let parameters = pending[2..<end]
        pending.removeFirst(end + 1)
        if final == UInt8(ascii: "~"), parameters.elementsEqual("200".utf8) {
            pasted = []
            return nil
        }
        return KeySequence.control(parameters: Array(parameters), final: final)
    }

    /// An operating system command (xterm's ctlseqs): text up to BEL, or to ST, which is `ESC \`.
    private mutating func takeAnswer() -> Key? {
        guard let end = pending[2...].firstIndex(where: { $0 < 0x20 }) else {
            guard pending.count > Self.longestSequence else { return nil }
            pending = []
            return Key(.unknown)
        }
        let text = String(decoding: pending[2..<end], as: UTF8.self)
        if pending[end] == 0x1B {
            guard end + 1 < pending.count else { return nil }
            if pending[end + 1] == UInt8(ascii: "\\") {
                pending.removeFirst(end + 2)
                return KeySequence.answer(text)
            }
        } else if pending[end] == 0x07 {
            pending.removeFirst(end + 1)
            return KeySequence.answer(text)
        }
        // A key was pressed: this is not an answer. Alt-] is a key, and the text after it was typed.
        if end == 2 {
            pending.removeFirst(2)
            return .alt("]")
        }
        pending.removeFirst(end)
        return Key(.unknown)
    }

    private mutating func takePaste() -> Key? {
        // Appended in place: a paste comes byte by byte and may be long.
        pasted?.append(contentsOf: pending)
        let isTilde = pending.last == UInt8(ascii: "~")
        pending = []
        guard isTilde, let text = pasted,
            text.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd)
        else { return nil }
        pasted = nil
        let shown = String(decoding: text.dropLast(Self.pasteEnd.count), as: UTF8.self)
        // Terminals send a carriage return for each line break.
        let lines = shown.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        return Key(.paste(lines))
    }
}
