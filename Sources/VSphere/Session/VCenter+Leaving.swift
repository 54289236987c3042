/// The end of a run.
extension VCenter {
    /// Logs out everywhere.
    /// - Parameters:
    ///   - vcenters: Those with a session, or with a log-in under way.
    ///   - limit: The longest time for all of it.
    ///   - now: A monotonic time.
    ///   - isHurried: Whether it may take at most one more second.
    ///   - turn: Turns the loop, waiting at most the given time.
    /// - Returns: The log-outs that failed.
    public static func closeAll(
        _ vcenters: [VCenter],
        within limit: Duration,
        now: () -> Duration,
        isHurried: () -> Bool,
        turn: (Duration) -> Void
    ) -> [VSphereError] {
        var waiting = vcenters.count
        var failures: [VSphereError] = []
        for vcenter in vcenters {
            vcenter.close(all: true) { error in
                waiting -= 1
                if let error { failures.append(error) }
            }
        }
        var end = now() + limit
        var hasHurried = false
        while waiting > 0, now() < end {
            if !hasHurried, isHurried() {
                hasHurried = true
                end = min(end, now() + .seconds(1))
            }
            turn(end - now())
        }
        return failures
    }
}
