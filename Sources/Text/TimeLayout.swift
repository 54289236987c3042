/// Times in a layout such as `%Y-%m-%d %H:%M`, with the letters of `strftime` in English.
public enum TimeLayout {
    /// The letters that stand for something.
    public static let letters = "YmdHMSyjeIpaAbBFTRzZsVGuf%"

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    private static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    /// Writes a time.
    /// - Parameters:
    ///   - time: The moment.
    ///   - layout: Text, with a letter after each percent sign.
    ///   - zone: The place whose clocks count.
    /// - Returns: The text; nil and the letter for one that stands for nothing, empty for a percent sign at the end.
    public static func write(
        _ time: Timestamp,
        _ layout: String,
        in zone: TimeZone
    ) -> (text: String?, wrong: String) {
        let reading = zone.reading(at: time.seconds)
        let local = time.seconds + reading.offset
        let number = local.flooredQuotient(86_400)
        let second = local - number * 86_400
        let (year, month, day) = Timestamp.date(ofDay: number)
        let weekday = ((number + 4) % 7 + 7) % 7
        let dayOfYear = number - Timestamp.day(year: year, month: 1, day: 1) + 1
        let hour = second / 3600
        let week = isoWeek(number)
        func digits(_ number: Int, _ width: Int = 2, _ fill: Character = "0") -> String {
            let text = "\(number)"
            return String(repeating: fill, count: max(width - text.count, 0)) + text
        }
        let date = "\(digits(year, 4))-\(digits(month))-\(digits(day))"
        let minutes = "\(digits(hour)):\(digits(second / 60 % 60))"
        let offset = abs(reading.offset)
        let sign = reading.offset < 0 ? "-" : "+"
        var text = ""
        var rest = layout[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                text.append(character)
                continue
            }
            guard let letter = rest.popFirst() else { return (nil, "") }
            switch letter {
            case "Y": text += digits(year, 4)
            case "m": text += digits(month)
            case "d": text += digits(day)
            case "H": text += digits(hour)
            case "M": text += digits(second / 60 % 60)
            case "S": text += digits(second % 60)
            case "y": text += digits(((year % 100) + 100) % 100)
            case "j": text += digits(dayOfYear, 3)
            case "e": text += digits(day, 2, " ")
            case "I": text += digits((hour + 11) % 12 + 1)
            case "p": text += hour < 12 ? "AM" : "PM"
            case "a": text += weekdays[weekday].prefix(3)
            case "A": text += weekdays[weekday]
            case "b": text += months[month - 1].prefix(3)
            case "B": text += months[month - 1]
            case "F": text += date
            case "R": text += minutes
            case "T": text += "\(minutes):\(digits(second % 60))"
            case "z": text += sign + digits(offset / 3600) + digits(offset / 60 % 60)
            case "Z": text += reading.name
            case "s": text += "\(time.seconds)"
            case "V": text += digits(week.week)
            case "G": text += digits(week.year, 4)
            case "u": text += "\(weekday == 0 ? 7 : weekday)"
            case "f": text += digits(time.nanoseconds / 1_000_000, 3)
            case "%": text += "%"
            default: return (nil, String(letter))
            }
        }
        return (text, "")
    }

    /// The week of ISO 8601: the first has the first Thursday of its year.
    private static func isoWeek(_ day: Int) -> (year: Int, week: Int) {
        let monday = day - ((day + 3) % 7 + 7) % 7
        let thursday = monday + 3
        let year = Timestamp.date(ofDay: thursday).year
        let first = Timestamp.day(year: year, month: 1, day: 1)
        return (year, (thursday - first) / 7 + 1)
    }
}

extension Timestamp {
    /// The moment a number of calendar steps later, on the clocks of a place: a month has the length it has, and a day
    /// that the month lacks is its last.
    public func adding(months: Int, days: Int, in zone: TimeZone) -> Timestamp {
        guard months != 0 || days != 0 else { return self }
        let local = seconds + zone.reading(at: seconds).offset
        let number = local.flooredQuotient(86_400)
        let (year, month, day) = Self.date(ofDay: number)
        let count = year * 12 + month - 1 + months
        let newYear = count.flooredQuotient(12)
        let newMonth = count - newYear * 12 + 1
        let newDay = min(day, Self.days(inMonth: newMonth, of: newYear))
        let newNumber = Self.day(year: newYear, month: newMonth, day: newDay) + days
        return Timestamp(
            seconds: zone.moment(showing: newNumber * 86_400 + local - number * 86_400),
            nanoseconds: nanoseconds
        )
    }
}
