/// When clocks are put forward and back each year: `CET-1CEST,M3.5.0,M10.5.0/3`, as in POSIX.
struct TimeZoneRule: Sendable, Equatable {
    /// A day of the year.
    private enum Day: Sendable, Equatable {
        /// The day of the week, 0 for Sunday, in the week of a month, 5 for its last.
        case week(month: Int, week: Int, day: Int)
        /// From 1 to 365, without leap days.
        case number(Int)
        /// From 0 to 365.
        case offset(Int)
    }

    let standard: TimeZone.Reading
    private var summer: TimeZone.Reading?
    private var begin: (day: Day, time: Int)?
    private var end: (day: Day, time: Int)?

    /// Reads a rule; nil if it is none.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        guard let name = Self.name(&rest), let offset = Self.time(&rest) else { return nil }
        standard = TimeZone.Reading(offset: -offset, name: name)
        guard !rest.isEmpty else { return }
        guard let other = Self.name(&rest) else { return nil }
        // POSIX leaves open when clocks change where that is not told; the C library takes the days of the USA.
        if rest.isEmpty { rest = Array(",M3.2.0,M11.1.0".utf8)[...] }
        let further = rest.first == UInt8(ascii: ",") ? offset - 3600 : Self.time(&rest)
        guard let further else { return nil }
        summer = TimeZone.Reading(offset: -further, name: other)
        guard let begin = Self.change(&rest), let end = Self.change(&rest), rest.isEmpty else {
            return nil
        }
        (self.begin, self.end) = (begin, end)
    }

    /// The time on a clock at a moment.
    func reading(at seconds: Int) -> TimeZone.Reading {
        guard let summer, let begin, let end else { return standard }
        let local = seconds + standard.offset
        let year = Timestamp.date(ofDay: local.flooredQuotient(86_400)).year
        let first = Self.moment(begin, in: year) - standard.offset
        let last = Self.moment(end, in: year) - summer.offset
        let isSummer =
            first < last
            ? seconds >= first && seconds < last : seconds >= first || seconds < last
        return isSummer ? summer : standard
    }

    static func == (left: TimeZoneRule, right: TimeZoneRule) -> Bool {
        left.standard == right.standard && left.summer == right.summer
            && left.begin?.day == right.begin?.day && left.begin?.time == right.begin?.time
            && left.end?.day == right.end?.day && left.end?.time == right.end?.time
    }

    /// The time of a change on the clock that is changed, in seconds since 1970.
    private static func moment(_ change: (day: Day, time: Int), in year: Int) -> Int {
        let day: Int
        switch change.day {
        case .offset(let number): day = Timestamp.day(year: year, month: 1, day: 1) + number
        case .number(let number):
            let isLeap = Timestamp.days(inMonth: 2, of: year) == 29
            let leap = isLeap && number >= 60 ? 1 : 0
            day = Timestamp.day(year: year, month: 1, day: 1) + number - 1 + leap
        case .week(let month, let week, let weekday):
            let first = Timestamp.day(year: year, month: month, day: 1)
            // 1970-01-01 was a Thursday.
            let ahead = (weekday - (first + 4) % 7 + 14) % 7
            let length = Timestamp.days(inMonth: month, of: year)
            var day0 = ahead + 7 * (week - 1)
            while day0 >= length { day0 -= 7 }
            day = first + day0
        }
        return day * 86_400 + change.time
    }

    // MARK: Reading

    private static func take(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    private static func name(_ rest: inout ArraySlice<UInt8>) -> String? {
        let name: ArraySlice<UInt8>
        if take(UInt8(ascii: "<"), &rest) {
            name = rest.prefix { $0 != UInt8(ascii: ">") }
            rest = rest.dropFirst(name.count)
            guard take(UInt8(ascii: ">"), &rest) else { return nil }
        } else {
            name = rest.prefix { 0x61...0x7A ~= $0 | 0x20 }
            rest = rest.dropFirst(name.count)
        }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let digits = rest.prefix { 0x30...0x39 ~= $0 }
        guard 1...4 ~= digits.count else { return nil }
        rest = rest.dropFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// `1`, `-3:30`, `+26`: in seconds.
    private static func time(_ rest: inout ArraySlice<UInt8>) -> Int? {
        let isNegative = take(UInt8(ascii: "-"), &rest)
        if !isNegative { _ = take(UInt8(ascii: "+"), &rest) }
        guard let hours = number(&rest) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] where take(UInt8(ascii: ":"), &rest) {
            guard let more = number(&rest) else { return nil }
            seconds += more * unit
        }
        return isNegative ? -seconds : seconds
    }

    /// `,M3.5.0/2`.
    private static func change(_ rest: inout ArraySlice<UInt8>) -> (day: Day, time: Int)? {
        guard take(UInt8(ascii: ","), &rest) else { return nil }
        let day: Day
        if take(UInt8(ascii: "M"), &rest) {
            guard let month = number(&rest), take(UInt8(ascii: "."), &rest),
                let week = number(&rest), take(UInt8(ascii: "."), &rest),
                let weekday = number(&rest), 1...12 ~= month, 1...5 ~= week, 0...6 ~= weekday
            else { return nil }
            day = .week(month: month, week: week, day: weekday)
        } else if take(UInt8(ascii: "J"), &rest) {
            guard let number = number(&rest), 1...365 ~= number else { return nil }
            day = .number(number)
        } else {
            guard let number = number(&rest), 0...365 ~= number else { return nil }
            day = .offset(number)
        }
        guard take(UInt8(ascii: "/"), &rest) else { return (day, 7200) }
        return time(&rest).map { (day, $0) }
    }
}
