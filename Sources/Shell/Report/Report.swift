internal import Changes
internal import Journal
internal import Text

/// The changes of runs of a journal: the data of a report, whatever its form.
struct Report {
    /// A run with its changes.
    struct Run {
        /// Its place in the report, from 1: what links lead to.
        let number: Int
        let row: RunRow
        /// In the order in which they began.
        var changes: [ReportChange]
        let future: Future

        /// The command that continues it; nil where nothing does.
        var wayOn: String? { if case .command(let command) = future { command } else { nil } }
        /// Whether a later run has gone on where it stopped.
        var isContinued: Bool { future == .continued }
    }

    /// The way a run goes on, or does not, after its process has ended.
    enum Future: Equatable {
        /// Nothing.
        case none
        /// The command continues it.
        case command(String)
        /// A later run has gone on where it stopped.
        case continued
    }

    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    let made: Int64
    /// The computer whose journal it is.
    let host: String
    /// The choice of runs, in words.
    let scope: String
    /// The runs, newest first.
    let runs: [Run]
    /// One for each thing that was changed.
    let items: [ReportItem]
    let counts: ReportCounts
    let vcenters: [String]

    /// Makes a report.
    /// - Parameters:
    ///   - runs: The runs, newest first, each with its operations.
    ///   - scope: The choice of runs, in words.
    ///   - made: The time in milliseconds since 1970-01-01T00:00:00Z.
    ///   - host: The name of the computer.
    init(
        _ runs: [(row: RunRow, operations: [OperationRecord], future: Future)],
        scope: String,
        made: Int64,
        host: String
    ) {
        var effects: [String: VersionEffect] = [:]
        var counts = ReportCounts()
        var vcenters: Set<String> = []
        var told = runs.enumerated().map { place, run in
            let (row, operations, future) = run
            let isAlive = row.end == .runs
            let changes = operations.map { record in
                let effect = effects[record.operation] ?? VersionEffect(of: record.operation)
                effects[record.operation] = effect
                let change = ReportChange(record, isAlive: isAlive, effect)
                counts.add(change)
                vcenters.insert(change.vcenter)
                return change
            }
            return Run(number: place + 1, row: row, changes: changes, future: future)
        }
        ReportWaits.find(in: &told)
        self.scope = scope
        self.made = made
        self.host = host
        self.runs = told
        self.counts = counts
        self.vcenters = vcenters.sorted()
        items = ReportItem.all(of: told)
    }

    /// The changes that nobody knows the outcome of, the oldest first, each with its run.
    var doubts: [(run: Run, change: ReportChange)] {
        runs.flatMap { run in run.changes.filter(\.isInDoubt).map { (run: run, change: $0) } }
            .sorted { $0.change.began < $1.change.began }
    }

    /// The runs that did not reach their end and can go on.
    var resumable: [Run] { runs.filter { $0.wayOn != nil } }

    /// The runs whose process is gone, and that nothing continues or has continued.
    var died: [Run] { runs.filter { $0.row.end == .died && $0.future == .none } }

    /// One sentence: what is in it.
    var summary: String {
        let runs = Self.count(runs.count, "run")
        let changes = Self.count(counts.total, "change")
        let items = Self.count(items.count, "item", "items and machines")
        let places = Self.count(vcenters.count, "vCenter")
        return "\(changes) of \(items) in \(places), by \(runs)"
    }

    /// A number with its noun.
    static func count(_ number: Int, _ one: String, _ several: String? = nil) -> String {
        number == 1 ? "1 \(one)" : "\(number.grouped) \(several ?? one + "s")"
    }
}
