/// Reading runs.
extension SQLiteStore {
    /// The runs of a choice with what became of their changes, newest first.
    public func summaries(_ query: RunQuery) throws(JournalError) -> [RunSummary] {
        let (condition, values) = query.condition()
        return try read { (database, steps) throws(JournalError) in
            var found: [RunSummary] = []
            let columns = RunRecord.columns(after: steps)
            // Ordered by number: the clock may have been set back between two runs.
            try database.run(
                """
                SELECT \(columns), done, refused, unsettled, vcenters
                FROM (SELECT * \(Self.counts(after: steps)) FROM run)
                WHERE \(Self.known(condition, after: steps)) ORDER BY number DESC LIMIT ?
                """,
                values + [.integer(Int64(query.limit))]
            ) { row in
                let counts = ChangeCounts(
                    done: Int(row.integer(12) ?? 0),
                    refused: Int(row.integer(13) ?? 0),
                    unknown: Int(row.integer(14) ?? 0)
                )
                let vcenters = (row.text(15) ?? "").split(separator: " ").map(String.init)
                found.append(RunSummary(RunRecord(row), changes: counts, vcenters: vcenters))
            }
            return found
        }
    }

    /// The runs that have not ended, newest first: each is at work, or was killed.
    public func unendedRuns() throws(JournalError) -> [RunRecord] {
        try runs("ended IS NULL ORDER BY number DESC", [])
    }

    /// The runs whose identifier begins with a text, newest first.
    public func runs(startingWith prefix: String, limit: Int) throws(JournalError) -> [RunRecord] {
        try runs(
            "substr(id, 1, length(?1)) = ?1 ORDER BY number DESC LIMIT ?2",
            [.text(prefix), .integer(Int64(limit))]
        )
    }

    /// The runs that continue one another, from the first on; empty if there is no such run.
    public func runs(since run: String) throws(JournalError) -> [RunRecord] {
        try runs(run, ofSchema: 4, "id = ?1 OR origin = ?1 ORDER BY number", orElse: "id = ?")
    }

    /// The runs that were held to a plan, by its SHA-256, the oldest first.
    public func runs(heldTo plan: String) throws(JournalError) -> [RunRecord] {
        try runs(plan, ofSchema: 5, "plan = ? ORDER BY number", orElse: "? IS NULL")
    }

    private func runs(
        _ value: String,
        ofSchema least: Int,
        _ condition: String,
        orElse older: String
    ) throws(JournalError) -> [RunRecord] {
        let steps = try read { (_, steps) throws(JournalError) in [steps] }.first ?? 0
        return try runs(steps < least ? older : condition, [.text(value)])
    }

    private func runs(
        _ condition: String,
        _ values: [Database.Value]
    ) throws(JournalError) -> [RunRecord] {
        try read { (database, steps) throws(JournalError) in
            var found: [RunRecord] = []
            try database.run(
                "SELECT \(RunRecord.columns(after: steps)) FROM run WHERE \(condition)",
                values
            ) { found.append(RunRecord($0)) }
            return found
        }
    }

    /// The counts of a run in a file that does not keep them.
    private static func counts(after steps: Int) -> String {
        guard steps < 6 else { return "" }
        func count(_ condition: String) -> String {
            "(SELECT count(*) FROM operation WHERE run = run.id AND \(condition))"
        }
        return """
            , \(count(Schema.isDone())) AS done, \(count(Schema.isRefused())) AS refused,
            \(count(Schema.isUnsettled())) AS unsettled,
            coalesce((SELECT replace(group_concat(DISTINCT vcenter), ',', ' ') FROM operation
                WHERE run = run.id), '') AS vcenters
            """
    }

    /// A condition without the column that an older file does not have.
    private static func known(_ condition: String, after steps: Int) -> String {
        steps < 6 ? condition.replacing("item_name", with: "item") : condition
    }
}
