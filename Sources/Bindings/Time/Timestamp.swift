/// A moment, and its RFC 3339 text in both directions.
///
/// The calendar is the Gregorian one, also before it was introduced, as RFC 3339 has it; leap seconds do not exist.
public struct Timestamp: Equatable, Comparable, Sendable {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    let seconds: Int
    /// What is left, 0 to 999,999,999.
    let nanoseconds: Int

    /// Makes a moment.
    init(seconds: Int, nanoseconds: Int = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// The moment a number of seconds after 1970, to the microsecond: a double has no more of our time.
    /// - Returns: Nil outside the years 0000 to 9999, which four digits cannot name.
    init?(_ number: Double) {
        guard number.isFinite, abs(number) < 1e15 else { return nil }
        let whole = number.rounded(.down)
        let microseconds = ((number - whole) * 1_000_000).rounded()
        let carry = microseconds >= 1_000_000
        seconds = Int(whole) + (carry ? 1 : 0)
        nanoseconds = carry ? 0 : Int(microseconds) * 1000
        guard Self.range.contains(seconds) else { return nil }
    }

    /// The moment a clock shows.
    init(_ sinceEpoch: Duration) {
        let (seconds, attoseconds) = sinceEpoch.components
        // Both parts of a time before 1970 are negative.
        let nanoseconds = Int(attoseconds / 1_000_000_000)
        let borrow = nanoseconds < 0
        self.init(
            seconds: Int(seconds) - (borrow ? 1 : 0),
            nanoseconds: nanoseconds + (borrow ? 1_000_000_000 : 0)
        )
    }

    /// Seconds since 1970 as a number.
    var number: Double { Double(seconds) + Double(nanoseconds) / 1_000_000_000 }

    /// Orders by time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// The first second of the year 0000 up to the last of 9999.
    static let range = -62_167_219_200...253_402_300_799
}

// MARK: Text

extension Timestamp {
    /// Reads RFC 3339: `2026-11-21T10:11:12.345Z`, `2026-11-21 10:11:12-05:30`.
    ///
    /// A fraction has one digit or more; what is finer than a nanosecond is dropped. Second 60 and hour 24
    /// are refused, as vCenter's own parser does.
    init?(parsing text: String) {
        var rest = text.utf8[...]
        func digits(_ count: Int) -> Int? {
            let part = rest.prefix(count)
            guard part.count == count, part.allSatisfy(Self.isDigit) else { return nil }
            rest = rest.dropFirst(count)
            return part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        func skip(_ wanted: StaticString...) -> Bool {
            for byte in wanted where rest.first == byte.utf8Byte {
                rest = rest.dropFirst()
                return true
            }
            return false
        }
        guard let year = digits(4), skip("-"), let month = digits(2), skip("-"),
            let day = digits(2),
            skip("T", "t", " "), let hour = digits(2), skip(":"), let minute = digits(2), skip(":"),
            let second = digits(2),
            (1...12).contains(month), (1...Self.days(inMonth: month, of: year)).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction = 0
        if skip(".") {
            let part = rest.prefix(while: Self.isDigit)
            guard !part.isEmpty else { return nil }
            rest = rest.dropFirst(part.count)
            for place in 0..<9 {
                fraction = fraction * 10 + (part.dropFirst(place).first.map { Int($0 - 0x30) } ?? 0)
            }
        }
        guard let offset = Self.offset(String(Substring(rest))) else { return nil }
        let days = Self.days(beforeYear: year) + Self.day(month: month, day: day, of: year)
        seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        nanoseconds = fraction
    }

    /// Reads an offset from UTC, `Z` or `±hh:mm`, as seconds.
    static func offset(_ text: String) -> Int? {
        if text == "Z" || text == "z" { return 0 }
        let parts = Array(text.utf8)
        guard parts.count == 6, parts[3] == UInt8(ascii: ":"),
            [1, 2, 4, 5].allSatisfy({ isDigit(parts[$0]) }),
            parts[0] == UInt8(ascii: "+") || parts[0] == UInt8(ascii: "-")
        else { return nil }
        let value = { (place: Int) in Int(parts[place] - 0x30) * 10 + Int(parts[place + 1] - 0x30) }
        guard value(1) < 24, value(4) < 60 else { return nil }
        let seconds = value(1) * 3600 + value(4) * 60
        return parts[0] == UInt8(ascii: "-") ? -seconds : seconds
    }

    /// Writes RFC 3339.
    /// - Parameters:
    ///   - digits: Digits of the fraction, 0 to 9; the others are cut off, not rounded.
    ///   - offset: Seconds from UTC, whole minutes; 0 is written `Z`.
    /// - Returns: The text.
    func text(digits: Int = 3, offset: Int = 0) -> String {
        let local = seconds + offset
        let days = local.flooredQuotient(86_400)
        let time = local - days * 86_400
        let (year, month, day) = Self.date(ofDay: days)
        var text = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
        text += "\(Self.padded(time / 3600, 2)):\(Self.padded(time / 60 % 60, 2))"
        text += ":\(Self.padded(time % 60, 2))"
        if digits > 0 { text += "." + Self.padded(nanoseconds, 9).prefix(digits) }
        guard offset != 0 else { return text + "Z" }
        let minutes = abs(offset) / 60
        text += offset < 0 ? "-" : "+"
        return text + "\(Self.padded(minutes / 60, 2)):\(Self.padded(minutes % 60, 2))"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

extension StaticString {
    /// The one byte of a literal of one ASCII character.
    fileprivate var utf8Byte: UInt8 { description.utf8.first ?? 0 }
}
