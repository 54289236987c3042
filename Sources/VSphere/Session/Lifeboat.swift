internal import Synchronization

/// The sessions that are open, for a thread that has nothing else: the only part of a run that two threads share.
public final class Lifeboat: Sendable {
    private let plans = Mutex<[String: LogOutPlan]>([:])

    /// Makes one for a run that has no session yet.
    public init() {}

    /// Notes the session of a user at a vCenter; nil when there is none any more.
    public func set(_ plan: LogOutPlan?, for name: String) {
        plans.withLock { $0[name] = plan }
    }

    /// Logs out everywhere, one after the other, as far as the time goes.
    public func logOut(within limit: Duration) {
        let open = plans.withLock { Array($0.values) }
        for plan in open { plan.perform(within: limit / max(open.count, 1)) }
    }
}
