/// A moment, and its RFC 3339 text in both directions.
///
/// The calendar is the Gregorian one, even before it was introduced, as in RFC 3339; leap seconds do not exist.
public struct Timestamp: Equatable, Comparable, Sendable {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public let seconds: Int
    /// The rest in nanoseconds, 0 to 999,999,999.
    public let nanoseconds: Int

    /// Makes a moment; negative nanoseconds, down to -999,999,999, count backwards.
    public init(seconds: Int, nanoseconds: Int = 0) {
        self.seconds = nanoseconds < 0 ? seconds - 1 : seconds
        self.nanoseconds = nanoseconds < 0 ? nanoseconds + 1_000_000_000 : nanoseconds
    }

    /// The moment a number of milliseconds after 1970, as used in journals and on the wire.
    public init(milliseconds: Int) {
        self.init(seconds: milliseconds / 1000, nanoseconds: milliseconds % 1000 * 1_000_000)
    }

    /// The moment a number of seconds after 1970, to the microsecond: a double has no more for dates of our time.
    /// - Returns: Nil outside the years 0000 to 9999, which do not fit four digits.
    public init?(_ number: Double) {
        guard number.isFinite, abs(number) < 1e15 else { return nil }
        let whole = number.rounded(.down)
        let microseconds = ((number - whole) * 1_000_000).rounded()
        let carry = microseconds >= 1_000_000
        seconds = Int(whole) + (carry ? 1 : 0)
        nanoseconds = carry ? 0 : Int(microseconds) * 1000
        guard Self.range.contains(seconds) else { return nil }
    }

    /// The moment of a clock time.
    public init(_ sinceEpoch: Duration) {
        let (seconds, attoseconds) = sinceEpoch.components
        self.init(seconds: Int(seconds), nanoseconds: Int(attoseconds / 1_000_000_000))
    }

    /// Seconds since 1970 as a number.
    public var number: Double { Double(seconds) + Double(nanoseconds) / 1_000_000_000 }

    /// Orders by time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// From the first second of the year 0000 to the last of 9999.
    public static let range = -62_167_219_200...253_402_300_799
}

// MARK: Text

extension Timestamp {
    /// Parses RFC 3339: `2026-11-21T10:11:12.345Z`, `2026-11-21 10:11:12-05:30`.
    ///
    /// A fraction has one digit or more; digits beyond nanoseconds are dropped. Second 60 and hour 24
    /// are refused, as vCenter's own parser does.
    public init?(parsing text: String) {
        let bytes = Array(text.utf8)
        func number(_ places: Range<Int>) -> Int? {
            let digits = bytes[places]
            return digits.allSatisfy(Self.isDigit)
                ? digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } : nil
        }
        func isMark(_ place: Int, _ marks: String) -> Bool { marks.utf8.contains(bytes[place]) }
        guard bytes.count >= 20, isMark(4, "-"), isMark(7, "-"), isMark(10, "Tt "), isMark(13, ":"),
            isMark(16, ":"), let year = number(0..<4), let month = number(5..<7),
            let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19),
            (1...12).contains(month), (1...Self.days(inMonth: month, of: year)).contains(day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var zone = 19
        var fraction = 0
        if isMark(19, ".") {
            let digits = bytes[20...].prefix(while: Self.isDigit)
            guard !digits.isEmpty else { return nil }
            zone = digits.endIndex
            for place in 20..<29 {
                fraction = fraction * 10 + (place < zone ? Int(bytes[place] - 0x30) : 0)
            }
        }
        guard let offset = Self.offset(String(decoding: bytes[zone...], as: UTF8.self)) else {
            return nil
        }
        let days = Self.day(year: year, month: month, day: day)
        seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - offset
        nanoseconds = fraction
    }

    /// Parses an offset from UTC, `Z` or `±hh:mm`, as seconds.
    public static func offset(_ text: String) -> Int? {
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
    ///   - digits: Digits of the fraction, 0 to 9; further digits are cut off, not rounded.
    ///   - offset: Seconds from UTC, whole minutes; 0 is written `Z`.
    /// - Returns: The text; a year outside 0000 to 9999 has more digits, or a sign.
    public func text(digits: Int = 3, offset: Int = 0) -> String {
        let local = seconds + offset
        let days = local.flooredQuotient(86_400)
        let time = local - days * 86_400
        let (year, month, day) = Self.date(ofDay: days)
        let isNamed = (0...9999).contains(year)
        // Written digit by digit: it is part of the simulator's most frequent answer.
        var text = unsafe String(unsafeUninitializedCapacity: 30) { bytes in
            @inline(__always) func put(_ number: Int, at place: Int, _ mark: Unicode.Scalar) {
                unsafe bytes[place] = UInt8(truncatingIfNeeded: 0x30 + number / 10)
                unsafe bytes[place + 1] = UInt8(truncatingIfNeeded: 0x30 + number % 10)
                unsafe bytes[place + 2] = UInt8(ascii: mark)
            }
            put(isNamed ? year / 100 : 0, at: 0, "-")
            put(isNamed ? year % 100 : 0, at: 2, "-")
            put(month, at: 5, "-")
            put(day, at: 8, "T")
            put(time / 3600, at: 11, ":")
            put(time / 60 % 60, at: 14, ":")
            put(time % 60, at: 17, digits > 0 ? "." : "Z")
            guard digits > 0 else { return 20 }
            // Nearly all have three digits: with this constant the compiler needs no division.
            var fraction = digits == 3 ? nanoseconds / 1_000_000 : nanoseconds
            if digits != 3 { for _ in digits..<9 { fraction /= 10 } }
            for place in stride(from: 19 + digits, through: 20, by: -1) {
                unsafe bytes[place] = UInt8(truncatingIfNeeded: 0x30 + fraction % 10)
                fraction /= 10
            }
            unsafe bytes[20 + digits] = UInt8(ascii: "Z")
            return 21 + digits
        }
        if !isNamed { text = "\(year)" + text.dropFirst(4) }
        guard offset != 0 else { return text }
        return text.dropLast() + (offset < 0 ? "-" : "+") + (abs(offset) / 3600).twoDigits + ":"
            + (abs(offset) / 60 % 60).twoDigits
    }

    /// The text of a time in the journal.
    /// - Parameter milliseconds: Since 1970-01-01T00:00:00Z.
    /// - Returns: A text such as `2026-11-21T10:11:12.345Z`.
    public static func text(_ milliseconds: Int64) -> String {
        Timestamp(milliseconds: Int(milliseconds)).text()
    }

    /// The text of a time of day.
    /// - Parameter time: Since 1970-01-01T00:00:00Z.
    /// - Returns: A text such as `2026-11-21T10:11:12.345Z`.
    public static func text(_ time: Duration) -> String { Timestamp(time).text() }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
