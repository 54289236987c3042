internal import CProcess

/// How a run without an interpreter hears that it is to stop.
///
/// A signal or the deadline, which `RunWatch` looks after, sets it and wakes the loop of the run, which looks
/// here.
public final class StopFlag {
    /// The reason where it is the deadline; no signal's number.
    public static let deadline = -1

    private let stop: UnsafeMutablePointer<vm_process_stop>

    /// Makes one that is not set.
    /// - Parameter wake: The descriptor that wakes the loop when eight bytes are written to it.
    public init(wake: Int32) {
        stop = .allocate(capacity: 1)
        stop.initialize(to: vm_process_stop(reason: 0, is_forced: 0, wake: wake))
    }

    deinit { stop.deallocate() }

    /// Why the run is to stop: the number of a signal, or `deadline`; nil while it may go on.
    public var reason: Int? {
        let reason = Int(vm_process_stop_reason(stop))
        return reason == 0 ? nil : reason
    }

    /// Whether it has no more time to clean up.
    public var isForced: Bool { vm_process_stop_is_forced(stop) }

    /// Describes a run that looks here, for a watch.
    /// - Parameter lastResort: As for `RunWatch.Target`.
    /// - Returns: What is stopped.
    public func target(lastResort: @escaping () -> Int32) -> RunWatch.Target {
        RunWatch.Target(
            self,
            context: stop,
            interrupt: vm_process_stop_interrupt,
            force: vm_process_stop_force,
            deadline: Self.deadline,
            wake: stop.pointee.wake,
            lastResort: lastResort
        )
    }
}
