/// Times of the journal for people: RFC 3339 in UTC.
public enum Timestamp {
    /// The text of a time.
    /// - Parameter milliseconds: Since 1970-01-01T00:00:00Z.
    /// - Returns: Such as `2026-11-21T10:11:12.345Z`.
    public static func text(_ milliseconds: Int64) -> String {
        let (days, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let inDay = rest < 0 ? rest + 86_400_000 : rest
        let date = civil(Int(rest < 0 ? days - 1 : days))
        let seconds = inDay / 1000
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
        return "\(padded(Int64(date.year), 4))-\(padded(Int64(date.month), 2))-"
            + "\(padded(Int64(date.day), 2))T\(clock.joined(separator: ":")).\(padded(inDay % 1000, 3))Z"
    }

    /// The date of a day counted from 1970-01-01, in the proleptic Gregorian calendar.
    ///
    /// Years begin in March, so that the leap day is the last one of its year.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
