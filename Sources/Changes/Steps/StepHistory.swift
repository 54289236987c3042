internal import JSON
public import Journal

/// The steps of a script as earlier runs have left them: the answers that this run knows already.
///
/// A step is its own little history: its changes in the order in which it asked for them. What it did after the last
/// change that had an effect, or may have had one, left nothing behind and is forgotten.
public struct StepHistory: Sendable {
    /// One step.
    struct Past: Sendable {
        /// The run whose random numbers it has, where that is not the first of those that this run continues.
        var origin: String?
        /// Its results, as a JSON array; nil for a step that was not done.
        var result: String?
        /// The times it was given.
        var times: [Int64] = []
        /// The latest record at each place that counts.
        var changes: [Int: OperationRecord] = [:]

        /// The last place that counts; 0 for none.
        var lastPlace: Int { changes.keys.max() ?? 0 }
    }

    private var steps: [String: Past] = [:]

    /// Makes the history of a run that continues none.
    public init() {}

    /// Reads the history.
    /// - Parameter runs: The steps and operations of the earlier runs, the oldest first.
    public init(_ runs: [(steps: [StepRecord], operations: [OperationRecord])]) {
        for run in runs { add(run.steps, run.operations) }
        for name in steps.keys { steps[name]?.forgetWhatLeftNothing() }
    }

    /// Adds what a copy of the run has done.
    mutating func inherit(
        _ runs: [(run: String, steps: [StepRecord], operations: [OperationRecord])]
    ) {
        for run in runs {
            add(run.steps, run.operations, origin: run.run)
            for step in run.steps { steps[step.name]?.forgetWhatLeftNothing() }
        }
    }

    private mutating func add(
        _ known: [StepRecord],
        _ operations: [OperationRecord],
        origin: String? = nil
    ) {
        for step in known {
            var past = steps[step.name] ?? Past()
            past.origin = past.origin ?? origin
            past.result = step.result ?? past.result
            // Each run records the times it used from the first on.
            if step.times.count > past.times.count { past.times = step.times }
            steps[step.name] = past
        }
        for operation in operations {
            guard let name = operation.step, let place = operation.place else { continue }
            steps[name, default: Past()].take(operation, at: place)
        }
    }

    /// The past of a step; nil for one that never began.
    subscript(name: String) -> Past? { steps[name] }

    /// The names of the steps that changed something and were not done.
    public var halfDone: Set<String> {
        Set(steps.filter { $0.value.result == nil && $0.value.lastPlace > 0 }.keys)
    }

    /// Puts a record in place of an older one, after it was settled.
    mutating func learn(_ record: OperationRecord) {
        guard let name = record.step, let place = record.place else { return }
        steps[name]?.changes[place] = record
    }
}

extension StepHistory.Past {
    /// Takes a later record; what may have happened is not forgotten for one that left nothing: a run that was told to
    /// end while it looked, for example.
    fileprivate mutating func take(_ record: OperationRecord, at place: Int) {
        if let known = changes[place], known.mayHaveEffect, !record.mayHaveEffect { return }
        changes[place] = record
    }

    fileprivate mutating func forgetWhatLeftNothing() {
        let last = changes.filter { $0.value.mayHaveEffect }.keys.max() ?? 0
        changes = changes.filter { $0.key <= last }
    }

    /// The change after a place that is known next; nil for none.
    ///
    /// A change that a person closed by hand may be missing.
    func next(after place: Int) -> OperationRecord? {
        changes.filter { $0.key > place && $0.value.outcome != .resolvedDone }
            .min { $0.key < $1.key }?.value
    }

    /// The ways to carry out the next change of the step.
    enum Decision {
        /// It is made: nothing is known of it.
        case new
        /// It was done, with this record.
        case done(OperationRecord)
        /// Its outcome is not known yet: it is looked for first.
        case open(OperationRecord)
        /// It was refused, and the script went on: it is refused again, in the same words.
        case refused(OperationRecord)
        /// It counts as lost, and may have been made and undone by others since: a person decides.
        case givenUp(OperationRecord)
        /// Another change was made at its place.
        case diverged(OperationRecord)
    }

    /// Decides about a change of the step.
    /// - Parameter asked: The change that the script asks for now, with its place.
    /// - Returns: What is known of it.
    func decide(_ asked: OperationRecord) -> Decision {
        guard let place = asked.place else { return .new }
        guard let known = changes[place] else {
            guard place < lastPlace else { return .new }
            // It was never sent: an intent is on the disk before that. The journal could not take that it was refused.
            var refused = asked
            refused.outcome = .notSent
            return .refused(refused)
        }
        guard known.isSameRequest(as: asked) else { return .diverged(known) }
        if known.isOpen { return .open(known) }
        if known.isDone { return .done(known) }
        if place < lastPlace { return .refused(known) }
        return known.isGivenUp ? .givenUp(known) : .new
    }
}

extension OperationRecord {
    /// Whether it happened.
    public var isDone: Bool { outcome == .done || outcome == .resolvedDone }

    /// Whether it counts as lost although others may have undone it before anybody looked: nothing fences it, so that
    /// it was not seen for long proves nothing.
    public var isGivenUp: Bool { outcome == .notSeen && !canBeSentAgain }

    /// Whether it changed something, or may have.
    public var mayHaveEffect: Bool { isOpen || isDone || isGivenUp }

    /// Whether a script asks for the same change: operation and arguments.
    ///
    /// The item of a change of a machine is read from the vCenter, and is no argument.
    func isSameRequest(as asked: OperationRecord) -> Bool {
        operation == asked.operation && vcenter == asked.vcenter
            && (asked.item.isEmpty || item == asked.item) && version == asked.version
            && vm == asked.vm && message == asked.message
            && Self.isSame(specification, asked.specification)
    }

    /// Lua gives the fields of a table in any order.
    private static func isSame(_ one: String?, _ other: String?) -> Bool {
        if one == other { return true }
        guard let one, let other, let left = try? JSONValue(parsing: one),
            let right = try? JSONValue(parsing: other)
        else { return false }
        return left.sorted == right.sorted
    }
}
