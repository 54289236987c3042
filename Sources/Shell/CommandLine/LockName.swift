/// The names for `--lock`: they are also file names.
enum LockName {
    /// The hint for an invalid name.
    static let hint = "letters, digits and . _ - are allowed, at most 64, a letter or digit first"

    /// Whether a text is `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`.
    static func isValid(_ text: String) -> Bool {
        guard let first = text.utf8.first, 1...64 ~= text.utf8.count else { return false }
        return isAlphanumeric(first)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
