internal import Synchronization

/// The open sessions, for a log-out without the loop: the only part of a run that two threads share.
public final class OpenSessions: Sendable {
    private let plans = Mutex<[String: LogOutPlan]>([:])

    /// Makes one without sessions.
    public init() {}

    /// Registers the session of a user at a vCenter; nil when it has ended.
    public func set(_ plan: LogOutPlan?, for name: String) {
        plans.withLock { $0[name] = plan }
    }

    /// Logs out everywhere, one after another, within a time limit.
    public func logOut(within limit: Duration) {
        let open = plans.withLock { Array($0.values) }
        for plan in open { plan.perform(within: limit / max(open.count, 1)) }
    }
}
