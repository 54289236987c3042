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
    /// A database that answers it, where they differ.
    enum Dialect {
        case sqlite
        case postgresql
    }

    /// The condition on the columns of a run, with its values.
    func condition(for dialect: Dialect = .sqlite) -> (sql: String, values: [Database.Value]) {
        let isSQLite = dialect == .sqlite
        let operation = isSQLite ? "operation" : "vmoon.operation"
        var parts = [isSQLite ? "1" : "true"]
        var values: [Database.Value] = []
        func list(_ texts: [String]) -> String {
            values += texts.map { .text($0) }
            // An empty list is no list in PostgreSQL.
            return texts.isEmpty
                ? "(NULL)" : "(" + texts.map { _ in "?" }.joined(separator: ", ") + ")"
        }
        if let identifiers { parts.append("id IN \(list(identifiers))") }
        if let since {
            parts.append("started >= ?")
            values.append(.integer(since))
        }
        if isFailed {
            let others = alive.isEmpty ? "" : " AND id NOT IN \(list(alive))"
            parts.append(
                "(ended IS NULL\(others) OR ended IS NOT NULL "
                    + "AND coalesce(ending, '') <> 'exit 0' AND coalesce(ending, '') NOT LIKE 'exit 0,%')"
            )
        }
        if isOpen {
            let isUnsettled = Schema.isUnsettled("o.")
            let any =
                "EXISTS (SELECT 1 FROM \(operation) o WHERE o.run = run.id AND \(isUnsettled))"
            parts.append(isSQLite ? "unsettled > 0" : any)
        }
        if let item {
            let columns = "item = ? OR item_name = ? OR name = ?"
            let ending =
                isSQLite
                ? "substr(item_name, -length(?) - 1) = '/' || ?"
                : "right(item_name, length(?) + 1) = '/' || ?"
            parts.append("id IN (SELECT run FROM \(operation) WHERE \(columns) OR \(ending))")
            values += Array(repeating: .text(item), count: 5)
        }
        if let vcenter {
            parts.append(
                isSQLite
                    ? "(instr(' ' || vcenters || ' ', ' ' || ? || ' ') OR instr(' ' || vcenters, ' ' || ? || ':'))"
                    : "EXISTS (SELECT 1 FROM vmoon.operation o WHERE o.run = run.id "
                        + "AND (o.vcenter = ? OR starts_with(o.vcenter, ? || ':')))"
            )
            values += [.text(vcenter), .text(vcenter)]
        }
        return (parts.joined(separator: " AND "), values)
    }

    /// Whether a run with these changes is one of them.
    func accepts(_ run: RunRecord, _ operations: [OperationRecord]) -> Bool {
        if let identifiers, !identifiers.contains(run.identifier) { return false }
        if let since, run.started < since { return false }
        if isFailed {
            let ending = run.ending ?? ""
            let isDone = ending == "exit 0" || ending.hasPrefix("exit 0,")
            guard run.ended == nil ? !alive.contains(run.identifier) : !isDone else { return false }
        }
        if isOpen, !operations.contains(where: \.isOpen) { return false }
        if let item {
            let isMeant = operations.contains { operation in
                operation.item == item || operation.itemName == item || operation.name == item
                    || operation.itemName?.hasSuffix("/\(item)") == true
            }
            guard isMeant else { return false }
        }
        if let vcenter {
            let isMeant = operations.contains { operation in
                operation.vcenter == vcenter || operation.vcenter.hasPrefix("\(vcenter):")
            }
            guard isMeant else { return false }
        }
        return true
    }
}
