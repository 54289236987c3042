/// Sizes in the notation of command line and profiles: `64K`, `256M`, `1G`, or a number of
/// bytes.
public enum SizeText {
    /// Parses a size; K, M and G are powers of 1024.
    public static func parse(_ text: String) throws(QuantityProblem) -> Int {
        let hint = "write it as 64K, 256M or 1G"
        let digits = text.prefix { ("0"..."9").contains($0) }
        let shift: Int
        switch text.dropFirst(digits.count) {
        case "": shift = 0
        case "K", "k": shift = 10
        case "M", "m": shift = 20
        case "G", "g": shift = 30
        default: throw QuantityProblem(reason: "it is not a size", hint: hint)
        }
        guard !digits.isEmpty else { throw QuantityProblem(reason: "it is not a size", hint: hint) }
        guard let number = Int(digits), number <= Int.max >> (shift + 1) else {
            throw QuantityProblem(reason: "it is too large", hint: hint)
        }
        return number << shift
    }

    /// Writes a size so that `parse` reads the same: `64M`.
    public static func spelled(_ size: Int) -> String {
        spelled(size, 30, "G") ?? spelled(size, 20, "M") ?? spelled(size, 10, "K") ?? "\(size)"
    }

    // A list of pairs in place of the calls is compiled in one of two orders, by chance: no two builds would be the same.
    private static func spelled(_ size: Int, _ shift: Int, _ unit: String) -> String? {
        guard size >= 1 << shift, size % (1 << shift) == 0 else { return nil }
        return "\(size >> shift)\(unit)"
    }
}
