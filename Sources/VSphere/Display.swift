public import Buffers

/// Makes text that came from elsewhere safe to show: on a terminal, in a message, in a log record.
///
/// What a server says is hostile: an item may be named with an escape sequence that moves the cursor,
/// a line break that forges a log record, or a bidirectional control that swaps what is read. How
/// it is escaped is said at `ByteBuffer.append(escaping:keepsLines:)`.
public enum Display {
    /// Escapes a text.
    /// - Parameter text: Any text.
    /// - Returns: One line of printable text.
    public static func escape(_ text: String) -> String {
        let shown = ByteBuffer()
        shown.append(escaping: text)
        return shown.text
    }

    /// Escapes bytes that should be UTF-8.
    /// - Parameters:
    ///   - bytes: Any bytes.
    ///   - limit: How many of them are shown at most; an ellipsis stands for the others.
    /// - Returns: One line of printable text.
    public static func escape(bytes: [UInt8], limit: Int = .max) -> String {
        var kept = bytes[...]
        if bytes.count > limit {
            kept = bytes[..<limit]
            // A cut inside a character would show the rest of it as bytes that are no UTF-8.
            while bytes[kept.endIndex] & 0xC0 == 0x80, kept.count > max(limit - 3, 0) {
                kept.removeLast()
            }
        }
        let value = ValueBuffer()
        value.put(bytes: Array(kept))
        let shown = ByteBuffer()
        if let text = value.root { shown.append(escaping: text) }
        return shown.text + (kept.count < bytes.count ? "…" : "")
    }

    /// The beginning of an answer that is not what was expected, for a message.
    /// - Parameters:
    ///   - body: The bytes of the answer.
    ///   - limit: How many of its bytes are shown at most.
    /// - Returns: The escaped beginning in quotes; `nothing` for an empty answer.
    public static func excerpt(_ body: ByteBuffer, limit: Int = 80) -> String {
        guard body.count > 0 else { return "nothing" }
        return "\"\(escape(bytes: body.bytes, limit: limit))\""
    }
}
