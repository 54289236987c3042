internal import CProcess

/// The flag that stops a run without an interpreter.
///
/// A signal or the deadline, watched by `RunWatch`, sets it and wakes the loop of the run, which checks
/// it.
public final class StopFlag {
    /// The reason for the deadline; not a signal's number.
    public static let deadline = -1

    private let stop: UnsafeMutablePointer<vm_process_stop>

    /// Makes a flag that is not set.
    /// - Parameter wake: The descriptor that wakes the loop when eight bytes are written to it.
    public init(wake: Int32) {
        stop = .allocate(capacity: 1)
        stop.initialize(to: vm_process_stop(reason: 0, is_forced: 0, wake: wake))
    }

    deinit { stop.deallocate() }

    /// Why the run is to stop: the number of a signal, or `deadline`; nil while it may continue.
    public var reason: Int? {
        let reason = Int(vm_process_stop_reason(stop))
        return reason == 0 ? nil : reason
    }

    /// Whether it has no more time to clean up.
    public var isForced: Bool { vm_process_stop_is_forced(stop) }

    /// Describes a run that checks this flag, for a `RunWatch`.
    /// - Parameter lastResort: As for `RunWatch.Target`.
    /// - Returns: The target.
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
