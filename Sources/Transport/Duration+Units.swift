extension Duration {
    /// Whole nanoseconds, limited to the range of 64 bits (292 years).
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, isOver) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isOver ? (seconds < 0 ? .min : .max) : sum
    }
}

/// The nanoseconds of the last duration that was converted.
///
/// Converting a `Duration` is a division of 128 bits, and nearly all requests have the same limits.
struct LastDuration {
    private var duration = Duration.zero
    private var result: Int64 = 0

    mutating func nanoseconds(of duration: Duration) -> Int64 {
        if duration != self.duration {
            self.duration = duration
            result = duration.nanoseconds
        }
        return result
    }
}
