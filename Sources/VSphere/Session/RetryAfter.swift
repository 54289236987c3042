internal import Text

/// The `Retry-After` header (RFC 9110 §10.2.3): seconds, or a date.
enum RetryAfter {
    /// The time to wait.
    ///
    /// A date is compared with the answer's own `Date`: then both are from the same clock, and ours need not be
    /// right.
    /// - Parameters:
    ///   - value: The header; nil if there is none.
    ///   - date: The `Date` header of the same answer.
    /// - Returns: The delay, not negative; nil if the header is missing or invalid.
    static func delay(_ value: String?, date: String?) -> Duration? {
        guard let value else { return nil }
        if let seconds = Int(value) { return seconds >= 0 ? .seconds(min(seconds, 86_400)) : nil }
        guard let then = HTTPDate.seconds(of: value), let now = date.flatMap(HTTPDate.seconds(of:))
        else {
            return nil
        }
        return .seconds(min(max(0, then - now), 86_400))
    }
}
