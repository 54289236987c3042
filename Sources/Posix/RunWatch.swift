internal import CProcess
import Glibc

/// Lets signals and time limits stop a run in the thread that makes this object, while the object exists.
///
/// A process has one at a time: a new one replaces the last. If the run cannot be stopped at all, its
/// last resort is called and the process ends.
public final class RunWatch {
    /// The run that is stopped.
    public struct Target {
        fileprivate var run: vm_process_run
        fileprivate let owner: Owner

        /// Describes a run.
        /// - Parameters:
        ///   - object: The owner of `context`; it is kept alive while it is watched.
        ///   - context: The argument of both functions.
        ///   - interrupt: Stops the run for a signal or a limit; false if it has no effect. Like `force` it
        ///     is called in a signal handler.
        ///   - force: Ends the time for the run's clean-up.
        ///   - deadline: The reason for `interrupt` when the time of the run is over; not a signal's number.
        ///   - wake: A descriptor to write to when the loop of the run has to check something.
        ///   - lastResort: Reports that the process ends, and returns the exit code. It is
        ///     called on a thread of its own while that of the run is busy: only guarded data may be accessed.
        public init(
            _ object: AnyObject,
            context: UnsafeMutableRawPointer,
            interrupt: @escaping @convention(c) (UnsafeMutableRawPointer?, Int32) -> Bool,
            force: @escaping @convention(c) (UnsafeMutableRawPointer?) -> Void,
            deadline: Int,
            wake: Int32?,
            lastResort: @escaping () -> Int32
        ) {
            owner = Owner(object, lastResort)
            run = vm_process_run()
            run.context = context
            run.interrupt = interrupt
            run.force = force
            run.deadline = Int32(deadline)
            run.wake = wake ?? -1
        }
    }

    /// The limits of a run, and the signals that stop it.
    public struct Limits: Sendable {
        /// Whether signals stop it, not only its deadline.
        public var isStoppedBySignals = true
        /// Whether a SIGHUP from a process asks to reopen its log; the hang-up of a terminal still
        /// ends it.
        public var reopensLog = false
        /// Whether nothing needs the last resort before `attend` is called.
        ///
        /// Until then a signal that nothing else obeys ends the process without it, and the process needs no
        /// second thread. A run with a deadline has it from the start.
        public var startsAlone = false
        /// The time for its clean-up before it is forced, and, two seconds later, the process is ended; a second
        /// signal ends that time.
        public var grace: Duration
        /// Its time limit; nil for none.
        public var deadline: Duration?

        /// Makes limits.
        public init(grace: Duration, deadline: Duration? = nil) {
            self.grace = grace
            self.deadline = deadline
        }
    }

    private let owner: Owner

    /// Starts to watch a run.
    public init(_ target: Target, _ limits: Limits) {
        owner = target.owner
        var run = target.run
        run.owner = Unmanaged.passUnretained(owner).toOpaque()
        run.last_resort = { owner in
            guard let owner else { return EX_SOFTWARE }
            return Unmanaged<Owner>.fromOpaque(owner).takeUnretainedValue().lastResort()
        }
        run.is_stopped_by_signals = limits.isStoppedBySignals
        run.reopens_log = limits.reopensLog
        run.is_alone = limits.startsAlone
        run.grace = limits.grace / .seconds(1)
        run.limit = limits.deadline.map { $0 / .seconds(1) } ?? 0
        vm_process_watch(&run)
    }

    deinit { vm_process_stop_watching(Unmanaged.passUnretained(owner).toOpaque()) }

    /// Makes sure that the last resort is there, because there is now something to leave in order, such as a session.
    public static func attend() { vm_process_attend() }

    /// Starts the grace of a run that stops by itself.
    public static func beginGrace(reason: Int) { vm_process_begin_grace(Int32(reason)) }

    /// Ends the grace of a run that continues.
    public static func endGrace() { vm_process_end_grace() }

    /// How many times a run was stopped or forced: code that waits outside its loop stops when this has grown.
    public static var stopCount: UInt32 { vm_process_stop_count() }

    /// Whether a SIGHUP has asked since the last call to reopen the log.
    public static func takeReopening() -> Bool { vm_process_take_reopening() }

    fileprivate final class Owner {
        let object: AnyObject
        let lastResort: () -> Int32

        init(_ object: AnyObject, _ lastResort: @escaping () -> Int32) {
            self.object = object
            self.lastResort = lastResort
        }
    }
}
