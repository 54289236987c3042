internal import Journal
internal import Posix
internal import Text
internal import VSphere

/// The choice of runs on a command line: those that are named, else those of which all holds that is asked for.
struct RunChoice: Equatable {
    /// Identifiers of runs, or their beginnings; empty for any run.
    var names: [String] = []
    var since: Duration?
    var isFailed = false
    var isOpen = false
    var item: String?
    /// A vCenter as the journal writes it: `host`, or `host:port`.
    var vcenter: String?
    var limit = usualLimit

    static let usualLimit = 1000

    init() {}

    /// Takes the choice from a command line.
    /// - Parameters:
    ///   - invocation: With the options of `Flag.runRows`.
    ///   - names: The operands.
    init(_ invocation: Invocation, _ names: [String] = []) {
        self.names = names
        since = invocation[.since]?.duration
        isFailed = invocation[.failed] != nil
        isOpen = invocation[.open] != nil
        item = invocation[.item]?.text
        vcenter = invocation[.atVCenter]?.text.map {
            (try? Endpoint.parse($0))?.endpoint.description ?? $0
        }
        limit = invocation[.rows]?.count ?? Self.usualLimit
    }

    /// Reads the chosen runs, newest first.
    /// - Parameters:
    ///   - store: The journal.
    ///   - world: The clock and the locks of runs that are at work.
    /// - Returns: A row for each.
    /// - Throws: For a name that is no run's, or several runs'; for a journal that cannot be read.
    func read(_ store: any JournalStore, in world: World) throws(SettingsError) -> [RunRow] {
        let now = world.wallTime().wholeMilliseconds
        let chosen = try SettingsError.ofJournal { () throws(JournalError) in
            try read(store, now: now, world)
        }
        return try chosen.get()
    }

    private func read(
        _ store: any JournalStore,
        now: Int64,
        _ world: World
    ) throws(JournalError) -> Swift.Result<[RunRow], SettingsError> {
        // Of the runs that continue one another, which share a lock, only the last can be at work.
        var seen: Set<String> = []
        let last = try store.unendedRuns().filter { seen.insert($0.first).inserted }
        let alive = try world.areAtWork(last).map(\.identifier)
        var query = query(now: now, alive: alive)
        if !names.isEmpty {
            query = RunQuery()
            var found: [String] = []
            for name in names {
                let runs = try store.runs(startingWith: name, limit: 3)
                switch RecordName(name, of: .run).choose(among: runs.map(\.identifier)) {
                case .success(let identifier): found.append(identifier)
                case .failure(let error): return .failure(error)
                }
            }
            query.identifiers = found
        }
        let rows = try store.summaries(query).map { summary throws(JournalError) in
            try RunRow(withoutUnderWay(summary, alive, store), now: now, alive: alive)
        }
        return .success(rows.filter { !query.isOpen || $0.changes.unknown > 0 })
    }

    /// The counts of a run at work without the changes that it is making: the verdict of these is still to come.
    private func withoutUnderWay(
        _ summary: RunSummary,
        _ alive: [String],
        _ store: any JournalStore
    ) throws(JournalError) -> RunSummary {
        guard summary.changes.unknown > 0, alive.contains(summary.run.identifier) else {
            return summary
        }
        var summary = summary
        summary.changes.unknown -= try store.operations(ofRun: summary.run.identifier)
            .count { $0.outcome == nil }
        return summary
    }

    /// The same for the journal.
    /// - Parameters:
    ///   - now: The time in milliseconds since 1970-01-01T00:00:00Z.
    ///   - alive: The runs without an end that are at work.
    /// - Returns: The choice; names are not in it.
    func query(now: Int64, alive: [String]) -> RunQuery {
        var query = RunQuery()
        query.since = since.map { now - $0.wholeMilliseconds }
        query.isFailed = isFailed
        query.isOpen = isOpen
        query.item = item
        query.vcenter = vcenter
        query.limit = limit
        query.alive = alive
        return query
    }
}
