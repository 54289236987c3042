/// How many changes have come to which end.
public struct ChangeCounts: Sendable, Equatable {
    /// They happened.
    public var done: Int
    /// They did not happen: refused, never sent, prevented by somebody else, or lost.
    public var refused: Int
    /// Nobody knows yet; of a run that is at work, also those under way.
    public var unknown: Int

    /// Makes counts.
    public init(done: Int = 0, refused: Int = 0, unknown: Int = 0) {
        (self.done, self.refused, self.unknown) = (done, refused, unknown)
    }

    /// Counts one more change.
    /// - Parameter outcome: Its outcome; nil for one without.
    public mutating func add(_ outcome: OperationRecord.Outcome?) {
        switch outcome {
        case .done, .resolvedDone: done += 1
        case .rejected, .notSent, .conflict, .notSeen, .resolvedNotApplied: refused += 1
        case .unknown, nil: unknown += 1
        }
    }

    /// How many there are in all.
    public var total: Int { done + refused + unknown }
}

/// A run with what became of its changes.
public struct RunSummary: Sendable, Equatable {
    /// The run.
    public var run: RunRecord
    /// Its changes.
    public var changes: ChangeCounts
    /// The vCenters in which it changed something, in that order.
    public var vcenters: [String]

    /// Makes a summary.
    public init(_ run: RunRecord, changes: ChangeCounts, vcenters: [String]) {
        (self.run, self.changes, self.vcenters) = (run, changes, vcenters)
    }
}

/// A choice among the runs of a journal: those for which everything holds that is asked for.
public struct RunQuery: Sendable, Equatable {
    /// The identifiers of the runs, whole; nil for any.
    public var identifiers: [String]?
    /// The earliest start, in milliseconds since 1970-01-01T00:00:00Z.
    public var since: Int64?
    /// Only runs that did not reach their end: an exit code that is not 0, a signal, or killed.
    public var isFailed = false
    /// Only runs with a change whose outcome is not known.
    public var isOpen = false
    /// Only runs that changed this item: its identifier, its name, or `library/name`; or made something of this name.
    public var item: String?
    /// Only runs that changed something in this vCenter, `host` or `host:port`; without a port any of the host.
    public var vcenter: String?
    /// The most runs; the newest are taken.
    public var limit = Int(Int32.max)
    /// The runs without an end that are at work: they have not failed.
    public var alive: [String] = []

    /// Makes a choice of all runs.
    public init() {}
}

extension RunQuery {
    /// The condition on the columns of a run, with its values.
    var condition: (sql: String, values: [Database.Value]) {
        var parts = ["1"]
        var values: [Database.Value] = []
        func list(_ texts: [String]) -> String {
            values += texts.map { .text($0) }
            return "(" + texts.map { _ in "?" }.joined(separator: ", ") + ")"
        }
        if let identifiers { parts.append("id IN \(list(identifiers))") }
        if let since {
            parts.append("started >= ?")
            values.append(.integer(since))
        }
        if isFailed {
            parts.append(
                "(ended IS NULL AND id NOT IN \(list(alive)) OR ended IS NOT NULL "
                    + "AND coalesce(ending, '') <> 'exit 0' AND coalesce(ending, '') NOT LIKE 'exit 0,%')"
            )
        }
        if isOpen { parts.append("unsettled > 0") }
        if let item {
            let columns = "item = ? OR item_name = ? OR name = ?"
            parts.append(
                "id IN (SELECT run FROM operation WHERE \(columns) "
                    + "OR substr(item_name, -length(?) - 1) = '/' || ?)"
            )
            values += Array(repeating: .text(item), count: 5)
        }
        if let vcenter {
            parts.append(
                "(instr(' ' || vcenters || ' ', ' ' || ? || ' ') OR instr(' ' || vcenters, ' ' || ? || ':'))"
            )
            values += [.text(vcenter), .text(vcenter)]
        }
        return (parts.joined(separator: " AND "), values)
    }
}
