extension Duration {
    /// Seconds with three digits behind the point, as metrics and reports have them; never negative.
    var secondsText: String {
        let milliseconds = max(
            0,
            components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        )
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
