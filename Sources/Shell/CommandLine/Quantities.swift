/// Why a text is not the quantity it should be, and what to write instead.
struct QuantityProblem: Error, Equatable {
    let reason: String
    let hint: String
}

/// Lengths of time as the command line and profiles write them: `250ms`, `30s`, `5m`, `1h30m`,
/// `90d`.
enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Reads a length of time: whole numbers, each with its unit, the larger unit first.
    static func parse(_ text: String) throws(QuantityProblem) -> Duration {
        let hint = "write it as 250ms, 30s, 5m or 1h30m"
        var rest = text[...]
        var total: Int64 = 0
        var smallest = Int64.max
        guard !rest.isEmpty else { throw QuantityProblem(reason: "it is empty", hint: hint) }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard !digits.isEmpty else {
                throw QuantityProblem(reason: "it is not a length of time", hint: hint)
            }
            guard !name.isEmpty || !rest.isEmpty else {
                // After hours come minutes; a number alone is most often one of seconds.
                let larger = units.firstIndex { $0.milliseconds == smallest }
                let next = units.dropFirst(larger.map { $0 + 1 } ?? 3).first
                throw QuantityProblem(
                    reason: larger == nil ? "it has no unit" : "its end has no unit",
                    hint: next.map { "did you mean \(text)\($0.name)?" } ?? hint
                )
            }
            guard let unit = units.first(where: { $0.name == name }) else {
                throw QuantityProblem(reason: "it is not a length of time", hint: hint)
            }
            guard unit.milliseconds < smallest else {
                throw QuantityProblem(reason: "its units are out of order", hint: hint)
            }
            smallest = unit.milliseconds
            let part = Int64(digits).map { $0.multipliedReportingOverflow(by: unit.milliseconds) }
            guard let part, !part.overflow else {
                throw QuantityProblem(reason: "it is too long", hint: hint)
            }
            let sum = total.addingReportingOverflow(part.partialValue)
            guard !sum.overflow, sum.partialValue <= longest else {
                throw QuantityProblem(reason: "it is too long", hint: "at most 8760h, a year")
            }
            total = sum.partialValue
        }
        return .milliseconds(total)
    }

    /// A year: no run is meant to last longer, and no clock arithmetic overflows below it.
    private static let longest: Int64 = 8760 * 3_600_000
}

/// Sizes as the command line and profiles write them: `64K`, `256M`, `1G`, or a number of
/// bytes.
enum SizeText {
    /// Reads a size; K, M and G are powers of 1024.
    static func parse(_ text: String) throws(QuantityProblem) -> Int {
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
}
