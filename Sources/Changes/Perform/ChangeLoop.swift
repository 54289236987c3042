/// The loop that changes wait in: timers and descriptors; in tests a clock that the test advances.
///
/// Everything runs on one thread. An action is never called before the function that took it has
/// returned.
public protocol ChangeLoop: AnyObject {
    /// Cancels a timer; has no effect after it has fired.
    typealias Cancellation = () -> Void

    /// A monotonic time.
    var now: Duration { get }
    /// The time of day, in milliseconds since 1970-01-01T00:00:00Z: for people; no decision depends
    /// on it.
    var wallTime: Int64 { get }

    /// Calls an action once, after a delay.
    @discardableResult
    func after(_ delay: Duration, _ action: @escaping () -> Void) -> Cancellation

    /// Calls an action whenever a descriptor is readable, for as long as the loop exists.
    func watch(_ descriptor: Int32, _ action: @escaping () -> Void)
}
