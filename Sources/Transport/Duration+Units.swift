extension Duration {
    /// Whole nanoseconds, at most what 64 bits hold (292 years).
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, isOver) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isOver ? (seconds < 0 ? .min : .max) : sum
    }

    /// As a person reads a limit: `250 ms`, `1.5 s`, `60 s`.
    var text: String {
        let milliseconds = nanoseconds / 1_000_000
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        let tenths = milliseconds % 1000 / 100
        return tenths == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds / 1000).\(tenths) s"
    }
}

/// The nanoseconds of the duration that was asked for last.
///
/// Taking a `Duration` apart is a division of 128 bits, and nearly all requests have the same limits.
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
