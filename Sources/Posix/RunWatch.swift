internal import CProcess
import Glibc

/// Lets signals and time limits stop a run in the thread that makes it, for as long as it lives.
///
/// A process has one at a time: a new one takes the place of the last. When the run cannot be stopped at all, its
/// last resort is called and the process ended.
public final class RunWatch {
    /// What is stopped.
    public struct Target {
        fileprivate var run: vm_process_run
        fileprivate let owner: Owner

        /// Describes a run.
        /// - Parameters:
        ///   - object: What `context` belongs to; it lives as long as it is watched.
        ///   - context: What both functions are called with.
        ///   - interrupt: Stops the run for a signal or a limit; false where that is nothing to it. Like `force` it
        ///     is called in a signal handler.
        ///   - force: Leaves the run no more time to clean up.
        ///   - deadline: What `interrupt` gets when the time of the run is over; no signal's number.
        ///   - wake: A descriptor that is written to when the loop of the run has something to look at.
        ///   - lastResort: Tells whom it has to that the process ends, and gives the code to end with. It is
        ///     called on a thread of its own while that of the run is busy: only what is guarded may be touched.
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

    /// What stops it, and how long it may take.
    public struct Limits: Sendable {
        /// Whether signals stop it, and not only its time.
        public var isStoppedBySignals = true
        /// Whether a SIGHUP that somebody sends asks for its log to be opened again; the hang-up of a terminal still
        /// ends it.
        public var reopensLog = false
        /// How long it may clean up before it is forced, and, two seconds later, the process is ended; a second
        /// signal ends that time.
        public var grace: Duration
        /// How long it may take; nil for as long as it likes.
        public var deadline: Duration?

        /// Makes limits.
        public init(grace: Duration, deadline: Duration? = nil) {
            self.grace = grace
            self.deadline = deadline
        }
    }

    private let owner: Owner

    /// Watches over a run from now on.
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
        run.grace = limits.grace / .seconds(1)
        run.limit = limits.deadline.map { $0 / .seconds(1) } ?? 0
        vm_process_watch(&run)
    }

    deinit { vm_process_stop_watching(Unmanaged.passUnretained(owner).toOpaque()) }

    /// The run has begun to stop by itself: from here it has its grace.
    public static func beginGrace(reason: Int) { vm_process_begin_grace(Int32(reason)) }

    /// The run was stopped and goes on.
    public static func endGrace() { vm_process_end_grace() }

    /// How often a run was stopped or forced: whoever waits outside its loop stops when it has grown.
    public static var stopCount: UInt32 { vm_process_stop_count() }

    /// Whether a second signal came, which leaves no time to clean up.
    public var isHastened: Bool { vm_process_is_hastened() }

    /// Whether a SIGHUP has asked since the last look for the log to be opened again.
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
