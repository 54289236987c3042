public import Buffers

/// Makes text that came from elsewhere safe to show: on a terminal, in a message, in a log record.
///
/// What a server says is hostile: an item may be named with an escape sequence that moves the cursor,
/// a line break that forges a log record, or a bidirectional control that swaps what is read.
public enum Display {
    /// Escapes control characters (C0, DEL, C1), bidirectional controls and line separators.
    ///
    /// `\n`, `\r` and `\t` keep their short form, other controls become `\x1b`, the rest `\u{202e}`. A
    /// backslash stays single: user names such as `VSPHERE.LOCAL\alice` are full of them.
    /// - Parameter text: Any text.
    /// - Returns: One line of printable text.
    public static func escape(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHostile) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars { append(scalar, to: &shown) }
        return shown
    }

    /// Escapes bytes that should be UTF-8; a byte that is not becomes `\xff`.
    /// - Parameter bytes: Any bytes.
    /// - Returns: One line of printable text.
    public static func escape(bytes: [UInt8]) -> String {
        var shown = ""
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var position = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded):
                append(Unicode.UTF8.decode(encoded), to: &shown)
                position += encoded.count
            case .error(let length):
                for byte in bytes[position..<position + length] { shown += "\\x" + hex(byte) }
                position += length
            case .emptyInput:
                return shown
            }
        }
    }

    /// The beginning of an answer that is not what was expected, escaped, for a message.
    /// - Parameters:
    ///   - body: The bytes of the answer.
    ///   - limit: How many of its bytes are shown at most.
    /// - Returns: The escaped beginning in quotes with an ellipsis where it was cut; `"nothing"` for an
    ///   empty answer.
    public static func excerpt(_ body: ByteBuffer, limit: Int = 80) -> String {
        guard body.count > 0 else { return "nothing" }
        var bytes = Array(body.bytes.prefix(limit))
        // A cut in the middle of a character would show as bytes that are no UTF-8.
        if body.count > limit {
            while let last = bytes.last, last & 0xC0 == 0x80, bytes.count > limit - 3 {
                bytes.removeLast()
            }
            if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
        }
        return "\"\(escape(bytes: bytes))\(body.count > limit ? "…" : "")\""
    }

    private static func append(_ scalar: Unicode.Scalar, to shown: inout String) {
        guard isHostile(scalar) else {
            shown.unicodeScalars.append(scalar)
            return
        }
        switch scalar {
        case "\n": shown += "\\n"
        case "\r": shown += "\\r"
        case "\t": shown += "\\t"
        case _ where scalar.value < 0x80: shown += "\\x" + hex(UInt8(scalar.value))
        default: shown += "\\u{" + String(scalar.value, radix: 16) + "}"
        }
    }

    private static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true
        // Arabic letter mark; left-to-right and right-to-left marks; embeddings, overrides, isolates.
        case 0x61C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        // Line and paragraph separators: some terminals and log readers break lines at them.
        case 0x2028, 0x2029: true
        default: false
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
