/// The `Retry-After` header (RFC 9110 §10.2.3): seconds, or a date.
enum RetryAfter {
    /// How long to wait.
    ///
    /// A date counts from the answer's own `Date`: the two clocks are then one, and ours need not be
    /// right.
    /// - Parameters:
    ///   - value: The header; nil where there is none.
    ///   - date: The `Date` header of the same answer.
    /// - Returns: The delay, not negative; nil where the header is missing or makes no sense.
    static func delay(_ value: String?, date: String?) -> Duration? {
        guard let value else { return nil }
        if let seconds = Int(value) { return seconds >= 0 ? .seconds(min(seconds, 86_400)) : nil }
        guard let then = seconds(of: value), let now = date.flatMap(seconds(of:)) else {
            return nil
        }
        return .seconds(min(max(0, then - now), 86_400))
    }

    /// The seconds of an IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT`, from a fixed day of the past.
    private static func seconds(of date: String) -> Int? {
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
        return ((days * 24 + clock[0]) * 60 + clock[1]) * 60 + clock[2]
    }
}
