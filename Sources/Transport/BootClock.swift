internal import Glibc

/// A clock that only goes forward, also while the machine sleeps: what a session's age is measured by.
///
/// Not `ContinuousClock`, which is the same one: it would link all of Swift's concurrency and of libdispatch, and
/// every start would pay for it.
public enum BootClock {
    /// The time since the machine was started.
    public static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
