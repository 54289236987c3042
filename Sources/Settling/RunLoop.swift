public import Changes
internal import Text
public import Transport

/// The loop of a run, in the form that changes need.
public final class RunLoop: ChangeLoop {
    private let multi: Multi
    private let wallClock: () -> Duration

    /// Makes a loop of the one that transfers wait in, with a clock of the time of day.
    public init(_ multi: Multi, _ wallClock: @escaping () -> Duration) {
        self.multi = multi
        self.wallClock = wallClock
    }

    /// A monotonic time.
    public var now: Duration { multi.now }
    /// The time of day, in milliseconds since 1970-01-01T00:00:00Z.
    public var wallTime: Int64 { wallClock().wholeMilliseconds }

    /// Calls an action once, after a delay.
    public func after(_ delay: Duration, _ action: @escaping () -> Void) -> Cancellation {
        let timer = multi.after(delay, action)
        return { [multi] in multi.cancel(timer) }
    }

    /// Calls an action whenever a descriptor is readable.
    public func watch(_ descriptor: Int32, _ action: @escaping () -> Void) {
        multi.watch(descriptor, for: .readable, action)
    }
}
