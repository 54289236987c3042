/// The proleptic Gregorian calendar, counted in days since 1970-01-01.
///
/// Years are counted from March, so that the leap day is the last one of its year; 400 of them, an era, have 146,097
/// days. From 0000-03-01 to 1970-01-01 there are 719,468.
extension Timestamp {
    /// The number of days in a month.
    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The day number of a date; negative before 1970.
    static func day(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let leapDays =
            shifted.flooredQuotient(4) - shifted.flooredQuotient(100) + shifted.flooredQuotient(400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return shifted * 365 + leapDays + dayOfYear - 719_468
    }

    /// The date of a day number.
    static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = shifted.flooredQuotient(146_097)
        let day = shifted - era * 146_097
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (
            year + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }
}

extension Int {
    /// The quotient rounded down; `/` rounds towards zero.
    func flooredQuotient(_ divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }

    /// A number below 100 as two digits.
    var twoDigits: String { (self < 10 ? "0" : "") + String(self) }
}
