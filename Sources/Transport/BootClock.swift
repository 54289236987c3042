internal import Glibc

/// A clock that only goes forward, also while the computer sleeps: it measures the age of sessions.
///
/// Not `ContinuousClock`, which reads the same clock: it would link Swift's concurrency library and libdispatch,
/// which would slow down every start.
public enum BootClock {
    /// The time since the computer was started.
    public static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
