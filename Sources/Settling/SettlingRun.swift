public import Changes
public import Journal
public import Posix
internal import Text
public import Transport
public import VSphere

/// A run without a script, and without an interpreter: it settles what earlier runs have left open.
///
/// It belongs to one thread. Its maker ensures that signals and the deadline set `stop`.
public final class SettlingRun {
    /// The number of operations that are looked at concurrently.
    static let width = 8

    /// The flag that stops it.
    public let stop: StopFlag

    private let multi = Multi()
    private let changes: RunChanges
    private let redaction: Redaction
    private let grace: Duration
    private let openSessions = OpenSessions()
    private var vcenters: [VCenter] = []
    private var loopProblem: VSphereError?

    /// Makes a run; nothing is opened or sent yet.
    /// - Parameters:
    ///   - settings: How it is recorded, and how far it looks.
    ///   - redaction: What takes secrets out of what the vCenter says.
    ///   - grace: How long what was sent is waited for once the run is stopped, and how long logging out may take.
    ///   - wallClock: The time of day.
    ///   - timekeeper: Lets time pass where all vCenters are simulated; nil for the real time.
    public init(
        _ settings: ChangeSettings,
        redaction: Redaction,
        grace: Duration,
        wallClock: @escaping () -> Duration,
        timekeeper: (any Timekeeper)? = nil
    ) {
        CurrentProcess.ignoreBrokenPipes()
        multi.timekeeper = timekeeper
        stop = StopFlag(wake: multi.wakeDescriptor)
        changes = RunChanges(loop: RunLoop(multi, wallClock), settings: settings)
        self.redaction = redaction
        self.grace = grace
    }

    /// Logs in.
    /// - Parameters:
    ///   - profile: The connection data of the vCenter.
    ///   - notice: Called with a message for a person besides the results: one line, safe to show.
    /// - Returns: The vCenter, or why nobody can look there.
    public func logIn(
        to profile: ConnectionProfile,
        notice: @escaping (String) -> Void
    ) -> Result<VCenter, VSphereError> {
        let vcenter = VCenter(profile: profile, exchange: multi, redaction: redaction)
        vcenter.notice = notice
        let name = "\(profile.user)@\(profile.endpoint)"
        vcenter.onSession = { [openSessions] plan in openSessions.set(plan, for: name) }
        vcenters.append(vcenter)
        return open(vcenter).map { .failure($0) } ?? .success(vcenter)
    }

    /// Looks for the outcome of operations, several at once and those of an item in order, and records it.
    /// - Parameters:
    ///   - records: The operations, all of this vCenter.
    ///   - vcenter: The vCenter, with a session.
    ///   - isResending: Whether the identical request is sent once more if nothing has happened.
    ///   - notice: Called with a message for a person besides the results: one line, safe to show.
    ///   - each: Called with each operation after it was looked at.
    /// - Returns: Why it ended early: the journal, or that the run was stopped; nil if it did not.
    public func look(
        at records: [OperationRecord],
        in vcenter: VCenter,
        isResending: Bool = false,
        notice: @escaping (String) -> Void,
        each: @escaping (OperationRecord) -> Void
    ) -> VSphereError? {
        follow(records, vcenter, isResending, notice, each)
    }

    /// Logs in: a failure here is reported once, not for each operation.
    private func open(_ vcenter: VCenter) -> VSphereError? {
        var result: VSphereError??
        vcenter.open { result = .some($0) }
        while result == nil, canGoOn { turn(nil) }
        return result ?? problem
    }

    /// Starts operations one after another, at most `width` at a time, until all have ended.
    private func follow(
        _ records: [OperationRecord],
        _ vcenter: VCenter,
        _ isResending: Bool,
        _ notice: (String) -> Void,
        _ each: @escaping (OperationRecord) -> Void
    ) -> VSphereError? {
        var waiting = records[...]
        var underWay: [String: () -> Void] = [:]
        var sent: Set<String> = []
        var failure: VSphereError?
        while failure == nil, canGoOn {
            while underWay.count < Self.width, failure == nil, let next = waiting.popFirst() {
                let identifier = next.identifier
                var isOver = false
                let giveUp = changes.reconcile(
                    next,
                    at: vcenter,
                    isResending: isResending,
                    shouldStop: { [stop] in stop.reason != nil },
                    onSending: { sent.insert(identifier) }
                ) { result in
                    isOver = true
                    underWay[identifier] = nil
                    switch result {
                    case .success(let settled): each(settled)
                    case .failure(let error): failure = failure ?? error
                    }
                }
                if !isOver { underWay[identifier] = giveUp }
            }
            guard !underWay.isEmpty else { return failure }
            turn(nil)
        }
        for (identifier, giveUp) in underWay where !sent.contains(identifier) {
            giveUp()
            underWay[identifier] = nil
        }
        if !underWay.isEmpty {
            let length = SpanText.length(seconds: grace / .seconds(1))
            notice("waiting up to \(length) for what was sent; a second signal leaves it open")
        }
        let end = multi.now + grace
        while !underWay.isEmpty, !stop.isForced, loopProblem == nil, multi.now < end {
            turn(end - multi.now)
        }
        for giveUp in underWay.values { giveUp() }
        return failure ?? problem
    }

    /// Closes an operation by hand.
    /// - Parameters:
    ///   - record: The operation.
    ///   - outcome: The outcome found by a person: `resolvedDone` or `resolvedNotApplied`.
    /// - Returns: The record afterwards, or why it cannot be written.
    public func resolve(
        _ record: OperationRecord,
        as outcome: OperationRecord.Outcome
    ) -> Result<OperationRecord, VSphereError> {
        var result: Result<OperationRecord, VSphereError>?
        changes.resolve(record, as: outcome) { result = $0 }
        while result == nil, canGoOn { turn(nil) }
        return result ?? .failure(problem ?? VSphereError(.cancelled, "cancelled"))
    }

    /// Logs out.
    /// - Returns: The log-outs that failed.
    public func logOut() -> [VSphereError] {
        defer { multi.tidy() }
        return VCenter.closeAll(
            vcenters,
            within: grace,
            now: { [multi] in multi.now },
            isHurried: { [self] in stop.isForced || loopProblem != nil },
            turn: { [self] limit in turn(limit) }
        )
    }

    /// Records in the journal how the run ended, if it wrote there at all.
    /// - Parameter ending: The exit code, or `signal 15`.
    /// - Returns: The error if the journal is incomplete; else nil.
    public func closeJournal(ending: String) -> VSphereError? { changes.close(ending: ending) }

    /// The last resort, on another thread: logs out without the loop.
    public func logOutByForce() { openSessions.logOut(within: .seconds(2)) }

    /// Whether the journal is being written.
    public var isWriting: Bool { changes.isWriting }

    private var canGoOn: Bool { stop.reason == nil && loopProblem == nil }

    /// Why it cannot continue; nil if it can.
    private var problem: VSphereError? {
        loopProblem ?? (stop.reason == nil ? nil : VSphereError(.cancelled, "cancelled"))
    }

    private func turn(_ limit: Duration?) {
        do throws(TransportError) {
            try multi.turn(waitingAtMost: limit)
        } catch {
            loopProblem = VSphereError(.transport, "the loop cannot go on: \(error.message)")
        }
    }
}
