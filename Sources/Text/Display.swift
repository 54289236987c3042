/// Makes text from outside safe to show: on a terminal, in a message, in a log record.
///
/// Text of a server may be hostile: an item's name may contain an escape sequence that moves the cursor,
/// a line break that imitates a log record, or a bidirectional control that reorders what is read. `print`
/// has the same rule in C, since a Lua error must not jump over Swift; a test compares the two.
public enum Display {
    /// Escapes a text: hostile characters become visible, such as `\n`, `\x1B` and `\u{202E}`.
    /// - Parameter text: Any text.
    /// - Returns: One line of printable text.
    public static func escape(_ text: String) -> String { escape(text, keepsLines: false) }

    /// Escapes a name that somebody has given, for a message; of a long one only the beginning is shown.
    public static func name(_ text: String) -> String {
        text.utf8.count <= 100
            ? escape(text) : escape(bytes: Array(text.utf8.prefix(104)), limit: 100)
    }

    /// Escapes a text but keeps line feeds and tabs.
    public static func escapeLines(_ text: String) -> String { escape(text, keepsLines: true) }

    /// Escapes bytes that should be UTF-8; invalid ones become `\xFF`.
    /// - Parameters:
    ///   - bytes: Any bytes.
    ///   - limit: The most bytes that are shown; an ellipsis stands for the others.
    /// - Returns: One line of printable text.
    public static func escape(bytes: [UInt8], limit: Int = .max) -> String {
        var kept = bytes[...]
        if bytes.count > limit {
            kept = bytes[..<limit]
            // A cut inside a character would show the rest of it as invalid bytes.
            while bytes[kept.endIndex] & 0xC0 == 0x80, kept.count > max(limit - 3, 0) {
                kept.removeLast()
            }
        }
        let shown = String(validating: kept, as: UTF8.self).map { escape($0) } ?? repaired(kept)
        return shown + (kept.count < bytes.count ? "…" : "")
    }

    /// The beginning of an unexpected answer, for a message.
    /// - Parameters:
    ///   - body: The bytes of the answer.
    ///   - limit: The most bytes that are shown.
    /// - Returns: The escaped beginning in quotes; `nothing` for an empty answer.
    public static func excerpt(_ body: [UInt8], limit: Int = 80) -> String {
        body.isEmpty ? "nothing" : "\"\(escape(bytes: body, limit: limit))\""
    }

    /// Whether a character could control a terminal, imitate a line or change the reading direction:
    /// C0, DEL, C1, line separators, bidirectional controls, the byte order mark.
    public static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F: false
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069,
            0xFEFF:
            true
        default: false
        }
    }

    private static func escape(_ text: String, keepsLines: Bool) -> String {
        // Nearly every text is safe, and returned unchanged.
        guard text.unicodeScalars.contains(where: isHostile) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars { append(scalar, to: &shown, keepsLines) }
        return shown
    }

    private static func append(
        _ scalar: Unicode.Scalar,
        to shown: inout String,
        _ keepsLines: Bool
    ) {
        switch scalar {
        case "\n" where !keepsLines: shown += "\\n"
        case "\t" where !keepsLines: shown += "\\t"
        case "\r": shown += "\\r"
        case _ where !isHostile(scalar), "\n", "\t": shown.unicodeScalars.append(scalar)
        case "\0"..."\u{7F}": shown += "\\x" + hexadecimal(scalar.value)
        default: shown += "\\u{" + hexadecimal(scalar.value) + "}"
        }
    }

    private static func repaired(_ bytes: ArraySlice<UInt8>) -> String {
        var shown = ""
        var rest = bytes
        var iterator = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let units):
                append(Unicode.UTF8.decode(units), to: &shown, false)
                rest = rest.dropFirst(units.count)
            case .error(let length):
                for byte in rest.prefix(length) { shown += "\\x" + hexadecimal(UInt32(byte)) }
                rest = rest.dropFirst(length)
            case .emptyInput: return shown
            }
        }
    }

    private static func hexadecimal(_ number: UInt32) -> String {
        (number < 0x10 ? "0" : "") + String(number, radix: 16, uppercase: true)
    }
}
