/// The loop that changes wait in: timers and descriptors; in tests a clock that is moved by hand.
///
/// Everything happens on one thread. An action is never called before the function that asked for it has
/// returned.
public protocol ChangeLoop: AnyObject {
    /// Takes back a timer; nothing happens when it has run.
    typealias Cancellation = () -> Void

    /// A time that never goes back.
    var now: Duration { get }
    /// The time of day, in milliseconds since 1970-01-01T00:00:00Z: for people, and for nothing that is
    /// decided.
    var wallTime: Int64 { get }

    /// Calls back once, after a delay.
    @discardableResult
    func after(_ delay: Duration, _ action: @escaping () -> Void) -> Cancellation

    /// Calls back whenever a descriptor can be read, for as long as the loop lives.
    func watch(_ descriptor: Int32, _ action: @escaping () -> Void)
}
