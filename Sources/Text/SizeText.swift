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
        for (shift, unit) in [(30, "G"), (20, "M"), (10, "K")]
        where size >= 1 << shift && size % (1 << shift) == 0 {
            return "\(size >> shift)\(unit)"
        }
        return "\(size)"
    }
}
