internal import Glibc

/// A moment of the simulated clock, to the millisecond: what the wire's time stamps can say.
struct Instant: Comparable, Hashable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    var milliseconds: Int

    /// Makes a moment.
    init(milliseconds: Int) { self.milliseconds = milliseconds }

    /// The machine's wall clock.
    static var wallClock: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
    }

    /// Compares two moments.
    static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    static func + (moment: Instant, span: Duration) -> Instant {
        Instant(milliseconds: moment.milliseconds + span.wholeMilliseconds)
    }
}

extension Duration {
    /// The span in milliseconds, rounded towards zero.
    var wholeMilliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}

extension Instant {
    /// As vCenter writes it: `2026-11-21T10:11:12.345Z`.
    var text: String {
        var (days, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        if rest < 0 { (days, rest) = (days - 1, rest + 86_400_000) }
        let date = Self.civil(day: days)
        let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: 1000)
        // Written digit by digit: it is part of the answer that is asked for most.
        return String(unsafeUninitializedCapacity: 24) { bytes in
            var place = 0
            func put(_ number: Int, _ width: Int, _ mark: Unicode.Scalar) {
                var number = number
                for digit in stride(from: place + width - 1, through: place, by: -1) {
                    bytes[digit] = UInt8(ascii: "0") + UInt8(number % 10)
                    number /= 10
                }
                bytes[place + width] = UInt8(ascii: mark)
                place += width + 1
            }
            put(date.year, 4, "-")
            put(date.month, 2, "-")
            put(date.day, 2, "T")
            put(seconds / 3600, 2, ":")
            put(seconds / 60 % 60, 2, ":")
            put(seconds % 60, 2, ".")
            put(fraction, 3, "Z")
            return place
        }
    }

    /// As the `Date` field of an answer says it: `Sun, 06 Nov 1994 08:49:37 GMT`.
    var httpText: String {
        let days = Int((Double(milliseconds) / 86_400_000).rounded(.down))
        let date = Self.civil(day: days)
        let seconds = (milliseconds - days * 86_400_000) / 1000
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        return "\(weekdays[(days % 7 + 7) % 7]), \(two(date.day)) \(months[date.month - 1]) "
            + "\(date.year) \(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)) GMT"
    }

    /// Reads a UTC time stamp such as `2026-11-21T10:11:12Z`, with any number of decimals.
    /// - Parameter text: The time stamp; nothing but `Z` is understood as its zone.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            return bytes[range].reduce(Int?.some(0)) { sum, byte in
                guard let sum, (0x30...0x39).contains(byte) else { return nil }
                return sum * 10 + Int(byte - 0x30)
            }
        }
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[10] == UInt8(ascii: "T"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction = 0
        if bytes[19] == UInt8(ascii: ".") {
            let digits = bytes[20..<(bytes.count - 1)].prefix(3)
            guard !digits.isEmpty, let value = number(20..<(20 + digits.count)) else { return nil }
            fraction = [100, 10, 1][digits.count - 1] * value
        } else if bytes.count != 20 {
            return nil
        }
        let days = Self.day(year: year, month: month, day: day)
        milliseconds = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + fraction
    }

    // Days since 1970 and back, for the Gregorian calendar. Years are counted from March, so that
    // the leap day is the last one; 719_468 is the distance from 0000-03-01 to 1970-01-01.
    private static func day(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func civil(day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (
            yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }
}
