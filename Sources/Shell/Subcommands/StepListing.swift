internal import Changes
internal import JSON
internal import Journal
internal import Text

/// The steps of a run, as `vmoon runs RUN --steps` shows them.
struct StepListing {
    /// How far a step has come.
    enum State: String {
        /// It was done in this run.
        case done
        /// It was done in an earlier run, and is not run again.
        case kept
        /// It ended with an error or with its run, and is run again.
        case failed
        /// The outcome of one of its changes is unknown.
        case unknown
        /// It has not ended.
        case running
    }

    /// One step.
    struct Row: Equatable {
        var name: String
        var state: State
        var took: Duration?
        /// How many of its changes were done, refused, never sent, and are unknown.
        var done = 0
        var refused = 0
        var notSent = 0
        var unknown = 0
        /// The kind of the error that ended it.
        var failure: String?
    }

    let rows: [Row]

    /// Makes the list.
    /// - Parameters:
    ///   - run: The run.
    ///   - isAlive: Whether it is not over.
    ///   - runs: The runs that continue one another, up to this one, each with its steps and operations.
    init(
        _ run: RunRecord,
        isAlive: Bool,
        _ runs: [(run: RunRecord, steps: [StepRecord], operations: [OperationRecord])]
    ) {
        var rows: [Row] = []
        let operations = Dictionary(grouping: runs.flatMap(\.operations)) { $0.step ?? "" }
        for (owner, steps, _) in runs {
            for step in steps {
                let isOurs = owner.identifier == run.identifier
                let mayRun = isOurs && isAlive
                let row = Row(step, operations[step.name] ?? [], isOurs: isOurs, mayRun: mayRun)
                let known = rows.firstIndex { $0.name == step.name }
                if let known { rows[known] = row } else { rows.append(row) }
            }
        }
        self.rows = rows
    }

    /// Reads the list from the journal.
    init(_ run: RunRecord, isAlive: Bool, in store: any JournalStore) throws(JournalError) {
        var runs: [(run: RunRecord, steps: [StepRecord], operations: [OperationRecord])] = []
        for earlier in try store.runs(since: run.first) {
            let steps = try store.steps(ofRun: earlier.identifier)
            runs.append((earlier, steps, try store.operations(ofRun: earlier.identifier)))
            if earlier.identifier == run.identifier { break }
        }
        self.init(run, isAlive: isAlive, runs)
    }

    /// A table for people.
    var text: String {
        guard !rows.isEmpty else { return "no step\n" }
        let cells = rows.map { row in
            [
                row.state.rawValue + (row.failure.map { " (\(Display.escape($0)))" } ?? ""),
                row.took.map { SpanText.length(seconds: $0 / .seconds(1)) } ?? "",
                row.changes, Display.escape(row.name),
            ]
        }
        let lines = [["state", "took", "changes", "step"]] + cells
        let widths = (0..<3).map { column in
            lines.map { DisplayWidth.of($0[column]) }.max() ?? 0
        }
        return lines.map { line in
            let padded = zip(line, widths).map { cell, width in
                cell + String(repeating: " ", count: width - DisplayWidth.of(cell))
            }
            return (padded + [line[3]]).joined(separator: "  ") + "\n"
        }.joined()
    }

    /// The same as JSON.
    var document: JSONValue {
        .array(
            rows.map { row in
                var members: [JSONValue.Member] = [
                    .init("step", .string(row.name)), .init("state", .string(row.state.rawValue)),
                ]
                if let took = row.took {
                    members.append(.init("took_ms", .integer(Int(took / .milliseconds(1)))))
                }
                if let failure = row.failure { members.append(.init("kind", .string(failure))) }
                members.append(
                    .init(
                        "changes",
                        [
                            "done": .integer(row.done), "refused": .integer(row.refused),
                            "not_sent": .integer(row.notSent), "unknown": .integer(row.unknown),
                        ]
                    )
                )
                return .object(members)
            }
        )
    }
}

extension StepListing.Row {
    fileprivate init(
        _ step: StepRecord,
        _ operations: [OperationRecord],
        isOurs: Bool,
        mayRun: Bool
    ) {
        name = step.name
        took = step.ended.map { .milliseconds(max($0 - step.began, 0)) }
        failure = step.failure
        for operation in operations {
            if operation.isOpen || operation.isGivenUp {
                unknown += 1
            } else if operation.isDone {
                done += 1
            } else if operation.outcome == .notSent {
                notSent += 1
            } else {
                refused += 1
            }
        }
        if step.isDone {
            state = isOurs ? .done : .kept
        } else if unknown > 0 {
            state = .unknown
        } else {
            state = step.failure == nil && mayRun ? .running : .failed
        }
    }

    /// The count of its changes, in words.
    fileprivate var changes: String {
        let parts = [
            (done, "done"), (refused, "refused"), (notSent, "not sent"), (unknown, "unknown"),
        ]
        return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
}
