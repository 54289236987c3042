/// The proleptic Gregorian calendar, counted in days since 1970-01-01.
///
/// All of it rests on one number: the days before a year, which is 365 for each year and one more for each leap year.
extension Timestamp {
    private static let daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

    /// Whether a year has a 29th of February.
    public static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// How many days a month has.
    public static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The days from 1970-01-01 to the first of January of a year; negative before 1970.
    public static func days(beforeYear year: Int) -> Int {
        let last = year - 1
        let leapYears =
            last.flooredQuotient(4) - last.flooredQuotient(100) + last.flooredQuotient(400)
        // 719,162 is what the same sum gives for 1970.
        return last * 365 + leapYears - 719_162
    }

    /// The days from the first of January to a day of the same year.
    public static func day(month: Int, day: Int, of year: Int) -> Int {
        daysBeforeMonth[month - 1] + (month > 2 && isLeap(year) ? 1 : 0) + day - 1
    }

    /// The date of a day.
    public static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
        // 400 years have 146,097 days: the estimate is at most one year off, and the loops mend that.
        var year = 1970 + (number * 400).flooredQuotient(146_097)
        while days(beforeYear: year) > number { year -= 1 }
        while days(beforeYear: year + 1) <= number { year += 1 }
        var left = number - days(beforeYear: year)
        var month = 1
        while left >= days(inMonth: month, of: year) {
            left -= days(inMonth: month, of: year)
            month += 1
        }
        return (year, month, left + 1)
    }
}

extension Int {
    /// The quotient rounded down, where `/` rounds towards zero.
    public func flooredQuotient(_ divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
