extension Timestamp {
    /// The text of a time of the journal.
    /// - Parameter milliseconds: Since 1970-01-01T00:00:00Z.
    /// - Returns: Such as `2026-11-21T10:11:12.345Z`.
    public static func text(_ milliseconds: Int64) -> String { text(.milliseconds(milliseconds)) }

    /// The text of a time of day.
    /// - Parameter time: Since 1970-01-01T00:00:00Z.
    /// - Returns: Such as `2026-11-21T10:11:12.345Z`.
    public static func text(_ time: Duration) -> String { Timestamp(time).text() }
}
