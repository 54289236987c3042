internal import Glibc
internal import Text

/// A moment of the simulated clock, to the millisecond: the precision of the wire's time stamps.
struct Instant: Comparable, Hashable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    var milliseconds: Int

    /// Makes a moment.
    init(milliseconds: Int) { self.milliseconds = milliseconds }

    /// The computer's wall clock.
    static var wallClock: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
    }

    /// Compares two moments.
    static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    static func + (moment: Instant, span: Duration) -> Instant {
        Instant(milliseconds: moment.milliseconds + Int(span.wholeMilliseconds))
    }

    static func - (moment: Instant, span: Duration) -> Instant {
        Instant(milliseconds: moment.milliseconds - Int(span.wholeMilliseconds))
    }

    /// The form of vCenter: `2026-11-21T10:11:12.345Z`.
    var text: String { Timestamp(milliseconds: milliseconds).text() }

    /// The form of the `Date` field: `Sun, 06 Nov 1994 08:49:37 GMT`.
    var httpText: String { HTTPDate.text(of: Timestamp(milliseconds: milliseconds).seconds) }

    /// Parses a UTC time stamp such as `2026-11-21T10:11:12Z`, with any number of decimals.
    /// - Parameter text: The time stamp; its zone must be `Z`.
    init?(_ text: String) {
        guard text.hasSuffix("Z"), let time = Timestamp(parsing: text) else { return nil }
        milliseconds = time.seconds * 1000 + time.nanoseconds / 1_000_000
    }
}
