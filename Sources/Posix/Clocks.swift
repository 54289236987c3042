import Glibc

/// A clock that only goes forward; it is not a time of day.
public enum MonotonicClock {
    /// The time since a fixed moment before the process started.
    public static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Sleeps for a duration; a signal may end it early.
    public static func pause(for duration: Duration) {
        poll(nil, 0, duration.pollMilliseconds)
    }
}

/// The time of day.
///
/// It may jump when it is set.
public enum WallClock {
    /// The time since 1970-01-01T00:00:00Z.
    public static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
