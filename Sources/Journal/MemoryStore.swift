internal import Synchronization

/// The journal of a run that uses only private simulators: it is lost with the process.
public final class MemoryStore: JournalStore {
    fileprivate struct Content {
        var runs: [RunRecord] = []
        var operations: [OperationRecord] = []
        var steps: [StepRecord] = []
    }

    private let content = Mutex(Content())

    /// Makes an empty store.
    public init() {}

    /// Writes all.
    /// - Parameter writes: The writes, in order.
    public func commit(_ writes: [JournalWrite]) {
        content.withLock { content in for write in writes { content.write(write) } }
    }

    /// The operations of one item that are still open, oldest first.
    public func openOperations(vcenter: String, item: String) -> [OperationRecord] {
        openOperations().filter { $0.vcenter == vcenter && $0.item == item }
    }

    /// The operations of one vCenter that are still open, oldest first.
    public func openOperations(vcenter: String) -> [OperationRecord] {
        openOperations().filter { $0.vcenter == vcenter }
    }

    /// All operations that are still open, oldest first.
    public func openOperations() -> [OperationRecord] {
        content.withLock { $0.operations.filter(\.isOpen) }
    }

    /// The runs whose identifier begins with a text, newest first.
    public func runs(startingWith prefix: String, limit: Int) -> [RunRecord] {
        content.withLock { content in
            Array(content.runs.reversed().filter { $0.identifier.hasPrefix(prefix) }.prefix(limit))
        }
    }

    /// The runs that continue one another, from the first on.
    public func runs(since run: String) -> [RunRecord] {
        content.withLock { $0.runs.filter { $0.first == run } }
    }

    /// The runs that have not ended, newest first.
    public func unendedRuns() -> [RunRecord] {
        content.withLock { $0.runs.reversed().filter { $0.ended == nil } }
    }

    /// The runs that were held to a plan, by its SHA-256, the oldest first.
    public func runs(heldTo plan: String) -> [RunRecord] {
        content.withLock { $0.runs.filter { $0.plan == plan } }
    }

    /// The runs of a choice with what became of their changes, newest first.
    public func summaries(_ query: RunQuery) -> [RunSummary] {
        let (runs, operations) = content.withLock { ($0.runs, $0.operations) }
        var found: [RunSummary] = []
        for run in runs.reversed() where found.count < query.limit {
            let own = operations.filter { $0.run == run.identifier }
            guard query.accepts(run, own) else { continue }
            var summary = RunSummary(run, changes: ChangeCounts(), vcenters: [])
            for operation in own {
                summary.changes.add(operation.outcome)
                if !summary.vcenters.contains(operation.vcenter) {
                    summary.vcenters.append(operation.vcenter)
                }
            }
            found.append(summary)
        }
        return found
    }

    /// The steps of a run, in the order in which they were recorded.
    public func steps(ofRun run: String) -> [StepRecord] {
        content.withLock { $0.steps.filter { $0.run == run } }
    }

    /// The operations of a run, oldest first.
    public func operations(ofRun run: String) -> [OperationRecord] {
        content.withLock { $0.operations.filter { $0.run == run } }
    }

    /// The operations whose identifier begins with a text.
    public func operations(startingWith prefix: String) -> [OperationRecord] {
        content.withLock { $0.operations.filter { $0.identifier.hasPrefix(prefix) } }
    }
}

extension MemoryStore.Content {
    fileprivate mutating func write(_ write: JournalWrite) {
        switch write {
        case .begin(let run):
            if !runs.contains(where: { $0.identifier == run.identifier }) { runs.append(run) }
        case .recipe(let run, let text):
            if let place = runs.firstIndex(where: { $0.identifier == run }) {
                runs[place].recipe = text
            }
        case .step(let step):
            let place = steps.firstIndex { $0.run == step.run && $0.name == step.name }
            if let place { steps[place] = step } else { steps.append(step) }
        case .intend(let operation, _): operations.append(operation)
        case .attempt(let operation, let count, let deadline, let serverTime, _):
            update(operation) {
                $0.attempts = count
                $0.deadline = deadline
                $0.serverTime = serverTime
            }
        case .settle(let operation, let settlement, let ifOpen):
            update(operation) { if $0.isOpen || !ifOpen { $0.take(settlement) } }
        case .end(let run, let ending, let time):
            guard let place = runs.firstIndex(where: { $0.identifier == run }) else { return }
            runs[place].ended = time
            runs[place].ending = ending
        case .retire(let age):
            let latest = runs.suffix(Retention.runs).map(\.started).min()
            if let latest { forget(before: latest - age, unended: 0) }
        case .forget(let time):
            forget(before: time, unended: Retention.unended.components.seconds * 1000)
        }
    }

    /// Deletes runs, those that continue one another together; those whose last has not ended are kept for some
    /// milliseconds longer.
    private mutating func forget(before time: Int64, unended: Int64) {
        let owners = Set(operations.filter(\.isOpen).map(\.run))
        let open = Set(runs.filter { owners.contains($0.identifier) }.map(\.first))
        let chains = Dictionary(grouping: runs, by: \.first).filter { first, chain in
            let isGoingOn =
                chain.last.map { $0.ended == nil && $0.started >= time - unended } ?? false
            return !open.contains(first) && !isGoingOn && chain.allSatisfy { $0.started < time }
        }
        let forgotten = Set(chains.values.joined().map(\.identifier))
        runs.removeAll { forgotten.contains($0.identifier) }
        operations.removeAll { forgotten.contains($0.run) }
        steps.removeAll { forgotten.contains($0.run) }
    }

    /// Searches from the end: the newest operations are the ones that are updated.
    private mutating func update(_ operation: String, _ change: (inout OperationRecord) -> Void) {
        guard let place = operations.lastIndex(where: { $0.identifier == operation }) else {
            return
        }
        change(&operations[place])
    }
}
