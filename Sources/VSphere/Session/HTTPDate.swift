/// The dates of HTTP's header fields (RFC 9110 §5.6.7).
enum HTTPDate {
    /// The seconds since 1970-01-01T00:00:00Z of an IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT`.
    /// - Parameter date: The value of the field.
    /// - Returns: The seconds; nil where it is no such date.
    static func seconds(of date: String) -> Int? {
        let parts = date.split(separator: " ")
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]),
            let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]),
            (1...31).contains(day), (1970...9999).contains(year)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }) else { return nil }
        // Years begin in March, so that the leap day is the last one of its year.
        let shifted = month < 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 10) % 12) + 2) / 5 + day
        let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear
        return (((days - epoch) * 24 + clock[0]) * 60 + clock[1]) * 60 + clock[2]
    }

    /// 1970-01-01 as the days above count it.
    private static let epoch = 719_469
}
