/// The dates of HTTP's header fields: IMF-fixdate (RFC 9110 §5.6.7), `Sun, 06 Nov 1994 08:49:37 GMT`.
public enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The seconds since 1970-01-01T00:00:00Z of a date.
    ///
    /// Second 60, a leap second, is the first of the next minute; the day of the week is ignored.
    /// - Parameter date: The value of the field.
    /// - Returns: The seconds; nil if it is not such a date, or before 1970.
    public static func seconds(of date: String) -> Int? {
        let parts = date.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]),
            let month = months.firstIndex(where: { $0 == parts[2] }), let year = Int(parts[3]),
            (1970...9999).contains(year),
            (1...Timestamp.days(inMonth: month + 1, of: year)).contains(day)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]),
            (0...60).contains(clock[2])
        else { return nil }
        let days = Timestamp.day(year: year, month: month + 1, day: day)
        return ((days * 24 + clock[0]) * 60 + clock[1]) * 60 + clock[2]
    }

    /// The date of a number of seconds since 1970-01-01T00:00:00Z.
    public static func text(of seconds: Int) -> String {
        let day = seconds.flooredQuotient(86_400)
        let time = seconds - day * 86_400
        let date = Timestamp.date(ofDay: day)
        return "\(weekdays[day - day.flooredQuotient(7) * 7]), \(date.day.twoDigits) "
            + "\(months[date.month - 1]) \(date.year) \((time / 3600).twoDigits):"
            + "\((time / 60 % 60).twoDigits):\((time % 60).twoDigits) GMT"
    }
}
