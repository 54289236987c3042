internal import Journal
internal import Posix
internal import Synchronization

/// The journal of a rehearsed run: the real one, which leaves a line for every commit, and kills the run at the point
/// that the rehearsal has chosen.
final class RehearsedStore: JournalStore {
    private let store: SQLiteStore
    private let kill: KillPoint?
    private let world: World
    /// How many writes there were so far, by their words.
    private let counts = Mutex([String: Int]())

    init(_ store: SQLiteStore, _ world: World) {
        (self.store, self.world) = (store, world)
        kill = world.rehearsal?.kill
    }

    /// Writes each group by itself: which of them come together is chance, and between them a script may go on.
    func commit(groups: [[JournalWrite]]) throws(JournalError) -> [JournalError?] {
        for group in groups { try commit(group) }
        return groups.map { _ in nil }
    }

    func commit(_ writes: [JournalWrite]) throws(JournalError) {
        let (words, isLast) = counts.withLock { counts in
            var words: [String] = []
            for word in writes.map(\.rehearsedName)
            where counts[word] == nil || !Self.repeated.contains(word) {
                counts[word, default: 0] += 1
                words.append(word)
            }
            guard let kill, let count = counts[kill.word], words.contains(kill.word) else {
                return (words, false)
            }
            let own = words.count { $0 == kill.word }
            return (words, (count - own + 1...count).contains(kill.number))
        }
        if isLast { die(.before) }
        try store.commit(writes)
        if !words.isEmpty { world.leave(words.joined(separator: " "), in: RehearsedRun.writesFile) }
        if isLast { die(.after) }
    }

    /// What is written again until the disk has taken it: how often is chance, and no point of its own.
    private static let repeated: Set<String> = ["begin", "recipe", "retire"]

    private func die(_ side: KillPoint.Side) {
        guard kill?.side == side else { return }
        world.leave("killed \(side.rawValue)", in: RehearsedRun.writesFile)
        world.end(.signal(9))
    }

    func openOperations(
        vcenter: String,
        item: String
    ) throws(JournalError) -> [OperationRecord] {
        try store.openOperations(vcenter: vcenter, item: item)
    }

    func openOperations(vcenter: String) throws(JournalError) -> [OperationRecord] {
        try store.openOperations(vcenter: vcenter)
    }

    func openOperations() throws(JournalError) -> [OperationRecord] { try store.openOperations() }

    func runs(startingWith prefix: String, limit: Int) throws(JournalError) -> [RunRecord] {
        try store.runs(startingWith: prefix, limit: limit)
    }

    func runs(since run: String) throws(JournalError) -> [RunRecord] { try store.runs(since: run) }

    func summaries(_ query: RunQuery) throws(JournalError) -> [RunSummary] {
        try store.summaries(query)
    }

    func unendedRuns() throws(JournalError) -> [RunRecord] { try store.unendedRuns() }

    func runs(heldTo plan: String) throws(JournalError) -> [RunRecord] {
        try store.runs(heldTo: plan)
    }

    func steps(ofRun run: String) throws(JournalError) -> [StepRecord] {
        try store.steps(ofRun: run)
    }

    func operations(ofRun run: String) throws(JournalError) -> [OperationRecord] {
        try store.operations(ofRun: run)
    }

    func operations(startingWith prefix: String) throws(JournalError) -> [OperationRecord] {
        try store.operations(startingWith: prefix)
    }
}

extension JournalWrite {
    /// The word for it in the file of writes.
    fileprivate var rehearsedName: String {
        switch self {
        case .begin: "begin"
        case .recipe: "recipe"
        case .step(let step): step.ended == nil ? "step_begins" : "step_ends"
        case .intend(let record, _): "intend_\(record.operation)"
        case .attempt: "attempt"
        case .settle: "settle"
        case .end: "end"
        case .forget: "forget"
        case .retire: "retire"
        }
    }
}
