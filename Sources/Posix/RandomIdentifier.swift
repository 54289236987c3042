import Glibc

/// Random identifiers: UUIDs of version 4 (RFC 9562 §5.4).
public enum RandomIdentifier {
    /// Makes an identifier in lower case.
    public static func make() -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        // getentropy fails only for more than 256 bytes or on a kernel without getrandom(2).
        precondition(getentropy(&bytes, bytes.count) == 0, "the kernel gives no random bytes")
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            if byte < 16 { text += "0" }
            text += String(byte, radix: 16)
        }
        return text
    }
}
