/// Lets time pass without waiting for it, in a run whose servers are all simulated.
///
/// The loop asks it where nothing but time is waited for: the time of the servers goes forward with that of the loop.
public protocol Timekeeper: AnyObject {
    /// Whether something is under way that takes real time, such as a program or a disk.
    var isBusy: Bool { get }

    /// Moves the clocks of all servers forward, unless one of them is at work on a request.
    /// - Parameters:
    ///   - limit: When the loop has something to do itself; nil if it has nothing.
    ///   - requests: How many requests of the loop have no answer yet.
    /// - Returns: How far they were moved, at most to the limit; nil if it has to be waited for.
    func pass(atMost limit: Duration?, requests: Int) -> Duration?
}
