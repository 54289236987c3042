/// Durations in the notation of people.
public enum SpanText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// Parses `250ms`, `30s`, `1h30m`, `2d`: whole numbers, each with its unit, the larger unit first.
    public static func parse(_ text: String) throws(QuantityProblem) -> Duration {
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
                // After hours come minutes; a number without a unit is most often meant as seconds.
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
            guard !sum.overflow else { throw QuantityProblem(reason: "it is too long", hint: hint) }
            total = sum.partialValue
        }
        return .milliseconds(total)
    }

    /// Writes a length of time so that `parse` reads the same: in one unit where there are 2 to 60 of it (`60s`, `24h`),
    /// else in several (`1h30m`).
    public static func spelled(_ duration: Duration) -> String {
        var rest = duration.wholeMilliseconds
        let single = units.first {
            rest % $0.milliseconds == 0 && 2...60 ~= rest / $0.milliseconds
        }
        if let single { return "\(rest / single.milliseconds)\(single.name)" }
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text.isEmpty ? "0s" : text
    }

    /// How long ago, or how far ahead, a moment is: `3h ago`, `in 2d`, `just now`.
    ///
    /// One unit, rounded down, so that an age can be read at a glance.
    public static func age(seconds: Double) -> String {
        let distance = abs(seconds)
        guard distance >= 1, distance.isFinite else { return "just now" }
        let steps: [(Double, String)] = [
            (365.2425 * 86_400, "y"), (86_400, "d"), (3600, "h"), (60, "m"), (1, "s"),
        ]
        let (size, unit) = steps.first { distance >= $0.0 } ?? (1, "s")
        let amount = "\(Int(min(distance / size, 1e15)))\(unit)"
        return seconds > 0 ? "\(amount) ago" : "in \(amount)"
    }

    /// A duration in at most two units: `45s`, `1m20s`, `2h05m`.
    public static func length(seconds: Double) -> String {
        let whole = Int(min(max(seconds, 0).rounded(), 1e12))
        let pair = { (large: Int, unit: String, small: Int, rest: String) in
            "\(large)\(unit)\(small < 10 ? "0" : "")\(small)\(rest)"
        }
        if whole < 60 { return "\(whole)s" }
        if whole < 3600 { return pair(whole / 60, "m", whole % 60, "s") }
        if whole < 86_400 { return pair(whole / 3600, "h", whole / 60 % 60, "m") }
        return pair(whole / 86_400, "d", whole / 3600 % 24, "h")
    }
}
